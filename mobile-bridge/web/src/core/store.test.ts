// The store on a real IndexedDB interface, kept in memory.

import { IDBDatabase, IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeAll, expect, test, vi } from "vitest";
import type { CardOf, Entry } from "../generated/protocol.ts";
import type { OutboxItem, Write } from "./face.ts";
import { SteadyStore } from "./steady.ts";
import { answered, openStore, type Store } from "./store.ts";
import { WINDOW_ENTRIES } from "./window.ts";

const A = "0190a6c0-0000-7000-8000-00000000000a";
const B = "0190a6c0-0000-7000-8000-00000000000b";
const entry = (seq: number): Entry => ({ seq, id: `e${seq}`, kind: "message", at: seq });
const card = (seq: number, at_seq: number): CardOf => ({ target: `e${seq}`, seq, at_seq });
const item = (order: number): OutboxItem => ({
    order,
    room: A,
    draft: { id: `d${order}`, kind: "message", body: { text: "hello" } },
    kept_at: 1,
    strikes: 0,
    state: { t: "queued" },
});

beforeAll(() => {
    globalThis.IDBKeyRange = IDBKeyRange;
});

test("what was written is there when the page opens again", async () => {
    const factory = new IDBFactory();
    const store = await openStore("roost", () => factory);
    expect(store.durable).toBe(true);
    await store.apply([
        { t: "put_entries", room: A, entries: [entry(2), entry(10)] },
        { t: "put_entries", room: B, entries: [entry(1)] },
        {
            t: "put_ranges",
            room: A,
            ranges: [
                { from: 2, to: 2 },
                { from: 10, to: 10 },
            ],
        },
        { t: "put_outbox", item: item(2) },
        { t: "put_outbox", item: item(1) },
        { t: "put_epoch", epoch: "e" },
    ]);
    await store.putFacts({ person: "p", device: "d" });
    const kept = await (await openStore("roost", () => factory)).read();
    expect(kept.entries.get(A)?.map((each) => each.seq)).toEqual([2, 10]);
    expect(kept.saved.outbox?.map((each) => each.order)).toEqual([1, 2]);
    expect(kept.saved.epoch).toBe("e");
    expect(kept.saved.ranges).toEqual({
        [A]: [
            { from: 2, to: 2 },
            { from: 10, to: 10 },
        ],
    });
    expect(kept.facts).toEqual({ person: "p", device: "d" });
});

test("forgetting", async () => {
    const store = await openStore("roost", () => new IDBFactory());
    const fill: Write[] = [
        { t: "put_entries", room: A, entries: [entry(1), entry(2), entry(3)] },
        { t: "put_ranges", room: A, ranges: [{ from: 1, to: 3 }] },
        { t: "put_entries", room: B, entries: [entry(1)] },
        { t: "put_ranges", room: B, ranges: [{ from: 1, to: 1 }] },
        { t: "put_outbox", item: item(1) },
    ];
    const after = async (...writes: Write[]) => {
        await store.apply([...fill, ...writes]);
        const kept = await store.read();
        const seqs = (room: string) => kept.entries.get(room)?.map((each) => each.seq) ?? [];
        return { a: seqs(A), b: seqs(B), drafts: kept.saved.outbox?.length };
    };
    expect(await after({ t: "drop_below", room: A, floor: 3 })).toEqual({
        a: [3],
        b: [1],
        drafts: 1,
    });
    expect(await after({ t: "wipe_room", room: A })).toEqual({ a: [], b: [1], drafts: 1 });
    expect(await after({ t: "drop_outbox", id: "d1" })).toEqual({
        a: [1, 2, 3],
        b: [1],
        drafts: 0,
    });
    expect(await after({ t: "wipe_entries" })).toEqual({ a: [], b: [], drafts: 1 });
    expect(await after({ t: "wipe_all" })).toEqual({ a: [], b: [], drafts: 0 });
});

test("cards and marks are kept, and go with their room", async () => {
    const factory = new IDBFactory();
    const store = await openStore("roost", () => factory);
    const reading = { read: 2, others: [{ person: "p", delivered: 2, read: 1 }] };
    const hidden = { ...card(3, 4), hidden: { by: "hub", at: 1 } } as const;
    await store.apply([
        { t: "put_cards", room: A, cards: [card(2, 3), hidden, card(2, 9)] },
        { t: "put_cards", room: B, cards: [card(1, 1)] },
        { t: "put_marks", room: A, reading },
    ]);
    const kept = await (await openStore("roost", () => factory)).read();
    expect(kept.cards.get(A)).toEqual([card(2, 9), hidden]);
    expect(kept.saved.cards?.[A]).toEqual([
        { ...card(2, 9), hidden: false },
        { ...card(3, 4), hidden: true },
    ]);
    expect(kept.saved.marks).toEqual({ [A]: reading });
    await store.apply([{ t: "drop_below", room: A, floor: 3 }]);
    expect((await store.read()).cards.get(A)).toEqual([hidden]);
    await store.apply([{ t: "wipe_room", room: A }]);
    const left = await store.read();
    expect([...left.cards.keys()]).toEqual([B]);
    expect(left.saved.marks).toEqual({});
});

test("what was removed is forgotten, and nothing else", async () => {
    const store = await openStore("roost", () => new IDBFactory());
    const body = { text: "words" };
    const entries = [1, 2, 3].map((seq) => ({ ...entry(seq), body }));
    await store.apply([
        { t: "put_entries", room: A, entries },
        { t: "put_entries", room: B, entries },
        { t: "put_ranges", room: A, ranges: [{ from: 1, to: 3 }] },
        { t: "put_ranges", room: B, ranges: [{ from: 1, to: 3 }] },
        { t: "forget_body", room: A, seq: 2 },
    ]);
    const { entries: held } = await store.read();
    const says = (room: string) => held.get(room)?.map((each) => each.body !== undefined);
    expect(says(A)).toEqual([true, false, true]);
    expect(says(B)).toEqual([true, true, true]);
});

test("a store of before there were cards is read again, and keeps what is not sent", async () => {
    const factory = new IDBFactory();
    await new Promise<void>((resolve, reject) => {
        const opening = factory.open("roost", 1);
        opening.onerror = reject;
        opening.onupgradeneeded = () => {
            for (const table of ["facts", "ranges", "entries", "outbox", "left"])
                opening.result.createObjectStore(table);
        };
        opening.onsuccess = () => {
            const tables = ["entries", "ranges", "outbox"];
            const writing = opening.result.transaction(tables, "readwrite");
            writing.objectStore("entries").put(entry(1), [A, 1]);
            writing.objectStore("ranges").put([{ from: 1, to: 1 }], A);
            writing.objectStore("outbox").put(item(1), "d1");
            writing.oncomplete = () => {
                opening.result.close();
                resolve();
            };
        };
    });
    const store = await openStore("roost", () => factory);
    const { entries, saved } = await store.read();
    expect(store.durable).toBe(true);
    expect([entries.size, saved.ranges, saved.outbox?.length]).toEqual([0, {}, 1]);
});

test("a left draft goes in the transaction that takes it up", async () => {
    const store = await openStore("roost", () => new IDBFactory());
    const { draft } = item(1);
    await store.leave({ room: A, draft, made_at: 1 });
    expect((await store.read()).left).toHaveLength(1);
    await store.apply([{ t: "put_outbox", item: item(1) }], draft.id);
    const kept = await store.read();
    expect(kept.left).toEqual([]);
    expect(kept.saved.outbox).toHaveLength(1);
});

test("a step is written whole or not at all", async () => {
    const store = await openStore("roost", () => new IDBFactory());
    // A function cannot be stored; the entry before it in the same step must not stay either.
    const broken = { ...entry(2), body: () => undefined };
    await expect(
        store.apply([{ t: "put_entries", room: A, entries: [entry(1), broken] }]),
    ).rejects.toThrow();
    expect((await store.read()).entries.size).toBe(0);
});

test("a phone that refuses storage still works, and says so", async () => {
    const refuse = () => {
        throw new DOMException("no", "SecurityError");
    };
    const refusing = { open: refuse } as unknown as IDBFactory;
    for (const disk of [() => undefined, refuse, () => refusing]) {
        const store = await openStore("roost", disk);
        expect(store.durable).toBe(false);
        await store.putFacts({ person: "p" });
        expect((await store.read()).facts).toEqual({ person: "p" });
    }
});

/** A room with entries 1 to `to`, each said at the moment of its number. */
const filled = (room: string, to: number): Write[] => [
    { t: "put_entries", room, entries: Array.from({ length: to }, (_, at) => entry(at + 1)) },
    { t: "put_ranges", room, ranges: [{ from: 1, to }] },
];

test("a long room opens with its end, and more is read when somebody scrolls up", async () => {
    const store = await openStore("roost", () => new IDBFactory());
    await store.apply([...filled(A, 10_000), ...filled(B, 3)]);
    const { entries } = await store.read();
    const held = entries.get(A)!;
    expect([held.length, held.at(-1)!.seq]).toEqual([WINDOW_ENTRIES, 10_000]);
    expect(entries.get(B)).toHaveLength(3);
    const more = await store.below(A, held[0]!.seq, 200);
    expect([more.length, more[0]!.seq, more.at(-1)!.seq]).toEqual([200, 9_401, 9_600]);
    expect(await store.below(A, 3, 200)).toHaveLength(2);
});

test("what is too old goes from the phone with its cards, and is not asked for again", async () => {
    const store = await openStore("roost", () => new IDBFactory());
    await store.apply([
        ...filled(A, 30),
        ...filled(B, 10),
        { t: "put_cards", room: A, cards: [card(19, 30), card(20, 30)] },
        { t: "put_cards", room: B, cards: [card(10, 10)] },
        { t: "put_outbox", item: item(1) },
    ]);
    await store.trim(20);
    const { entries, cards, saved } = await store.read();
    const seqs = entries.get(A)!.map(({ seq }) => seq);
    expect([seqs[0], seqs.length]).toEqual([20, 11]);
    expect([entries.has(B), cards.get(A)?.length, cards.has(B)]).toEqual([false, 1, false]);
    expect(saved.ranges).toEqual({ [A]: [{ from: 1, to: 30 }], [B]: [{ from: 1, to: 10 }] });
    expect(saved.outbox, "my own words have no age").toHaveLength(1);
});

test("what is being written outlives the page, and nothing outlives signing out", async () => {
    const factory = new IDBFactory();
    const store = await openStore("roost", () => factory);
    const typed = { text: "half a", answers: entry(3), edits: undefined, asks: false };
    await store.putTyped(A, typed);
    await store.putTyped(B, typed);
    await store.putTyped(B, undefined);
    const settings = { unsaved: [{ room: A, length: "week" }] } as const;
    await store.putSettings(settings);
    const again = await openStore("roost", () => factory);
    const kept = await again.read();
    expect([...kept.typed]).toEqual([[A, typed]]);
    expect(kept.settings).toEqual(settings);
    await again.wipe();
    const { typed: after, settings: none } = await again.read();
    expect([after.size, none]).toEqual([0, undefined]);
});

test("a newer page gets the disk, and an older one hears that it is outgrown", async () => {
    const factory = new IDBFactory();
    const outgrown: string[] = [];
    const old = await openStore("roost", () => factory, () => void outgrown.push("while open"));
    await new Promise((resolve) => (factory.open("roost", 99).onsuccess = resolve));
    expect(outgrown).toEqual(["while open"]);
    await expect(old.putFacts({ person: "p" })).rejects.toThrow();
    const late = await openStore("roost", () => factory, () => void outgrown.push("opened late"));
    expect([outgrown.at(-1), late.durable]).toEqual(["opened late", false]);
});

/** As Chromium begins one on a disk that is just being cleared: all fails, and nothing aborts. */
function doomed() {
    const transaction = { onerror: () => undefined, objectStore: () => table };
    const fail = () => {
        queueMicrotask(() => transaction.onerror());
        return {};
    };
    const table = new Proxy({}, { get: () => fail });
    return transaction as unknown as IDBTransaction;
}

test("a disk that is cleared under a change says so at once", async () => {
    const store = await openStore("roost", () => new IDBFactory());
    const begin = vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(doomed);
    const changes = [store.wipe(), store.trim(1), store.putFacts({}), store.apply(filled(A, 1))];
    for (const change of changes) await expect(change).rejects.toThrow();
    begin.mockRestore();
});

test("what is asked of a disk that says nothing is given up, whatever it is", async () => {
    vi.useFakeTimers();
    const store = await openStore("roost", () => undefined);
    const never = () => new Promise<never>(() => undefined);
    const silent: Store = { ...store, durable: true, read: never, below: never, apply: never,
        leave: never, putTyped: never, putFacts: never, putSettings: never, trim: never,
        wipe: never };
    const left = { room: A, draft: item(1).draft, made_at: 1 };
    const asks: ((steady: SteadyStore) => Promise<unknown>)[] = [
        (steady) => steady.read(),
        (steady) => steady.apply([{ t: "put_outbox", item: item(1) }]),
        (steady) => steady.leave(left),
        (steady) => steady.putTyped(A, undefined),
        (steady) => steady.putFacts({}),
        (steady) => steady.putSettings({ unsaved: [] }),
        (steady) => steady.wipe(),
        (steady) => steady.settled(),
    ];
    for (const ask of asks) {
        const lost = vi.fn();
        const steady = new SteadyStore(silent, lost);
        void steady.apply([]);
        const answer = ask(steady);
        await vi.runAllTimersAsync();
        await answer;
        expect([lost.mock.calls.length, steady.durable], `${ask}`).toEqual([1, false]);
    }
    const below = expect(new SteadyStore(silent, vi.fn()).below(A, 1, 1)).rejects.toThrow();
    await vi.runAllTimersAsync();
    await below;
    vi.useRealTimers();
});

test("signing out also wipes the disk that was given up", async () => {
    const real = await openStore("roost", () => new IDBFactory());
    await real.putFacts({ person: "p" });
    for (const out of ["wipe", "wipe_all"] as const) {
        const wiped = vi.spyOn(real, "wipe");
        vi.spyOn(real, "putSettings").mockRejectedValueOnce(new Error("no"));
        const steady = new SteadyStore(real, () => undefined);
        await steady.putSettings({ unsaved: [] });
        await (out === "wipe" ? steady.wipe() : steady.apply([{ t: "wipe_all" }]));
        expect(wiped, out).toHaveBeenCalledTimes(1);
        wiped.mockRestore();
    }
    expect((await real.read()).facts).toEqual({});
});

test("a phone that fell asleep over a write hears that it is done when it wakes", async () => {
    vi.useFakeTimers();
    let done!: () => void;
    const writing = answered(new Promise<void>((resolve) => (done = resolve)));
    // An hour later the one alarm that was set rings, before what the disk had to say is heard.
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersToNextTimer();
    done();
    await expect(writing).resolves.toBeUndefined();
    vi.useRealTimers();
});

test("a disk that never answers is given up", async () => {
    vi.useFakeTimers();
    const silent = { open: () => ({}) } as unknown as IDBFactory;
    const opening = openStore("roost", () => silent);
    await vi.runAllTimersAsync();
    expect((await opening).durable).toBe(false);
    vi.useRealTimers();
});
