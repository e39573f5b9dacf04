// @vitest-environment happy-dom
// Two tabs of one browser: one holds the connection, and what is written in the other arrives too.

import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ClientFrame, Draft, Entry } from "../generated/protocol.ts";
import { OUTBOX_MAX_ITEMS } from "./outbox.ts";
import { Phone } from "./phone.ts";
import { Session } from "./session.ts";
import { Shown, type Unsent } from "./shown.ts";
import { openStore, type Store } from "./store.ts";

const ROOM = "0190a6c0-0000-7000-8000-00000000000a";
const GONE = "0190a6c0-0000-7000-8000-00000000000b";
const SAM = "0190a6c0-0000-7000-8000-000000000001";
const EPOCH = "0190a6c0-0000-7000-8000-0000000000ee";

const YEAR_MS = 365 * 24 * 3_600_000;

/** A server with one room. While it is `deaf` it takes drafts and says nothing. */
class Server {
    entries: Entry[] = [];
    deaf = false;

    hear(frame: ClientFrame): object[] {
        if (frame.t === "hello") return [this.#welcome(), ...this.#log()];
        if (frame.t !== "append" || this.deaf) return [];
        const { t: _, room, ...draft } = frame;
        const known = this.entries.find(({ id }) => id === draft.id);
        const seq = known?.seq ?? this.entries.length + 1;
        const entry = { ...(draft as Draft), seq, at: Date.now(), author: SAM };
        if (!known) this.entries.push(entry);
        const page = { t: "page", room, from: seq, to: seq, head: this.entries.length };
        return [{ t: "ack", room, id: draft.id, seq }, { ...page, entries: [entry] }];
    }

    get texts(): unknown[] {
        return this.entries.map(({ body }) => (body as { text: string }).text);
    }

    /** What was said before, as one page. */
    #log(): object[] {
        const { entries } = this;
        const page = { t: "page", room: ROOM, from: 1, to: entries.length, head: entries.length };
        return entries.length > 0 ? [{ ...page, entries }] : [];
    }

    #welcome(): object {
        const room = { room: ROOM, kind: "circle", title: "Wren", floor: 1, view: "full" };
        const times = { now: 0, beat_ms: 20_000, silence_ms: 45_000, retry_ms: 500 };
        const nobody = { people: [], constellations: [], homes: [] };
        const rooms = [{ ...room, head: this.entries.length }];
        return { t: "welcome", v: 1, epoch: EPOCH, ...times, me: SAM, ...nobody, rooms };
    }
}

/** What tabs of one browser share: a disk, the lock, a way to be heard, and a network. */
class Browser {
    factory = new IDBFactory();
    server = new Server();
    /** The first tab hears nothing any more. */
    sleeps = false;
    #holder: { lost: (why: Error) => void } | undefined;
    #channels = new Set<Channel>();

    constructor() {
        const browser = this;
        vi.stubGlobal("IDBKeyRange", IDBKeyRange);
        vi.stubGlobal("BroadcastChannel", class extends Channel {
            constructor() {
                super(browser.#channels);
            }

            override get deaf(): boolean {
                return browser.sleeps && this === [...browser.#channels][0];
            }
        });
        vi.stubGlobal("WebSocket", class extends Socket {
            constructor() {
                super(browser.server);
            }
        });
        const locks = { request: (_: string, options: object, take: () => Promise<unknown>) =>
            this.#lock((options as { steal: boolean }).steal, take) };
        Object.defineProperty(navigator, "locks", { value: locks, configurable: true });
    }

    /** As Web Locks have it: one holds it, the others wait, and a thief does not wait. */
    #lock(steal: boolean, take: () => Promise<unknown>): Promise<unknown> {
        return new Promise((_, lost) => {
            const holder = this.#holder;
            // Nobody in these tests closes a tab: whoever waits, waits.
            if (holder && !steal) return;
            this.#holder = { lost };
            holder?.lost(new Error("stolen"));
            void take();
        });
    }

    async tab(prepare: (store: Store) => void = () => undefined): Promise<Tab> {
        const store = await openStore("roost", () => this.factory);
        if (!(await store.read()).facts.person) await store.putFacts({ person: SAM, device: "d" });
        prepare(store);
        const tab = new Tab(store);
        await tab.phone.begin(undefined);
        return tab;
    }
}

class Channel {
    onmessage: ((event: { data: unknown }) => void) | undefined;
    get deaf(): boolean {
        return false;
    }

    #all: Set<Channel>;

    constructor(all: Set<Channel>) {
        this.#all = all.add(this);
    }

    postMessage(message: unknown): void {
        const data: unknown = structuredClone(message);
        for (const other of this.#all)
            if (other !== this && !other.deaf) queueMicrotask(() => other.onmessage?.({ data }));
    }
}

class Socket {
    static readonly OPEN = 1;
    readyState = 1;
    onopen = () => undefined;
    onmessage = (_: { data: string }) => undefined;
    #server: Server;

    constructor(server: Server) {
        this.#server = server;
        queueMicrotask(() => this.onopen());
    }

    send(text: string): void {
        for (const frame of this.#server.hear(JSON.parse(text) as ClientFrame))
            queueMicrotask(() => this.onmessage({ data: JSON.stringify(frame) }));
    }

    close(): void {}
}

class Tab {
    shown = new Shown();
    phone: Phone;

    constructor(store: Store) {
        const sign_in = { person: SAM, device: "d", access: "a", access_expires_at: 2 ** 50 };
        const answer = () => Promise.resolve(new Response(JSON.stringify(sign_in)));
        const still = { understood() {}, missed() {}, again() {} };
        const page = { ...still, outdated: () => Promise.resolve() };
        this.phone = new Phone(store, new Session(answer), this.shown, page);
    }

    say(text: string, room = ROOM): void {
        this.phone.send(room, "message", { text });
    }

    get unsent(): Unsent["state"][] {
        return this.shown.unsent.value.map(({ state }) => state);
    }

    connected(): Promise<void> {
        const state = () => expect(this.shown.connection.value.state).toBe("connected");
        return vi.waitFor(state);
    }
}

/** A disk on which nothing can be written any more. */
function full(store: Store): void {
    for (const way of ["apply", "leave", "putTyped", "putFacts"] as const)
        vi.spyOn(store, way).mockRejectedValue(new DOMException("full", "QuotaExceededError"));
}

/** A disk that does nothing of what it is asked, until it comes to itself and does all of it. */
function silent(store: Store): () => Promise<unknown> {
    const asked: (() => Promise<void>)[] = [];
    for (const way of ["apply", "leave", "putTyped", "putFacts", "wipe"] as const) {
        const real = (store[way] as (...all: unknown[]) => Promise<void>).bind(store);
        vi.spyOn(store, way).mockImplementation((...all: unknown[]) => {
            asked.push(() => real(...all));
            return new Promise<void>(() => undefined);
        });
    }
    return () => Promise.all(asked.map((act) => act()));
}

let browser: Browser;
beforeEach(() => void (browser = new Browser()));
afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
});

/** From here on waiting takes no time. The disk has its own turns, which stay true. */
const alarms = () =>
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["setTimeout", "clearTimeout"] });

const arrives = (...texts: string[]) =>
    vi.waitFor(() => expect(browser.server.texts).toEqual(texts));

test("what is sent in a tab without the connection goes out through the other", async () => {
    const [holder, other] = [await browser.tab(), await browser.tab()];
    await holder.connected();
    await other.connected();
    other.say("one");
    other.say("two");
    await arrives("one", "two");
    await vi.waitFor(() => expect([holder.unsent, other.unsent]).toEqual([[], []]));
});

test("a tab that lost its disk and has the connection sends what the other left", async () => {
    const holder = await browser.tab(full);
    await holder.connected();
    await vi.waitFor(() => expect(holder.shown.durable.value).toBe(false));
    const other = await browser.tab();
    await other.connected();
    other.say("on disk, where the holder cannot look");
    await arrives("on disk, where the holder cannot look");
    await vi.waitFor(() => expect(other.unsent).toEqual([]));
    await other.phone.settled();
    const store = await openStore("roost", () => browser.factory);
    expect((await store.read()).left, "and it is not sent again when Roost opens").toEqual([]);
});

test("a tab without disk or connection sends too, and says that it keeps nothing", async () => {
    const holder = await browser.tab();
    await holder.connected();
    const other = await browser.tab(full);
    await other.connected();
    other.say("only here");
    await arrives("only here");
    expect(other.shown.durable.value).toBe(false);
    await vi.waitFor(() => expect(other.unsent).toEqual([]));
});

test("a tab whose connection is taken hands on what it alone knew of", async () => {
    alarms();
    const [holder, other] = [await browser.tab(full), await browser.tab()];
    await holder.connected();
    await other.connected();
    browser.server.deaf = true;
    holder.say("in the memory of a tab that falls asleep");
    await vi.waitFor(() => expect(holder.unsent).toEqual(["waiting"]));
    browser.sleeps = true;
    browser.server.deaf = false;
    // Sam turns to the other tab, which asks whether anybody is there.
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(3_000);
    await arrives("in the memory of a tab that falls asleep");
});

test("a draft for a room that is gone says so in both tabs, and goes from both", async () => {
    const [holder, other] = [await browser.tab(), await browser.tab()];
    await holder.connected();
    await other.connected();
    const both = () => [holder.unsent, other.unsent];
    for (const tab of [holder, other]) {
        tab.say("for a room that is gone", GONE);
        await vi.waitFor(() => expect(both()).toEqual([["refused"], ["refused"]]));
        tab.phone.remove(tab.shown.unsent.value[0]!.id);
        await vi.waitFor(() => expect(both()).toEqual([[], []]));
    }
    await other.phone.settled();
    expect((await browser.tab()).unsent, "also when Roost is opened again").toEqual([]);
});

test("a draft that found no place outlives the page, and a press tries it again", async () => {
    const [holder, other] = [await browser.tab(), await browser.tab()];
    await holder.connected();
    browser.server.deaf = true;
    for (let nth = 0; nth < OUTBOX_MAX_ITEMS; nth += 1) holder.say("held");
    await holder.phone.settled();
    other.say("one too many");
    const last = (tab: Tab) => tab.shown.unsent.value.at(-1)!;
    const no = { body: { text: "one too many" }, state: "refused" };
    for (const tab of [holder, other]) await vi.waitFor(() => expect(last(tab)).toMatchObject(no));
    await holder.phone.settled();
    const opened = await browser.tab();
    expect(last(opened)).toMatchObject(no);
    holder.phone.remove(holder.shown.unsent.value[1]!.id);
    opened.phone.retry(last(opened).id);
    for (const tab of [holder, opened])
        await vi.waitFor(() => expect(last(tab)).toMatchObject({ ...no, state: "waiting" }));
    await holder.phone.settled();
    const { saved, left } = await (await openStore("roost", () => browser.factory)).read();
    expect([saved.outbox?.length, left.length]).toEqual([OUTBOX_MAX_ITEMS, 0]);
});

test("half a message stands in both tabs, and what is sent in one is gone in both", async () => {
    const [one, other] = [await browser.tab(), await browser.tab()];
    one.phone.keepTyped(ROOM, half);
    await vi.waitFor(() => expect(other.shown.typed.value.get(ROOM)).toEqual(half));
    expect(other.shown.elsewhere.value).toEqual({ room: ROOM, typed: half });
    other.phone.keepTyped(ROOM, undefined);
    await vi.waitFor(() => expect(one.shown.elsewhere.value?.typed).toBeUndefined());
    expect(one.shown.typed.value.size).toBe(0);
});

test("a full disk is told of at the first letter, not at the first message", async () => {
    const [, other] = [await browser.tab(), await browser.tab(full)];
    expect(other.shown.durable.value).toBe(true);
    other.phone.keepTyped(ROOM, { text: "I", answers: undefined, edits: undefined, asks: false });
    await vi.waitFor(() => expect(other.shown.durable.value).toBe(false));
});

const half = { text: "half a", answers: undefined, edits: undefined, asks: false };

test("a disk that stops answering stops nobody, is told of, and sends nothing twice", async () => {
    let disk!: Store;
    const tab = await browser.tab((store) => void (disk = store));
    await tab.connected();
    await tab.phone.settled();
    alarms();
    const comesToItself = silent(disk);
    tab.say("one");
    tab.say("two");
    expect([tab.shown.durable.value, browser.server.texts]).toEqual([true, []]);
    await vi.advanceTimersByTimeAsync(8_000);
    await arrives("one", "two");
    expect(tab.shown.durable.value).toBe(false);
    await vi.waitFor(() => expect(tab.unsent).toEqual([]));
    vi.useRealTimers();
    await comesToItself();
    const kept = await (await openStore("roost", () => browser.factory)).read();
    expect(kept.saved.outbox, "one came late, and is on the disk now").toHaveLength(1);
    const { factory, server } = browser;
    browser = Object.assign(new Browser(), { factory, server });
    const again = await browser.tab();
    await again.connected();
    await vi.waitFor(() => expect(again.unsent).toEqual([]));
    expect(browser.server.texts).toEqual(["one", "two"]);
});

test("half a message that a silent disk took late is not there when it was sent", async () => {
    let disk!: Store;
    const tab = await browser.tab((store) => void (disk = store));
    await tab.connected();
    await tab.phone.settled();
    alarms();
    const comesToItself = silent(disk);
    tab.phone.keepTyped(ROOM, half);
    await vi.advanceTimersByTimeAsync(8_000);
    await vi.waitFor(() => expect(tab.shown.durable.value).toBe(false));
    tab.phone.keepTyped(ROOM, undefined);
    vi.useRealTimers();
    await comesToItself();
    const store = await openStore("roost", () => browser.factory);
    expect((await store.read()).typed.size).toBe(0);
});

test("what a sync brings and is too old to keep leaves the disk when it is over", async () => {
    alarms();
    const said = (seq: number, at: number): Entry => {
        const message = { kind: "message", author: SAM, body: { text: `no ${seq}` } };
        return { seq, id: `${ROOM.slice(0, -1)}${seq}`, at, ...message };
    };
    browser.server.entries = [said(1, Date.now() - YEAR_MS), said(2, Date.now())];
    const tab = await browser.tab();
    await tab.connected();
    const store = await openStore("roost", () => browser.factory);
    const kept = async () => (await store.read()).entries.get(ROOM)?.map(({ seq }) => seq);
    await vi.waitFor(async () => expect(await kept()).toEqual([1, 2]));
    await vi.advanceTimersByTimeAsync(10_000);
    await vi.waitFor(async () => expect(await kept()).toEqual([2]));
    const shown = tab.shown.entries(ROOM).value.map(({ seq }) => seq);
    expect(shown, "who reads it now goes on reading").toEqual([1, 2]);
});
