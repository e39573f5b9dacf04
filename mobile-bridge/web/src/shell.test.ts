// @vitest-environment happy-dom
// When the page changes to another build, and when it must not.

import { expect, test, vi } from "vitest";
import { Shown } from "./core/shown.ts";
import { Shell } from "./shell.ts";

/** A browser that has a worker already, and another build to give when it is asked. */
class Stand {
    workers = Object.assign(new EventTarget(), {
        controller: {} as object | null,
        register: () => Promise.resolve(this.registration),
    });
    registration = {
        installing: undefined as object | undefined,
        waiting: undefined,
        update: () => {
            this.asked += 1;
            return Promise.resolve();
        },
    };
    held = new Map<string, string>();
    notes = {
        getItem: (key: string) => this.held.get(key) ?? null,
        setItem: (key: string, value: string) => void this.held.set(key, value),
        removeItem: (key: string) => void this.held.delete(key),
    };
    hidden = false;
    unkept = false;
    typing = false;
    asked = 0;
    now = 0;
    order: string[] = [];
    shown = new Shown();

    /** A page: what lasts from one to the next is the browser. */
    async page(notes: () => typeof this.notes = () => this.notes): Promise<Shell> {
        const browser = {
            workers: this.workers as never,
            notes,
            hidden: () => this.hidden,
            unkept: () => this.unkept,
            typing: () => this.typing,
            reload: () => void this.order.push("reload"),
            now: () => this.now,
        };
        this.shown = new Shown();
        const settled = () => Promise.resolve(void this.order.push("kept"));
        const shell = new Shell(browser, this.shown, settled);
        await shell.begin();
        return shell;
    }

    newer(): void {
        this.workers.dispatchEvent(new Event("controllerchange"));
    }
}

const turns = () => new Promise((resolve) => setTimeout(resolve));

test("a new build is taken when nobody looks, after everything is kept", async () => {
    const stand = new Stand();
    const shell = await stand.page();
    stand.newer();
    shell.turned();
    await turns();
    expect(stand.order, "somebody is reading").toEqual([]);
    stand.hidden = true;
    shell.turned();
    await turns();
    expect(stand.order).toEqual(["kept", "reload"]);
});

test("whoever goes on looking is offered the new build, and takes it or not", async () => {
    const stand = new Stand();
    const shell = await stand.page();
    expect(stand.shown.newer.value).toBe("none");
    stand.newer();
    expect(stand.shown.newer.value).toBe("ready");
    stand.unkept = true;
    shell.useNewer();
    await turns();
    expect([stand.order, stand.shown.newer.value], "a form was begun").toEqual([[], "unkept"]);
    stand.unkept = false;
    shell.useNewer();
    await turns();
    expect(stand.order).toEqual(["kept", "reload"]);
});

test("nobody is offered a new build in the middle of a word, or of a form", async () => {
    for (const busy of ["typing", "unkept"] as const) {
        vi.useFakeTimers();
        const stand = new Stand();
        await stand.page();
        stand[busy] = true;
        stand.newer();
        await vi.advanceTimersByTimeAsync(60_000);
        expect([stand.shown.newer.value, stand.order], busy).toEqual(["none", []]);
        stand[busy] = false;
        await vi.advanceTimersByTimeAsync(10_000);
        expect([stand.shown.newer.value, stand.order], busy).toEqual(["ready", []]);
        vi.useRealTimers();
    }
});

test("the first worker of all is no new build", async () => {
    const stand = new Stand();
    stand.workers.controller = null;
    stand.hidden = true;
    await stand.page();
    stand.newer();
    await turns();
    expect([stand.order, stand.shown.newer.value]).toEqual([[], "none"]);
    stand.newer();
    await turns();
    expect(stand.order, "the second is").toEqual(["kept", "reload"]);
});

test("a page that stays open asks for a newer build now and then", async () => {
    const stand = new Stand();
    const shell = await stand.page();
    for (const [now, asked] of [[60_000, 0], [1_800_001, 1], [1_860_000, 1], [3_700_000, 2]]) {
        stand.now = now!;
        shell.turned();
        expect(stand.asked, `at ${now}`).toBe(asked);
    }
});

test("a window on a laptop, which nobody ever turns to, asks every half hour", async () => {
    vi.useFakeTimers();
    const stand = new Stand();
    await stand.page();
    for (const asked of [1, 2]) {
        stand.now += 30 * 60_000 + 1;
        await vi.advanceTimersByTimeAsync(30 * 60_000);
        expect(stand.asked).toBe(asked);
    }
    vi.useRealTimers();
});

test("a page that holds what is nowhere else is left by nobody but the person", async () => {
    const stand = new Stand();
    const shell = await stand.page();
    [stand.unkept, stand.hidden] = [true, true];
    stand.newer();
    shell.turned();
    shell.missed();
    await shell.outdated();
    expect([stand.order, stand.shown.outdated.value], "it says so instead").toEqual([[], true]);
    stand.unkept = false;
    shell.turned();
    await turns();
    expect(stand.order).toEqual(["kept", "reload"]);
    [stand.unkept, stand.order] = [true, []];
    (await stand.page()).again();
    await turns();
    expect(stand.order, "the person wants it").toEqual(["kept", "reload"]);
});

test("a screen that the old build can fetch no more comes with the newer one", async () => {
    const stand = new Stand();
    const shell = await stand.page();
    shell.missed();
    await turns();
    expect(stand.order, "without signal the same page would come again").toEqual([]);
    stand.newer();
    shell.missed();
    await turns();
    expect(stand.order).toEqual(["kept", "reload"]);
});

test("a page that the server does not understand loads itself anew once, never twice", async () => {
    const stand = new Stand();
    await (await stand.page()).outdated();
    expect([stand.order, stand.shown.outdated.value]).toEqual([["kept", "reload"], false]);
    const second = await stand.page();
    await second.outdated();
    await second.outdated();
    const { outdated } = stand.shown;
    expect([stand.order.length, outdated.value], "it says so instead").toEqual([2, true]);
    second.understood();
    expect(stand.shown.outdated.value).toBe(false);
    await (await stand.page()).outdated();
    expect(stand.order.length, "months later it may again").toBe(4);
});

test("where nothing can be noted, loading anew is left to the person", async () => {
    const stand = new Stand();
    const shell = await stand.page(() => {
        throw new DOMException("no", "SecurityError");
    });
    await shell.outdated();
    expect([stand.order, stand.shown.outdated.value]).toEqual([[], true]);
    shell.understood();
    shell.again();
    await turns();
    expect(stand.order).toEqual(["kept", "reload"]);
});

test("a build that is arriving is waited for, but not for ever", async () => {
    vi.useFakeTimers();
    for (const arrives of [true, false]) {
        const stand = new Stand();
        stand.registration.installing = {};
        const leaving = (await stand.page()).outdated();
        await vi.advanceTimersByTimeAsync(5_000);
        expect(stand.order, "it would give the old page again").toEqual([]);
        if (arrives) stand.newer();
        else await vi.advanceTimersByTimeAsync(5_000);
        await leaving;
        expect(stand.order).toEqual(["kept", "reload"]);
    }
    vi.useRealTimers();
});
