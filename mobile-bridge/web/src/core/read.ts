// Reads what the server says, leniently: unknown fields are kept, unknown frames are nothing, and
// only the fields the engine needs must be well-formed. It judges no content. The rules are those
// of the Rust core's `engine/read.rs`, one by one.

import type { Class, Entry, Welcome } from "../generated/protocol.ts";

/** A server frame, as far as the engine looks at it. */
export type Heard =
    | { t: "welcome"; greeting: Greeting }
    | { t: "page"; page: PageHeard }
    | { t: "ack"; room: string; id: string; seq: number }
    | { t: "refused"; room: string | undefined; id: string | undefined; no: No }
    | { t: "beat"; digest: string }
    | { t: "bye"; no: No; retry_ms: number }
    /** Unknown or malformed: a sign of life, and nothing else. */
    | { t: "noise" };

export type Greeting = {
    epoch: string;
    silence_ms: number;
    retry_ms: number;
    /** Floor and head of each of my rooms, by room in ascending order. */
    rooms: ReadonlyMap<string, { floor: number; head: number }>;
    /** The whole frame without its `t`. */
    raw: Welcome;
};

export type PageHeard = {
    room: string;
    from: number;
    to: number;
    head: number;
    /** As they came; entry number i has seq `from + i`. */
    entries: Entry[];
    ids: string[];
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
        const place = { floor: int(listed, "floor"), head: int(listed, "head") };
        if (place.floor < 1 || place.head < 0) throw new Malformed();
        return [id(listed, "room"), place] as const;
    });
    return {
        epoch: id(fields, "epoch"),
        silence_ms: int(fields, "silence_ms"),
        retry_ms: int(fields, "retry_ms"),
        rooms: new Map(rooms.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))),
        raw: fields as Welcome,
    };
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
    return { room, from, to, head, entries: entries as Entry[], ids };
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

function string(fields: Fields, name: string): string {
    const value = fields[name];
    if (typeof value !== "string") throw new Malformed();
    return value;
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An identity in its one spelling: lower case, with hyphens. */
function id(fields: Fields, name: string): string {
    const value = string(fields, name);
    if (!ID.test(value)) throw new Malformed();
    return value;
}
