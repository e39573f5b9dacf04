// Every word the page shows, in one place, so that Welsh can stand beside English one day.
// The words of refusals are not here: they come from the contract (`generated/protocol.ts`).

import type { Role } from "./generated/protocol.ts";

const ROLE: Record<Role, string> = {
    admin: "a service manager",
    liaison: "the liaison worker",
    hub: "a hub home carer",
    satellite: "a satellite carer",
    young: "a young person",
};

export const words = {
    roost: "Roost",
    back: "Back to your rooms",
    tryAgain: "Try again",
    remove: "Remove",
    opening: "Opening Roost…",

    join: {
        heading: "Welcome to Roost",
        invited: (name: string, constellation: string, role: Role) =>
            `${name}, you are invited to ${constellationWords(constellation)} as ${ROLE[role]}.`,
        notEncrypted:
            "Messages are for the people in each room, but they are not secret from your " +
            "fostering service: it keeps them, and may need to read them to keep someone safe.",
        onlyYou: "This link is for you alone. Using it signs in this phone.",
        start: "Start using Roost",
        starting: "Starting…",
        looking: "Looking at your invitation…",
        noSignal:
            "Roost cannot be reached just now. Nothing is lost: try again when you have signal.",
        unusable: "This link cannot be used",
        open: "Open Roost",
        noToken: "Part of the link is missing. Open it again from the message it came in.",
    },

    unreachable: {
        heading: "Roost cannot be reached",
        body: "Nothing is lost. Try again when this phone has signal.",
    },

    needLink: {
        heading: "Roost opens with a link",
        body: "Your liaison worker or fostering service sends it. Open it on this phone to begin.",
    },

    ended: {
        heading: "This phone has been signed out",
        body: "Messages kept on this phone have been removed. To come back, ask for a new link.",
        bySelf: "You have signed out of Roost on this phone. To come back, ask for a new link.",
    },

    signOut: {
        link: "Sign out of this phone",
        heading: "Sign out of this phone?",
        body: "The messages kept on this phone are removed. You need a new link to come back.",
        unsent: (count: number) =>
            count === 1
                ? "One message has not been sent yet. It will be lost."
                : `${count} messages have not been sent yet. They will be lost.`,
        yes: "Sign out",
        no: "Stay signed in",
        busy: "Signing out…",
        noSignal:
            "Signing out needs signal, so that the sign-in really ends. Try again in a moment.",
    },

    connection: {
        connected: "Connected",
        connecting: "Connecting…",
        waiting: "Waiting for signal",
        waitingFor: (seconds: number) => `Waiting for signal · trying again in ${seconds} s`,
    },

    store: {
        memory:
            "This phone does not let Roost keep messages. You can read and write, but close this " +
            "page only when everything is sent.",
    },

    rooms: {
        heading: "Your rooms",
        hello: (name: string) => `Signed in as ${name}`,
        youngNone: "Your room opens soon. Your liaison worker will tell you when.",
        none: "You are not in any rooms yet. They appear here when you are added.",
        notYet: "Your rooms appear here as soon as Roost has connected.",
        nothingYet: "Nothing here yet",
        you: "You",
        unsent: "Not sent",
        waiting: "Waiting to send",
    },

    room: {
        log: (title: string) => `Messages in ${title}`,
        empty: "Nothing has been said here yet. A hello is a good start.",
        older: "Show earlier messages",
        olderLoading: "Getting earlier messages…",
        gap: "Getting the messages in between…",
        beginning: "This is the beginning",
        newest: "New messages",
        toEnd: "Go to the latest message",
        gone: "This room is not open to you any more.",
        today: "Today",
        yesterday: "Yesterday",
        someone: "Someone",
        service: "Roost",
        unknownKind: "Update Roost to see this.",
    },

    message: {
        write: "Write a message",
        send: "Send",
        reply: "Reply",
        replyTo: (name: string) => `Reply to ${name}`,
        replyingTo: (name: string) => `Replying to ${name}`,
        replyStop: "Do not reply to this message",
        you: "You",
        yourself: "yourself",
        quoteGone: "An earlier message",
        left: (count: number) =>
            count >= 0 ? `${count} characters left.` : `${-count} characters too many.`,
        sent: "Sent",
        waiting: "Sending…",
        waitingSignal: "Waiting for signal. Kept on this phone, and sent as soon as there is some.",
        refused: "Not sent.",
    },

    member: {
        joined: (name: string) => `${name} joined`,
        left: (name: string) => `${name} left`,
        youJoined: "You joined",
        youLeft: "You left",
    },

    phone: (name: string) => `${name}'s phone`,
} as const;

/** "Wren" reads as "the Wren constellation"; a name that already says so is left alone. */
function constellationWords(name: string): string {
    return /constellation/i.test(name) ? name : `${name} constellation`;
}
