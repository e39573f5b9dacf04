// Which entries of a room are held: a short sorted list of runs that neither touch nor overlap.
// It knows numbers only, no entries.

import type { Span } from "./face.ts";

/**
 * The most runs kept per room. Beyond it the run after the lowest is forgotten, to be read again.
 */
const SPANS_MAX = 32;

export class Spans {
    #runs: Span[] = [];

    /** From a store, whose list may be in any order and overlap. */
    constructor(saved: readonly Span[] = []) {
        for (const span of saved) this.add(span);
    }

    /** A copy: the engine goes on changing its own. */
    list(): Span[] {
        return this.#runs.map((run) => ({ ...run }));
    }

    /**
     * Adds a run, melting it with every run that it touches. An empty one (`to < from`) adds
     * nothing.
     */
    add({ from, to }: Span): void {
        if (to < from) return;
        const touches = (old: Span) => old.from <= to + 1 && from <= old.to + 1;
        const melted = this.#runs.filter(touches);
        const apart = this.#runs.filter((old) => !touches(old));
        const run = {
            from: Math.min(from, ...melted.map((old) => old.from)),
            to: Math.max(to, ...melted.map((old) => old.to)),
        };
        apart.splice(apart.filter((old) => old.from < run.from).length, 0, run);
        if (apart.length > SPANS_MAX) apart.splice(1, 1);
        this.#runs = apart;
    }

    /** The same runs without these, which are in ascending order. */
    without(seqs: readonly number[]): Spans {
        const left = new Spans();
        for (const run of this.#runs) {
            let from = run.from;
            for (const seq of seqs.filter((seq) => run.from <= seq && seq <= run.to)) {
                left.add({ from, to: seq - 1 });
                from = seq + 1;
            }
            left.add({ from, to: run.to });
        }
        return left;
    }

    /** Forgets everything below `floor`. */
    cutBelow(floor: number): void {
        this.#runs = this.#runs.filter((run) => run.to >= floor);
        const lowest = this.#runs[0];
        if (lowest) this.#runs[0] = { from: Math.max(lowest.from, floor), to: lowest.to };
    }

    holds(seq: number): boolean {
        return this.#runs.some((run) => run.from <= seq && seq <= run.to);
    }

    /** The highest seq below which nothing from `floor` on is missing. */
    cursor(floor: number): number {
        const lowest = this.#runs[0];
        return lowest && lowest.from <= floor ? lowest.to : floor - 1;
    }

    /** The run with the highest seqs. */
    newest(): Span | undefined {
        return this.#runs.at(-1);
    }
}
