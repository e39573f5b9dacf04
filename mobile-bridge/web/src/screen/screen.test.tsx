// @vitest-environment happy-dom
// Screens as a person meets them, on a core that stands still.

import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { App } from "../app.tsx";
import { Desk } from "../core/desk.ts";
import { Shown } from "../core/shown.ts";
import type { Entry, Role, Welcome } from "../generated/protocol.ts";
import { route } from "../route.ts";
import type { Acts } from "../roost.ts";

const ROOM = "0190a6c0-0000-7000-8000-00000000000a";
const SAM = "0190a6c0-0000-7000-8000-000000000001";
const JO = "0190a6c0-0000-7000-8000-000000000002";

let shown: Shown;
let done: unknown[][];
const note = (...what: unknown[]) => void done.push(what);
const acts: Acts = {
    open: () => Promise.resolve(),
    look: () => Promise.resolve({ unreachable: true }),
    opened: () => undefined,
    claim: () => Promise.resolve({ unreachable: true }),
    outcome: () => Promise.resolve({ unreachable: true }),
    join: () => Promise.resolve({ unreachable: true }),
    redeem: () => Promise.resolve({ unreachable: true }),
    signOut: () => Promise.resolve({ unreachable: true }),
    send: (...all) => note("send", ...all),
    retry: (id) => note("retry", id),
    remove: (id) => note("remove", id),
    older: (room) => note("older", room),
    entry: () => Promise.resolve(undefined),
    widen: () => undefined,
    renew: () => note("renew"),
    // What a screen says by itself is tried in its own tests.
    read: () => undefined,
    typing: () => undefined,
    search: () => Promise.resolve({ unreachable: true }),
    calendar: () => Promise.resolve({ unreachable: true }),
};

const desk = new Desk({
    get: () => Promise.resolve({ unreachable: true }),
    post: () => Promise.resolve({ unreachable: true }),
});

function welcome(role: Role, rooms: number): Welcome {
    return {
        v: 1,
        epoch: ROOM,
        now: 0,
        beat_ms: 1,
        silence_ms: 1,
        retry_ms: 1,
        me: SAM,
        constellations: [],
        homes: [],
        people: [
            { person: SAM, name: "Sam", role },
            { person: JO, name: "Jo", role: "hub" },
        ],
        rooms:
            rooms === 0
                ? []
                : [{ room: ROOM, kind: "circle", title: "Wren", floor: 1, head: 0, view: "full" }],
    };
}

const said = (seq: number, author: string, text: string): Entry => ({
    seq,
    id: `e${seq}`,
    kind: "message",
    author,
    at: seq * 1_000,
    body: { text },
});

async function draw(): Promise<HTMLElement> {
    const old = document.getElementById("roost");
    if (old) render(null, old);
    document.body.innerHTML = "<div id='roost'></div>";
    const place = document.getElementById("roost")!;
    await act(async () => render(<App roost={{ shown, acts, desk }} />, place));
    return place;
}

const find = (place: HTMLElement, id: string) =>
    place.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const press = (button: Element | null) => act(async () => (button as HTMLElement).click());

beforeEach(() => {
    shown = new Shown();
    shown.phase.value = "signed_in";
    route.value = { at: "rooms" };
    done = [];
});

test("whoever is in no room hears why, in words for them", async () => {
    shown.apply({ t: "put_welcome", welcome: welcome("young", 0) });
    expect((await draw()).textContent).toContain("Your room opens soon.");
    shown.apply({ t: "put_welcome", welcome: welcome("admin", 0) });
    expect((await draw()).textContent).toContain("You are in no room");
    shown.apply({ t: "put_welcome", welcome: welcome("satellite", 0) });
    expect((await draw()).textContent).toContain("You are not in any rooms yet.");
});

test("a room shows what was said, who joined, and what it does not know", async () => {
    shown.apply({ t: "put_welcome", welcome: welcome("satellite", 1) });
    shown.put(ROOM, [
        { seq: 1, id: "e1", kind: "member", at: 0, body: { person: JO, change: "joined" } },
        said(2, JO, "<b>not bold</b>"),
        { ...said(3, SAM, "yes"), target: "e2" },
        { seq: 4, id: "e4", kind: "of_tomorrow", at: 4_000 },
    ]);
    route.value = { at: "room", room: ROOM };
    const place = await draw();
    const entries = [...place.querySelectorAll<HTMLElement>('[data-testid="entry"]')];
    expect(entries.map((each) => each.dataset["seq"])).toEqual(["1", "2", "3", "4"]);
    expect(entries[0]!.textContent).toBe("Jo joined");
    expect(place.querySelector("b")).toBeNull();
    expect(entries[2]!.querySelector(".quote")?.textContent).toContain("Jo <b>not bold</b>");
    expect(entries[3]!.textContent).toBe("Update Roost to see this.");
});

test("a draft that was refused keeps its words and offers two ways on", async () => {
    shown.apply({ t: "put_welcome", welcome: welcome("satellite", 1) });
    shown.draft({
        room: ROOM,
        id: "d1",
        kind: "message",
        target: undefined,
        body: { text: "my words" },
        made_at: 0,
        state: "refused",
        words: "You cannot do that here.",
    });
    route.value = { at: "room", room: ROOM };
    const place = await draw();
    const draft = find(place, "draft")!;
    expect(draft.dataset["state"]).toBe("refused");
    expect(draft.textContent).toContain("my words");
    expect(draft.textContent).toContain("Not sent. You cannot do that here.");
    await press(find(place, "draft-retry"));
    await press(find(place, "draft-remove"));
    expect(done).toEqual([
        ["retry", "d1"],
        ["remove", "d1"],
    ]);
});

test("what is written goes out as a message, once, without blank edges", async () => {
    shown.apply({ t: "put_welcome", welcome: welcome("satellite", 1) });
    route.value = { at: "room", room: ROOM };
    const place = await draw();
    const area = find(place, "composer") as HTMLTextAreaElement;
    await act(async () => {
        area.value = "  hello\n";
        area.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await press(find(place, "send"));
    await press(find(place, "send"));
    expect(done).toEqual([["send", ROOM, "message", { text: "hello" }, undefined]]);
    expect(area.value).toBe("");
});

test("signing out without signal is not signing out", async () => {
    shown.apply({ t: "put_welcome", welcome: welcome("satellite", 1) });
    route.value = { at: "sign_out" };
    const place = await draw();
    await press(find(place, "sign-out-yes"));
    expect(place.textContent).toContain("Signing out needs signal");
});
