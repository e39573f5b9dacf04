// @vitest-environment happy-dom
// Today above the list of rooms: what is asked can be answered there, and where there is nothing,
// the list is the screen.

import { afterEach, expect, test, vi } from "vitest";
import type { GatheringState, Role } from "../generated/protocol.ts";
import { route } from "../route.ts";
import { words } from "../words.ts";
import { HUB, JO, OURS, ROOM, SAM, Stage, idAt, said } from "./stage.ts";

const HOUR_MS = 3_600_000;
const starts_at = Date.now() + 24 * HOUR_MS;
const details = { title: "Tea", type: "meet_up", starts_at, ends_at: starts_at + HOUR_MS } as const;
const tea = { seq: 1, id: idAt(1), kind: "gathering", author: JO, at: 1, body: { details } };
const state: GatheringState = {
    details,
    revision: 0,
    status: "open",
    answers: {},
    going_heads: 0,
    maybe_heads: 0,
    homes_going: 0,
    homes_not: 0,
};
const ours = { answer: "going", heads: 3, by: SAM, at: 1, stale: false } as const;

function home(role: Role = "satellite"): Stage {
    const stage = new Stage(role);
    const [name, homes] = ["Wren", role === "young" ? [] : [OURS, HUB]];
    stage.shown.constellations.value = [
        { constellation: ROOM, name, role, rooms: [ROOM], people: [], homes },
    ];
    route.value = { at: "rooms" };
    return stage;
}

const asks = (text: string) => {
    const entry = said(2, JO, text);
    return { ...entry, body: { text, please_confirm: true } };
};

afterEach(() => vi.useRealTimers());

test("where there is nothing, the list of rooms is the screen", async () => {
    const stage = await home().hold(said(1, JO, "hello")).draw();
    expect(stage.find("today")).toBeNull();
    expect(stage.all("room-link")).toHaveLength(1);
});

test("Sam answers for his home in two taps without leaving his rooms", async () => {
    const stage = await home().card(tea, { state }).draw();
    expect(stage.find("today-gathering")?.textContent).toContain("Tea");
    expect(stage.find("today-missing")).toBeNull();
    await stage.press("rsvp-going");
    await stage.press("rsvp-heads", 2);
    expect(stage.sent).toEqual([["rsvp", { answer: "going", heads: 3 }, tea.id]]);
    expect(stage.all("room-link"), "the rooms are still there").toHaveLength(1);

    const draft = { room: ROOM, id: "d", kind: "rsvp", target: tea.id, body: {}, made_at: 1 };
    stage.shown.unsent.value = [{ ...draft, state: "waiting", words: undefined }];
    await stage.draw();
    expect(stage.find("rsvp")).toBeNull();
    expect(stage.find("today")?.textContent).toContain(words.acts.waiting["rsvp"]);
    stage.shown.unsent.value = [{ ...draft, state: "refused", words: "No places." }];
    await stage.draw();
    expect(stage.find("today")?.textContent).toContain("No places.");
    expect(stage.find("rsvp"), "it can be said again").not.toBeNull();

    stage.shown.unsent.value = [];
    await stage.card(tea, { state: { ...state, answers: { [OURS]: ours } } }).draw();
    expect(stage.find("rsvp")).toBeNull();
    expect(stage.find("today-gathering")?.textContent).toContain("Your home: Coming (3)");
});

test("a short notice is confirmed here, and a long one is read in its room first", async () => {
    const stage = await home().hold(asks("Keep the drive clear.")).draw();
    await stage.press("today-confirm");
    expect(stage.sent).toEqual([["confirm", {}, idAt(2)]]);
    const long = await home().hold(asks("Read all of this. ".repeat(30))).draw();
    expect(long.find("today-confirm")).toBeNull();
    expect(long.find("today-notice")?.textContent).toContain(words.today.read);
});

test("Jo sees which homes have not answered", async () => {
    const jo = await home("hub").card(tea, { state }).draw();
    expect(jo.find("today-missing")?.textContent).toBe("No answer yet: The Okafors");
});

test("Kit sees when the room is open, and no count of anything", async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 17, 0), toFake: ["Date"] });
    const kit = home("young");
    const rooms = kit.shown.rooms.value.map((one) => ({ ...one, kind: "peers" as const }));
    kit.shown.rooms.value = rooms;
    await kit.hold(said(1, JO, "hello")).draw();
    expect(kit.find("today")?.textContent).toContain("Your room is open until 20:30.");
    expect(kit.find("today-news")).toBeNull();
    expect(kit.find("unread")).toBeNull();
});

test("Ana sees how each constellation stands, and nothing of what is said", async () => {
    const ana = home("admin").card(tea, { state });
    ana.shown.rooms.value = [];
    const wren = { constellation: ROOM, name: "Wren", members: { active: 9, invited: 2 } };
    ana.answers["GET /api/constellations"] = { value: { constellations: [wren] } };
    await ana.draw();
    expect(ana.find("overview")?.textContent).toContain("9 signed in · 2 invited");
    expect(ana.find("constellation-link")?.getAttribute("href")).toContain(ROOM);
    expect(ana.find("today")).toBeNull();
});
