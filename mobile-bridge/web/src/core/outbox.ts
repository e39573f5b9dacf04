// The outbox: drafts in the order they were written, at most one of each room in flight. It
// decides what goes out next, what goes only if the person still wants it, and what a server's
// answer means for a draft; it never touches a connection.

import { WORDS, type Draft, type Refusal } from "../generated/protocol.ts";
import { isSaid, sendable } from "../kind/rules.ts";
import { clamp } from "./connection.ts";
import type { ItemState, OutboxItem } from "./face.ts";
import type { No } from "./read.ts";
import type { Turn } from "./turn.ts";

/** The most drafts kept, in all states. */
export const OUTBOX_MAX_ITEMS = 500;

/** A draft in flight is tried again when nothing was heard of it for this long. */
export const ANSWER_MS = 30_000;

/** A `later` is obeyed between these two waits. */
export const LATER_MIN_MS = 250;
export const LATER_MAX_MS = 600_000;

/**
 * What somebody said so long ago, and this phone could not send, goes only if they still want it:
 * "the door is open" is not true for ever. An act goes without asking. Its target says what it is
 * about, and nothing may hold a removal back.
 */
export const ASK_AFTER_MS = 24 * 3_600_000;

/** So often may the server break the connection over one draft before it is kept back. */
export const STRIKES_MAX = 2;

export class Outbox {
    /** By `order`, which is the order in which the person wrote them. */
    #items: OutboxItem[];

    constructor(saved: readonly OutboxItem[]) {
        // The last of two with one order stays, as in a map; a store never holds two.
        const byOrder = new Map(saved.map((item) => [item.order, item]));
        this.#items = [...byOrder.values()]
            .map((item) => (isInFlight(item) ? { ...item, state: { t: "queued" as const } } : item))
            .sort((a, b) => a.order - b.order);
    }

    /** Takes a draft in, or says why not. A draft that is already here is here once. */
    take(room: string, draft: Draft, made_at: number, turn: Turn): void {
        const known = this.#find(draft.id);
        if (known && known.room === room && same(known.draft, draft)) return;
        const code = known ? "id_reused" : this.#unwelcome(draft);
        if (code) {
            turn.act({ t: "rejected", id: draft.id, code });
            return;
        }
        const order = (this.#items.at(-1)?.order ?? 0) + 1;
        const state = { t: "queued" } as const;
        const item: OutboxItem = { order, room, draft, kept_at: made_at, strikes: 0, state };
        // It may have lain beside the outbox, where another tab of the app left it.
        if (isOverdue(item, turn.now)) item.state = { t: "asking" };
        keep(item, turn);
        this.#items.push(item);
    }

    /**
     * The person drops a draft. One that may be at the server already cannot be taken back here.
     */
    discard(id: string, turn: Turn): void {
        const onItsWay = ({ t }: ItemState) => t === "in_flight" || t === "sent";
        this.#dropWhere((item) => item.draft.id === id && !onItsWay(item.state), turn);
    }

    /**
     * Without a connection: what has waited too long waits for the person from now on. A phone that
     * stays connected never asks, for it is sending what it has.
     */
    ask(turn: Turn): void {
        for (const item of this.#items.filter((item) => isOverdue(item, turn.now))) {
            item.state = { t: "asking" };
            keep(item, turn);
        }
    }

    /**
     * The person wants a draft that was refused, delayed or asked about to go now, in its old place
     * and under its old id: it may be at the server already.
     */
    retry(id: string, turn: Turn): void {
        const item = this.#find(id);
        if (!item || !["refused", "later", "asking"].includes(item.state.t)) return;
        item.strikes = 0;
        item.kept_at = turn.now;
        item.state = { t: "queued" };
        keep(item, turn);
    }

    /** The draft is on the server's disk. `past` says that its entry needs no page any more. */
    acked(id: string, seq: number, past: boolean, turn: Turn): void {
        if (past) {
            this.#dropWhere((item) => item.draft.id === id, turn);
            return;
        }
        const item = this.#find(id);
        if (!item) return;
        item.state = { t: "sent", seq };
        keep(item, turn);
    }

    /**
     * These entries stand in the room's log now; `past` says which seqs need no page any more.
     */
    arrived(
        room: string,
        ids: readonly string[],
        past: (seq: number) => boolean,
        turn: Turn,
    ): void {
        const isThere = ({ state, draft }: OutboxItem) =>
            (state.t === "sent" && past(state.seq)) || ids.includes(draft.id);
        this.#dropWhere((item) => item.room === room && isThere(item), turn);
    }

    /** The server's no to a draft. Network words never make it "failed": only `final` does. */
    refused(id: string, no: No, turn: Turn): void {
        const item = this.#find(id);
        if (!item || !isInFlight(item)) return;
        item.state = stateAfter(no, turn.now);
        keep(item, turn);
    }

    /**
     * The connection is gone: what was in flight is to be sent again, under the same id. `broke`
     * says that the server ended it because of what it was sent, and so suspects what was in
     * flight.
     */
    unsend(broke: boolean, turn: Turn): void {
        for (const item of this.#items.filter(isInFlight)) {
            item.state = { t: "queued" };
            if (broke) item.strikes += 1;
            if (item.strikes >= STRIKES_MAX) item.state = refusedBy("poisonous");
            if (broke) keep(item, turn);
            turn.show({ t: "outbox", room: item.room });
        }
    }

    /**
     * The server's history was set back: what it had acknowledged may be lost, so it goes out
     * again.
     */
    setBack(turn: Turn): void {
        for (const item of this.#items) {
            if (item.state.t !== "sent" && !isInFlight(item)) continue;
            item.state = { t: "queued" };
            keep(item, turn);
        }
    }

    /** Rooms that are no longer ours keep the person's words and tell why they stay here. */
    onlyRooms(ours: (room: string) => boolean, turn: Turn): void {
        const lost = (item: OutboxItem) => !ours(item.room);
        this.#dropWhere((item) => lost(item) && item.state.t === "sent", turn);
        for (const item of this.#items.filter(lost)) {
            if (item.state.t === "refused") continue;
            item.state = refusedBy("not_found");
            keep(item, turn);
        }
    }

    /** Forgets everything. */
    clear(turn: Turn): void {
        for (const item of this.#items) turn.show({ t: "outbox", room: item.room });
        this.#items = [];
    }

    /**
     * Sends what may go: the first of each room. A draft that is suspected of having broken a
     * connection goes alone, so that a second break names the guilty one.
     */
    pump(turn: Turn): void {
        const ready = this.#firsts().filter((item) => due(item, turn.now) <= turn.now);
        const inAir = this.#items.filter((item) => isInFlight(item) && !isLate(item, turn.now));
        if (inAir.some((item) => item.strikes > 0)) return;
        const clean = ready.filter((item) => item.strikes === 0);
        const suspect = ready.find((item) => item.strikes > 0);
        const alone = suspect && inAir.length === 0 && clean.length === 0;
        for (const item of alone ? [suspect] : clean) transmit(item, turn);
    }

    /** When `pump` has something to do that nothing but time brings about. */
    deadline(now: number): number | undefined {
        const later = this.#firsts()
            .map((item) => due(item, now))
            .filter((at) => at > now);
        return later.length > 0 ? Math.min(...later) : undefined;
    }

    #unwelcome(draft: Draft): Refusal | undefined {
        return this.#items.length >= OUTBOX_MAX_ITEMS ? "busy" : sendable(draft);
    }

    /**
     * Of each room the draft whose turn it is: the one in the air, which an older one that is tried
     * again waits for; else the first that waits. What is sent, refused or asked about holds nobody
     * back.
     */
    #firsts(): OutboxItem[] {
        const firsts = new Map<string, OutboxItem>();
        const open = [...this.#items.filter(isInFlight), ...this.#items.filter(isWaiting)];
        for (const item of open) if (!firsts.has(item.room)) firsts.set(item.room, item);
        return [...firsts.values()].sort((a, b) => a.order - b.order);
    }

    #find(id: string): OutboxItem | undefined {
        return this.#items.find((item) => item.draft.id === id);
    }

    #dropWhere(gone: (item: OutboxItem) => boolean, turn: Turn): void {
        this.#items = this.#items.filter((item) => {
            if (!gone(item)) return true;
            turn.write({ t: "drop_outbox", id: item.draft.id });
            turn.show({ t: "outbox", room: item.room });
            return false;
        });
    }
}

function transmit(item: OutboxItem, turn: Turn): void {
    item.state = { t: "in_flight", until: turn.now + ANSWER_MS };
    turn.transmit({ t: "append", room: item.room, ...item.draft });
    turn.show({ t: "outbox", room: item.room });
}

function stateAfter(no: No, now: number): ItemState {
    switch (no.class) {
        case "final":
            return { t: "refused", code: no.code, words: no.words };
        case "later":
            return { t: "later", until: now + clamp(no.after_ms, LATER_MIN_MS, LATER_MAX_MS) };
        case "sign_in_again":
            return { t: "queued" };
    }
}

function isInFlight(item: OutboxItem): boolean {
    return item.state.t === "in_flight";
}

/** For its turn, or for the moment that the server named. */
function isWaiting({ state }: OutboxItem): boolean {
    return state.t === "queued" || state.t === "later";
}

function isLate({ state }: OutboxItem, now: number): boolean {
    return state.t === "in_flight" && state.until <= now;
}

/**
 * Whether it has waited so long that the person is to be asked. A clock that was set wrong asks
 * once too often, or not; nothing is lost by it.
 */
function isOverdue(item: OutboxItem, now: number): boolean {
    return isWaiting(item) && now - item.kept_at >= ASK_AFTER_MS && isSaid(item.draft);
}

/**
 * When this draft, being the first of its room, may go out; `now` or before means at once. A wait
 * further off than any that is granted was written by a clock that has been set back since.
 */
function due({ state }: OutboxItem, now: number): number {
    if (state.t === "in_flight") return state.until;
    return state.t === "later" && state.until <= now + LATER_MAX_MS ? state.until : now;
}

function refusedBy(code: Refusal): ItemState {
    return { t: "refused", code, words: WORDS[code] };
}

function keep(item: OutboxItem, turn: Turn): void {
    turn.write({ t: "put_outbox", item: { ...item } });
    turn.show({ t: "outbox", room: item.room });
}

/** Whether two JSON values are equal, whatever the order of their fields. */
function same(a: unknown, b: unknown): boolean {
    if (a === b) return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const names = Object.keys(a);
    return (
        names.length === Object.keys(b).length &&
        names.every(
            (name) =>
                name in b &&
                same((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
        )
    );
}
