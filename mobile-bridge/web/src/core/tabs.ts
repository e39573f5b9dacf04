// Tabs: of all the tabs of this browser one holds the connection (Web Locks), the others follow
// what it tells them (BroadcastChannel). Where there are no Web Locks, on plain http, each tab is
// on its own.

import type { Input, State, Write } from "./face.ts";
import type { Left, Typed } from "./store.ts";

/** What tabs tell each other. */
export type Message =
    /** From the holder: this is on disk now. */
    | { t: "kept"; writes: Write[] }
    /** `unknown`: the server does not know this sign-in just now. */
    | { t: "state"; state: State; unknown?: boolean }
    /** From the holder: who is writing now. */
    | { t: "typing"; room: string; people: string[] }
    /** From a follower: is anybody there? Answered by `state`. */
    | { t: "who" }
    /** From a follower: a draft for you. It lies in the store too, where both have one. */
    | { t: "left"; left: Left }
    /** From the holder: a draft that the outbox did not take. */
    | { t: "rejected"; left: Left }
    | { t: "input"; input: Input }
    /** What is being written in a room now: it is one text, whichever tab it is written in. */
    | { t: "typed"; room: string; typed: Typed | undefined }
    /** Somebody signed in or out in that tab: read everything again. */
    | { t: "joined" }
    | { t: "signed_out" };

const NAME = "roost";

/**
 * A holder that says nothing for this long is asleep, and a tab that a person looks at takes
 * over.
 */
const PATIENCE_MS = 3_000;

export interface Listener {
    /** This tab holds the connection from now on. */
    hold(): void;
    /** Another tab took it. */
    lose(): void;
    hear(message: Message): void;
}

export class Tabs {
    #listener: Listener;
    #channel: BroadcastChannel | undefined;
    #holding = false;
    #patience: ReturnType<typeof setTimeout> | undefined;

    constructor(listener: Listener) {
        this.#listener = listener;
    }

    get holding(): boolean {
        return this.#holding;
    }

    /** `alone` when there is no store that tabs could share. */
    begin(alone: boolean): void {
        if (alone || !navigator.locks || typeof BroadcastChannel === "undefined") {
            this.#holding = true;
            this.#listener.hold();
            return;
        }
        this.#channel = new BroadcastChannel(NAME);
        this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
            if (data.t === "state") clearTimeout(this.#patience);
            this.#listener.hear(data);
        };
        this.#queue(false);
        this.probe();
    }

    post(message: Message): void {
        this.#channel?.postMessage(message);
    }

    /**
     * Asks whether the holder is awake; takes over when it is not and a person looks at this tab.
     */
    probe(): void {
        if (this.#holding || !this.#channel) return;
        this.post({ t: "who" });
        clearTimeout(this.#patience);
        this.#patience = setTimeout(() => {
            if (!this.#holding && document.visibilityState === "visible") this.#queue(true);
        }, PATIENCE_MS);
    }

    #queue(steal: boolean): void {
        const held = async () => {
            if (this.#holding) return;
            this.#holding = true;
            clearTimeout(this.#patience);
            this.#listener.hold();
            // Held until the tab goes away: this promise has no end.
            await new Promise(() => undefined);
        };
        navigator.locks.request(NAME, { steal }, held).catch(() => {
            if (!this.#holding) return;
            this.#holding = false;
            this.#listener.lose();
            this.#queue(false);
        });
    }
}
