// @vitest-environment happy-dom
// When a phone forgets what it keeps: when the server says that its sign-in is over, and when
// somebody else signs in there. A server that does not know it wipes nothing.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WORDS, type Refusal, type Told } from "../generated/protocol.ts";
import { alarms, Browser, ROOM, type Tab } from "./stage.ts";
import { openStore } from "./store.ts";

/** The disk has its own turns, and the machine may be busy. */
const PATIENCE = { timeout: 10_000 };
const LONG = { timeout: 30_000 };
const RUTH = "0190a6c0-0000-7000-8000-000000000002";

let browser: Browser;
beforeEach(() => void (browser = new Browser()));
afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
});

const no = (code: Refusal): Told => ({
    code,
    class: "sign_in_again",
    words: WORDS[code],
    after_ms: 0,
});

/** A phone that holds one message, and was closed. */
async function kept(): Promise<void> {
    const tab = await browser.tab();
    await tab.connected();
    tab.say("kept here");
    await vi.waitFor(() => expect(texts(tab)).toEqual(["kept here"]));
    await tab.phone.settled();
}

const texts = (tab: Tab): unknown[] =>
    tab.shown.entries(ROOM).value.map(({ body }) => (body as { text: string }).text);

async function onDisk(): Promise<number> {
    const { entries } = await (await openStore("roost", () => browser.factory)).read();
    return entries.get(ROOM)?.length ?? 0;
}

test("a server that does not know a sign-in wipes nothing, and is asked again", LONG, async () => {
    await kept();
    browser.end();
    browser.refuses = no("sign_in_again");
    alarms();
    const [tab, other] = [await browser.tab(), await browser.tab()];
    for (const each of [tab, other]) {
        await vi.waitFor(() => expect(each.shown.unknownHere.value).toBe(true));
        expect([each.shown.phase.value, texts(each)]).toEqual(["signed_in", ["kept here"]]);
    }
    tab.say("written meanwhile");
    await vi.advanceTimersByTimeAsync(600_000);
    expect([tab.shown.phase.value, tab.unsent, await onDisk()]).toEqual([
        "signed_in",
        ["waiting"],
        1,
    ]);
    browser.refuses = undefined;
    // Sam turns to it, which tries at once.
    document.dispatchEvent(new Event("visibilitychange"));
    const arrived = () => expect(browser.server.texts).toEqual(["kept here", "written meanwhile"]);
    await vi.waitFor(arrived, PATIENCE);
    for (const each of [tab, other])
        await vi.waitFor(() => expect(each.shown.unknownHere.value).toBe(false), PATIENCE);
});

test.each(["device_ended", "sign_in_copied"] as const)("%s wipes the phone", async (code) => {
    await kept();
    browser.end();
    browser.refuses = no(code);
    const tab = await browser.tab();
    expect([tab.shown.phase.value, texts(tab), await onDisk()]).toEqual(["ended", [], 0]);
});

test("who signs in by a link where somebody else's is kept sees nothing of it", async () => {
    await kept();
    browser.end();
    browser.refuses = no("sign_in_again");
    const [tab, other] = [await browser.tab(), await browser.tab()];
    await vi.waitFor(() => expect(tab.shown.unknownHere.value).toBe(true));
    tab.say("not sent yet");
    tab.phone.keepTyped(ROOM, { text: "half", answers: undefined, edits: undefined, asks: false });
    await tab.phone.settled();
    browser.refuses = undefined;
    browser.person = RUTH;
    browser.server.entries = [];
    await tab.phone.join("t", "Ruth's phone");
    for (const each of [tab, other]) {
        await each.connected();
        expect([texts(each), each.unsent, each.shown.typed.value.size]).toEqual([[], [], 0]);
    }
    expect(browser.server.texts, "nor is it sent in her name").toEqual([]);
    expect(await onDisk()).toBe(0);
});
