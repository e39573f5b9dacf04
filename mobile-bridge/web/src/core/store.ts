// Store: what this phone keeps. The disk is in `disk.ts`; here stand what a store is, and what
// stands in for it where the phone refuses one.

import type { CardOf, Draft, Entry, Refusal } from "../generated/protocol.ts";
import type { Length, Quiet, Settings } from "./desk.ts";
import { openDisk } from "./disk.ts";
import type { Saved, Write } from "./face.ts";

/** A draft beside the outbox: a tab without the connection left it for the one that has it. */
export type Left = {
    room: string;
    draft: Draft;
    made_at: number;
    /** Why the outbox did not take it, once it was tried. */
    no?: Refusal;
};

/** What is being written in a room, and what it is about. */
export type Typed = {
    text: string;
    /** The entry that is answered. */
    answers: Entry | undefined;
    /** My own message that gets other words. */
    edits: Entry | undefined;
    /** Every home is asked to confirm. */
    asks: boolean;
};

/** One thing that a person sets for themselves. */
export type Choice = { quiet: Quiet } | { room: string; length: Length };

/** What a person has set for themselves, as far as this phone knows. */
export type Known = {
    /** As the server told it last, at `heard_at` (epoch ms); nothing, while it never did. */
    told?: Settings;
    heard_at?: number;
    /** What was chosen here and could not be saved; the last choice for each thing. */
    unsaved: readonly Choice[];
};

/** Small things known about this phone. */
export type Facts = { person?: string; device?: string };

export type Kept = {
    saved: Saved;
    /** The newest of each room; more are read when somebody scrolls up to them. */
    entries: ReadonlyMap<string, Entry[]>;
    cards: ReadonlyMap<string, CardOf[]>;
    left: Left[];
    /** What was being written in each room. */
    typed: ReadonlyMap<string, Typed>;
    facts: Facts;
    settings: Known | undefined;
};

export interface Store {
    /** Whether anything survives closing the page. */
    readonly durable: boolean;
    read(): Promise<Kept>;
    /** Up to `limit` entries of a room that stand below a seq, ascending. */
    below(room: string, seq: number, limit: number): Promise<Entry[]>;
    /** All of them or none; a left draft that was taken up goes in the same transaction. */
    apply(writes: readonly Write[], taken?: string): Promise<void>;
    leave(left: Left): Promise<void>;
    putTyped(room: string, typed: Typed | undefined): Promise<void>;
    putFacts(facts: Facts): Promise<void>;
    putSettings(settings: Known): Promise<void>;
    /** Forgets what was said before this moment, epoch ms. */
    trim(before_ms: number): Promise<void>;
    wipe(): Promise<void>;
}

/** A disk that does not answer for so long never will: some phones open a database for ever. */
const PATIENCE_MS = 5_000;
/**
 * And one that is open to answer. A database that is cleared under us may never do so, and a
 * browser that has just cleared one may take most of a minute before it writes another.
 */
const ANSWER_MS = 8_000;
/**
 * Counted in steps: of the time that a phone sleeps, with the page on it, one step counts at most.
 * When it wakes, the answer may be there and not heard yet.
 */
const STEP_MS = 1_000;

/** What the disk answers, or a rejection when it does not. */
export function answered<T>(asked: Promise<T>): Promise<T> {
    let next: ReturnType<typeof setTimeout> | undefined;
    const silent = new Promise<never>((_, reject) => {
        const wait = (left_ms: number) => {
            if (left_ms > 0) next = setTimeout(() => wait(left_ms - STEP_MS), STEP_MS);
            else reject(new Error("the disk does not answer"));
        };
        wait(ANSWER_MS);
    });
    return Promise.race([asked, silent]).finally(() => clearTimeout(next));
}

/**
 * Opens the phone's own storage; when that is refused, says so by `durable: false`. `outgrown` is
 * called when a newer build of this page needs the disk for itself.
 */
export async function openStore(
    name: string,
    disk: () => IDBFactory | undefined,
    outgrown: () => void = () => undefined,
): Promise<Store> {
    let given: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<never>((_, reject) => {
        given = setTimeout(() => reject(new Error("the disk does not answer")), PATIENCE_MS);
    });
    const opening = (async () => {
        // Where storage is refused, asking for it may throw.
        const factory = disk();
        if (!factory) return new MemoryStore();
        const store = await openDisk(name, factory, outgrown);
        // Some private windows open a database and refuse to read it.
        await store.below("", 0, 1);
        return store;
    })();
    try {
        return await Promise.race([opening, patience]);
    } catch (problem) {
        if (problem instanceof Error && problem.name === "VersionError") outgrown();
        return new MemoryStore();
    } finally {
        clearTimeout(given);
    }
}

export function withoutBody({ body: _, ...bare }: Entry): Entry {
    return bare;
}

/**
 * Stands in where the phone refuses storage. The engine holds what matters, and here lies what has
 * not reached one yet; a closed page loses both.
 */
export class MemoryStore implements Store {
    readonly durable = false;
    #facts: Facts = {};
    #settings: Known | undefined;
    #left = new Map<string, Left>();

    read(): Promise<Kept> {
        return Promise.resolve({
            saved: { epoch: null, welcome: null, ranges: {}, outbox: [], cards: {}, marks: {} },
            entries: new Map(),
            cards: new Map(),
            left: [...this.#left.values()],
            typed: new Map(),
            facts: this.#facts,
            settings: this.#settings,
        });
    }

    below(): Promise<Entry[]> {
        return Promise.resolve([]);
    }

    apply(writes: readonly Write[], taken?: string): Promise<void> {
        if (taken) this.#left.delete(taken);
        return writes.some((write) => write.t === "wipe_all") ? this.wipe() : Promise.resolve();
    }

    leave(left: Left): Promise<void> {
        this.#left.set(left.draft.id, left);
        return Promise.resolve();
    }

    putTyped(): Promise<void> {
        return Promise.resolve();
    }

    trim(): Promise<void> {
        return Promise.resolve();
    }

    putFacts(facts: Facts): Promise<void> {
        this.#facts = facts;
        return Promise.resolve();
    }

    putSettings(settings: Known): Promise<void> {
        this.#settings = settings;
        return Promise.resolve();
    }

    wipe(): Promise<void> {
        this.#facts = {};
        this.#settings = undefined;
        this.#left.clear();
        return Promise.resolve();
    }
}
