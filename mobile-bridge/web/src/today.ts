// What is on, and what waits for somebody: found in what this phone holds, by what they are. A pure
// function, so that it can be tested as a table. What is asked of a person comes first.

import type { CardMap, Unsent } from "./core/shown.ts";
import { KEPT_MS } from "./core/window.ts";
import type { ConstellationCard, Entry, GatheringState, Listed } from "./generated/protocol.ts";
import { stateOf } from "./kind/gathering/rules.ts";
import { hoursAt, type Hours } from "./kind/hours.ts";
import { askedOf, type Around } from "./kind/kind.ts";
import { asksToConfirm } from "./kind/message/index.tsx";
import { countsUnread, unreadOf } from "./kind/news.ts";

/** So far ahead something is soon. What is asked of a home stands here, however far it lies. */
export const SOON_MS = 14 * 24 * 3_600_000;
/** Of gatherings and of notices so many at once; the room has the others. */
export const SHOWN_MAX = 3;

export type Held = {
    listed: Listed;
    entries: readonly Entry[];
    cards: CardMap;
    /** How far I have read. */
    read: number;
    muted: boolean;
};

/** A constellation of mine, and its rooms that are mine. */
export type Place = { card: ConstellationCard; rooms: readonly Held[] };

export type Asking = {
    me: string | undefined;
    home: string | undefined;
    people: Around["people"];
    places: readonly Place[];
    unsent: readonly Unsent[];
    now_ms: number;
};

/** What is asked of every home: whether mine still has to say something, and who else has. */
export type Asked = {
    room: Listed;
    asked: boolean;
    /** For those who lead: the other homes that have not said anything. */
    missing: readonly string[];
    /** What I have said, and the room does not hold yet. */
    draft: Unsent | undefined;
};

export type Notice = { is: "notice"; entry: Entry } & Asked;
export type Gathering = {
    is: "gathering";
    id: string;
    seq: number;
    state: GatheringState;
} & Asked;
export type Unread = { room: Listed; count: number };

export type Item =
    | Notice
    | Gathering
    /** So many more of them than are shown. */
    | { is: "more"; room: Listed; count: number }
    | { is: "unread"; rooms: readonly Unread[] }
    /** The young people's room. */
    | { is: "hours"; hours: Hours };

export type Today = { constellation: string; name: string; items: readonly Item[] };

/**
 * What there is today, one constellation after the other; those where there is nothing are left
 * out. That something is new is no reason by itself: the list of rooms says so.
 */
export function todayOf(asking: Asking): readonly Today[] {
    const all = asking.places.map((place) => {
        const { constellation, name } = place.card;
        return { constellation, name, items: itemsOf(place, asking) };
    });
    const some = all.some(({ items }) => items.some(({ is }) => is !== "unread"));
    return some ? all.filter(({ items }) => items.length > 0) : [];
}

function itemsOf(place: Place, asking: Asking): Item[] {
    const { role } = place.card;
    if (role === "admin") return [];
    if (role === "young") {
        const peers = place.rooms.some(({ listed }) => listed.kind === "peers");
        return peers ? [{ is: "hours", hours: hoursAt(asking.now_ms) }] : [];
    }
    const circles = place.rooms.filter(({ listed }) => listed.kind === "circle");
    const asked = circles.flatMap((held) => [
        ...few(held.listed, noticesOf(held, place.card, asking)),
        ...few(held.listed, gatheringsOf(held, place.card, asking)),
    ]);
    const rooms = unreadIn(place, asking.me);
    return [...asked, ...(rooms.length > 0 ? [{ is: "unread", rooms } as const] : [])];
}

/** Those that ask for something first, and no more than a tired eye takes in. */
function few(room: Listed, all: readonly (Notice | Gathering)[]): Item[] {
    const sorted = [...all.filter(({ asked }) => asked), ...all.filter(({ asked }) => !asked)];
    const count = sorted.length - SHOWN_MAX;
    const more = count > 0 ? [{ is: "more", room, count } as const] : [];
    return [...sorted.slice(0, SHOWN_MAX), ...more];
}

/** Notices that homes have to confirm, the newest first. */
function noticesOf(held: Held, of: ConstellationCard, asking: Asking): Notice[] {
    const { listed: room, entries, cards } = held;
    const { me, home, now_ms } = asking;
    const notices: Notice[] = [];
    for (const entry of entries.toReversed()) {
        const card = cards.get(entry.id);
        const stands = entry.kind === "message" && asksToConfirm(entry.body) && !card?.hidden;
        if (!stands || entry.at < now_ms - KEPT_MS) continue;
        const left = silent(of, card?.confirmed ?? {}, asking);
        const asked = home !== undefined && left.includes(home) && entry.author !== me;
        const missing = leads(of) ? left.filter((each) => each !== home) : [];
        const draft = draftOf("confirm", entry.id, asking);
        if (asked || missing.length > 0)
            notices.push({ is: "notice", room, entry, asked, missing, draft });
    }
    return notices;
}

/** Gatherings that lie ahead, the next one first. */
function gatheringsOf(held: Held, of: ConstellationCard, asking: Asking): Gathering[] {
    const { listed: room, cards } = held;
    const { home, now_ms } = asking;
    const gatherings: Gathering[] = [];
    for (const [id, card] of cards) {
        const state = stateOf(card);
        if (!state || card.hidden || state.status === "cancelled") continue;
        if (state.details.ends_at <= now_ms) continue;
        const given = home === undefined ? undefined : state.answers[home];
        const asked = home !== undefined && (!given || given.stale === true);
        const soon = state.details.starts_at <= now_ms + SOON_MS;
        const left = silent(of, state.answers, asking);
        const missing = leads(of) ? left.filter((each) => each !== home) : [];
        const draft = draftOf("rsvp", id, asking);
        // What my home has said no to need not be looked at again.
        const comes = given?.answer !== "not_going" || leads(of);
        if (asked || (soon && comes))
            gatherings.push({
                is: "gathering",
                room,
                id,
                seq: card.seq,
                state,
                asked,
                missing,
                draft,
            });
    }
    return gatherings.sort((a, b) => a.state.details.starts_at - b.state.details.starts_at);
}

function unreadIn({ card, rooms }: Place, me: string | undefined): Unread[] {
    return rooms
        .filter(({ listed, muted }) => !muted && countsUnread(listed, card.role))
        .map(({ listed, entries, read }) => ({ room: listed, count: unreadOf(entries, read, me) }))
        .filter(({ count }) => count > 0);
}

/** The homes that have not said anything. */
function silent({ homes }: ConstellationCard, said: object, { people }: Asking): string[] {
    return askedOf(homes, people).filter((home) => !(home in said));
}

function leads({ role }: ConstellationCard): boolean {
    return role === "hub" || role === "liaison";
}

/** What I say for my own home; an answer given for another is no answer of ours. */
function draftOf(kind: string, target: string, { unsent }: Asking): Unsent | undefined {
    const ours = ({ body }: Unsent) => !(body as { home?: string } | undefined)?.home;
    return unsent.findLast((one) => one.kind === kind && one.target === target && ours(one));
}
