// The words of an invitation, from the link to the first look inside. "Who sees what" is said
// before anybody is in, for each role; to young people in words of their own.

import type { Role } from "../generated/protocol.ts";
import { DEVICE } from "./device.ts";
import { AS_ROLE, constellationWords, list, workers } from "./say.ts";

/** One line of "who sees what". */
export type Seen = { what: string; who: string };

/** Who invites: a liaison worker or an admin is invited by the service. */
function inviter(role: Role, liaisons: readonly string[]): string {
    const byService = role === "liaison" || role === "admin" || liaisons.length === 0;
    return byService ? "your fostering service" : list(liaisons);
}

/** Who tells the code that opens the link. */
function teller(role: Role, liaisons: readonly string[]): string {
    if (role === "liaison" || role === "admin") return "Your fostering service";
    return liaisons.length === 1 ? liaisons[0]! : "Your liaison worker";
}

const SERVICE: Seen = {
    what: "Your fostering service",
    who:
        "Service managers look after sign-ins, and are in no room. " +
        "To look at messages takes a reason and a second person: see below.",
};

const LEAVING: Seen = {
    what: "If you leave",
    who:
        "You are out of every room at once. What you wrote stays with those who could read it, " +
        "unless you removed it before.",
};

function carers(liaisons: readonly string[], lines: string): Seen[] {
    const name = workers(liaisons);
    return [
        {
            what: "The circle",
            who: `All adults of the constellation: every home, and ${name}.`,
        },
        { what: lines, who: `The adults of those two homes. Not ${name}, and no other home.` },
        {
            what: "Your line with the liaison worker",
            who: `The adults of your home, and ${name}.`,
        },
        {
            what: "The young people's room",
            who: `The young people, and ${name}. Carers cannot read it.`,
        },
        SERVICE,
        LEAVING,
    ];
}

const LIAISON: Seen[] = [
    { what: "The circle", who: "All adults of the constellation, and you." },
    { what: "Each home's line with you", who: "The adults of that home, and you." },
    {
        what: "Each home's line with the hub",
        who: "The adults of those two homes. You are not in it and do not read it.",
    },
    {
        what: "The young people's room",
        who: "The young people, and you. They are told that you read it.",
    },
    SERVICE,
];

const ADMIN: Seen[] = [
    {
        what: "What people say",
        who: "You read none of it. You are not in any room.",
    },
    {
        what: "Who is there",
        who:
            "You see the adults of each constellation and where their invitations stand. " +
            "You are not told which young people have a sign-in.",
    },
    {
        what: "What you change",
        who: "Every change you make is written down under your name.",
    },
];

function young(liaisons: readonly string[]): Seen[] {
    const name = workers(liaisons);
    return [
        {
            what: "Your room",
            who:
                `You, the other young people of your constellation, and ${name}. ` +
                `${name} can read everything in it. Carers cannot get in.`,
        },
        {
            what: "Your name",
            who: "The people in your room see it. Nobody there is shown where you live.",
        },
        {
            what: "When it is open",
            who:
                "You can write from half past three until half past eight, and from ten in the " +
                "morning at weekends. You can read at any time.",
        },
        {
            what: "What gets passed on",
            who: "If it looks like somebody is not safe, it goes to people whose job is to help.",
        },
        {
            what: "What is kept",
            who:
                "What you write is kept, also after you leave. " +
                "You can take out your own messages.",
        },
        {
            what: "It is up to you",
            who: `You can leave at any time: tell ${name}. You need not say why.`,
        },
    ];
}

function sees(role: Role, liaisons: readonly string[]): Seen[] {
    switch (role) {
        case "hub":
            return carers(liaisons, "Your lines with each home");
        case "satellite":
            return carers(liaisons, "Your line with the hub home");
        case "liaison":
            return LIAISON;
        case "admin":
            return ADMIN;
        case "young":
            return young(liaisons);
    }
}

export const join = {
    heading: "Welcome to Roost",
    step: (now: number, of: number) => `Step ${now} of ${of}`,
    next: "Go on",
    back: "Back",
    looking: "Looking at your invitation…",
    noSignal: "Roost cannot be reached just now. Nothing is lost: try again when you have signal.",

    invited: (name: string, constellation: string, role: Role) =>
        role === "young"
            ? `Hello ${name}. You are invited to ${constellationWords(constellation)}.`
            : `${name}, you are invited to ${constellationWords(constellation)} ` +
              `as ${AS_ROLE[role]}.`,
    from: (role: Role, liaisons: readonly string[]) => {
        const who = inviter(role, liaisons);
        const workers = liaisons.length > 1 ? "your liaison workers" : "your liaison worker";
        return who === list(liaisons)
            ? `The invitation comes from ${who}, ${workers}.`
            : `The invitation comes from ${who}.`;
    },
    what: (role: Role) =>
        role === "young"
            ? "Roost is a place for the young people of your constellation to talk to each other."
            : "Roost is where the homes of a constellation talk, plan and help each other out.",
    onlyYou: (name: string) =>
        `This link is for ${name} alone, and works once. Looking at it uses nothing up.`,

    inAppHeading: (browser: string) => `First open this link in ${browser}`,
    inApp: (browser: string) =>
        "This page is open inside another app, where Roost cannot be kept and would soon be " +
        `lost. Choose “Open in ${browser}” in that app, or copy the link and paste it into ` +
        `${browser}. It has not been used up.`,
    inAppLink: "Your link",
    inAppCopy: "Copy the link",
    inAppCopied: (browser: string) =>
        `Copied. Now open ${browser}, and paste it where addresses are typed.`,
    inAppStay: "Go on here all the same",
    browsers: { in_app_iphone: "Safari", in_app_android: "Chrome" },

    codeHeading: "The code for your link",
    codeAsk: (role: Role, liaisons: readonly string[]) =>
        `${teller(role, liaisons)} tells you a code of six digits, on the phone or face to face.`,
    codeWhy: "So nobody gets in who was only shown the link.",
    code: "The six digits",
    codeMissing: "Please type all six digits.",
    codeNot:
        "That is not the code. Look at it once more: after five wrong ones the link stops working.",
    codeChecking: "Checking…",
    codeRight: "The code was right.",

    numberHeading: "Show your number",
    numberAsk: "Whoever showed you the code has to see this number, and picks it on their screen.",
    number: "Your number",
    numberGetting: "Getting your number…",
    numberWaiting: "Waiting for your number to be picked. You then go on by yourself.",
    numberNoSignal: "Roost cannot be reached just now. This page keeps trying.",
    numberRefused: "Another number was picked, so this one is over. Nothing is lost.",
    numberAgain: "Show a new number",
    numberLeft: (left: string) => `This works for ${left} more.`,

    nameHeading: "Your name here",
    nameShown: "Others will see you as",
    nameWrong: (role: Role, liaisons: readonly string[]) =>
        `Is it not right? Then stop here and tell ${inviter(role, liaisons)}: ` +
        "a new invitation is soon made.",
    phone: `What is this ${DEVICE} called?`,
    phoneHint:
        "It stands in the list of where you are signed in, so that what is lost can be signed " +
        "out. " +
        "Whoever looks after sign-ins sees it too.",
    phoneWrong:
        "Please give it a name of up to 60 characters. An emoji may count as several.",

    seesHeading: "Who sees what",
    sees,
    lockHeading: (role: Role) =>
        role === "young" ? "Not a secret app" : "Not end-to-end encrypted, and why",
    lock: (role: Role) =>
        role === "young"
            ? "Some apps lock messages so that nobody else can ever open them. That is called " +
              "end-to-end encryption. Roost does not do that, on purpose: if somebody might be " +
              "in danger, your fostering service has to be able to look. They need a real " +
              "reason, a second person has to say yes, and it is written down that they looked."
            : "Some apps lock messages so that nobody outside a room can ever open them. Roost " +
              "does not. If somebody may be in danger, the fostering service must be able to " +
              "look. It has to write down why, a second person has to agree, and that it " +
              "looked stays on record.",
    start: (role: Role) => (role === "young" ? "Okay, let me in" : "I have read this. Let me in"),
    starting: "Starting…",

    inHeading: (name: string) => `You are in, ${name}`,
    inside: (role: Role) =>
        role === "young"
            ? "Your room is on the next page, or will be as soon as it opens."
            : role === "admin"
              ? "On the next page are the constellations, under “People”."
              : "Your rooms are on the next page. A hello in the circle is a good start.",
    open: "Open Roost",

    unusable: "This link cannot be used",
    signedIn: (name: string) => `You are signed in on this ${DEVICE} already, as ${name}.`,
} as const;
