// @vitest-environment happy-dom
// Gatherings, what is new, who is writing, search, and the young people's room.

import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { hearDate } from "../core/clock.ts";
import {
    QUERY_MAX_CHARS,
    REASON_MAX_CHARS,
    type Entry,
    type GatheringState,
} from "../generated/protocol.ts";
import { route } from "../route.ts";
import { words } from "../words.ts";
import { HUB, JO, OURS, PRIYA, ROOM, RUTH, SAM } from "./stage.ts";
import { Stage, did, idAt, said, spoken } from "./stage.ts";

const HOUR_MS = 3_600_000;
const starts_at = Math.floor(Date.now() / 60_000) * 60_000 + 24 * HOUR_MS;
const details = {
    title: "Tea",
    type: "meet_up",
    starts_at,
    ends_at: starts_at + 2 * HOUR_MS,
    place: "Jo's house",
    places: 10,
} as const;
const tea: Entry = {
    seq: 1,
    id: idAt(1),
    kind: "gathering",
    author: JO,
    at: 1,
    body: { details },
};
const state: GatheringState = {
    details,
    revision: 0,
    status: "open",
    answers: { [HUB]: { answer: "going", heads: 4, by: JO, at: 1, stale: false } },
    going_heads: 4,
    maybe_heads: 0,
    homes_going: 1,
    homes_not: 0,
};

afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
});

test("a gathering counts who comes, and is answered in two taps", async () => {
    const stage = await new Stage().hold(tea).card(tea, { state }).draw();
    expect(stage.find("tally")!.textContent).toBe("4 people from 1 home coming · 6 places left");
    expect(stage.find("no-answer")!.textContent).toBe("No answer yet: The Okafors");
    expect(stage.find("gathering-change")).toBeNull();
    await stage.press("rsvp-going");
    await stage.press("rsvp-heads", 2);
    expect(stage.sent).toEqual([["rsvp", { answer: "going", heads: 3 }, tea.id]]);
    await stage.press("rsvp-not_going");
    expect(stage.sent[1]).toEqual(["rsvp", { answer: "not_going" }, tea.id]);
});

function homesToAnswerFor(stage: Stage): string[] {
    const { options } = stage.find("answer-for") as HTMLSelectElement;
    return [...options].map(({ value }) => value).filter(Boolean);
}

test("a home that everybody has left is asked nothing, here and where homes confirm", async () => {
    const asks = { ...said(2, JO, "hi"), body: { text: "hi", please_confirm: true } };
    const stage = new Stage("liaison").hold(tea, asks).card(tea, { state });
    await stage.draw();
    expect(homesToAnswerFor(stage)).toHaveLength(2);
    const { people } = stage.shown;
    const left = (person: string) => ({ ...people.value.get(person)!, left: true });
    people.value = new Map([...people.value, [RUTH, left(RUTH)]]);
    await stage.draw();
    expect(stage.find("no-answer")!.textContent).toBe(words.gathering.answeredAll);
    expect(homesToAnswerFor(stage)).toHaveLength(1);
    expect(stage.find("confirm")!.textContent).toContain("Not yet: Jo's house");
});

test("a home that everybody has left holds no places, whatever the card still counts", async () => {
    const both = { ...state.answers, [OURS]: { ...state.answers[HUB]!, heads: 6, by: RUTH } };
    const full = { ...state, answers: both, going_heads: 10, homes_going: 2 };
    const stage = await new Stage("liaison").hold(tea).card(tea, { state: full }).draw();
    expect(stage.find("tally")!.textContent).toBe("10 people from 2 homes coming · No places left");
    const { people } = stage.shown;
    const moved = { ...people.value.get(RUTH)!, home: HUB };
    await act(async () => void (people.value = new Map([...people.value, [RUTH, moved]])));
    expect(stage.find("tally")!.textContent).toBe("4 people from 1 home coming · 6 places left");
    expect(stage.find("gathering")!.textContent).not.toContain("The Okafors");
});

test("whoever leads answers for a home that told them", async () => {
    const stage = await new Stage("liaison").hold(tea).card(tea, { state }).draw();
    expect(stage.find("rsvp")).toBeNull();
    await act(async () => {
        const select = stage.find("answer-for") as HTMLSelectElement;
        select.value = OURS;
        select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await stage.press("rsvp-maybe");
    await stage.press("rsvp-heads", 0);
    expect(stage.sent).toEqual([["rsvp", { answer: "maybe", heads: 1, home: OURS }, tea.id]]);
});

test("a moved gathering asks again, one that is off or over asks nobody", async () => {
    const ours = { answer: "going", heads: 2, by: SAM, at: 1, stale: true } as const;
    const moved = { ...state, answers: { [OURS]: ours } };
    const stage = new Stage().hold(tea, did(2, JO, "gathering", tea, { changed: {} }));
    await stage.card(tea, { state: moved }).draw();
    expect(stage.find("rsvp")!.textContent).toContain("Is your answer still right?");
    expect(stage.all("entry")[1]!.textContent).toBe("Jo changed “Tea”");
    const off = { ...state, status: "cancelled", reason: "The hall is flooded" };
    const gone = await new Stage("hub").hold(tea).card(tea, { state: off }).draw();
    expect(gone.find("gathering")!.textContent).toContain("Called off: The hall is flooded");
    expect(gone.find("rsvp")).toBeNull();
    const past = { ...state, details: { ...details, starts_at: 1, ends_at: 2 } };
    const over = await new Stage("hub").hold(tea).card(tea, { state: past }).draw();
    expect(over.find("rsvp")).toBeNull();
    expect(over.find("gathering-cancel")).toBeNull();
});

test("a newcomer hears that something was changed, and not what it was", async () => {
    const changes = [{ changed: {} }, { cancelled: {} }];
    const lines = changes.map((body, at) => did(at + 2, JO, "gathering", tea, body));
    const stage = await new Stage().hold(...lines).draw();
    const told = stage.all("entry").map((each) => each.textContent);
    expect(told).toEqual(["Jo changed an event", "Jo called off an event"]);
    const there = await new Stage().hold(tea, ...lines).card(tea, { state }).draw();
    expect(there.entry(lines[1]!).textContent).toBe("Jo called off “Tea”");
});

test("whoever leads plans a gathering, and calls it off", async () => {
    const stage = await new Stage("hub").hold(tea).card(tea, { state }).draw();
    await stage.press("plan-gathering");
    await stage.press("planner-save");
    expect(document.activeElement).toBe(stage.find("plan-title"));
    expect(spoken(document.activeElement!)).toBe(words.gathering.titleMissing);
    await stage.fill("plan-title", " Reading circle ");
    await stage.press("planner-save");
    expect(spoken(document.activeElement!)).toBe(words.gathering.startsMissing);
    expect(document.activeElement).toBe(stage.find("plan-starts"));
    await stage.fill("plan-starts", "2099-01-01T10:00");
    const at = Date.UTC(2099, 0, 1, 10);
    await stage.press("planner-save");
    const planned = { title: "Reading circle", type: "meet_up", starts_at: at };
    expect(stage.sent).toEqual([
        ["gathering", { details: { ...planned, ends_at: at + 2 * HOUR_MS } }, undefined],
    ]);
    await stage.press("gathering-cancel");
    await stage.fill("cancel-reason", "🐦".repeat(REASON_MAX_CHARS + 1));
    await stage.press("cancel-yes");
    expect(spoken(document.activeElement!)).toBe(words.field.tooLong(REASON_MAX_CHARS));
    await stage.fill("cancel-reason", "");
    await stage.press("cancel-yes");
    expect(stage.sent[1]).toEqual(["gathering", { cancelled: {} }, tea.id]);
});

test("on a phone abroad the form says whose time is typed, and the room whose it is", async () => {
    vi.stubEnv("TZ", "Europe/Madrid");
    const stage = await new Stage("hub").hold(tea).card(tea, { state }).draw();
    expect(stage.find("gathering")!.textContent).toContain(" (UK time)");
    await stage.press("plan-gathering");
    const label = document.querySelector(`label[for="${stage.find("plan-starts")!.id}"]`);
    expect(label!.textContent).toBe("Starts (UK time)");
    await stage.fill("plan-title", "Tea");
    await stage.fill("plan-starts", "2099-07-01T16:00");
    await stage.press("planner-save");
    const [, { details: planned }] = stage.sent[0] as [string, { details: { starts_at: number } }];
    expect(planned.starts_at).toBe(Date.UTC(2099, 6, 1, 15));
    vi.stubEnv("TZ", "Europe/London");
    const home = await new Stage("hub").hold(tea).card(tea, { state }).draw();
    expect(home.place.textContent).not.toContain("UK time");
});

test("a calendar file that cannot be had says why", async () => {
    const stage = await new Stage().hold(tea).card(tea, { state }).draw();
    await stage.press("calendar");
    expect(stage.find("gathering")!.textContent).toContain("Getting it needs signal.");
});

test("a calendar file stands for as long as a browser may ask about it", async () => {
    vi.useFakeTimers();
    const stage = new Stage().hold(tea).card(tea, { state });
    stage.acts.calendar = async () => ({ value: new Blob(["BEGIN:VCALENDAR"]) });
    const saved: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click");
    click.mockImplementation(function (this: HTMLAnchorElement) {
        saved.push(this.download);
    });
    const revoke = vi.spyOn(URL, "revokeObjectURL");
    await stage.draw();
    await stage.press("calendar");
    expect(saved).toEqual(["event.ics"]);
    await act(async () => void (await vi.advanceTimersByTimeAsync(59_000)));
    expect(revoke).not.toHaveBeenCalled();
    await act(async () => void (await vi.advanceTimersByTimeAsync(1_000)));
    expect(revoke).toHaveBeenCalledTimes(1);
    click.mockRestore();
    revoke.mockRestore();
});

test("the list tells how much is new, and the room where it begins", async () => {
    const old = said(1, JO, "old");
    const stage = new Stage("satellite", { head: 4 }).hold(old, said(2, SAM, "mine"));
    stage.hold(did(3, JO, "reaction", old, { emoji: "👍" }), said(4, JO, "new"));
    stage.shown.apply({ t: "put_marks", room: ROOM, reading: { read: 1, others: [] } });
    route.value = { at: "rooms" };
    await stage.draw();
    expect(stage.find("unread")!.textContent).toBe("11 new message");
    route.value = { at: "room", room: ROOM };
    await stage.draw();
    const rows = [...stage.place.querySelectorAll(".entries > li")].map((row) => row.textContent);
    expect(rows.indexOf("New")).toBe(rows.length - 2);
    expect(stage.done).toContainEqual(["read", 4]);
});

test("a screen that nobody sees reads nothing", async () => {
    const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    const stage = await new Stage().hold(said(1, JO, "hello")).draw();
    expect(stage.done).toEqual([]);
    hidden.mockReturnValue("visible");
    await act(async () => void document.dispatchEvent(new Event("visibilitychange")));
    expect(stage.done).toEqual([["read", 1]]);
    hidden.mockRestore();
});

test("writing is said, and who writes is shown", async () => {
    const stage = await new Stage().draw();
    await stage.fill("composer", "h");
    expect(stage.done).toEqual([["typing"]]);
    await act(async () => stage.shown.writing(ROOM, [JO, PRIYA]));
    expect(stage.find("typing")!.textContent).toBe("Jo and Priya are writing…");
    await act(async () => stage.shown.writing(ROOM, []));
    expect(stage.find("typing")!.textContent).toBe("");
});

test("searching a room", async () => {
    const stage = await new Stage().hold(said(2, JO, "tea")).draw();
    await stage.press("search-open");
    await stage.press("search-go");
    expect(stage.find("search")!.textContent).toContain(words.search.missing);
    await stage.fill("search-text", "🐦".repeat(QUERY_MAX_CHARS + 1));
    await stage.press("search-go");
    expect(stage.find("search")!.textContent).toContain(words.field.tooLong(QUERY_MAX_CHARS));
    expect(stage.done.filter(([what]) => what === "search")).toEqual([]);
    await stage.fill("search-text", " tea ");
    await stage.press("search-go");
    expect(stage.done).toContainEqual(["search", "tea", undefined]);
    expect(stage.find("search")!.textContent).toContain("1 found.");
    expect(stage.find("find")!.textContent).toContain("tea");
});

test("a search goes on from where the server stopped, also where nothing was found", async () => {
    const stage = new Stage().hold(said(2, JO, "tea"));
    const answers = [
        { entries: [], more: true, before: 5_001 },
        { entries: [said(900, JO, "tea")], more: true, before: 700 },
        { entries: [said(2, JO, "tea")], more: false },
    ];
    const asked: (number | undefined)[] = [];
    stage.acts.search = (_, query, before) => {
        expect(query).toBe("tea");
        asked.push(before);
        return Promise.resolve({ value: answers[asked.length - 1]! });
    };
    await stage.draw();
    await stage.press("search-open");
    await stage.fill("search-text", "tea");
    await stage.press("search-go");
    const told = () => stage.find("search-said")!.textContent;
    expect(told()).toBe("Nothing found so far. There is more further back.");
    await stage.press("search-more");
    expect(told()).toBe("1 found so far. There is more further back.");
    await stage.press("search-more");
    expect(told()).toBe("2 found.");
    expect(stage.all("find").length).toBe(2);
    expect(asked).toEqual([undefined, 5_001, 700]);
    expect(stage.find("search-more")).toBeNull();
});

test("two taps look once: the server refuses a second search beside the first", async () => {
    const stage = new Stage();
    const asked: string[] = [];
    let answer = () => {};
    stage.acts.search = (_, query) => {
        asked.push(query);
        return new Promise((found) => {
            answer = () => found({ value: { entries: [], more: false } });
        });
    };
    await stage.draw();
    await stage.press("search-open");
    await stage.fill("search-text", "tea");
    await stage.press("search-go");
    await stage.press("search-go");
    expect(asked).toEqual(["tea"]);
    const told = () => stage.find("search-said")!.textContent;
    expect(told()).toBe(words.search.busy);
    await act(() => answer());
    await vi.waitFor(() => expect(told()).not.toBe(words.search.busy));
    await stage.press("search-go");
    expect(asked).toEqual(["tea", "tea"]);
});

test("the young people's room says who reads it, and when it opens", async () => {
    // A Wednesday at three, half an hour too early.
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 25, 15, 0), toFake: ["Date"] });
    const stage = await new Stage("young", { kind: "peers", title: "Our room" }).draw();
    expect(stage.find("peers")!.textContent).toContain(
        "Priya, your liaison worker, is in this room and reads it.",
    );
    expect(stage.find("closed")!.textContent).toContain("again today from 15:30.");
    await stage.fill("composer", "hello");
    await stage.press("send");
    expect(stage.sent).toEqual([]);
    expect((stage.find("composer") as HTMLTextAreaElement).value).toBe("hello");
    vi.stubEnv("TZ", "Europe/Madrid");
    const abroad = await new Stage("young", { kind: "peers" }).draw();
    expect(abroad.find("closed")!.textContent).toContain("today from 15:30 (UK time).");
    const priya = await new Stage("liaison", { kind: "peers" }).draw();
    expect(priya.find("peers")!.textContent).toContain("You look after this room.");
    expect(priya.find("closed")).toBeNull();
});

test("a room that is open is open, whatever the clock of the phone says", async () => {
    // The phone has a Friday morning; it is Saturday, and the room opened at ten.
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 27, 11, 0), toFake: ["Date"] });
    const stage = await new Stage("young", { kind: "peers", title: "Our room" }).draw();
    expect(stage.find("closed")).not.toBeNull();
    await act(async () => hearDate(new Date(Date.UTC(2026, 10, 28, 11, 0)).toUTCString()));
    expect(stage.find("closed")).toBeNull();
    await stage.fill("composer", "hello");
    await stage.press("send");
    expect(stage.sent.length).toBe(1);
    hearDate(new Date().toUTCString());
});

test("of two constellations, a notice waits for the homes of its own", async () => {
    const priya = new Stage("liaison");
    const wren = { constellation: ROOM, name: "Wren", rooms: [ROOM], people: [], homes: [OURS] };
    priya.shown.constellations.value = [{ ...wren, role: "liaison" }];
    const asks = { ...said(1, JO, "hi"), body: { text: "hi", please_confirm: true } };
    await priya.hold(asks).draw();
    expect(priya.find("confirm")!.textContent).toContain("Not yet: The Okafors");
    expect(priya.find("confirm")!.textContent).not.toContain("Jo's house");
});
