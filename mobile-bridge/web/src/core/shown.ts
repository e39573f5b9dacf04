// What the page may show: signals, filled by the driver after it has stored what they say.
// Screens read this and nothing else of the core; nothing here decides anything.

import { signal, type Signal } from "@preact/signals";
import {
    WORDS,
    type CardOf,
    type ConstellationCard,
    type Entry,
    type HomeCard,
    type Listed,
    type PersonCard,
    type Welcome,
} from "../generated/protocol.ts";
import type { ItemState, OutboxItem, Reading, Span, State, Write } from "./face.ts";
import { withoutBody, type Kept, type Known, type Left, type Typed } from "./store.ts";
import { WINDOW_ENTRIES } from "./window.ts";

/** Where the person stands with this phone. */
export type Phase =
    /** Reading the store; lasts milliseconds. */
    | "opening"
    /** Nothing is kept here, and Roost could not be asked whether this browser is signed in. */
    | "unreachable"
    /** Nobody has signed in here. */
    | "unknown"
    | "signed_in"
    /** The server ended this sign-in. */
    | "ended"
    /** The person ended it here. */
    | "signed_out";

export type Connection =
    { state: "connected" } | { state: "connecting" } | { state: "waiting"; until_ms: number };

/** A draft of one's own that the room does not hold yet. */
export type Unsent = {
    room: string;
    id: string;
    kind: string;
    target: string | undefined;
    body: unknown;
    /** When the person last said that it should go. */
    made_at: number;
    /** `asking`: whether it should still go, since it could not for a day. */
    state: "waiting" | "asking" | "sent" | "refused";
    /** Why it was refused. */
    words: string | undefined;
    /** It lies beside the outbox, not in it. */
    beside?: true;
};

/** What is being written in a room, or that nothing is any more. */
export type Written = { room: string; typed: Typed | undefined };

/** The cards of a room by their targets. */
export type CardMap = ReadonlyMap<string, CardOf>;

const NO_ENTRIES: readonly Entry[] = [];
const NO_CARDS: CardMap = new Map();
const NOT_READ: Reading = { read: 0, others: [] };
const NOBODY: readonly string[] = [];

/** Signals by room, each made when it is first asked for. */
class ByRoom<T> {
    #held = new Map<string, Signal<T>>();
    #none: T;

    constructor(none: T) {
        this.#none = none;
    }

    of(room: string): Signal<T> {
        let held = this.#held.get(room);
        if (!held) {
            held = signal(this.#none);
            this.#held.set(room, held);
        }
        return held;
    }

    clear(): void {
        for (const held of this.#held.values()) held.value = this.#none;
    }

    forget(room: string): void {
        this.of(room).value = this.#none;
    }
}

export class Shown {
    readonly phase: Signal<Phase> = signal("opening");
    readonly connection: Signal<Connection> = signal({ state: "connecting" });
    /** The server does not know this sign-in just now; what is kept here is kept. */
    readonly unknownHere: Signal<boolean> = signal(false);
    readonly me: Signal<string | undefined> = signal(undefined);
    readonly constellations: Signal<readonly ConstellationCard[]> = signal([]);
    readonly rooms: Signal<readonly Listed[]> = signal([]);
    readonly people: Signal<ReadonlyMap<string, PersonCard>> = signal(new Map());
    readonly homes: Signal<readonly HomeCard[]> = signal([]);
    readonly unsent: Signal<readonly Unsent[]> = signal([]);
    /** Whether the phone keeps what it is given once the page is closed. */
    readonly durable: Signal<boolean> = signal(true);
    /** What was being written when the page began, and in other tabs since then. */
    readonly typed: Signal<ReadonlyMap<string, Typed>> = signal(new Map());
    /** What the person has set for themselves. */
    readonly settings: Signal<Known | undefined> = signal(undefined);
    /** What was written last in another tab. */
    readonly elsewhere: Signal<Written | undefined> = signal(undefined);
    /** This build and the server do not understand each other, and loading anew did not help. */
    readonly outdated: Signal<boolean> = signal(false);
    /** Whether a newer build stands ready, or would, but for what is filled in here. */
    readonly newer: Signal<"none" | "ready" | "unkept"> = signal("none");
    /** The room in which the person reads above the end; what is held of it may not shrink. */
    #wide: string | undefined;
    #entries = new ByRoom(NO_ENTRIES);
    #spans = new ByRoom<readonly Span[]>([]);
    #cards = new ByRoom(NO_CARDS);
    #readings = new ByRoom(NOT_READ);
    #typing = new ByRoom(NOBODY);

    /** The newest entries of a room, ascending by seq; there may be gaps. */
    entries(room: string): Signal<readonly Entry[]> {
        return this.#entries.of(room);
    }

    /** The cards held of a room; also of entries that are not held. */
    cards(room: string): Signal<CardMap> {
        return this.#cards.of(room);
    }

    /** How far I and the others have read a room. */
    reading(room: string): Signal<Reading> {
        return this.#readings.of(room);
    }

    /** Who is writing in a room now. */
    typing(room: string): Signal<readonly string[]> {
        return this.#typing.of(room);
    }

    /** Puts entries beside those held; an entry already held is replaced. */
    put(room: string, entries: readonly Entry[]): void {
        const held = this.entries(room);
        const merged = merge(held.value, entries);
        held.value = room === this.#wide ? merged : merged.slice(-WINDOW_ENTRIES);
    }

    /** The person reads above the end of this room, or of none. */
    widen(room: string | undefined): void {
        const before = this.#wide;
        this.#wide = room;
        if (before !== undefined && before !== room) this.put(before, NO_ENTRIES);
    }

    /** Whether the entry at `seq` was ever read into this phone, kept or not. */
    wasRead(room: string, seq: number): boolean {
        return this.#spans.of(room).value.some(({ from, to }) => from <= seq && seq <= to);
    }

    /** The newest run of entries that was ever read into this phone. */
    newestRead(room: string): Span | undefined {
        return this.#spans.of(room).value.at(-1);
    }

    /** The newest entry that was ever read into this phone; 0 for none. */
    lastRead(room: string): number {
        return this.newestRead(room)?.to ?? 0;
    }

    /** Whether something was said there, and none of it has come to this phone yet. */
    awaits({ room, floor, head }: Listed): boolean {
        return head >= floor && this.lastRead(room) < floor;
    }

    /** Everything that was kept, at the start or after another tab changed it. */
    load(kept: Kept): void {
        this.#wipeAll();
        for (const [room, entries] of kept.entries) this.entries(room).value = entries;
        for (const [room, cards] of kept.cards) this.#putCards(room, cards);
        for (const [room, reading] of Object.entries(kept.saved.marks ?? {}))
            this.reading(room).value = reading;
        for (const [room, spans] of Object.entries(kept.saved.ranges ?? {}))
            this.#spans.of(room).value = spans;
        if (kept.saved.welcome) this.#welcome(kept.saved.welcome);
        const items = (kept.saved.outbox ?? []).map(unsentOf);
        this.typed.value = kept.typed;
        this.settings.value = kept.settings;
        const known = new Set(items.map((item) => item.id));
        const left = kept.left.map(unsentOfLeft).filter((item) => !known.has(item.id));
        this.unsent.value = [...items, ...left];
    }

    /** One change that is on disk by now. */
    apply(write: Write): void {
        switch (write.t) {
            case "put_entries":
                this.put(write.room, write.entries);
                return;
            case "drop_below": {
                const held = this.entries(write.room);
                held.value = held.value.filter((entry) => entry.seq >= write.floor);
                const cards = this.cards(write.room);
                const above = [...cards.value].filter(([, card]) => card.seq >= write.floor);
                cards.value = new Map(above);
                return;
            }
            case "put_cards":
                this.#putCards(write.room, write.cards);
                return;
            case "forget_body": {
                const held = this.entries(write.room);
                held.value = held.value.map((entry) =>
                    entry.seq === write.seq ? withoutBody(entry) : entry,
                );
                return;
            }
            case "put_marks":
                this.reading(write.room).value = write.reading;
                return;
            case "put_outbox":
                this.draft(unsentOf(write.item));
                return;
            case "drop_outbox":
                this.unsent.value = this.unsent.value.filter((draft) => draft.id !== write.id);
                return;
            case "wipe_room":
                for (const held of this.#kept) held.forget(write.room);
                return;
            case "wipe_entries":
                for (const held of this.#kept) held.clear();
                return;
            case "put_welcome":
                this.#welcome(write.welcome);
                return;
            case "wipe_all":
                this.#wipeAll();
                return;
            case "put_ranges":
                this.#spans.of(write.room).value = write.ranges;
                return;
            case "put_epoch":
                // For the engine; nobody looks at it.
                return;
        }
    }

    /** A draft is new, or stands differently. */
    draft(draft: Unsent): void {
        const drafts = this.unsent.value;
        const place = drafts.findIndex((held) => held.id === draft.id);
        this.unsent.value = place < 0 ? [...drafts, draft] : drafts.with(place, draft);
    }

    /** A draft is on its way to the outbox, or was not taken in; the words stay on the screen. */
    left(left: Left): void {
        this.draft(unsentOfLeft(left));
    }

    connect(state: State, unknownHere: boolean): void {
        this.unknownHere.value = unknownHere;
        const next = connectionOf(state);
        if (next) this.connection.value = next;
    }

    /** Somebody began or stopped writing; this is never on disk. */
    writing(room: string, people: readonly string[]): void {
        this.typing(room).value = people;
    }

    /** Somebody writes in another tab; whoever opens the room here later goes on from that. */
    writtenElsewhere(room: string, typed: Typed | undefined): void {
        const all = new Map(this.typed.value);
        if (typed) all.set(room, typed);
        else all.delete(room);
        this.typed.value = all;
        this.elsewhere.value = { room, typed };
    }

    /** What is known of each room beside its being there. */
    get #kept() {
        return [this.#entries, this.#cards, this.#readings, this.#spans];
    }

    /** Cards that were read again; one that is held already may be newer. */
    putOlder(room: string, cards: readonly CardOf[]): void {
        const held = this.cards(room).value;
        const isNewer = ({ target, at_seq }: CardOf) => at_seq > (held.get(target)?.at_seq ?? 0);
        this.#putCards(room, cards.filter(isNewer));
    }

    #putCards(room: string, cards: readonly CardOf[]): void {
        const held = this.cards(room);
        held.value = new Map([...held.value, ...cards.map((card) => [card.target, card] as const)]);
    }

    #welcome(welcome: Welcome): void {
        this.me.value = welcome.me;
        // A welcome that was kept by an earlier build has none.
        this.constellations.value = welcome.constellations ?? [];
        this.rooms.value = welcome.rooms;
        this.people.value = new Map(welcome.people.map((card) => [card.person, card]));
        this.homes.value = welcome.homes;
    }

    #wipeAll(): void {
        for (const held of [...this.#kept, this.#typing]) held.clear();
        this.me.value = undefined;
        this.constellations.value = [];
        this.rooms.value = [];
        this.people.value = new Map();
        this.homes.value = [];
        this.unsent.value = [];
        this.typed.value = new Map();
        this.settings.value = undefined;
    }
}

function unsentOf({ room, draft, kept_at, state }: OutboxItem): Unsent {
    const words = state.t === "refused" ? state.words : undefined;
    const { id, kind, target, body } = draft;
    return { room, id, kind, target, body, made_at: kept_at, state: shownOf(state), words };
}

function shownOf({ t }: ItemState): Unsent["state"] {
    return t === "sent" || t === "refused" || t === "asking" ? t : "waiting";
}

function unsentOfLeft(left: Left): Unsent {
    const { room, draft, made_at, no } = left;
    const { id, kind, target, body } = draft;
    const stands = { state: no ? "refused" : "waiting", words: no && WORDS[no] } as const;
    return { room, id, kind, target, body, made_at, ...stands, beside: true };
}

/** The same draft, to be left for whoever has the connection. */
export function leftOf({ room, id, kind, target, body, made_at }: Unsent): Left {
    return { room, draft: { id, kind, ...(target ? { target } : {}), body }, made_at };
}

function connectionOf(state: State): Connection | undefined {
    switch (state.t) {
        case "live":
            return { state: "connected" };
        case "waiting":
            return { state: "waiting", until_ms: state.until };
        case "fetching_token":
        case "opening":
        case "greeting":
            return { state: "connecting" };
        case "stopped":
        case "signed_out":
            return undefined;
    }
}

/**
 * Two ascending lists as one. New entries nearly always follow the held ones, so that is cheap.
 */
export function merge(held: readonly Entry[], more: readonly Entry[]): readonly Entry[] {
    const first = more[0];
    if (!first) return held;
    const last = held.at(-1);
    if (!last || last.seq < first.seq) return [...held, ...more];
    const bySeq = new Map(held.map((entry) => [entry.seq, entry]));
    for (const entry of more) bySeq.set(entry.seq, entry);
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}
