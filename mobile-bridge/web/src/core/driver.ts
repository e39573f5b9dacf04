// Driver: hands the engine what happens and does what it says, in its order: store, then act,
// then show. Owns the one socket and the one alarm. Decides nothing.

import type { Refusal } from "../generated/protocol.ts";
import { Engine } from "./engine.ts";
import { frame } from "./read.ts";
import type { Input, Output, Saved, State, Write } from "./face.ts";
import { isOver, type Answer, type SignIn } from "./session.ts";

/** What the driver needs of the world. */
export interface World {
    now(): number;
    url: string;
    dial(url: string): WebSocket;
    token(): Promise<Answer<SignIn>>;
    /** Puts writes on disk; never rejects, because a phone without storage goes on without. */
    keep(writes: readonly Write[], taken: string | undefined): Promise<void>;
    /** Writes that are on disk by now. */
    kept(writes: readonly Write[]): void;
    state(state: State): void;
    /** Who is writing in a room now. */
    typing(room: string, people: string[]): void;
    rejected(input: Input, code: Refusal): void;
    /** The server does not speak with this build any more. */
    outdated(): void;
}

/** A goodbye is shorter than this; pages are not read twice to look for one. */
const BYE_MAX_CHARS = 1_024;

/** `setTimeout` counts in 32 bits; a later alarm rings early, which is harmless. */
const ALARM_MAX_MS = 2 ** 31 - 1;

type Step = { input: Input; taken: string | undefined };

export class Driver {
    #world: World;
    #engine: Engine | undefined;
    #steps: Step[] = [];
    #stepping: Promise<void> | undefined;
    #socket: WebSocket | undefined;
    #alarm: ReturnType<typeof setTimeout> | undefined;

    constructor(world: World) {
        this.#world = world;
    }

    get running(): boolean {
        return this.#engine !== undefined;
    }

    /** Begins, or begins anew, from what was kept. */
    run(saved: Saved): void {
        this.halt();
        this.#engine = new Engine(saved);
        this.input({ t: "start" });
    }

    /** Lets go of everything at once: the sign-in is over, or another tab took the connection. */
    halt(): void {
        this.#engine = undefined;
        this.#steps = [];
        this.#hangUp();
        clearTimeout(this.#alarm);
    }

    /** `taken` names a left draft that this input takes up. */
    input(input: Input, taken?: string): void {
        if (!this.#engine) return;
        this.#steps.push({ input, taken });
        // One step at a time: the next may begin only when the last one's writes are on disk.
        this.#stepping ??= this.#drain();
    }

    /** When everything that was put in so far is on disk. */
    async settled(): Promise<void> {
        await this.#stepping;
    }

    async #drain(): Promise<void> {
        try {
            for (let step = this.#steps.shift(); step; step = this.#steps.shift()) {
                await this.#take(step);
            }
        } finally {
            this.#stepping = undefined;
        }
    }

    async #take({ input, taken }: Step): Promise<void> {
        const engine = this.#engine;
        if (!engine) return;
        const outputs = engine.step(this.#world.now(), input);
        const writes = outputs.flatMap((output) => (output.t === "write" ? [output.write] : []));
        // What was not taken in stays where it was left.
        const rejected = outputs.some((output) => output.t === "rejected");
        await this.#world.keep(writes, rejected ? undefined : taken);
        this.#world.kept(writes);
        // While the disk worked, `halt` or `run` may have made this engine a former one.
        if (engine !== this.#engine) return;
        for (const output of outputs) this.#act(output, input);
    }

    #act(output: Output, input: Input): void {
        switch (output.t) {
            case "write":
                return;
            case "rejected":
                this.#world.rejected(input, output.code);
                return;
            case "close":
                this.#hangUp();
                return;
            case "need_token":
                void this.#fetchToken();
                return;
            case "open":
                this.#dial();
                return;
            case "transmit":
                if (this.#socket?.readyState === WebSocket.OPEN) {
                    this.#socket.send(JSON.stringify(output.frame));
                }
                return;
            case "timer":
                this.#setAlarm(output.at);
                return;
            case "changed":
                if (output.what.t === "connection") this.#world.state(this.#engine!.state);
                else if (output.what.t === "typing")
                    this.#world.typing(output.what.room, output.what.people);
        }
    }

    async #fetchToken(): Promise<void> {
        const engine = this.#engine;
        const answer = await this.#world.token();
        if (engine !== this.#engine) return;
        if ("value" in answer) {
            this.input({ t: "token", access: answer.value.access });
        } else {
            const over = "refused" in answer && isOver(answer.refused);
            this.input({ t: "token_refused", final: over });
        }
    }

    #dial(): void {
        this.#hangUp();
        const socket = this.#world.dial(this.#world.url);
        this.#socket = socket;
        const ours = () => this.#socket === socket;
        socket.onopen = () => ours() && this.input({ t: "opened" });
        socket.onmessage = ({ data }) => {
            if (!ours() || typeof data !== "string") return;
            if (data.length < BYE_MAX_CHARS && isOutdated(data)) this.#world.outdated();
            this.input({ t: "frame", text: data });
        };
        socket.onclose = ({ code }) => {
            if (!ours()) return;
            this.#socket = undefined;
            this.input({ t: "closed", code });
        };
    }

    #hangUp(): void {
        const socket = this.#socket;
        this.#socket = undefined;
        socket?.close();
    }

    #setAlarm(at: number | null): void {
        clearTimeout(this.#alarm);
        if (at === null) return;
        const wait_ms = Math.min(Math.max(at - this.#world.now(), 0), ALARM_MAX_MS);
        this.#alarm = setTimeout(() => this.input({ t: "timer" }), wait_ms);
    }
}

function isOutdated(text: string): boolean {
    const heard = frame(text);
    return heard.t === "bye" && heard.no.code === "version_unknown";
}
