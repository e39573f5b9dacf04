// The phone's disk, IndexedDB. All writes of one step of the engine are one transaction, so that
// what is on disk is always a state the engine was in. Decides nothing.

import type { CardOf, Entry, Welcome } from "../generated/protocol.ts";
import type { HeldCard, OutboxItem, Reading, Span, Write } from "./face.ts";
import {
    withoutBody,
    type Facts,
    type Kept,
    type Known,
    type Left,
    type Store,
    type Typed,
} from "./store.ts";
import { WINDOW_ENTRIES } from "./window.ts";

/** The tables as they are now; raised when a build has to read everything again. */
const VERSION = 4;
/** The first build that kept anchors. */
const WITH_ANCHORS = 4;
const TABLES = [
    "facts",
    "ranges",
    "anchors",
    "entries",
    "cards",
    "marks",
    "outbox",
    "left",
    "typed",
] as const;
type Table = (typeof TABLES)[number];
type Tables = Record<Table, IDBObjectStore>;

/** Opens it, and lets go of it when a newer page in another tab wants to change the tables. */
export async function openDisk(
    name: string,
    factory: IDBFactory,
    outgrown: () => void,
): Promise<Store> {
    const request = factory.open(name, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
        const held = request.result.objectStoreNames;
        const missing = TABLES.filter((table) => !held.contains(table));
        for (const table of missing) request.result.createObjectStore(table);
        // What was held before there were anchors stands on nothing: read it again.
        if (oldVersion >= WITH_ANCHORS) return;
        for (const table of ["entries", "ranges"]) request.transaction!.objectStore(table).clear();
    };
    const db = await done(request);
    db.onversionchange = () => {
        db.close();
        outgrown();
    };
    return new DiskStore(db);
}

class DiskStore implements Store {
    readonly durable = true;
    #db: IDBDatabase;

    constructor(db: IDBDatabase) {
        this.#db = db;
    }

    async read(): Promise<Kept> {
        const tables = this.#begin("readonly").tables;
        const [facts, ranges, anchors, marks, entries, cards, ...own] = await Promise.all([
            all<unknown>(tables.facts),
            all<Span[]>(tables.ranges),
            all<string>(tables.anchors),
            all<Reading>(tables.marks),
            newest(tables),
            all<CardOf>(tables.cards),
            done<OutboxItem[]>(tables.outbox.getAll()),
            done<Left[]>(tables.left.getAll()),
            all<Typed>(tables.typed),
        ]);
        const [outbox, left, typed] = own;
        const cardsByRoom = byRoom(cards);
        const held = [...cardsByRoom].map(([room, cards]) => [room, cards.map(heldOf)] as const);
        return {
            saved: {
                epoch: (facts.get("epoch") as string | undefined) ?? null,
                welcome: (facts.get("welcome") as Welcome | undefined) ?? null,
                ranges: Object.fromEntries(ranges) as Record<string, Span[]>,
                anchors: Object.fromEntries(anchors) as Record<string, string>,
                outbox: outbox.sort((a, b) => a.order - b.order),
                cards: Object.fromEntries(held),
                marks: Object.fromEntries(marks) as Record<string, Reading>,
            },
            entries,
            cards: cardsByRoom,
            left: left.sort((a, b) => a.made_at - b.made_at),
            typed: typed as ReadonlyMap<string, Typed>,
            facts: (facts.get("facts") as Facts | undefined) ?? {},
            settings: facts.get("settings") as Known | undefined,
        };
    }

    async below(room: string, seq: number, limit: number): Promise<Entry[]> {
        const keys = IDBKeyRange.bound([room, seq - limit], [room, seq], false, true);
        return done<Entry[]>(this.#begin("readonly").tables.entries.getAll(keys));
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

    putTyped(room: string, typed: Typed | undefined): Promise<void> {
        return this.#change(true, ({ typed: table }) =>
            typed ? table.put(typed, room) : table.delete(room),
        );
    }

    /** The ranges stay: what they name was read, and is not to be sent all over again. */
    trim(before_ms: number): Promise<void> {
        return this.#change(false, (tables) => {
            const stepping = tables.ranges.openKeyCursor();
            stepping.onsuccess = () => {
                if (!stepping.result) return;
                trimRoom(tables, stepping.result.key as string, before_ms);
                stepping.result.continue();
            };
        });
    }

    putFacts(facts: Facts): Promise<void> {
        return this.#change(true, (tables) => tables.facts.put(facts, "facts"));
    }

    putSettings(settings: Known): Promise<void> {
        return this.#change(true, (tables) => tables.facts.put(settings, "settings"));
    }

    wipe(): Promise<void> {
        return this.#change(true, wipeAll);
    }

    /** `async`, so that a database that was closed under us is a rejection like any other. */
    async #change(strict: boolean, change: (tables: Tables) => void): Promise<void> {
        const { transaction, tables } = this.#begin("readwrite", strict ? "strict" : "default");
        await new Promise<void>((resolve, reject) => {
            transaction.oncomplete = () => resolve();
            const failed = () => reject(transaction.error ?? new Error("aborted"));
            transaction.onabort = failed;
            // On a disk that is just being cleared, Chromium fails what is asked and never aborts.
            transaction.onerror = failed;
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
        case "put_anchor":
            tables.anchors.put(write.anchor, write.room);
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
            const only = IDBKeyRange.only([write.room, write.seq]);
            each<Entry>(tables.entries, only, (entry, at) => void at.update(withoutBody(entry)));
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
            tables.anchors.delete(write.room);
            tables.marks.delete(write.room);
            return;
        case "wipe_entries":
            for (const table of ["entries", "ranges", "anchors", "cards", "marks"] as const)
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

/** Forgets the entries of a room up to the first that is young enough, and their cards. */
function trimRoom(tables: Tables, room: string, before_ms: number): void {
    const stepping = tables.entries.openCursor(seqs(room, Infinity));
    stepping.onsuccess = () => {
        const at = stepping.result;
        const entry = at?.value as Entry | undefined;
        if (at && entry && entry.at < before_ms) {
            at.delete();
            at.continue();
            return;
        }
        const from = entry?.seq ?? Infinity;
        each<CardOf>(tables.cards, targets(room), (card, place) => {
            if (card.seq < from) place.delete();
        });
    };
}

/** The newest entries of each room. */
async function newest(tables: Tables): Promise<Map<string, Entry[]>> {
    const rooms = new Map<string, Entry[]>();
    const ranges = await all<Span[]>(tables.ranges);
    const reading = [...ranges].map(async ([room, spans]) => {
        const head = spans.at(-1)?.to ?? 0;
        const keys = IDBKeyRange.bound([room, head - WINDOW_ENTRIES + 1], [room, Infinity]);
        const entries = await done<Entry[]>(tables.entries.getAll(keys));
        if (entries.length > 0) rooms.set(room as string, entries);
    });
    await Promise.all(reading);
    return rooms;
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
