// What is brought of a room that is not shown: from the disk if it is there, else from the server.

import { expect, test } from "vitest";
import type { Entry } from "../generated/protocol.ts";
import type { Session } from "./session.ts";
import { Shown } from "./shown.ts";
import { MemoryStore } from "./store.ts";
import { more, reach } from "./surroundings.ts";

const ROOM = "0190a6c0-0000-7000-8000-00000000000a";
const all = Array.from({ length: 2_000 }, (_, at) => entry(at + 1));

const unasked = () => expect.unreachable();

function entry(seq: number): Entry {
    return { seq, id: `e${seq}`, kind: "message", at: seq };
}

/** A phone that shows the newest 100, with everything from `kept` on its disk. */
class Held {
    shown = new Shown();
    asked: string[] = [];
    reachable = true;
    store = new MemoryStore();
    session: Session;

    constructor(kept: number) {
        const below = (_: string, seq: number, limit: number) =>
            Promise.resolve(all.slice(Math.max(seq - limit, kept) - 1, seq - 1));
        Object.assign(this.store, { below });
        this.session = { get: (path: string) => Promise.resolve(this.#serve(path)) } as never;
        this.shown.apply({ t: "put_ranges", room: ROOM, ranges: [{ from: 1_001, to: 2_000 }] });
        this.shown.put(ROOM, all.slice(1_900));
        this.shown.widen(ROOM);
    }

    #serve(path: string): unknown {
        const [, side, seq, limit] = /\?(before|after)=(\d+)&limit=(\d+)$/.exec(path)!;
        this.asked.push(`${side} ${seq}`);
        if (!this.reachable) return { unreachable: true };
        const from = side === "after" ? Number(seq) : Number(seq) - 1 - Number(limit);
        return { value: { entries: all.slice(from, from + Number(limit)) } };
    }

    /** The runs that are shown, as their first and last. */
    get runs(): string[] {
        const runs: number[][] = [];
        for (const { seq } of this.shown.entries(ROOM).value) {
            const run = runs.at(-1);
            if (run?.at(-1) === seq - 1) run.push(seq);
            else runs.push([seq]);
        }
        return runs.map((run) => `${run[0]}-${run.at(-1)}`);
    }
}

test("a place on the disk comes with its surroundings, without the server", async () => {
    const held = new Held(1_001);
    expect(await reach(ROOM, 1_500, held)).toBe(true);
    expect(held.runs).toEqual(["1400-1599", "1901-2000"]);
    await more(ROOM, "below", 1_599, { ...held, ask: unasked });
    await more(ROOM, "above", 1_400, { ...held, ask: unasked });
    expect(held.runs).toEqual(["1200-1799", "1901-2000"]);
    await more(ROOM, "below", 1_799, { ...held, ask: unasked });
    expect(held.runs, "and hangs together with the end in the end").toEqual(["1200-2000"]);
    expect(held.asked).toEqual([]);
});

test("a place that was never read comes from the server, and so does what is near it", async () => {
    const held = new Held(1_001);
    expect(await reach(ROOM, 500, held)).toBe(true);
    expect(held.runs).toEqual(["400-599", "1901-2000"]);
    await more(ROOM, "below", 599, { ...held, ask: unasked });
    // The engine would read on above the newest run that it knows, which is elsewhere.
    await more(ROOM, "above", 400, { ...held, ask: unasked });
    expect(held.runs).toEqual(["200-799", "1901-2000"]);
    expect(held.asked).toEqual(["before 600", "after 599", "before 400"]);
});

test("above the newest run that was read, the engine asks and keeps", async () => {
    const held = new Held(1_001);
    let asked = 0;
    await more(ROOM, "above", 1_001, { ...held, ask: () => (asked += 1) });
    expect([asked, held.asked]).toEqual([1, []]);
});

test("without signal nothing comes, and nothing is lost", async () => {
    const held = new Held(1_001);
    held.reachable = false;
    expect(await reach(ROOM, 500, held)).toBe(false);
    expect(held.runs).toEqual(["1901-2000"]);
});
