// The words of muting a room.

/** What is said wherever something is made quiet, as long as it is true. */
export const LATER =
    "Roost does not ring on phones yet. What you choose here is kept, and holds from the day it " +
    "does.";

export const mute = {
    open: "Mute this room",
    openMuted: "This room is muted",
    sign: "Muted",
    heading: "Mute this room?",
    headingMuted: "This room is muted",
    does:
        "It is quiet wherever you are signed in, and only for you. What is said here still " +
        "arrives.",
    until: (when: string) => `It is quiet until ${when}.`,
    always: "It is quiet until you turn it on again.",
    lengths: {
        hour: "For an hour",
        eight_hours: "For eight hours",
        week: "For a week",
        always: "Until I turn it on again",
        off: "Turn it on again",
    },
    ringsHeading: "Still rings, muted or not:",
    rings: [
        "an emergency: someone needs a bed tonight, or a child is not safe",
        "what cannot wait: a sleepover that is decided or changed, an event called off with " +
            "less than a day to go, a private message marked urgent",
    ],
    ringsYoung: ["when somebody is not safe"],
    later: LATER,
    close: "Leave it as it is",
    noSignal: "That could not be saved without signal. What you chose is kept here, to try again.",
    again: (length: string) => `Not saved yet, try again: ${length}`,
} as const;
