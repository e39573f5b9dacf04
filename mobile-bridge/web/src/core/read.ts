// Reads what the server says, leniently: unknown fields are kept, unknown frames are nothing, and
// only the fields the engine needs must be well-formed. It judges no content. The rules are those
// of the Rust core's `engine/read.rs`, one by one.

import type { CardOf, Class, Entry, Mark, RoomKind, Welcome } from "../generated/protocol.ts";
import type { HeldCard } from "./face.ts";

/** A server frame, as far as the engine looks at it. */
export type Heard =
    | { t: "welcome"; greeting: Greeting }
    | { t: "page"; page: PageHeard }
    | { t: "ack"; room: string; id: string; seq: number }
    | { t: "refused"; room: string | undefined; id: string | undefined; no: No }
    | { t: "marks"; room: string; marks: Mark[] }
    | { t: "typing"; room: string; person: string }
    | { t: "beat"; digest: string }
    | { t: "bye"; no: No; retry_ms: number }
    /** Unknown or malformed: a sign of life, and nothing else. */
    | { t: "noise" };

export type Greeting = {
    epoch: string;
    silence_ms: number;
    retry_ms: number;
    /** My rooms, in ascending order. */
    rooms: ReadonlyMap<string, Listing>;
    me: string | undefined;
    /** Whether my reading is noted: nothing is, on when a young person looks. */
    noted: boolean;
    /** The whole frame without its `t`. */
    raw: Welcome;
};

/** One of my rooms, as far as the engine looks at it. */
export type Listing = {
    floor: number;
    head: number;
    /** Whether people there see that somebody is writing. */
    hasTyping: boolean;
    read: number;
    marks: Mark[];
};

/** A card, and what the engine looks at of it. */
export type CardHeard = { card: HeldCard; raw: CardOf };

export type PageHeard = {
    room: string;
    from: number;
    to: number;
    head: number;
    anchor: string | undefined;
    /** As they came; entry number i has seq `from + i`. */
    entries: Entry[];
    ids: string[];
    /** Those that cannot be read are left out: a card moves no cursor. */
    cards: CardHeard[];
};

/** A refusal, whose code may be one that this build does not know. */
export type No = { code: string; class: Class; words: string; after_ms: number };

type Fields = Record<string, unknown>;

/** Thrown and caught in this file only: the frame is not well-formed. */
class Malformed extends Error {}

/** Reads one text message. */
export function frame(text: string): Heard {
    try {
        const { t, ...fields } = object(JSON.parse(text));
        return named(t, fields);
    } catch (problem) {
        if (problem instanceof Malformed || problem instanceof SyntaxError) return { t: "noise" };
        throw problem;
    }
}

/** Reads a `welcome` without its `t`, from the store. */
export function savedGreeting(raw: unknown): Greeting | undefined {
    try {
        return greeting(object(raw));
    } catch (problem) {
        if (problem instanceof Malformed) return undefined;
        throw problem;
    }
}

function named(name: unknown, fields: Fields): Heard {
    switch (name) {
        case "welcome":
            return { t: "welcome", greeting: greeting(fields) };
        case "page":
            return { t: "page", page: page(fields) };
        case "ack": {
            const seq = int(fields, "seq");
            if (seq < 1) throw new Malformed();
            return { t: "ack", room: id(fields, "room"), id: id(fields, "id"), seq };
        }
        case "refused":
            return {
                t: "refused",
                room: absent(fields, "room") ? undefined : id(fields, "room"),
                id: absent(fields, "id") ? undefined : id(fields, "id"),
                no: no(fields),
            };
        case "marks":
            return { t: "marks", room: id(fields, "room"), marks: marks(fields) };
        case "typing":
            return { t: "typing", room: id(fields, "room"), person: id(fields, "person") };
        case "beat":
            return { t: "beat", digest: string(fields, "digest") };
        case "bye":
            return { t: "bye", no: no(fields), retry_ms: int(fields, "retry_ms") };
        default:
            return { t: "noise" };
    }
}

function greeting(fields: Fields): Greeting {
    const rooms = array(fields, "rooms").map((value) => {
        const listed = object(value);
        return [id(listed, "room"), listing(listed)] as const;
    });
    const me = idOrNone(fields["me"]);
    return {
        epoch: id(fields, "epoch"),
        silence_ms: int(fields, "silence_ms"),
        retry_ms: int(fields, "retry_ms"),
        rooms: new Map(rooms.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))),
        me,
        noted: !isYoung(fields, me),
        raw: fields as Welcome,
    };
}

/** `RoomKind::has_typing` of the contract. */
const TELLS_TYPING: ReadonlySet<unknown> = new Set<RoomKind>([
    "circle",
    "hub_line",
    "liaison_line",
]);

function listing(fields: Fields): Listing {
    const [floor, head] = [int(fields, "floor"), int(fields, "head")];
    if (floor < 1 || head < 0) throw new Malformed();
    return {
        floor,
        head,
        hasTyping: TELLS_TYPING.has(fields["kind"]),
        read: absent(fields, "read") ? 0 : place(fields, "read"),
        marks: absent(fields, "marks") ? [] : marks(fields),
    };
}

function isYoung(fields: Fields, me: string | undefined): boolean {
    const people = Array.isArray(fields["people"]) ? (fields["people"] as unknown[]) : [];
    return people.some((card) => {
        const { person, role } = (card ?? {}) as Fields;
        return me !== undefined && person === me && role === "young";
    });
}

function marks(fields: Fields): Mark[] {
    return array(fields, "marks").map((value) => {
        const mark = object(value);
        const [delivered, read] = [place(mark, "delivered"), place(mark, "read")];
        return { person: id(mark, "person"), delivered, read };
    });
}

function page(fields: Fields): PageHeard {
    const room = id(fields, "room");
    const [from, to, head] = [int(fields, "from"), int(fields, "to"), int(fields, "head")];
    const entries = array(fields, "entries");
    if (from < 1 || head < 0 || entries.length !== to - from + 1) throw new Malformed();
    const ids = entries.map((value, at) => {
        const entry = object(value);
        string(entry, "kind");
        if (int(entry, "seq") !== from + at) throw new Malformed();
        return id(entry, "id");
    });
    const cards = Array.isArray(fields["cards"]) ? (fields["cards"] as unknown[]) : [];
    const anchor = anchorOrNone(fields["anchor"]);
    const told = { entries: entries as Entry[], ids, cards: cards.flatMap(card) };
    return { room, from, to, head, anchor, ...told };
}

/** Kept and given back as it came, so it is bounded, and of letters that are one byte each. */
function anchorOrNone(value: unknown): string | undefined {
    return typeof value === "string" && ANCHOR.test(value) ? value : undefined;
}

/** Whether the server that sent this entry did not know its kind: it has no moment and no body. */
export function isBare(entry: Entry): boolean {
    return !("at" in entry) && !("body" in entry);
}

/** Who wrote what of a page stands above `head`. */
export function authorsAbove(head: number, { from, entries }: PageHeard): string[] {
    const fresh = entries.filter((_, at) => from + at > head);
    return fresh.flatMap(({ author }) => idOrNone(author) ?? []);
}

function card(raw: unknown): CardHeard[] {
    try {
        const fields = object(raw);
        const [seq, at_seq] = [place(fields, "seq"), place(fields, "at_seq")];
        const held = { target: id(fields, "target"), seq, at_seq };
        return [{ card: { ...held, hidden: !absent(fields, "hidden") }, raw: raw as CardOf }];
    } catch (problem) {
        if (problem instanceof Malformed) return [];
        throw problem;
    }
}

function no(fields: Fields): No {
    const name = string(fields, "class");
    if (name !== "final" && name !== "later" && name !== "sign_in_again") throw new Malformed();
    const after_ms = absent(fields, "after_ms") ? 0 : int(fields, "after_ms");
    return { code: string(fields, "code"), class: name, words: string(fields, "words"), after_ms };
}

function absent(fields: Fields, name: string): boolean {
    return fields[name] === undefined || fields[name] === null;
}

function object(value: unknown): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Malformed();
    return value as Fields;
}

function array(fields: Fields, name: string): unknown[] {
    const value = fields[name];
    if (!Array.isArray(value)) throw new Malformed();
    return value;
}

function int(fields: Fields, name: string): number {
    const value = fields[name];
    if (!Number.isSafeInteger(value)) throw new Malformed();
    return value as number;
}

/** An integer that can be a place in a log, or 0 for none. */
function place(fields: Fields, name: string): number {
    const value = int(fields, name);
    if (value < 0) throw new Malformed();
    return value;
}

function string(fields: Fields, name: string): string {
    const value = fields[name];
    if (typeof value !== "string") throw new Malformed();
    return value;
}

const ANCHOR = /^[A-Za-z0-9._-]{1,64}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function idOrNone(value: unknown): string | undefined {
    return typeof value === "string" && ID.test(value) ? value : undefined;
}

/** An identity in its one spelling: lower case, with hyphens. */
function id(fields: Fields, name: string): string {
    const value = string(fields, name);
    if (!ID.test(value)) throw new Malformed();
    return value;
}
