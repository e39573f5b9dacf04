// Every word the page shows, in one place, so that Welsh can stand beside English one day.
// Long chapters have a file of their own under `words/`; those of screens that are fetched when
// they are opened are fetched with them (`words/later.ts`). The words of refusals are not here:
// they come from the contract (`generated/protocol.ts`).

import type { Answer } from "./generated/protocol.ts";
import { DEVICE } from "./words/device.ts";
import { gathering } from "./words/gathering.ts";
import { install } from "./words/install.ts";
import { join } from "./words/join.ts";
import { code, move } from "./words/phones.ts";
import type { Route } from "./route.ts";
import { characters, list, ROLE, workers } from "./words/say.ts";
import { mute } from "./words/mute.ts";
import { today } from "./words/today.ts";
import { versions } from "./words/versions.ts";

/** What a screen is called where whoever holds the phone can read it: `title.ts` says why. */
const titles: Record<Route["at"], string> = {
    join: "Invitation",
    rooms: "Rooms",
    install: install.heading,
    room: "Messages",
    people: "People",
    constellation: "People",
    invite: "Invite somebody",
    person: "People",
    table: "At the kitchen table",
    you: "You",
    quiet: "Quiet hours",
    move: "Move to another phone or computer",
    code: "Use a code",
    sign_out: "Sign out",
};

export const words = {
    roost: "Roost",
    back: "Back to your rooms",
    tryAgain: "Try again",
    remove: "Remove",
    screenMissing: {
        heading: "This page did not come",
        why: "It takes a little signal to open it for the first time.",
        safe: "What you wrote is safe.",
    },
    opening: "Opening Roost…",
    titles,

    role: ROLE,
    join,
    install,
    move,
    code,
    mute,
    today,
    versions,

    heard: (when: string) => `No signal: as last heard ${when}.`,
    copy: {
        done: "Copied.",
        byHand: "Please press and hold the text, and copy it yourself.",
    },

    moment: {
        today: (time: string) => `today at ${time}`,
        yesterday: (time: string) => `yesterday at ${time}`,
        on: (day: string, time: string) => `${day} at ${time}`,
        onDay: (moment: string) => `on ${moment}`,
        /** Where the phone's own clock shows another time. */
        atHome: (said: string) => `${said} (UK time)`,
    },

    nav: { label: "Main", rooms: "Rooms", people: "People", you: "You" },

    unreachable: {
        heading: "Roost cannot be reached",
        body: `Nothing is lost. Try again when this ${DEVICE} has signal.`,
    },

    needLink: {
        heading: "Roost opens with a link",
        body:
            "Your liaison worker or fostering service sends it. " +
            `Open it on this ${DEVICE} to begin.`,
    },

    ended: {
        heading: `This ${DEVICE} has been signed out`,
        body:
            `Messages kept on this ${DEVICE} have been removed. ` +
            "To come back, ask for a new link.",
        bySelf:
            `You have signed out of Roost on this ${DEVICE}. ` +
            "To come back, ask for a new link.",
    },

    signOut: {
        link: `Sign out of this ${DEVICE}`,
        heading: `Sign out of this ${DEVICE}?`,
        body: `Messages kept on this ${DEVICE} are removed. You need a new link to come back.`,
        unsent: (count: number) =>
            count === 1
                ? "One message has not been sent yet. It will be lost."
                : `${count} messages have not been sent yet. They will be lost.`,
        /** To a young person, who may leave without a reason and has no button for it. */
        leave: (liaisons: readonly string[]) =>
            `This is only about this ${DEVICE}. You can leave Roost at any time: ` +
            `tell ${workers(liaisons)}. You need not say why.`,
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
        waitingFor: (seconds: number) => `Waiting for signal · again in ${seconds} s`,
        unknownHere: "Not signed in just now",
    },

    unknownHere:
        `This ${DEVICE} is not signed in to Roost just now. Nothing kept here is lost, and Roost ` +
        "keeps trying. If this does not change, ask your liaison worker or fostering service for " +
        "a new link.",

    store: {
        memory:
            `This ${DEVICE} does not let Roost keep messages. You can read and write, but close ` +
            "this page only when everything is sent.",
    },

    outdated: {
        body:
            `Roost has changed, and this ${DEVICE} could not get the new version yet. You can ` +
            "read; what you write is kept here until it can be sent.",
        again: "Try again now",
    },

    newer: {
        ready: "A newer Roost is ready.",
        unkept: "Please finish or close what you are filling in here first: it would be lost.",
        use: "Use it now",
    },

    rooms: {
        choose: "Choose a room to read and write in.",
        heading: "Your rooms",
        youngNone: "Your room opens soon. Your liaison worker will tell you when.",
        none: "You are not in any rooms yet. They appear here when you are added.",
        adminNone:
            "You look after people and their sign-ins. You are in no room, and read nothing of " +
            "what is said. Everything you do is under “People”.",
        notYet: "Your rooms appear here as soon as Roost has connected.",
        nothingYet: "Nothing here yet",
        toCome: `Not on this ${DEVICE} yet`,
        nothingLately: "Nothing in the last two weeks",
        you: "You",
        unsent: "Not sent",
        waiting: "Waiting to send",
        asking: (count: number) =>
            count === 1 ? "Still send it?" : `Still send these ${count}?`,
        fresh: (count: string) => (count === "1" ? "1 new message" : `${count} new messages`),
    },

    room: {
        log: (title: string) => `Messages in ${title}`,
        empty: "Nothing has been said here yet. A hello is a good start.",
        toCome:
            `What was said here is not on this ${DEVICE} yet. ` +
            "It comes as soon as there is signal.",
        older: "Show earlier messages",
        olderLoading: "Getting earlier messages…",
        olderNoSignal: "Messages from before the last two weeks need signal.",
        going: "Getting that message…",
        goneFar: `That message is not on this ${DEVICE} any more. It needs signal.`,
        gap: "Getting the messages in between…",
        beginning: "This is the beginning",
        newest: "New messages",
        toEnd: "Go to the latest message",
        gone: "This room is not open to you",
        goneBody:
            "Your other rooms are where they were. If this is a surprise, ask whoever looks " +
            "after your sign-in.",
        today: "Today",
        yesterday: "Yesterday",
        someone: "Someone",
        service: "Roost",
        unknownKind: "Update Roost to see this.",
        fresh: "New",
        pinned: "Pinned",
        pinnedMore: (count: number) => `Pinned (${count})`,
        writing: (names: readonly string[]) =>
            names.length > 2
                ? "Several people are writing…"
                : `${list(names)} ${names.length > 1 ? "are" : "is"} writing…`,
    },

    search: {
        open: "Search this room",
        close: "Close search",
        label: "Words to look for",
        missing: "Please type what to look for.",
        go: "Search",
        busy: "Searching…",
        found: (count: number, more: boolean) => {
            if (more) return `${count || "Nothing"} found so far. There is more further back.`;
            return count ? `${count} found.` : "Nothing was found.";
        },
        more: "Look further back",
        noSignal: "Searching needs signal. Try again in a moment.",
        show: "Show in the room",
    },

    peers: {
        readBy: (name: string) => `${name}, your liaison worker, is in this room and reads it.`,
        readByNone: "Your liaison worker is in this room and reads it.",
        lookAfter: "You look after this room. The young people can see that you read it.",
        closed: (opens: string) => `This room is closed now. You can write again ${opens}.`,
        todayAt: (time: string) => `today from ${time}`,
        tomorrowAt: (time: string) => `tomorrow from ${time}`,
    },

    menu: {
        open: "More",
        openFor: (name: string) => `More for the message from ${name}`,
        heading: "What would you like to do?",
        close: "Close",
        react: (emoji: string) => `React with ${emoji}`,
        unreact: (emoji: string) => `Take back ${emoji}`,
        reply: "Reply",
        edit: "Edit",
        copy: "Copy the text",
        pin: "Pin to the top",
        unpin: "Take down from the top",
        remove: "Remove",
        hide: "Hide for everyone",
        removeSure: "Remove this message for everyone? This cannot be undone.",
        hideSure: "Hide this message for everyone? This cannot be undone.",
        removeYes: "Yes, remove it",
        hideYes: "Yes, hide it",
        keep: "Keep it",
    },

    acts: {
        waiting: {
            reaction: "Your reaction is on its way.",
            edit: "Your change is on its way.",
            redact: "Being removed…",
            pin: "The pin is on its way.",
            confirm: "Your confirmation is on its way.",
            rsvp: "Your answer is on its way.",
            gathering: "The change is on its way.",
        } as Readonly<Record<string, string>>,
        refused: {
            reaction: "Your reaction was not taken.",
            edit: "Your change was not taken.",
            redact: "The message was not removed.",
            pin: "The pin was not taken.",
            confirm: "Your confirmation was not taken.",
            rsvp: "Your answer was not taken.",
            gathering: "The change was not taken.",
        } as Readonly<Record<string, string>>,
    },

    removed: {
        author: "Removed by its author",
        hub: "Hidden by the hub",
        liaison: "Hidden by the liaison worker",
        unknown: "Removed",
    },

    reaction: {
        who: (emoji: string, names: readonly string[]) => `${emoji} from ${list(names)}`,
        showWho: "Who reacted",
        line: (emoji: string) => `reacted with ${emoji}`,
    },

    confirm: {
        asks: "Please confirm that your home has read this.",
        button: "We have read this",
        done: "Your home has confirmed.",
        count: (confirmed: number, homes: number) =>
            `${confirmed} of ${homes} homes have confirmed`,
        by: (home: string, person: string) => `${home} (${person})`,
        earlier: (home: string) => `${home} · before it was edited`,
        missing: (homes: readonly string[]) => `Not yet: ${list(homes)}`,
        ask: "Ask all to confirm",
        line: "confirmed",
    },

    pin: {
        pinned: (name: string) => `${name} pinned a message`,
        taken: (name: string) => `${name} took down a pinned message`,
    },

    field: {
        tooLong: (max: number) =>
            `This is too long: ${max} characters fit. An emoji may count as several.`,
        hidden: "There are hidden characters in this. Please type it again.",
    },

    poll: {
        start: "Poll",
        heading: "Ask the room",
        question: "Your question",
        option: (n: number) => `Answer ${n}`,
        ask: "Ask",
        stop: "Do not ask",
        questionWrong: "Please write a question.",
        optionWrong: "It takes at least two answers that differ.",
        line: (question: string) => `Asks: ${question}`,
        chosen: "chose an answer",
        closed: "Nobody can answer any more.",
        close: "End the question",
        nobody: "nobody yet",
        who: (names: readonly string[]) => `${names.length} · ${list(names)}`,
        count: (n: number) => {
            if (n === 0) return "No answers yet.";
            return n === 1 ? "1 answer." : `${n} answers.`;
        },
    },
    gathering,

    rsvp: {
        ask: "Is your home coming?",
        askAgain: "The time or place has changed. Is your answer still right?",
        askFor: (home: string) => `${home}: are they coming?`,
        answers: {
            going: "Coming",
            maybe: "Perhaps",
            not_going: "Not coming",
        } satisfies Record<Answer, string>,
        heads: "How many of you?",
        headsMore: "More",
        line: (answer: string, heads: number) => (heads > 0 ? `${answer} (${heads})` : answer),
        change: "Change the answer",
        forHome: "Answer for a home that told you",
        forChoose: "Choose a home",
        said: (home: string, answer: string) => `${home}: ${answer}`,
        stale: "asked again",
        by: (name: string) => `said by ${name}`,
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
            count >= 0 ? `${characters(count)} left.` : `${characters(-count)} too many.`,
        sent: "Sent",
        waiting: "Sending…",
        waitingSignal:
            `Waiting for signal. Kept on this ${DEVICE}, and sent as soon as there is some; ` +
            "after a day you are asked first.",
        refused: "Not sent.",
        editing: "Changing your message",
        editStop: "Leave the message as it was",
        save: "Save",
        deliveredTo: (count: number, of: number) => `Delivered to ${count} of ${of}`,
        delivered: "Delivered",
        readBy: (count: number, of: number) => `Read by ${count} of ${of}`,
        read: "Read",
    },

    ways: {
        still: (when: string) => `You wrote this ${when} and it has not gone. Still send it?`,
        send: "Send it",
        doNot: "Don't send",
        lost: "What you wrote will be lost. Remove it?",
        lose: "Yes, remove it",
        keep: "Keep it",
    },

    member: {
        joined: (name: string) => `${name} joined`,
        left: (name: string) => `${name} left`,
        youJoined: "You joined",
        youLeft: "You left",
    },

    device: (name: string) => `${name}'s ${DEVICE}`,
} as const;
