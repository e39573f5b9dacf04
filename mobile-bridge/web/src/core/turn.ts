// One step in the making: collects outputs so that they come out in the one order that is safe:
// first what must be on disk, then what goes out, then what is shown.

import type { ClientFrame } from "../generated/protocol.ts";
import type { Changed, Output, State, Write } from "./face.ts";

const CHANGED_RANK = ["rooms", "room", "outbox", "typing", "connection"];
const STATE_RANK = [
    "stopped",
    "waiting",
    "fetching_token",
    "opening",
    "greeting",
    "live",
    "signed_out",
];

export class Turn {
    readonly now: number;
    #writes: Output[] = [];
    #acts: Output[] = [];
    #changed: Changed[] = [];

    constructor(now: number) {
        this.now = now;
    }

    write(write: Write): void {
        this.#writes.push({ t: "write", write });
    }

    act(output: Output): void {
        this.#acts.push(output);
    }

    transmit(frame: ClientFrame): void {
        this.act({ t: "transmit", frame });
    }

    show(what: Changed): void {
        if (!this.#changed.some((known) => compare(known, what) === 0)) this.#changed.push(what);
    }

    outputs(): Output[] {
        const shown = this.#changed.sort(compare).map((what): Output => ({ t: "changed", what }));
        return [...this.#writes, ...this.#acts, ...shown];
    }
}

/** The order of Rust's derived `Ord`, so that both engines show in the same order. */
function compare(a: Changed, b: Changed): number {
    if (a.t === "connection" && b.t === "connection") return compareStates(a.state, b.state);
    if (a.t !== b.t) return CHANGED_RANK.indexOf(a.t) - CHANGED_RANK.indexOf(b.t);
    return "room" in a && "room" in b ? compareText(a.room, b.room) : 0;
}

function compareStates(a: State, b: State): number {
    if (a.t === "waiting" && b.t === "waiting") return a.until - b.until || a.attempt - b.attempt;
    return STATE_RANK.indexOf(a.t) - STATE_RANK.indexOf(b.t);
}

/** Ids are lower-case ASCII, so comparing code units is comparing bytes. */
export function compareText(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
