// @vitest-environment happy-dom
// What a person sets for themselves: a room is muted and says so, quiet hours are kept, and the
// size of text is this phone's.

import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import type { Mute, Quiet, Settings } from "../core/desk.ts";
import type { Role } from "../generated/protocol.ts";
import { route } from "../route.ts";
import { applySize, size } from "../textsize.ts";
import { words } from "../words/later.ts";
import { askAnew } from "./settings.ts";
import { JO, ROOM, Stage, said } from "./stage.ts";
import { momentOf } from "./times.ts";

const USUAL: Quiet = { on: true, from: 21 * 60, to: 7 * 60 + 30 };
const NIGHT: Quiet = { on: true, from: 20 * 60, to: 8 * 60 };

function settings(...mutes: Mute[]): { value: Settings } {
    return { value: { quiet: USUAL, usual: USUAL, receipts: true, mutes } };
}

function connected(role: Role = "satellite"): Stage {
    const stage = new Stage(role);
    stage.shown.connection.value = { state: "connected" };
    stage.answers["GET /api/settings"] = settings();
    return stage;
}

afterEach(() => {
    askAnew();
    localStorage.clear();
    delete document.documentElement.dataset["text"];
    size.value = "usual";
});

test("Sam mutes a room: the sheet says what still rings, the list that it is muted", async () => {
    const sam = await connected().hold(said(1, JO, "hello")).draw();
    expect(sam.find("mute-open")?.getAttribute("aria-label")).toBe(words.mute.open);
    await sam.press("mute-open");
    expect(sam.find("mute-off"), "there is nothing to turn on").toBeNull();
    const rings = sam.find("mute-rings")!.textContent;
    for (const each of [...words.mute.rings, words.mute.later]) expect(rings).toContain(each);
    const until = Date.now() + 8 * 3_600_000;
    sam.answers[`POST /api/rooms/${ROOM}/mute`] = settings({ room: ROOM, until });
    await sam.press("mute-eight_hours");
    expect(sam.posted).toEqual([[`/api/rooms/${ROOM}/mute`, { length: "eight_hours" }]]);
    expect(sam.find("mute"), "the sheet is gone").toBeNull();
    expect(sam.find("mute-open")?.getAttribute("aria-label")).toBe(words.mute.openMuted);

    sam.answers["GET /api/settings"] = settings({ room: ROOM, until });
    route.value = { at: "rooms" };
    await sam.draw();
    expect(sam.find("room-muted")?.textContent).toBe("Muted");
    expect(sam.find("unread")?.textContent, "quiet, and not gone").toContain("1 new message");
    expect(sam.find("unread")?.className).toContain("hushed");
});

test("a muted room is turned on again, on whichever phone it was muted", async () => {
    const sam = connected();
    sam.answers["GET /api/settings"] = settings({ room: ROOM });
    await sam.draw();
    await sam.press("mute-open");
    expect(sam.find("mute")?.textContent).toContain(words.mute.always);
    await sam.press("mute-off");
    expect(sam.find("mute")?.textContent, "without signal it says so").toContain(
        words.mute.noSignal,
    );
    sam.answers[`POST /api/rooms/${ROOM}/mute`] = settings();
    await sam.press("mute-off");
    expect(sam.posted.at(-1)).toEqual([`/api/rooms/${ROOM}/mute`, { length: "off" }]);
    expect(sam.find("mute-open")?.dataset["muted"]).toBe("false");
});

test("whoever goes to and fro asks once, and again when it did not work", async () => {
    let asked = 0;
    const sam = connected();
    const answers = sam.answers;
    const count = { get: () => ((asked += 1), settings()) };
    Object.defineProperty(answers, "GET /api/settings", { configurable: true, ...count });
    for (const at of ["rooms", "quiet", "rooms"] as const) {
        route.value = { at };
        await sam.draw();
    }
    expect(asked).toBe(1);
    askAnew();
    const no = { get: () => ((asked += 1), { unreachable: true }) };
    Object.defineProperty(answers, "GET /api/settings", { configurable: true, ...no });
    await sam.draw();
    await sam.draw();
    expect(asked).toBe(3);
});

const LATE = { on: true, from: 22 * 60 + 15, to: 7 * 60 + 30 };

test("without signal Sam reads what was heard last, and when", async () => {
    const sam = await connected().hold(said(1, JO, "hello")).draw();
    const at = Date.now();
    const told = { quiet: USUAL, usual: USUAL, receipts: true, mutes: [{ room: ROOM }] };
    sam.shown.connection.value = { state: "waiting", until_ms: 0 };
    await act(async () => sam.acts.keepSettings({ told, heard_at: at, unsaved: [] }));
    const heard = words.heard(momentOf(at, Date.now()));
    await sam.press("mute-open");
    expect(sam.find("mute")?.textContent).toContain(heard);
    route.value = { at: "you" };
    await sam.draw();
    expect(sam.find("quiet")?.textContent).toBe(
        `${words.receipts.link}${words.quiet.night("21:00", "07:30")}${heard}`,
    );
    route.value = { at: "quiet" };
    await sam.draw();
    expect((sam.find("quiet-from") as HTMLInputElement).value).toBe("21:00");
    expect(sam.place.textContent).toContain(heard);
    await act(async () => void (sam.shown.connection.value = { state: "connected" }));
    expect(sam.place.textContent, "with signal it is of now").not.toContain(heard);
    await act(async () => sam.shown.apply({ t: "wipe_all" }));
    expect(sam.shown.settings.value, "the next person finds nothing of it").toBeUndefined();
});

test("what could not be saved is kept as it was chosen, until it is", async () => {
    const sam = connected();
    route.value = { at: "quiet" };
    await sam.draw();
    await sam.fill("quiet-from", "22:15");
    await sam.press("quiet-save");
    expect(sam.find("problem")?.textContent).toBe(words.quiet.noSignal);
    for (const at of ["rooms", "quiet"] as const) {
        route.value = { at };
        await sam.draw();
    }
    expect((sam.find("quiet-from") as HTMLInputElement).value).toBe("22:15");
    expect(sam.find("problem")?.textContent).toBe(words.quiet.unsaved);

    route.value = { at: "room", room: ROOM };
    await sam.draw();
    await sam.press("mute-open");
    await sam.press("mute-week");
    expect(sam.find("mute")?.textContent).toContain(words.mute.noSignal);
    expect(sam.find("mute-open")?.dataset["muted"], "it is not muted").toBe("false");
    await sam.draw();
    await sam.press("mute-open");
    expect(sam.find("mute-again")?.textContent).toContain(words.mute.lengths.week);
    sam.answers[`POST /api/rooms/${ROOM}/mute`] = settings({ room: ROOM });
    await sam.press("mute-again");
    expect(sam.posted.at(-1)).toEqual([`/api/rooms/${ROOM}/mute`, { length: "week" }]);
    expect(sam.shown.settings.value?.unsaved, "the hours still wait").toEqual([{ quiet: LATE }]);
    expect(sam.find("mute-open")?.dataset["muted"]).toBe("true");

    sam.answers["POST /api/settings/quiet"] = { value: { ...settings().value, quiet: LATE } };
    route.value = { at: "quiet" };
    await sam.draw();
    await sam.press("quiet-save");
    expect(sam.place.textContent).toContain(words.quiet.saved);
    expect(sam.find("problem")?.textContent).toBe("");
    expect(sam.shown.settings.value?.unsaved).toEqual([]);
});

test("a mute that has run out is none", async () => {
    const sam = connected().hold(said(1, JO, "hello"));
    sam.answers["GET /api/settings"] = settings({ room: ROOM, until: Date.now() - 1 });
    route.value = { at: "rooms" };
    await sam.draw();
    expect(sam.find("room-muted")).toBeNull();
    expect(sam.find("unread")?.className).not.toContain("hushed");
});

test("Sam sets his quiet hours, and reads what comes through all the same", async () => {
    const sam = connected();
    route.value = { at: "quiet" };
    await sam.draw();
    expect(sam.find("quiet-through")?.textContent).toContain(words.quiet.through[0]);
    expect(sam.find("quiet-through")?.textContent).not.toContain(words.quiet.throughLeads[0]);
    await sam.fill("quiet-from", "07:30");
    await sam.press("quiet-save");
    expect(sam.posted, "two times that differ").toEqual([]);
    expect(sam.place.textContent).toContain(words.quiet.wrong);
    await sam.fill("quiet-from", "22:15");
    await sam.press("quiet-save");
    expect(sam.place.textContent).toContain(words.quiet.noSignal);
    sam.answers["POST /api/settings/quiet"] = { value: { ...settings().value, quiet: LATE } };
    await sam.press("quiet-save");
    expect(sam.posted.at(-1)).toEqual(["/api/settings/quiet", LATE]);
    expect(sam.place.textContent).toContain(words.quiet.saved);
    sam.answers["GET /api/settings"] = { value: { ...settings().value, quiet: LATE } };
    route.value = { at: "you" };
    await sam.draw();
    expect(sam.find("quiet")?.textContent).toContain("Every day from 22:15 until 07:30");
});

test("Sam stops showing what he has read, and reads what that costs him", async () => {
    const sam = connected();
    route.value = { at: "quiet" };
    await sam.draw();
    const shows = () => sam.find("receipts-on") as HTMLInputElement;
    expect(shows().checked, "as long as nobody says otherwise").toBe(true);
    expect(sam.find("receipts")?.textContent).toContain("you do not see what others have read");
    await sam.press("receipts-on");
    expect(sam.find("receipts")?.textContent).toContain(words.receipts.noSignal);
    expect(shows().checked, "what was not saved is not shown as if it were").toBe(true);
    const hidden = { value: { ...settings().value, receipts: false } };
    sam.answers["POST /api/settings/receipts"] = hidden;
    await sam.press("receipts-on");
    expect(sam.posted.at(-1)).toEqual(["/api/settings/receipts", { on: false }]);
    expect(shows().checked).toBe(false);
    expect(sam.find("receipts")?.textContent).toContain(words.receipts.saved);
});

test("Kit cannot switch the night off, and is told why not", async () => {
    const kit = connected("young");
    const school = { from: 8 * 60, to: 15 * 60 + 30 };
    const value: Settings = { quiet: NIGHT, usual: NIGHT, school, receipts: true, mutes: [] };
    kit.answers["GET /api/settings"] = { value };
    route.value = { at: "quiet" };
    await kit.draw();
    expect(kit.find("quiet-on")).toBeNull();
    expect(kit.find("receipts"), "nobody is told what Kit reads").toBeNull();
    expect(kit.find("quiet-form")?.textContent).toContain("From 20:00 until 08:00 it is always");
    expect(kit.find("quiet-form")?.textContent).toContain("until 15:30");
    const told = { code: "quiet_too_short", class: "final", words: "Always quiet.", after_ms: 0 };
    kit.answers["POST /api/settings/quiet"] = { refused: told as never };
    await kit.fill("quiet-from", "21:00");
    await kit.press("quiet-save");
    expect(kit.place.textContent).toContain("Always quiet.");
});

test("the size of text is this phone's, seen at once and kept", async () => {
    const sam = connected();
    route.value = { at: "you" };
    await sam.draw();
    expect(sam.place.textContent).toContain("Language: English");
    await act(async () => sam.find("text-largest")!.click());
    expect(document.documentElement.dataset["text"]).toBe("largest");
    delete document.documentElement.dataset["text"];
    applySize();
    expect(document.documentElement.dataset["text"], "also when the page is opened again").toBe(
        "largest",
    );
    localStorage.setItem("roost.text", "enormous");
    size.value = "usual";
    delete document.documentElement.dataset["text"];
    applySize();
    expect(document.documentElement.dataset["text"], "what is no size is none").toBeUndefined();
});
