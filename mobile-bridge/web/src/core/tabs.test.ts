// @vitest-environment happy-dom
// Two tabs of one browser: one holds the connection, and what is written in the other arrives too.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Entry } from "../generated/protocol.ts";
import { newId } from "./ids.ts";
import { OUTBOX_MAX_ITEMS } from "./outbox.ts";
import { alarms, Browser, full, ROOM, SAM, type Tab } from "./stage.ts";
import { openStore, type Left } from "./store.ts";

const GONE = "0190a6c0-0000-7000-8000-00000000000b";

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;

let browser: Browser;
beforeEach(() => void (browser = new Browser()));
afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
});

/** What a tab wrote a day ago, for whoever had the connection then. */
function leftYesterday(text: string): Left {
    const made_at = Date.now() - DAY_MS;
    return { room: ROOM, draft: { id: newId(made_at), kind: "message", body: { text } }, made_at };
}

test("what is sent in a tab without the connection goes out through the other", async () => {
    const [holder, other] = [await browser.tab(), await browser.tab()];
    await holder.connected();
    await other.connected();
    other.say("one");
    other.say("two");
    await browser.server.arrives("one", "two");
    await vi.waitFor(() => expect([holder.unsent, other.unsent]).toEqual([[], []]));
});

test("a tab that lost its disk and has the connection sends what the other left", async () => {
    const holder = await browser.tab(full);
    await holder.connected();
    await vi.waitFor(() => expect(holder.shown.durable.value).toBe(false));
    const other = await browser.tab();
    await other.connected();
    other.say("on disk, where the holder cannot look");
    await browser.server.arrives("on disk, where the holder cannot look");
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
    await browser.server.arrives("only here");
    expect(other.shown.durable.value).toBe(false);
    await vi.waitFor(() => expect(other.unsent).toEqual([]));
});

test("a tab whose connection is taken hands on what it alone knew of", async () => {
    alarms();
    const [holder, other] = [await browser.tab(full), await browser.tab()];
    await holder.connected();
    await other.connected();
    browser.server.deaf = true;
    const left = leftYesterday("of yesterday");
    new BroadcastChannel("roost").postMessage({ t: "left", left });
    holder.say("in the memory of a tab that falls asleep");
    await vi.waitFor(() => expect(holder.unsent).toEqual(["waiting", "asking"]));
    browser.sleeps = true;
    browser.server.deaf = false;
    // Sam turns to the other tab, which asks whether anybody is there.
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(3_000);
    await browser.server.arrives("in the memory of a tab that falls asleep");
    vi.useRealTimers();
    await vi.waitFor(() => expect(other.unsent).toEqual(["asking"]));
    other.phone.retry(left.draft.id);
    await browser.server.arrives("in the memory of a tab that falls asleep", "of yesterday");
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

test("what another tab left a day ago is asked about in every tab, and any answers", async () => {
    const left = leftYesterday("come in");
    const store = await openStore("roost", () => browser.factory);
    await store.putFacts({ person: SAM, device: "d" });
    await store.leave(left);
    const [holder, other] = [await browser.tab(), await browser.tab()];
    await holder.connected();
    await other.connected();
    const both = () => [holder.unsent, other.unsent];
    await vi.waitFor(() => expect(both()).toEqual([["asking"], ["asking"]]));
    expect(browser.server.texts).toEqual([]);
    await holder.phone.settled();
    expect((await browser.tab()).unsent, "also when Roost is opened again").toEqual(["asking"]);
    other.phone.retry(left.draft.id);
    await browser.server.arrives("come in");
    await vi.waitFor(() => expect(both()).toEqual([[], []]));
});

const half = { text: "half a", answers: undefined, edits: undefined, asks: false };

test("half a message stands in both tabs, and what is sent in one is gone in both", async () => {
    const [one, other] = [await browser.tab(), await browser.tab()];
    one.phone.keepTyped(ROOM, half);
    await vi.waitFor(() => expect(other.shown.typed.value.get(ROOM)).toEqual(half));
    expect(other.shown.elsewhere.value).toEqual({ room: ROOM, typed: half });
    other.phone.keepTyped(ROOM, undefined);
    await vi.waitFor(() => expect(one.shown.elsewhere.value?.typed).toBeUndefined());
    expect(one.shown.typed.value.size).toBe(0);
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
