// For tests: a browser with tabs of Roost in it, the disk and the network they share, and a server
// with one room.

import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { expect, vi } from "vitest";
import type { ClientFrame, Draft, Entry, Told } from "../generated/protocol.ts";
import { Phone } from "./phone.ts";
import { Session } from "./session.ts";
import { Shown, type Unsent } from "./shown.ts";
import { openStore, type Store } from "./store.ts";

export const ROOM = "0190a6c0-0000-7000-8000-00000000000a";
export const SAM = "0190a6c0-0000-7000-8000-000000000001";
const EPOCH = "0190a6c0-0000-7000-8000-0000000000ee";

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

    /** Waits until this was said, and nothing else. */
    arrives(...texts: string[]): Promise<void> {
        return vi.waitFor(() => expect(this.texts).toEqual(texts));
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
export class Browser {
    factory = new IDBFactory();
    server = new Server();
    /** Why nobody gets a new access token, while that is so. */
    refuses: Told | undefined;
    /** Who signs in. */
    person = SAM;
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
            // Nobody in these tests closes one tab of several: whoever waits, waits.
            if (holder && !steal) return;
            this.#holder = { lost };
            holder?.lost(new Error("stolen"));
            void take();
        });
    }

    /** The phone ends every tab: nobody holds the connection any more, and nobody listens. */
    end(): void {
        this.#holder = undefined;
        this.#channels.clear();
    }

    /** The answer to a link, and to whoever wants a new access token. */
    #signIn(): Response {
        if (this.refuses) return new Response(JSON.stringify(this.refuses), { status: 401 });
        const { person } = this;
        const sign_in = { person, device: "d", access: "a", access_expires_at: 2 ** 50 };
        return new Response(JSON.stringify(sign_in));
    }

    async tab(prepare: (store: Store) => void = () => undefined): Promise<Tab> {
        const store = await openStore("roost", () => this.factory);
        if (!(await store.read()).facts.person) await store.putFacts({ person: SAM, device: "d" });
        prepare(store);
        const tab = new Tab(store, () => this.#signIn());
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

export class Tab {
    shown = new Shown();
    phone: Phone;

    constructor(store: Store, answering: () => Response) {
        const answer = () => Promise.resolve(answering());
        const still = { understood() {}, missed() {}, again() {}, useNewer() {} };
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
export function full(store: Store): void {
    for (const way of ["apply", "leave", "putTyped", "putFacts"] as const)
        vi.spyOn(store, way).mockRejectedValue(new DOMException("full", "QuotaExceededError"));
}

/** A disk that does nothing of what it is asked, until it comes to itself and does all of it. */
export function silent(store: Store): () => Promise<unknown> {
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

/** From here on waiting takes no time. The disk has its own turns, which stay true. */
export const alarms = () =>
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["setTimeout", "clearTimeout"] });
