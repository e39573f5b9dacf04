// @vitest-environment happy-dom
// Screens as a person meets them, on a core that stands still.

import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";
import type { Listed, Role } from "../generated/protocol.ts";
import { forgetTyped, NOTHING, typed } from "../kind/message/typed.ts";
import { route, type Route } from "../route.ts";
import { words } from "../words.ts";
import { JO, ROOM, RUTH, SAM, Stage, said } from "./stage.ts";

test("whoever is in no room hears why, in words for them", async () => {
    const told: [Role, string][] = [
        ["young", "Your room opens soon."],
        ["admin", "You are in no room"],
        ["satellite", "You are not in any rooms yet."],
    ];
    for (const [role, expected] of told) {
        const stage = new Stage(role);
        stage.shown.rooms.value = [];
        route.value = { at: "rooms" };
        await stage.draw();
        expect(stage.place.textContent).toContain(expected);
    }
});

test("a room shows what was said, who joined, and what it does not know", async () => {
    const bold = said(2, JO, "<b>not bold</b>");
    const joined = { person: JO, change: "joined" };
    const stage = new Stage().hold(
        { seq: 1, id: "e1", kind: "member", at: 0, body: joined },
        bold,
        { ...said(3, SAM, "yes"), target: bold.id },
        { seq: 4, id: "e4", kind: "of_tomorrow", at: 4_000 },
    );
    await stage.draw();
    const entries = stage.all("entry");
    expect(entries.map((each) => each.dataset["seq"])).toEqual(["1", "2", "3", "4"]);
    expect(entries[0]!.textContent).toBe("Jo joined");
    expect(stage.place.querySelector("b")).toBeNull();
    expect(entries[2]!.querySelector(".quote")?.textContent).toContain("Jo <b>not bold</b>");
    expect(entries[3]!.textContent).toBe("Update Roost to see this.");
});

test("that nothing was said is said only where it is so", async () => {
    const rooms: [Partial<Listed>, string][] = [
        [{ floor: 1, head: 0 }, "Nothing has been said here yet."],
        [{ floor: 5, head: 4 }, "Nothing has been said here yet."],
        [{ floor: 1, head: 200 }, words.room.toCome],
    ];
    for (const [room, expected] of rooms) {
        const stage = await new Stage("satellite", room).draw();
        expect(stage.place.textContent).toContain(expected);
        route.value = { at: "rooms" };
        await stage.draw();
        const line = stage.find("room-link")!.textContent;
        const { toCome, nothingYet } = words.rooms;
        expect(line).toContain(room.head === 200 ? toCome : nothingYet);
    }
});

test("a draft that was refused is tried again, or gives its words back", async () => {
    forgetTyped();
    const stage = new Stage();
    stage.shown.draft({
        room: ROOM,
        id: "d1",
        kind: "message",
        target: undefined,
        body: { text: "my words" },
        made_at: 0,
        state: "refused",
        words: "You cannot do that here.",
    });
    await stage.draw();
    const draft = stage.find("draft")!;
    expect(draft.dataset["state"]).toBe("refused");
    expect(draft.textContent).toContain("my words");
    expect(draft.textContent).toContain("Not sent. You cannot do that here.");
    await stage.press("way-go");
    await stage.press("way-not");
    expect(stage.done).toEqual([
        ["retry", "d1"],
        ["remove", "d1"],
    ]);
    expect((stage.find("composer") as HTMLTextAreaElement).value).toBe("my words");
    await stage.fill("composer", "");
});

test("what is written goes out as a message, once, without blank edges", async () => {
    const stage = await new Stage().draw();
    const area = stage.find("composer") as HTMLTextAreaElement;
    await act(async () => {
        area.value = "  hello\n";
        area.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await stage.press("send");
    await stage.press("send");
    expect(stage.sent).toEqual([["message", { text: "hello" }, undefined]]);
    expect(area.value).toBe("");
});

test("whom to tell who wants to leave, a young person reads where they sign out", async () => {
    const [kit, sam] = [new Stage("young"), new Stage()];
    route.value = { at: "sign_out" };
    await kit.draw();
    expect(kit.find("leave")?.textContent).toContain("leave Roost at any time: tell Priya.");
    const { people } = kit.shown;
    await act(async () => {
        people.value = new Map([...people.value].filter(([, { role }]) => role !== "liaison"));
    });
    expect(kit.find("leave")?.textContent).toContain("tell your liaison worker.");
    expect((await sam.draw()).find("leave"), "a carer asks her anyway").toBeNull();
});

/** A window that can be made smaller and larger. */
function aWindow(wide: boolean) {
    const heard = new Set<() => void>();
    const query = {
        matches: wide,
        addEventListener: (_: string, look: () => void) => void heard.add(look),
        removeEventListener: (_: string, look: () => void) => void heard.delete(look),
    };
    vi.stubGlobal("matchMedia", () => query);
    return (next: boolean) =>
        act(async () => {
            query.matches = next;
            for (const look of heard) look();
        });
}

test("on a laptop every screen stands beside the rooms, whose bar is the only one", async () => {
    for (const wide of [true, false]) {
        aWindow(wide);
        for (const at of ["people", "you", "quiet", "move"] as const) {
            const stage = new Stage();
            route.value = { at };
            await stage.draw();
            expect(stage.all("room-link"), `${at}, ${wide}`).toHaveLength(wide ? 1 : 0);
            const tab = at === "people" ? "nav-people" : "nav-you";
            const marked = stage.all(tab).map((link) => link.getAttribute("aria-current"));
            expect(marked, `${at}, ${wide}`).toEqual(["page"]);
            expect(stage.place.querySelectorAll("h1"), `${at}, ${wide}`).toHaveLength(1);
        }
    }
    vi.unstubAllGlobals();
});

test("what is being typed outlives a window that is made smaller", async () => {
    const resize = aWindow(true);
    const stage = await new Stage().draw();
    await stage.press("search-open");
    await stage.fill("search-text", "half a wo");
    await resize(false);
    expect(stage.find("room-link"), "the rooms have gone").toBeNull();
    expect((stage.find("search-text") as HTMLInputElement).value).toBe("half a wo");
    await resize(true);
    expect((stage.find("search-text") as HTMLInputElement).value).toBe("half a wo");
    vi.unstubAllGlobals();
});

test("a room that is not there says so by its heading", async () => {
    const stage = new Stage();
    route.value = { at: "room", room: "0190a6c0-0000-7000-8000-0000000000ff" };
    await stage.draw();
    expect(stage.place.querySelector("h1")!.textContent).toBe(words.room.gone);
});

test("signing out without signal is not signing out", async () => {
    const stage = new Stage();
    route.value = { at: "sign_out" };
    await stage.draw();
    await stage.press("sign-out-yes");
    expect(stage.place.textContent).toContain("Signing out needs signal");
});

test("wherever somebody is, a newer Roost is offered once, and taken by one tap", async () => {
    const narrow = { matches: false, addEventListener() {}, removeEventListener() {} };
    vi.stubGlobal("matchMedia", () => narrow);
    const routes: Route[] = [{ at: "rooms" }, { at: "room", room: ROOM }, { at: "people" }];
    for (const at of [...routes, { at: "you" } as const]) {
        const stage = new Stage();
        route.value = at;
        await stage.draw();
        expect(stage.find("newer"), at.at).toBeNull();
        await act(async () => void (stage.shown.newer.value = "ready"));
        expect(stage.all("newer").map((line) => line.textContent)).toEqual([
            `${words.newer.ready}${words.newer.use}`,
        ]);
        expect(stage.find("newer")!.closest('[role="status"]')).not.toBeNull();
        await stage.press("newer-use");
        expect(stage.done.filter(([what]) => what === "useNewer")).toHaveLength(1);
        await act(async () => void (stage.shown.newer.value = "unkept"));
        expect(stage.find("newer")!.textContent).toContain(words.newer.unkept);
    }
    vi.unstubAllGlobals();
});

test("wherever somebody is, it is said that nothing is kept, and the build too old", async () => {
    const routes: Route[] = [{ at: "rooms" }, { at: "room", room: ROOM }, { at: "people" }];
    for (const wide of [false, true]) {
        const query = { matches: wide, addEventListener() {}, removeEventListener() {} };
        vi.stubGlobal("matchMedia", () => query);
        for (const at of [...routes, { at: "you" } as const]) {
            for (const role of ["admin", "satellite"] as const) {
                const stage = new Stage(role);
                stage.shown.durable.value = false;
                stage.shown.outdated.value = true;
                stage.shown.connect({ t: "waiting", until: Date.now(), attempt: 1 }, true);
                route.value = at;
                await stage.draw();
                const notices = ["memory", "outdated", "unknown-here"];
                const told = notices.map((id) => stage.all(id).length);
                expect(told, `${at.at}, ${role}, ${wide}`).toEqual([1, 1, 1]);
                const lines = stage.all("connection").map((line) => line.textContent);
                expect(new Set(lines), "it has signal").toEqual(
                    new Set([words.connection.unknownHere]),
                );
            }
        }
    }
    vi.unstubAllGlobals();
});

test("what one was writing is not there for whoever signs in over it", async () => {
    const stage = await new Stage().draw();
    typed(ROOM).value = { ...NOTHING, text: "half a message" };
    await act(async () => void (stage.shown.me.value = undefined));
    await act(async () => void (stage.shown.me.value = SAM));
    expect(typed(ROOM).value.text, "who comes back goes on").toBe("half a message");
    await act(async () => void (stage.shown.me.value = RUTH));
    expect(typed(ROOM).value).toEqual(NOTHING);
});
