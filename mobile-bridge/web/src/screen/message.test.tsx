// @vitest-environment happy-dom
// What has become of messages, and what can be done with them.

import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { EDIT_MS } from "../generated/protocol.ts";
import { HUB, JO, OURS, PRIYA, ROOM, SAM, Stage, clipboard, did, idAt, said } from "./stage.ts";

const hello = said(1, JO, "hello");
const mine = said(2, SAM, "my words");

afterEach(() => vi.useRealTimers());

test("an edited message says its words of now, and that they changed", async () => {
    const edit = did(3, SAM, "edit", mine, { text: "better words" });
    const stage = new Stage().hold(hello, mine, edit);
    stage.card(mine, { edited: { text: "better words", at: 5, times: 1 } });
    await stage.draw();
    expect(stage.entry(mine).querySelector(".message-text")!.textContent).toBe("better words");
    expect(stage.entry(mine).textContent).toContain("edited");
    expect(stage.all("entry")).toHaveLength(2);
});

test.each([
    ["author", "Removed by its author"],
    ["hub", "Hidden by the hub"],
    ["liaison", "Hidden by the liaison worker"],
] as const)("what was removed by the %s says so and offers nothing", async (by, words) => {
    const { body: _, ...bare } = hello;
    const stage = new Stage("hub").hold(bare, did(2, JO, "redact", hello, {}));
    await stage.card(hello, { hidden: { by, at: 1 } }).draw();
    expect(stage.find("removed")!.textContent).toBe(words);
    expect(stage.find("more")).toBeNull();
});

test("without its card a message without words was removed, too", async () => {
    const { body: _, ...bare } = hello;
    const stage = await new Stage().hold(bare).draw();
    expect(stage.find("removed")!.textContent).toBe("Removed");
});

test("a row of reactions counts, and tells who", async () => {
    const stage = new Stage().hold(hello);
    stage.card(hello, { reactions: { [SAM]: "🎉", [JO]: "👍", [PRIYA]: "👍" } });
    await stage.draw();
    const row = stage.find("reactions")!.querySelector("button")!;
    const counts = [...row.querySelectorAll(".reaction")].map((each) => each.textContent);
    expect(counts).toEqual(["👍 2", "🎉 1"]);
    await act(async () => row.click());
    expect(stage.find("reactions")!.textContent).toContain("👍 from Jo and Priya");
    expect(stage.find("reactions")!.textContent).toContain("🎉 from You");
});

test("a long look at a message offers what one may do", async () => {
    const offers = async (stage: Stage, nth: number) => {
        await stage.draw();
        await stage.press("more", nth);
        const ids = [...document.querySelectorAll<HTMLElement>("[data-testid^=menu-]")];
        return ids.map((each) => each.dataset["testid"]!.slice(5));
    };
    const fresh = () => [said(1, JO, "hello"), said(2, SAM, "my words")] as const;
    const old = said(3, SAM, "long ago", Date.now() - EDIT_MS - 1);
    const { hold } = Stage.prototype;
    const as = (...all: ConstructorParameters<typeof Stage>) =>
        hold.call(new Stage(...all), ...fresh(), old);
    const satellite = async (nth: number) => (await offers(as("satellite"), nth)).join(" ");
    expect(await satellite(0)).toBe("reply copy close");
    expect(await satellite(1)).toBe("reply edit copy remove close");
    expect(await satellite(2)).toBe("reply copy remove close");
    const others = async (...who: ConstructorParameters<typeof Stage>) =>
        (await offers(as(...who), 0)).join(" ");
    expect(await others("hub")).toBe("reply pin copy remove close");
    expect(await others("hub", { kind: "hub_line" })).toBe("reply pin copy close");
    expect(await others("liaison", { kind: "peers" })).toBe("reply pin copy remove close");
});

test("what somebody said can be taken along, in its words of now", async () => {
    for (const browser of ["clipboard", "command"] as const) {
        const copied = clipboard(browser);
        const stage = new Stage().hold(said(1, JO, "Tea at four?\nBring cake."), mine);
        await stage.card(mine, { edited: { text: "better words", at: 5, times: 1 } }).draw();
        for (const nth of [0, 1]) {
            await stage.press("more", nth);
            await stage.press("menu-copy");
            expect(stage.find("menu"), "it is done with").toBeNull();
        }
        expect(copied, browser).toEqual(["Tea at four?\nBring cake.", "better words"]);
        expect(stage.place.textContent).toContain("Copied.");
    }
});

test("where a browser copies nothing, the text is there to be copied by hand", async () => {
    const copied = clipboard("nothing");
    const stage = await new Stage().hold(hello).draw();
    await stage.press("more");
    await stage.press("menu-copy");
    expect(copied).toEqual([]);
    expect((stage.find("copy-text") as HTMLTextAreaElement).value).toBe("hello");
    expect(stage.find("menu")!.textContent).toContain("press and hold the text");
});

test("what was planned and what was asked can be taken along, too", async () => {
    const copied = clipboard("clipboard");
    const starts_at = Date.UTC(2099, 0, 1, 10);
    const when = { starts_at, ends_at: starts_at + 3_600_000 };
    const details = { title: "Tea", type: "meet_up", ...when, place: "Jo's house" };
    const tea = { ...hello, kind: "gathering", body: { details } };
    const ask = { question: "Which day?", options: ["Saturday", "Sunday"] };
    const day = { ...mine, kind: "poll", body: { ask } };
    const stage = await new Stage().hold(tea, day).draw();
    for (const nth of [0, 1]) {
        await stage.press("more", nth);
        await stage.press("menu-copy");
    }
    expect(copied[0]).toMatch(/^Tea\n.*January.*\nJo's house$/);
    expect(copied[1]).toBe("Which day?\nSaturday\nSunday");
});

test("on a link, and where text is marked, the browser's own menu comes", async () => {
    const link = said(1, JO, "see https://example.org/tea");
    const stage = await new Stage().hold(link).draw();
    const press = async (on: Element) => {
        const menu = new Event("contextmenu", { bubbles: true, cancelable: true });
        await act(async () => {
            on.dispatchEvent(new Event("pointerdown", { bubbles: true }));
            on.dispatchEvent(menu);
        });
        return menu.defaultPrevented ? "ours" : "the browser's";
    };
    const words = stage.entry(link).querySelector(".message-text")!;
    expect(await press(words.querySelector("a")!)).toBe("the browser's");
    expect(stage.find("menu")).toBeNull();
    getSelection()!.selectAllChildren(words);
    expect(await press(words)).toBe("the browser's");
    expect(stage.find("menu")).toBeNull();
    getSelection()!.removeAllRanges();
    expect(await press(words)).toBe("ours");
    expect(stage.find("menu")).not.toBeNull();
});

test("a finger that stays on a link, or on marked text, is left to the browser", async () => {
    vi.useFakeTimers();
    const link = said(1, JO, "see https://example.org/tea");
    const stage = await new Stage().hold(link).draw();
    const stay = (on: Element) =>
        act(async () => {
            on.dispatchEvent(new Event("pointerdown", { bubbles: true }));
            await vi.advanceTimersByTimeAsync(600);
        });
    const words = stage.entry(link).querySelector(".message-text")!;
    await stay(words.querySelector("a")!);
    getSelection()!.selectAllChildren(words);
    await stay(words);
    expect(stage.find("menu")).toBeNull();
    getSelection()!.removeAllRanges();
    await stay(words);
    expect(stage.find("menu")).not.toBeNull();
});

test("the right button opens the menu; one's own emoji is taken back", async () => {
    const stage = new Stage().hold(hello);
    await stage.card(hello, { reactions: { [SAM]: "👍" } }).draw();
    const open = () => {
        const bubble = stage.entry(hello).querySelector(".bubble")!;
        const press = new Event("contextmenu", { bubbles: true });
        return act(async () => void bubble.dispatchEvent(press));
    };
    await open();
    await stage.press("react", 1);
    expect(stage.find("menu")).toBeNull();
    await open();
    await stage.press("react", 0);
    expect(stage.sent).toEqual([
        ["reaction", { emoji: "❤️" }, hello.id],
        ["reaction", { emoji: null }, hello.id],
    ]);
});

test("removing asks once more", async () => {
    const stage = await new Stage().hold(mine).draw();
    await stage.press("more");
    await stage.press("menu-remove");
    expect(stage.sent).toEqual([]);
    expect(stage.find("menu")!.textContent).toContain("This cannot be undone.");
    await stage.press("remove-yes");
    expect(stage.sent).toEqual([["redact", {}, mine.id]]);
});

test("editing puts the words of now back into the composer", async () => {
    const fresh = said(2, SAM, "my words");
    const stage = new Stage().hold(fresh);
    stage.card(fresh, { edited: { text: "second words", at: 1, times: 1 } });
    await stage.draw();
    await stage.press("more");
    await stage.press("menu-edit");
    expect((stage.find("composer") as HTMLTextAreaElement).value).toBe("second words");
    await stage.fill("composer", "third words");
    await stage.press("send");
    expect(stage.sent).toEqual([["edit", { text: "third words" }, fresh.id]]);
    expect((stage.find("composer") as HTMLTextAreaElement).value).toBe("");
});

test("homes confirm what asks for it, each once", async () => {
    const asking = { ...hello, body: { text: "Fire drill", please_confirm: true } };
    const stage = await new Stage().hold(asking).draw();
    expect(stage.find("confirm")!.textContent).toContain("0 of 2 homes have confirmed");
    await stage.press("confirm-button");
    expect(stage.sent).toEqual([["confirm", {}, asking.id]]);
    stage.card(asking, {
        confirmed: { [OURS]: { by: SAM, at: 5 }, [HUB]: { by: JO, at: 9 } },
        edited: { text: "Fire drill at 6", at: 7, times: 1 },
    });
    await stage.draw();
    expect(stage.find("confirm-button")).toBeNull();
    expect(stage.find("confirm")!.textContent).toContain("The Okafors (Sam) · before it was");
    expect(stage.find("confirm")!.textContent).toContain("Jo's house (Jo)");
    const priya = await new Stage("liaison").hold(asking).draw();
    expect(priya.find("confirm-button")).toBeNull();
});

test("only those who lead ask for confirmation, and in the circle", async () => {
    const stage = await new Stage("hub").draw();
    await act(async () => (stage.find("ask-confirm") as HTMLInputElement).click());
    await stage.fill("composer", "Fire drill");
    await stage.press("send");
    expect(stage.sent).toEqual([
        ["message", { text: "Fire drill", please_confirm: true }, undefined],
    ]);
    expect((await new Stage("satellite").draw()).find("ask-confirm")).toBeNull();
    expect((await new Stage("hub", { kind: "hub_line" }).draw()).find("ask-confirm")).toBeNull();
});

test("what is pinned stands at the top, the newest first", async () => {
    const stage = new Stage().hold(hello, mine, did(3, JO, "pin", hello, { pinned: true }));
    stage.card(hello, { pinned: { by: JO, at: 1 } }).card(mine, { pinned: { by: JO, at: 2 } });
    await stage.draw();
    expect(stage.find("pinned")!.querySelector("summary")!.textContent).toBe("Pinned (2) my words");
    expect(stage.all("entry")[2]!.textContent).toBe("Jo pinned a message");
});

test("an act is on its way below its target, and its refusal is told in words", async () => {
    const stage = await new Stage().hold(hello).draw();
    const draft = { room: ROOM, id: idAt(9), kind: "reaction", target: hello.id, made_at: 0 };
    const body = { emoji: "👍" };
    await act(async () =>
        stage.shown.draft({ ...draft, body, state: "waiting", words: undefined }),
    );
    expect(stage.entry(hello).textContent).toContain("Your reaction is on its way.");
    expect(stage.find("draft")).toBeNull();
    await act(async () =>
        stage.shown.draft({ ...draft, body, state: "refused", words: "It is like that already." }),
    );
    expect(stage.find("on-its-way")).toBeNull();
    expect(stage.find("draft")!.textContent).toContain(
        "Your reaction was not taken. It is like that already.",
    );
});

test("a line tells how far one's words have come", async () => {
    const stage = new Stage("satellite", { kind: "hub_line" }).hold(hello, mine);
    const reading = (delivered: number, read: number) => ({
        read: 2,
        others: [{ person: JO, delivered, read }],
    });
    await stage.draw();
    const receipt = () => stage.find("receipt")!.textContent;
    expect(receipt()).toContain("Sent");
    const hear = (delivered: number, read: number) =>
        act(async () =>
            stage.shown.apply({ t: "put_marks", room: ROOM, reading: reading(delivered, read) }),
        );
    await hear(2, 1);
    expect(receipt()).toContain("Delivered");
    await hear(2, 2);
    expect(receipt()).toContain("Read");
});

test("what is pinned stands at the top, however long ago it was said", async () => {
    const stage = new Stage().hold(said(900, JO, "lately"));
    await stage.card(said(3, JO, ""), { pinned: { by: JO, at: 1 } }).draw();
    expect(stage.done).toContainEqual(["entry", 3]);
    await act(async () => undefined);
    expect(stage.find("pinned")?.textContent).toContain("from long ago");
});
