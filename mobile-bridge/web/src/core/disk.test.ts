// @vitest-environment happy-dom
// A disk that fails a phone while it is used: full, or silent from one moment on.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { alarms, Browser, full, ROOM, silent } from "./stage.ts";
import { openStore, type Store } from "./store.ts";

let browser: Browser;
beforeEach(() => void (browser = new Browser()));
afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
});

const typed = (text: string) => ({ text, answers: undefined, edits: undefined, asks: false });

/** A phone that is connected, and whose disk stops answering now. */
async function fallsSilent() {
    let disk!: Store;
    const tab = await browser.tab((store) => void (disk = store));
    await tab.connected();
    await tab.phone.settled();
    alarms();
    return { tab, comesToItself: silent(disk) };
}

test("a full disk is told of at the first letter, not at the first message", async () => {
    const [, other] = [await browser.tab(), await browser.tab(full)];
    expect(other.shown.durable.value).toBe(true);
    other.phone.keepTyped(ROOM, typed("I"));
    await vi.waitFor(() => expect(other.shown.durable.value).toBe(false));
});

test("a disk that stops answering stops nobody, is told of, and sends nothing twice", async () => {
    const { tab, comesToItself } = await fallsSilent();
    tab.say("one");
    tab.say("two");
    expect([tab.shown.durable.value, browser.server.texts]).toEqual([true, []]);
    await vi.advanceTimersByTimeAsync(8_000);
    await browser.server.arrives("one", "two");
    expect(tab.shown.durable.value).toBe(false);
    await vi.waitFor(() => expect(tab.unsent).toEqual([]));
    vi.useRealTimers();
    await comesToItself();
    const kept = await (await openStore("roost", () => browser.factory)).read();
    expect(kept.saved.outbox, "one came late, and is on the disk now").toHaveLength(1);
    const { factory, server } = browser;
    browser = Object.assign(new Browser(), { factory, server });
    const again = await browser.tab();
    await again.connected();
    await vi.waitFor(() => expect(again.unsent).toEqual([]));
    expect(browser.server.texts).toEqual(["one", "two"]);
});

test("half a message that a silent disk took late is not there when it was sent", async () => {
    const { tab, comesToItself } = await fallsSilent();
    tab.phone.keepTyped(ROOM, typed("half a"));
    await vi.advanceTimersByTimeAsync(8_000);
    await vi.waitFor(() => expect(tab.shown.durable.value).toBe(false));
    tab.phone.keepTyped(ROOM, undefined);
    vi.useRealTimers();
    await comesToItself();
    const store = await openStore("roost", () => browser.factory);
    expect((await store.read()).typed.size).toBe(0);
});
