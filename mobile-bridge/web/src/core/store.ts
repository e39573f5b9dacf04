// Store: what this phone keeps, in IndexedDB. All writes of one step of the engine are one
// transaction, so that what is on disk is always a state the engine was in. Decides nothing.

import type { CardOf, Draft, Entry, Welcome } from "../generated/protocol.ts";
import type { HeldCard, OutboxItem, Reading, Saved, Span, Write } from "./face.ts";

/** A draft that a tab without the connection left for the one that has it. */
export type Left = { room: string; draft: Draft; made_at: number };

/** Small things known about this phone. */
export type Facts = { person?: string; device?: string };

export type Kept = {
    saved: Saved;
    entries: ReadonlyMap<string, Entry[]>;
    cards: ReadonlyMap<string, CardOf[]>;
    left: Left[];
    facts: Facts;
};

export interface Store {
    /** Whether anything survives closing the page. */
    readonly durable: boolean;
    read(): Promise<Kept>;
    /** All of them or none; a left draft that was taken up goes in the same transaction. */
    apply(writes: readonly Write[], taken?: string): Promise<void>;
    leave(left: Left): Promise<void>;
    putFacts(facts: Facts): Promise<void>;
    wipe(): Promise<void>;
}

/** The tables as they are now; raised when a build has to read everything again. */
const VERSION = 2;
const TABLES = ["facts", "ranges", "entries", "cards", "marks", "outbox", "left"] as const;
type Table = (typeof TABLES)[number];
type Tables = Record<Table, IDBObjectStore>;

/** Opens the phone's own storage; when that is refused, says so by `durable: false`. */
export async function openStore(name: string, factory: IDBFactory | undefined): Promise<Store> {
    try {
        if (!factory) return new MemoryStore();
        const db = await openDatabase(name, factory);
        const store = new DiskStore(db);
        // Some private windows open a database and refuse to read it.
        await store.read();
        return store;
    } catch {
        return new MemoryStore();
    }
}

function openDatabase(name: string, factory: IDBFactory): Promise<IDBDatabase> {
    const request = factory.open(name, VERSION);
    request.onupgradeneeded = () => {
        const held = request.result.objectStoreNames;
        const missing = TABLES.filter((table) => !held.contains(table));
        for (const table of missing) request.result.createObjectStore(table);
        // What was held before there were cards has some that would never come: read it again.
        for (const table of ["entries", "ranges"]) request.transaction!.objectStore(table).clear();
    };
    return done(request);
}

class DiskStore implements Store {
    readonly durable = true;
    #db: IDBDatabase;

    constructor(db: IDBDatabase) {
        this.#db = db;
        // A newer page in another tab wants to change the tables: let it.
        db.onversionchange = () => db.close();
    }

    async read(): Promise<Kept> {
        const tables = this.#begin("readonly").tables;
        const [facts, ranges, marks, entries, cards, outbox, left] = await Promise.all([
            all<unknown>(tables.facts),
            all<Span[]>(tables.ranges),
            all<Reading>(tables.marks),
            all<Entry>(tables.entries),
            all<CardOf>(tables.cards),
            done<OutboxItem[]>(tables.outbox.getAll()),
            done<Left[]>(tables.left.getAll()),
        ]);
        const cardsByRoom = byRoom(cards);
        const held = [...cardsByRoom].map(([room, cards]) => [room, cards.map(heldOf)] as const);
        return {
            saved: {
                epoch: (facts.get("epoch") as string | undefined) ?? null,
                welcome: (facts.get("welcome") as Welcome | undefined) ?? null,
                ranges: Object.fromEntries(ranges) as Record<string, Span[]>,
                outbox: outbox.sort((a, b) => a.order - b.order),
                cards: Object.fromEntries(held),
                marks: Object.fromEntries(marks) as Record<string, Reading>,
            },
            entries: byRoom(entries),
            cards: cardsByRoom,
            left: left.sort((a, b) => a.made_at - b.made_at),
            facts: (facts.get("facts") as Facts | undefined) ?? {},
        };
    }

    apply(writes: readonly Write[], taken?: string): Promise<void> {
        if (writes.length === 0 && !taken) return Promise.resolve();
        // A draft is a person's words and exists nowhere else; entries can be read again.
        const precious = writes.some((write) => write.t === "put_outbox");
        return this.#change(precious, (tables) => {
            for (const write of writes) put(tables, write);
            if (taken) tables.left.delete(taken);
        });
    }

    leave(left: Left): Promise<void> {
        return this.#change(true, (tables) => tables.left.put(left, left.draft.id));
    }

    putFacts(facts: Facts): Promise<void> {
        return this.#change(true, (tables) => tables.facts.put(facts, "facts"));
    }

    wipe(): Promise<void> {
        return this.#change(true, wipeAll);
    }

    #change(strict: boolean, change: (tables: Tables) => void): Promise<void> {
        const { transaction, tables } = this.#begin("readwrite", strict ? "strict" : "default");
        return new Promise((resolve, reject) => {
            transaction.oncomplete = () => resolve();
            transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
            try {
                change(tables);
            } catch (problem) {
                // Without this, what was put before the problem would be written all the same.
                transaction.abort();
                reject(problem);
            }
        });
    }

    #begin(mode: IDBTransactionMode, durability: IDBTransactionDurability = "default") {
        const transaction = this.#db.transaction(TABLES, mode, { durability });
        const tables = Object.fromEntries(
            TABLES.map((table) => [table, transaction.objectStore(table)]),
        ) as Tables;
        return { transaction, tables };
    }
}

function put(tables: Tables, write: Write): void {
    switch (write.t) {
        case "put_entries":
            for (const entry of write.entries) tables.entries.put(entry, [write.room, entry.seq]);
            return;
        case "put_ranges":
            tables.ranges.put(write.ranges, write.room);
            return;
        case "drop_below":
            tables.entries.delete(seqs(write.room, write.floor));
            each<CardOf>(tables.cards, targets(write.room), (card, at) => {
                if (card.seq < write.floor) at.delete();
            });
            return;
        case "put_cards":
            for (const card of write.cards) tables.cards.put(card, [write.room, card.target]);
            return;
        case "forget_body": {
            const above = IDBKeyRange.bound([write.room, write.seq], [write.room, Infinity]);
            each<Entry>(tables.entries, above, (entry, at) => {
                if (saysOf(entry, write.target)) at.update(withoutBody(entry));
            });
            return;
        }
        case "put_marks":
            tables.marks.put(write.reading, write.room);
            return;
        case "put_outbox":
            tables.outbox.put(write.item, write.item.draft.id);
            return;
        case "drop_outbox":
            tables.outbox.delete(write.id);
            return;
        case "wipe_room":
            tables.entries.delete(seqs(write.room, Infinity));
            tables.cards.delete(targets(write.room));
            tables.ranges.delete(write.room);
            tables.marks.delete(write.room);
            return;
        case "wipe_entries":
            for (const table of ["entries", "ranges", "cards", "marks"] as const)
                tables[table].clear();
            return;
        case "put_epoch":
            tables.facts.put(write.epoch, "epoch");
            return;
        case "put_welcome":
            tables.facts.put(write.welcome, "welcome");
            return;
        case "wipe_all":
            wipeAll(tables);
    }
}

function wipeAll(tables: Tables): void {
    for (const table of TABLES) tables[table].clear();
}

/** The keys of a room's entries below `end`. */
function seqs(room: string, end: number): IDBKeyRange {
    return IDBKeyRange.bound([room, -Infinity], [room, end], false, end !== Infinity);
}

/** The keys of a room's cards. Ids are text, and every text is below an empty list. */
function targets(room: string): IDBKeyRange {
    return IDBKeyRange.bound([room], [room, []]);
}

/** Whether an entry repeats the words of this one: itself, or an edit of it. */
export function saysOf(entry: Entry, target: string): boolean {
    return entry.id === target || (entry.kind === "edit" && entry.target === target);
}

export function withoutBody({ body: _, ...bare }: Entry): Entry {
    return bare;
}

/** Steps through what lies between these keys, within the transaction. */
function each<T>(
    table: IDBObjectStore,
    keys: IDBKeyRange,
    visit: (value: T, at: IDBCursorWithValue) => void,
): void {
    const stepping = table.openCursor(keys);
    stepping.onsuccess = () => {
        const at = stepping.result;
        if (!at) return;
        visit(at.value as T, at);
        at.continue();
    };
}

function heldOf({ target, seq, at_seq, hidden }: CardOf): HeldCard {
    return { target, seq, at_seq, hidden: hidden !== undefined && hidden !== null };
}

/** Rows whose keys begin with a room, by room and in the order of their keys. */
function byRoom<T>(rows: ReadonlyMap<IDBValidKey, T>): Map<string, T[]> {
    const rooms = new Map<string, T[]>();
    for (const [key, row] of rows) {
        const room = (key as [string])[0];
        const held = rooms.get(room);
        if (held) held.push(row);
        else rooms.set(room, [row]);
    }
    return rooms;
}

async function all<T>(table: IDBObjectStore): Promise<Map<IDBValidKey, T>> {
    const [keys, values] = await Promise.all([
        done(table.getAllKeys()),
        done<T[]>(table.getAll()),
    ]);
    return new Map(keys.map((key, at) => [key, values[at]!]));
}

function done<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("refused"));
    });
}

/**
 * Stands in where the phone refuses storage. The engine holds what matters; a closed page loses
 * it.
 */
export class MemoryStore implements Store {
    readonly durable = false;
    #facts: Facts = {};

    read(): Promise<Kept> {
        return Promise.resolve({
            saved: { epoch: null, welcome: null, ranges: {}, outbox: [], cards: {}, marks: {} },
            entries: new Map(),
            cards: new Map(),
            left: [],
            facts: this.#facts,
        });
    }

    apply(writes: readonly Write[]): Promise<void> {
        if (writes.some((write) => write.t === "wipe_all")) this.#facts = {};
        return Promise.resolve();
    }

    leave(): Promise<void> {
        return Promise.resolve();
    }

    putFacts(facts: Facts): Promise<void> {
        this.#facts = facts;
        return Promise.resolve();
    }

    wipe(): Promise<void> {
        this.#facts = {};
        return Promise.resolve();
    }
}
