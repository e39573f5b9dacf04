// The words of what a person sets for themselves: quiet hours, who sees what was read, the size of
// text.

import { DEVICE } from "./device.ts";
import { LATER } from "./mute.ts";

export const quiet = {
    link: "Quiet hours",
    heading: "Quiet hours",
    looking: "Looking at your quiet hours…",
    unreachable: "Your quiet hours need signal.",
    back: "Back",
    on: "Leave me in peace at night",
    from: "From",
    to: "Until",
    night: (from: string, to: string) => `Every day from ${from} until ${to}`,
    off: "Switched off",
    young: (from: string, to: string) =>
        `From ${from} until ${to} it is always quiet. You can make it longer.`,
    school: (to: string) => `On school days it stays quiet until ${to}.`,
    throughHeading: "Comes through at any hour:",
    through: ["an emergency: someone needs a bed tonight, or a child is not safe"],
    throughLeads: [
        "while you are on duty, also what cannot wait: a sleepover that is decided or changed, a " +
            "private message marked urgent",
    ],
    throughYoung: ["when somebody is not safe"],
    rest: "Everything else waits, and is told together when the quiet hours end.",
    later: LATER,
    wrong: "Please give two times that differ.",
    save: "Save",
    busy: "Saving…",
    saved: "Saved, wherever you are signed in.",
    noSignal: "That could not be saved without signal. What you chose is kept here, to try again.",
    unsaved: "What you chose here last has not been saved yet.",
} as const;

export const receipts = {
    link: "Quiet hours, and who sees what I have read",
    heading: "Who sees what I have read",
    on: "Show others that I have read their messages",
    onHint:
        "Switched off, their messages to you stay at “Delivered”, and yours to them as well: you " +
        "do not see what others have read either. What was seen before stays seen. When you " +
        "switch it on again, others also see what you read in between.",
    still: "When you confirm a notice for your home, everyone sees that in any case.",
    saved: "Saved, wherever you are signed in.",
    noSignal: "Changing this needs signal. Try again in a moment.",
} as const;

export const text = {
    label: `Size of text, on this ${DEVICE}`,
    sizes: { small: "Small", usual: "Usual", large: "Large", largest: "Very large" },
} as const;

export const language = { heading: "Language", name: "English" } as const;
