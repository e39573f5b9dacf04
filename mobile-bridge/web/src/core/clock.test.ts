// A phone whose clock is wrong goes by the time that the answers of the server tell.

import { afterEach, expect, test, vi } from "vitest";
import { serverNow } from "./clock.ts";
import { Session } from "./session.ts";

afterEach(() => void vi.useRealTimers());

const DAY_MS = 86_400_000;
const TRUE_TIME = Date.parse("2026-11-22T11:00:00Z");

/** A phone whose clock is off by so much asks a server that tells the time so. */
async function asks(off_ms: number, headers: Record<string, string>): Promise<number> {
    vi.useFakeTimers({ now: TRUE_TIME + off_ms });
    await new Session(async () => new Response("{}", { headers })).look("a link");
    return serverNow() - TRUE_TIME;
}

test("a phone whose clock is wrong by a day goes by the server's", async () => {
    const date = new Date(TRUE_TIME).toUTCString();
    for (const off of [-DAY_MS, DAY_MS, 90 * DAY_MS, 40_000])
        expect(await asks(off, { date }), `off by ${off}`).toBe(0);
    expect(await asks(2_000, { date }), "seconds are no difference").toBe(2_000);
    expect(await asks(0, { date: "yesterday, at noon" }), "no date, no change").toBe(0);
});

test("a clock that was put right is believed again", async () => {
    const date = new Date(TRUE_TIME).toUTCString();
    expect(await asks(DAY_MS, { date })).toBe(0);
    expect(await asks(0, { date })).toBe(0);
    vi.setSystemTime(TRUE_TIME + 5_000);
    expect(serverNow()).toBe(TRUE_TIME + 5_000);
});
