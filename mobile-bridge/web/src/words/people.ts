// The words of people: who is who, and how those who look after a constellation invite, move,
// suspend, end and take back. Before anything ends, it is said what will happen.

import type { Progress, Standing, Step } from "../core/desk.ts";
import { people as heads } from "./say.ts";

export const people = {
    heading: "People",
    back: "Back to People",
    backToAll: "Back to the constellations",
    looking: "Getting the list…",
    noSignal: "This list needs signal.",
    stale: "Without signal: this is how it was a while ago.",
    you: "you",

    /** Who is who, for carers and young people. */
    whoHeading: "Who is who",
    whoNobody: "The names appear here as soon as Roost has connected.",
    liaisons: "Liaison worker",
    admins: "Service managers",
    youngOthers: "In your room",
    youngAlone: "Nobody else is in your room yet.",
    hub: "the hub",
    homeEmpty: "Nobody from this home is in Roost yet.",

    constellations: "Constellations",
    noConstellations: "There is no constellation yet. Whoever runs your server makes one.",
    counts: (counts: Partial<Record<Standing, number>>) => {
        const [here, invited] = [counts.active ?? 0, counts.invited ?? 0];
        const parts = [
            `${here} signed in`,
            ...(invited ? [`${invited} invited`] : []),
            ...(counts.waiting ? [`${counts.waiting} without an invitation`] : []),
            ...(counts.suspended ? [`${counts.suspended} suspended`] : []),
        ];
        return parts.join(" · ");
    },

    adminSees: "You see no young people here, and nothing of what is said.",
    agenda: "What waits for you",
    invite: "Invite somebody",
    addHome: "Add a home",
    begin: "Begin with the homes, the hub first. Then invite the people who live in each.",
    proposeLiaison: "Propose a liaison worker",
    gone: (count: number) => `No longer here (${heads(count)})`,
    homeOf: (name: string, hub: boolean) => (hub ? `${name}, the hub` : name),

    standing: {
        waiting: "Not invited yet",
        invited: "Invited",
        active: "Signed in",
        suspended: "Suspended",
        ended: "No longer here",
    } satisfies Record<Standing, string>,

    step: (invitation: Progress): string => STEP[invitation.state](invitation.way),
    /** What to do about an invitation that is not accepted yet. */
    next: (invitation: Progress | undefined, name: string, now_ms: number): string => {
        if (!invitation) return `Make a link for ${name}, or sit down together with a code.`;
        const { sent_at, opened_at, verified_at } = invitation;
        const since_ms = now_ms - (verified_at ?? opened_at ?? sent_at ?? now_ms);
        if (invitation.state === "revoked" && invitation.wrong_codes >= WRONG_CODES_MAX)
            return guessed(name);
        return NEXT[invitation.state](name, invitation.way, since_ms);
    },
    sendIt: (name: string) => `Send the message to ${name} alone, then press “I have sent it”.`,
    trace: {
        created: "Made",
        sent: "Sent",
        opened: "Opened",
        verified: "Code given",
        accepted: "Accepted",
        revoked: "Taken back",
        expired: "Ran out",
        expires: "Good until",
    },

    personGone: "There is nobody like that here any more.",
    invitation: "The invitation",
    acts: "What you can do",
} as const;

const STEP: Record<Step, (way: Progress["way"]) => string> = {
    created: (way) => (way === "table" ? "Code on your screen" : "Link made, not sent"),
    sent: () => "Link sent",
    opened: (way) => (way === "table" ? "Code scanned" : "Link opened"),
    verified: () => "Code given",
    accepted: () => "Accepted",
    expired: (way) => (way === "table" ? "Code ran out" : "Link ran out"),
    revoked: () => "Taken back",
};

const DAY_MS = 86_400_000;

/** So many wrong codes end a link (`server/src/people/verify.rs`). */
const WRONG_CODES_MAX = 5;

/** Somebody has the link and not the code. */
function guessed(name: string): string {
    return (
        "A wrong code was given five times, so the link stopped working. Talk to " +
        `${name}: who else has seen the link? Then make a new one.`
    );
}

type Next = (name: string, way: Progress["way"], since_ms: number) => string;

const NEXT: Record<Step, Next> = {
    created: (name, way) =>
        way === "table"
            ? `Go on at the kitchen table with ${name}, or make a link.`
            : `Send the link to ${name}. It is shown only once: if it is lost, make a new one.`,
    sent: (name, _, since_ms) => {
        if (since_ms < DAY_MS) return `Give ${name} a day.`;
        return since_ms < 3 * DAY_MS
            ? `A day has gone by. A call to ${name} helps more than another link.`
            : `Days have gone by. Call ${name}, or sit down together with a code.`;
    },
    opened: (name, _, since_ms) =>
        since_ms < DAY_MS
            ? `${name} has begun, and may just be reading.`
            : `${name} has begun and not gone on. Ask what is in the way.`,
    verified: (name, _, since_ms) =>
        since_ms < DAY_MS
            ? `${name} has given the code, and is nearly in.`
            : `${name} has given the code and not gone on. Ask what is in the way.`,
    accepted: () => "Nothing to do.",
    expired: (name) => `Make a new link for ${name}, or sit down together with a code.`,
    revoked: (name) => `When it is time again, make a new link for ${name}.`,
};

export const invite = {
    heading: "Invite somebody",
    name: "First name, as others will see it",
    nameWrong: "Please give a name of up to 60 characters. An emoji may count as several.",
    who: "Who is it?",
    carer: "A carer",
    young: "A young person",
    home: "Which home?",
    homeChoose: "Choose a home",
    homeWrong: "Please choose a home.",
    noHomes: "Add a home first: everybody belongs to one.",
    yes: "Make the link",
    busy: "Making the link…",
    no: "Do not invite",
    unsure: "Roost cannot be reached. Look at the list before you try again: it may have worked.",

    agreement: "The agreement",
    agreementWhy:
        "A young person is invited only once somebody has agreed who may. It is kept with your " +
        "name and today's date.",
    band: "How old are they?",
    bands: { "13_17": "13 to 17", "11_12": "11 or 12" },
    bandWrong: "Please choose an age. Nobody under eleven has a sign-in.",
    agreedBy: "Who agreed? Their name",
    agreedByWrong: "Please give the name of who agreed, of up to 60 characters.",
    capacity: "As what?",
    capacities: {
        parental_responsibility: "With parental responsibility",
        local_authority: "For the local authority",
        carer: "As carer",
    },
    capacityWrong: "Please choose as what they agreed.",
    delegated: "The carer's delegated authority covers this",
    delegatedWrong: "As carer, they can agree only if delegated authority covers it.",
    tooYoung: "At 11 or 12, somebody with parental responsibility or the authority must agree.",
    agreedOn: "When did they agree?",
    agreedOnWrong: "Please give the day: today or earlier.",
} as const;

export const link = {
    heading: (name: string) => `The link for ${name}`,
    once: "It is shown only here and only now. It works once, for nobody else.",
    until: (when: string) => `Good until ${when}.`,
    message: (name: string, constellation: string, address: string) =>
        `Hello ${name}, this link lets you into Roost, the phone network of ${constellation}. ` +
        `It is for you alone, works once, and asks for a code that I will tell you: ${address}`,
    label: "The message to send",
    copy: "Copy the message",
    copied: "Copied. Paste it into a message to them alone.",
    share: "Send it…",
    sent: "I have sent it",
    noted: "Noted as sent.",
    codeHeading: (name: string) => `The code for ${name}`,
    codeTell: (name: string) =>
        `The link opens with this code. Tell it to ${name} yourself, on the phone or face to ` +
        "face, and never in the same message: then a link that is passed on is worth nothing.",
    codeDigits: (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`,
    codeWrong: (times: number) =>
        times === 1
            ? "A wrong code was given once. After the fifth the link stops working."
            : `A wrong code was given ${times} times. After the fifth the link stops working.`,
    done: "Done",
} as const;

export const acts = {
    noSignal: "Roost cannot be reached just now. Look at the list before you try again.",
    invite: "Make a link",
    inviteHint: "To send by text or e-mail. Good for a week; for a young person, three days.",
    again: "Make a new link",
    againSure: (name: string) =>
        `The link that ${name} has stops working at once. You then send the new one.`,
    againYes: "Make a new link",
    another: "Make a link for another phone or computer",
    anotherHint: "For a second one, or after one was lost. The others stay signed in.",
    table: "At the kitchen table",
    tableHint: "Together in one room: a code on your screen, good for 15 minutes.",
    revoke: "Take the invitation back",
    revokeSure: (name: string) =>
        `The link or code that ${name} has stops working at once. ${name} stays on the list, and ` +
        "you can invite again at any time.",
    revokeYes: "Take it back",
    move: "Move to another home",
    moveTo: "To which home?",
    moveSure: (name: string) =>
        `${name} leaves the private lines of the home now, and joins those of the new one from ` +
        "today on. What was said there before stays out of sight.",
    moveYoung: (name: string) => `${name} stays in the young people's room. Carers are not told.`,
    moveYes: "Move",
    suspend: "Suspend",
    suspendHint: "Signed out everywhere at once. To undo it takes two people.",
    suspendSure: (name: string) =>
        `${name} is signed out everywhere within a second, and links and codes stop ` +
        "working. Nothing is deleted, and nobody else is told. " +
        "You cannot undo this alone: somebody else has to agree.",
    suspendYes: (name: string) => `Suspend ${name}`,
    lift: "Propose to lift the suspension",
    liftHint: "A second person agrees within a week. Then you make a new link.",
    liftSure: (name: string) =>
        `Another liaison worker or a service manager has to agree within a week. Until then ` +
        `${name} stays out. After that, ${name} needs a new link.`,
    liftYes: "Propose it",
    end: "End the place here",
    endHint: "Out of every room of this constellation. You can take them back later.",
    endSure: (name: string) =>
        `${name} is out of every room of this constellation within a second, everywhere, ` +
        "and the others see that they left. What they wrote stays. " +
        "If you take them back one day, they read only from that day on.",
    endYes: (name: string) => `End ${name}'s place`,
    takeBack: "Take back",
    takeBackHint: "With a new link. They read from their return on, not what came before.",
    takeBackYes: "Take back and make the link",
    no: "No, leave it",

    phones: (name: string) => `Where ${name} is signed in`,
    phonesNone: "Signed in nowhere.",
    phoneSure: (phone: string) =>
        `${phone} is out within a second, and what it kept is removed when it is next opened ` +
        "with signal. Everywhere else they stay signed in.",

    heading: {
        again: (name: string) => `A new link for ${name}?`,
        revoke: (name: string) => `Take back the invitation of ${name}?`,
        suspend: (name: string) => `Suspend ${name}?`,
        lift: (name: string) => `Lift the suspension of ${name}?`,
        end: (name: string) => `End ${name}'s place here?`,
    },

    done: {
        revoke: "The invitation is taken back.",
        move: "Moved.",
        suspend: "Suspended, and signed out everywhere.",
        lift: "Proposed. Somebody else has to agree within a week.",
        liftOther: "Somebody else has proposed this already. You can agree to it now.",
        end: "Ended, and out of every room.",
    },
} as const;

export const table = {
    heading: (name: string) => `With ${name} at the table`,
    intro: (name: string) =>
        `${name} holds the phone, you hold this screen. ${name} scans a code here, the phone ` +
        "shows a number, and you pick that number.",
    ends: "A link sent before stops working.",
    show: "Show the code",
    showing: "Getting the code…",
    scan: (name: string) => `${name}, please scan this with your camera`,
    codeName: (name: string) => `Code for ${name} to scan`,
    left: (left: string) => `Good for ${left} more.`,
    waiting: "Waiting for the scan…",
    opened: "The page is open on the phone. Waiting for the number…",
    ask: "Which number does the phone show?",
    scanned: (phone: string) => `“${phone}” has scanned`,
    several: "More than one phone has scanned. Pick only the number you can see.",
    none: "None of these? Then another phone has scanned: pick none of them.",
    picking: "Checking…",
    right: (name: string) => `That is it. ${name} goes on on the phone.`,
    wrong: (name: string) =>
        `That was not the number. ${name} can press “Show a new number”. ` +
        "After three wrong ones, the code is dead.",
    over: {
        expired: "The code has run out.",
        revoked: "This code is dead: it was taken back, or three numbers were wrong.",
    },
    again: "Show a new code",
    in: (name: string) => `${name} is in.`,
    done: "Done",
    noSignal: "Roost cannot be reached just now. This page keeps trying.",
} as const;

export const two = {
    heading: "Needs two people",
    lift: (name: string) => `Lift the suspension of ${name}`,
    liaison: (name: string) => `Make ${name} a liaison worker`,
    mine: (until: string) => `You proposed it. Somebody else has to agree by ${until}.`,
    theirs: (until: string) => `Somebody else proposed it. You can agree until ${until}.`,
    agree: "Agree…",
    agreeFor: (what: string) => `Agree: ${what}`,
    liftSure: (name: string) =>
        `With your yes, ${name} may be invited again; the suspension is over. Both your names ` +
        "are written down.",
    liaisonSure: (name: string) =>
        `With your yes, ${name} becomes a liaison worker here: reads the circle, the lines with ` +
        "each home and the young people's room, and invites others. Both your names are written " +
        "down. You get the link to send.",
    yes: "Agree",
    no: "Not now",
    agreed: "Agreed, and done.",
    proposeHeading: "Propose a liaison worker",
    proposeBody:
        "Another service manager has to agree within a week. Then there is a link to send.",
    proposeWho: "Who is it?",
    proposeNew: "Somebody new",
    proposeHere: "A liaison worker of another constellation",
    proposeWhom: "Which one?",
    proposeChoose: "Choose somebody",
    proposeWrong: "Please choose somebody.",
    proposeName: "Their name",
    proposeYes: "Propose",
    proposeNo: "Do not propose",
    proposed: "Proposed. Another service manager has to agree within a week.",
} as const;

export const home = {
    heading: "Add a home",
    name: "What is the home called?",
    hint: "As people say it: “The Brennans”, “Mill Cottage”. Not an address.",
    nameWrong: "Please give a name of up to 60 characters. An emoji may count as several.",
    hub: "It is the hub home",
    hubHint: "A constellation has one. The others are satellites.",
    yes: "Add the home",
    busy: "Adding…",
    no: "Do not add",
    added: (name: string) => `${name} is added, with its private lines.`,
} as const;
