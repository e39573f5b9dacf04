// What screens compute and say, as tables.

import { expect, test } from "vitest";
import type { Unsent } from "../core/shown.ts";
import type { Entry } from "../generated/protocol.ts";
import { words } from "../words.ts";
import { SIGNAL_MS, standing } from "./drafts.tsx";
import { connectionWords } from "./parts.tsx";
import { dayOf, sameDay, shortOf } from "./times.ts";
import { drawn, higher, lower, runAt, whole, DRAWN_ENTRIES, STEP_ENTRIES } from "./window.ts";

const entries = (...seqs: number[]): Entry[] =>
    seqs.map((seq) => ({ seq, id: `e${seq}`, kind: "message", at: seq }));
const many = entries(...Array.from({ length: 1_000 }, (_, at) => at + 1));

test("the end of a room is drawn, and more as one scrolls up", () => {
    const seqs = (from?: number) => drawn(many, from).map(({ seq }) => seq);
    const end = 1_001 - DRAWN_ENTRIES;
    expect([seqs()[0], seqs().at(-1)]).toEqual([end, 1_000]);
    const up = higher(many, end)!;
    expect(up).toBe(end - STEP_ENTRIES);
    expect([seqs(up)[0], seqs(up).length], "never more than can be drawn at once").toEqual([
        up,
        DRAWN_ENTRIES,
    ]);
    expect([higher(many, 11), higher(many, 1)]).toEqual([1, undefined]);
    expect([lower(many, 1), lower(many, up), lower(many, end)]).toEqual([
        1 + STEP_ENTRIES,
        undefined,
        undefined,
    ]);
    expect(drawn([], undefined)).toEqual([]);
});

test("a hole is found from the end", () => {
    expect(whole(entries(1, 2, 5, 6, 7))).toBe(5);
    expect(whole(entries(1, 2, 3))).toBe(1);
    expect(whole([])).toBeUndefined();
});

test("a place is read with what hangs together with it", () => {
    const held = entries(1, 2, 3, 7, 8, 11);
    const seqs = (seq: number) => runAt(held, seq).map((entry) => entry.seq);
    expect([seqs(1), seqs(3), seqs(7), seqs(11)]).toEqual([[1, 2, 3], [1, 2, 3], [7, 8], [11]]);
    expect(runAt([], 1)).toEqual([]);
});

test("days are days of the calendar, not of 24 hours", () => {
    const now = new Date(2026, 10, 22, 0, 30).getTime();
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();
    expect(dayOf(now, now)).toBe("Today");
    expect(dayOf(at(21, 23), now)).toBe("Yesterday");
    expect(dayOf(at(21, 1), now)).toBe("Yesterday");
    expect(dayOf(at(20, 23), now)).not.toBe("Yesterday");
    expect(sameDay(at(21, 23), now)).toBe(false);
    expect(shortOf(at(21, 23), now)).toBe("Yesterday");
});

test("the connection says what is true", () => {
    const until_ms = 10_000;
    expect(connectionWords({ state: "connected" }, 0)).toBe("Connected");
    expect(connectionWords({ state: "waiting", until_ms }, 5_001)).toContain("again in 5 s");
    expect(connectionWords({ state: "waiting", until_ms }, 10_000)).toBe("Waiting for signal");
});

test("a draft waits for signal after ten seconds, which is never called failing", () => {
    const draft: Unsent = {
        room: "r",
        id: "d",
        kind: "message",
        target: undefined,
        body: {},
        made_at: 1_000,
        state: "waiting",
        words: undefined,
    };
    expect(standing(draft, 1_000 + SIGNAL_MS - 1)).toBe("waiting");
    expect(standing(draft, 1_000 + SIGNAL_MS)).toBe("waiting_signal");
    expect(standing({ ...draft, state: "sent" }, 1_000 + SIGNAL_MS)).toBe("sent");
    expect(standing({ ...draft, state: "refused" }, 1_000 + SIGNAL_MS)).toBe("refused");
});

test("words that no child should read are not among ours", () => {
    const all = JSON.stringify(words, (_, value: unknown) =>
        typeof value === "function" ? String(value) : value,
    );
    expect(all).not.toMatch(/respite|\bcontact\b|placement/i);
});
