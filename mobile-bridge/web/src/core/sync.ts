// Sync: where this phone stands in each room, which entries of a page are new, and what to ask
// for. Holds numbers, not entries and cards: those go to the store as writes. Knows nothing of
// drafts or sockets.

import { Cards } from "./cards.ts";
import { chainAt, digest } from "./digest.ts";
import type { Saved, Span } from "./face.ts";
import { isBare, savedGreeting, type Greeting, type PageHeard } from "./read.ts";
import { Spans } from "./spans.ts";
import { compareText, type Turn } from "./turn.ts";

/** Further behind than this many entries, a phone asks for the newest first. */
const FAR_BEHIND_ENTRIES = 1_000;

/** How many entries it asks for when it reads backwards. */
const BACKWARD_ENTRIES = 50;

/** One room, as far as this phone has read it. */
export class Room {
    floor: number;
    head: number;
    spans: Spans;
    /** What the server said of the newest entry held, of those of which it said anything. */
    anchor: string | undefined;
    /**
     * Held without their bodies, since the server did not know their kind. Another one may: on
     * disk and to the next connection they count as missing.
     */
    bare = new Set<number>();
    cards: Cards;
    /** A `range` after the cursor is out; at most one per room. */
    asked = false;
    /** A `range` before this seq is out; at most one per room. */
    before: number | undefined;

    constructor(floor: number, head: number, spans = new Spans(), cards = new Cards()) {
        this.floor = floor;
        this.head = 0;
        this.spans = spans;
        this.cards = cards;
        spans.cutBelow(floor);
        cards.cutBelow(floor);
        this.raiseHead(head);
    }

    get cursor(): number {
        return this.spans.cursor(this.floor);
    }

    /** What is held whole. */
    get whole(): Spans {
        return this.spans.without([...this.bare].sort((a, b) => a - b));
    }

    /** Whether the entry at `seq` needs no further page to be shown. */
    isPast(seq: number): boolean {
        return seq < this.floor || this.spans.holds(seq);
    }

    raiseHead(head: number): void {
        this.head = Math.max(this.head, head, this.spans.newest()?.to ?? 0);
    }

    get hasGap(): boolean {
        const newest = this.spans.newest();
        return newest !== undefined && newest.to > this.cursor;
    }
}

/** All rooms of this phone. */
export class Sync {
    epoch: string | undefined;
    /** Whether the server ever told which rooms there are. */
    #listed: boolean;
    #rooms = new Map<string, Room>();
    /** The last beat differed from ours, and no page came since. */
    #differed = false;

    constructor(saved: Saved) {
        const greeting = saved.welcome ? savedGreeting(saved.welcome) : undefined;
        this.epoch = saved.epoch ?? undefined;
        this.#listed = greeting !== undefined;
        const ranges = saved.ranges ?? {};
        const cards = (room: string) => new Cards(saved.cards?.[room]);
        for (const [room, spans] of Object.entries(ranges)) {
            this.#rooms.set(room, new Room(1, 0, new Spans(spans), cards(room)));
        }
        for (const [room, { floor, head }] of greeting?.rooms ?? []) {
            this.#rooms.set(room, new Room(floor, head, new Spans(ranges[room]), cards(room)));
        }
        for (const [id, room] of this.#rooms) room.anchor = saved.anchors?.[id];
    }

    /** In ascending order of id, which is the order in which both engines speak of rooms. */
    rooms(): [string, Room][] {
        return [...this.#rooms].sort(([a], [b]) => compareText(a, b));
    }

    room(id: string): Room | undefined {
        return this.#rooms.get(id);
    }

    /** Whether a draft for this room can make sense. Before the first `welcome` any may. */
    mayExist(room: string): boolean {
        return !this.#listed || this.#rooms.has(room);
    }

    cursors(): Record<string, number> {
        return Object.fromEntries(this.rooms().map(([id, room]) => [id, room.cursor]));
    }

    /** Where this phone stands for a server that it has not met yet. */
    introduce(): Record<string, number> {
        for (const room of this.#rooms.values()) {
            room.spans = room.whole;
            room.bare.clear();
        }
        return this.cursors();
    }

    /** What the server said of what is held; nothing, as a frame has it, where it said nothing. */
    anchors(): { anchors?: Record<string, string> } {
        const known = this.rooms().flatMap(([id, { anchor }]) =>
            anchor === undefined ? [] : [[id, anchor] as const],
        );
        return known.length > 0 ? { anchors: Object.fromEntries(known) } : {};
    }

    digest(): string {
        return digest(
            this.rooms().map(([id, { cursor, anchor }]) => [id, cursor, chainAt(anchor, cursor)]),
        );
    }

    /** Forgets what was asked: the connection it was asked on is gone. */
    forgetAsked(): void {
        this.#differed = false;
        for (const id of this.#rooms.keys()) this.refused(id);
    }

    /** The answer to a question about this room was no. */
    refused(id: string): void {
        const room = this.#rooms.get(id);
        if (!room) return;
        room.asked = false;
        room.before = undefined;
    }

    /**
     * The server's digest of heads. Twice different without a page in between: something was
     * lost.
     */
    beat(theirs: string, turn: Turn): void {
        const own = this.digest();
        turn.transmit({ t: "beat", digest: own });
        const differs = own !== theirs;
        if (differs && this.#differed) {
            this.forgetAsked();
            turn.transmit({ t: "resume", cursors: this.cursors(), ...this.anchors() });
        } else {
            this.#differed = differs;
        }
    }

    /** Takes over the list of rooms. Returns true when the server's history was set back. */
    welcome(greeting: Greeting, turn: Turn): boolean {
        const setBack = this.#takeEpoch(greeting.epoch, turn);
        for (const [id] of this.rooms()) {
            if (greeting.rooms.has(id)) continue;
            this.#rooms.delete(id);
            turn.write({ t: "wipe_room", room: id });
            turn.show({ t: "room", room: id });
        }
        for (const [id, { floor, head }] of greeting.rooms) {
            const room = this.#rooms.get(id) ?? new Room(floor, head);
            this.#rooms.set(id, room);
            moveFloor(id, room, floor, turn);
            room.raiseHead(head);
            askNewest(id, room, turn);
        }
        this.#listed = true;
        turn.write({ t: "put_welcome", welcome: greeting.raw });
        turn.show({ t: "rooms" });
        return setBack;
    }

    #takeEpoch(epoch: string, turn: Turn): boolean {
        if (this.epoch === epoch) return false;
        const rooms = this.rooms();
        const setBack = this.epoch !== undefined || rooms.some(([, room]) => room.spans.newest());
        if (setBack) {
            turn.write({ t: "wipe_entries" });
            for (const [id, room] of rooms) {
                this.#rooms.set(id, new Room(room.floor, 0));
                turn.show({ t: "room", room: id });
            }
        }
        this.epoch = epoch;
        turn.write({ t: "put_epoch", epoch });
        return setBack;
    }

    /** Merges a page: what is new is written, and a gap below it is asked for. */
    page(page: PageHeard, turn: Turn): void {
        const room = this.#rooms.get(page.room);
        if (!room) return;
        // Before the entries: what they remove must not be written first and forgotten after.
        takeCards(page, room, turn);
        this.#differed = false;
        const empty = page.to < page.from;
        const backward = room.before === page.to + 1;
        const detached = page.from > room.cursor + 1;
        const answered = room.asked && (empty || !backward);
        room.asked = room.asked && !answered;
        if (backward || empty) room.before = undefined;
        const grew = merge(room, page, turn);
        // A page read backwards is detached by intent, and a page that brought nothing must not
        // be followed by the same question again: that would never end.
        if (grew && !backward && (answered || detached) && room.hasGap) {
            askAfterCursor(page.room, room, turn);
        }
    }

    /** The person wants to see what came before the newest run. */
    older(id: string, turn: Turn): void {
        const room = this.#rooms.get(id);
        if (!room) return;
        const before = room.spans.newest()?.from ?? room.head + 1;
        if (room.before === undefined && before > room.floor) askBefore(id, room, before, turn);
    }
}

/** Writes the entries of a page that are not held yet. Returns whether there were any. */
function merge(room: Room, page: PageHeard, turn: Turn): boolean {
    const knownHead = room.head;
    const { room: id, from, to, head } = page;
    const isNew = (seq: number) => seq >= room.floor && !room.spans.holds(seq);
    page.entries.forEach((entry, at) => {
        if (isNew(from + at) && isBare(entry)) room.bare.add(from + at);
    });
    const entries = page.entries
        .filter((_, at) => isNew(from + at))
        .map((entry) => room.cards.strip(entry));
    const grew = entries.length > 0;
    if (grew) {
        room.spans.add({ from: Math.max(from, room.floor), to });
        turn.write({ t: "put_entries", room: id, entries });
        turn.write({ t: "put_ranges", room: id, ranges: room.whole.list() });
    }
    const { anchor } = page;
    if (anchor !== undefined && anchor !== room.anchor && room.spans.newest()?.to === to) {
        room.anchor = anchor;
        turn.write({ t: "put_anchor", room: id, anchor });
    }
    room.raiseHead(head);
    if (grew || room.head !== knownHead) turn.show({ t: "room", room: id });
    return grew;
}

/** Writes the cards that are newer than those held, and forgets the words of what was removed. */
function takeCards({ room: id, cards }: PageHeard, room: Room, turn: Turn): void {
    const { fresh, removed } = room.cards.take(cards, room.floor);
    if (fresh.length === 0) return;
    turn.write({ t: "put_cards", room: id, cards: fresh });
    for (const { seq } of removed) turn.write({ t: "forget_body", room: id, seq });
    turn.show({ t: "room", room: id });
}

/** A raised floor takes away what is below it; a lowered one is news that no page would bring. */
function moveFloor(id: string, room: Room, floor: number, turn: Turn): void {
    const old = room.floor;
    room.floor = floor;
    if (floor > old) {
        room.spans.cutBelow(floor);
        room.cards.cutBelow(floor);
        const ranges: Span[] = room.whole.list();
        turn.write({ t: "drop_below", room: id, floor });
        turn.write({ t: "put_ranges", room: id, ranges });
        turn.show({ t: "room", room: id });
    }
    if (floor < old) askAfterCursor(id, room, turn);
}

function askAfterCursor(id: string, room: Room, turn: Turn): void {
    if (room.asked) return;
    room.asked = true;
    turn.transmit({ t: "range", room: id, after: room.cursor });
}

/**
 * Far behind, the newest entries come first; the server sends the others from the cursor anyway.
 */
function askNewest(id: string, room: Room, turn: Turn): void {
    const far = room.head - room.cursor > FAR_BEHIND_ENTRIES;
    if (far && room.before === undefined && !room.spans.holds(room.head)) {
        askBefore(id, room, room.head + 1, turn);
    }
}

function askBefore(id: string, room: Room, before: number, turn: Turn): void {
    room.before = before;
    turn.transmit({ t: "range", room: id, before, limit: BACKWARD_ENTRIES });
}
