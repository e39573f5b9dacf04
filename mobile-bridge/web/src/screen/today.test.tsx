// @vitest-environment happy-dom
// Today above the list of rooms: what is asked can be answered there, and where there is nothing,
// the list is the screen.

import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import type { Unsent } from "../core/shown.ts";
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

test("whoever answers by keyboard goes on with the next thing, and is told once", async () => {
    const stage = await home().hold(asks("Keep the drive clear.")).card(tea, { state }).draw();
    const drafts: Unsent[] = [];
    const sending = async (kind: string, target: string) => {
        const [id, made_at] = [`${kind} draft`, drafts.length];
        const body = {};
        const draft = { room: ROOM, id, kind, target, body, made_at, words: undefined };
        drafts.push({ ...draft, state: "waiting" });
        await act(async () => void (stage.shown.unsent.value = [...drafts]));
    };
    const focused = () => document.activeElement?.textContent;
    const pressing = async (id: string, nth = 0) => {
        stage.all(id)[nth]!.focus();
        await stage.press(id, nth);
    };
    const heard = () => stage.find("today-said")?.textContent;
    expect(heard()).toBe("");
    await pressing("today-confirm");
    await sending("confirm", idAt(2));
    expect(focused(), "of the same card").toBe(words.today.open("Wren"));
    expect(heard()).toBe(words.acts.waiting["confirm"]);
    await pressing("rsvp-going");
    await pressing("rsvp-heads", 1);
    await sending("rsvp", tea.id);
    expect(focused()).toBe(words.today.open("Wren"));
    expect(heard()).toBe(`Tea: ${words.acts.waiting["rsvp"]}`);
    const others = "[role=status]:not([data-testid=today-said], :empty)";
    const said = stage.place.querySelectorAll(others);
    expect([...said].map((each) => each.textContent), "and nobody says it again").toEqual([]);

    stage.all("today-room")[0]!.focus();
    const confirmed = { [OURS]: { by: SAM, at: 5 } };
    stage.shown.unsent.value = drafts.slice(1);
    await act(async () => void stage.card(asks(""), { confirmed }));
    expect(stage.find("today-notice")).toBeNull();
    expect(focused(), "the notice is gone: on with the gathering").toBe(words.today.open("Wren"));
    expect(document.activeElement?.closest("[data-testid=today-gathering]")).not.toBeNull();
    await act(async () => void stage.card(tea, { hidden: { by: "hub", at: 9 } }));
    expect(stage.find("today")).toBeNull();
    expect(focused(), "nothing is left of today").toBe(words.rooms.heading);
});

test("more than a handful of us: the numbers go on where “More” stood", async () => {
    const stage = await home().card(tea, { state }).draw();
    await stage.press("rsvp-going");
    const more = [...stage.place.querySelectorAll<HTMLElement>(".heads button")].at(-1)!;
    expect(more.textContent).toBe(words.rsvp.headsMore);
    more.focus();
    await act(async () => more.click());
    expect(document.activeElement?.textContent).toBe("7");
});

test("what Today tells of is opened at its place in the room", async () => {
    const stage = await home().hold(asks("Keep the drive clear.")).card(tea, { state }).draw();
    const links = stage.all("today-room").map((link) => link.getAttribute("href"));
    const news = `/#/room/${ROOM}`;
    expect(links).toEqual([`/#/room/${ROOM}/2`, `/#/room/${ROOM}/1`, news]);
    await stage.press("today-room");
    expect(route.value).toEqual({ at: "room", room: ROOM, entry: 2 });
    await stage.press("back");
    await stage.press("today-room", 1);
    expect(stage.done, "this phone does not hold the gathering's entry").toContainEqual([
        "reach",
        1,
    ]);
});
