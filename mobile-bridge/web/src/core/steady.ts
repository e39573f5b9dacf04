// The store as a phone uses it: one that never fails. Where storage is full, was taken away or does
// not answer, it goes on in memory, once, and says so.

import type { Entry } from "../generated/protocol.ts";
import type { Write } from "./face.ts";
import { answered, MemoryStore } from "./store.ts";
import type { Facts, Kept, Known, Left, Store, Typed } from "./store.ts";

export class SteadyStore implements Store {
    #store: Store;
    /** The disk that was given up. What it was asked to write it may write yet. */
    #former: Store | undefined;
    /** Told when nothing outlives the page any more. */
    #lost: () => void;
    #facts: Facts = {};
    #writing: Promise<unknown> = Promise.resolve();

    constructor(store: Store, lost: () => void) {
        this.#store = store;
        this.#lost = lost;
    }

    get durable(): boolean {
        return this.#store.durable;
    }

    /** When everything that was written so far is on disk, or never will be. */
    async settled(): Promise<void> {
        await this.#writing;
    }

    /** A disk that is taken away while it is read must not leave the page waiting. */
    async read(): Promise<Kept> {
        const kept = await this.#try((store) => store.read());
        this.#facts = kept.facts;
        return kept;
    }

    /** Whoever asks has another way when this fails. */
    below(room: string, seq: number, limit: number): Promise<Entry[]> {
        return answered(this.#store.below(room, seq, limit));
    }

    /**
     * When it fails, what is on disk stays a true state of before; when it comes late, a draft goes
     * out once more when the page opens, under its old id, and that is once.
     */
    apply(writes: readonly Write[], taken?: string): Promise<void> {
        if (writes.some((write) => write.t === "wipe_all")) {
            this.#facts = {};
            this.#late((store) => store.wipe());
        }
        return this.#write((store) => store.apply(writes, taken));
    }

    leave(left: Left): Promise<void> {
        return this.#write((store) => store.leave(left));
    }

    putTyped(room: string, typed: Typed | undefined): Promise<void> {
        const put = (store: Store) => store.putTyped(room, typed);
        if (!typed) this.#late(put);
        return this.#write(put);
    }

    putFacts(facts: Facts): Promise<void> {
        this.#facts = facts;
        return this.#write((store) => store.putFacts(facts));
    }

    putSettings(settings: Known): Promise<void> {
        return this.#write((store) => store.putSettings(settings));
    }

    /** What is not trimmed now is trimmed later. */
    trim(before_ms: number): Promise<void> {
        return this.#store.trim(before_ms);
    }

    /** The server may have had the browser clear and close it already (`Clear-Site-Data`). */
    wipe(): Promise<void> {
        this.#facts = {};
        const wipe = (store: Store) => store.wipe();
        this.#late(wipe);
        return this.#write(wipe);
    }

    /** What is gone must not come back with a disk that comes to itself after it was given up. */
    #late(forget: (store: Store) => Promise<void>): void {
        if (this.#former) void forget(this.#former).catch(() => undefined);
    }

    #write(act: (store: Store) => Promise<void>): Promise<void> {
        const writing = this.#try(act);
        this.#writing = Promise.all([this.#writing, writing]);
        return writing;
    }

    async #try<T>(act: (store: Store) => Promise<T>): Promise<T> {
        const tried = this.#store;
        try {
            return await answered(act(tried));
        } catch {
            // Of several that fail at once only the first finds the disk still here.
            if (tried === this.#store) await this.#goOn();
            return act(this.#store);
        }
    }

    async #goOn(): Promise<void> {
        this.#former = this.#store;
        this.#store = new MemoryStore();
        this.#lost();
        await this.#store.putFacts(this.#facts);
    }
}
