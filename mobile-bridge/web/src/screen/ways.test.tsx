// @vitest-environment happy-dom
// What has not gone, refused or a day old: the person is asked, and nothing is lost that they want.

import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newId } from "../core/ids.ts";
import type { Unsent } from "../core/shown.ts";
import { forgetTyped, NOTHING, typed } from "../kind/message/typed.ts";
import { route } from "../route.ts";
import { idAt, JO, ROOM, said, Stage } from "./stage.ts";
import { dateOf, timeOf } from "./times.ts";

const DAY_MS = 24 * 3_600_000;
const WRITTEN = new Date(2026, 10, 21, 21, 12).getTime();
/** 21:12, as this machine writes it. */
const TIME = timeOf(WRITTEN);

beforeEach(() => {
    forgetTyped();
    vi.useFakeTimers({ now: WRITTEN + DAY_MS, toFake: ["Date"] });
});
afterEach(() => void vi.useRealTimers());

function asking(more: Partial<Unsent> = {}): Unsent {
    const said = { kind: "message", target: undefined, body: { text: "The door is open" } };
    const stands = { made_at: WRITTEN, state: "asking", words: undefined } as const;
    return { room: ROOM, id: newId(WRITTEN), ...said, ...stands, ...more };
}

/** Sam's phone, a day after he wrote something that has not gone. */
async function dayAfter(...drafts: Unsent[]): Promise<Stage> {
    const stage = new Stage().hold(said(1, JO, "Are you home?"));
    for (const draft of drafts) stage.shown.draft(draft);
    return stage.draw();
}

const composer = (stage: Stage) => (stage.find("composer") as HTMLTextAreaElement).value;

test("it says when it was written, and goes when Sam says so", async () => {
    const draft = asking();
    const stage = await dayAfter(draft);
    const [row, still] = [stage.find("draft")!, stage.find("ways")!];
    expect(row.dataset["state"]).toBe("asking");
    expect(row.textContent).toContain("The door is open");
    const words = `You wrote this yesterday at ${TIME} and it has not gone. Still send it?`;
    expect(still.textContent).toContain(words);
    expect(stage.find("refusals")!.textContent, "a screen reader says it").toBe(words);
    await stage.press("way-go");
    expect(stage.done).toContainEqual(["retry", draft.id]);
});

test("whoever is asked again hears when it was written, not when they last answered", async () => {
    const thursday = WRITTEN - 2 * DAY_MS;
    const stage = await dayAfter(asking({ id: newId(thursday) }));
    const day = dateOf(thursday);
    expect(stage.find("ways")!.textContent).toContain(`You wrote this on ${day} at ${TIME}`);
});

test("what is not to be sent goes back to where it was written, with all it had", async () => {
    const question = said(1, JO, "Are you home?");
    const body = { text: "The door is open", please_confirm: true };
    const draft = asking({ body, target: question.id });
    const stage = await dayAfter(draft);
    await stage.press("way-not");
    expect(stage.done).toContainEqual(["remove", draft.id]);
    expect(composer(stage)).toBe("The door is open");
    expect(document.activeElement).toBe(stage.find("composer"));
    const { answers, asks } = typed(ROOM).value;
    expect([answers?.id, asks]).toEqual([question.id, true]);
});

test("where other words stand it is asked once more before these are lost", async () => {
    const draft = asking();
    const stage = await dayAfter(draft);
    await act(async () => void (typed(ROOM).value = { ...NOTHING, text: "Meanwhile" }));
    stage.find("way-not")!.focus();
    await stage.press("way-not");
    const lost = "What you wrote will be lost. Remove it?";
    expect(document.activeElement?.textContent, "whoever works by ear is told").toBe(lost);
    await stage.press("way-keep");
    expect(stage.find("ways")!.textContent).toContain("Still send it?");
    expect(stage.done).not.toContainEqual(["remove", draft.id]);
    await stage.press("way-not");
    await stage.press("way-lose");
    expect(stage.done).toContainEqual(["remove", draft.id]);
    expect(composer(stage)).toBe("Meanwhile");
});

test("a poll has no way back to the writing, so one is asked before it is lost", async () => {
    const body = { ask: { question: "Which day?", options: ["Saturday", "Sunday"] } };
    const stage = await dayAfter(asking({ kind: "poll", body }));
    await stage.press("way-not");
    expect(stage.find("ways")!.textContent).toContain("What you wrote will be lost.");
    expect([composer(stage), stage.done.some(([what]) => what === "remove")]).toEqual(["", false]);
});

test("the list of rooms says that something is asked, whatever else has not gone", async () => {
    const lines: [Unsent["state"][], string][] = [
        [["waiting"], "Waiting to send"],
        [["waiting", "refused"], "Not sent"],
        [["refused", "asking", "waiting"], "Still send it?"],
        [["asking", "asking"], "Still send these 2?"],
    ];
    for (const [states, expected] of lines) {
        const stage = new Stage();
        states.forEach((state, nth) => stage.shown.draft(asking({ id: newId(nth), state })));
        route.value = { at: "rooms" };
        await stage.draw();
        expect(stage.find("room-unsent")!.textContent).toBe(expected);
    }
});

test("a change of words that was refused is not dropped by one tap; a reaction is", async () => {
    const refused = { target: idAt(1), state: "refused", words: "It is too late." } as const;
    const body = { text: "Are you at home?" };
    const edit = asking({ ...refused, id: idAt(8), kind: "edit", body });
    const reaction = asking({ ...refused, id: idAt(9), kind: "reaction", body: { emoji: "👍" } });
    const stage = await dayAfter(edit, reaction);
    const removed = () => stage.done.filter(([what]) => what === "remove").map(([, id]) => id);
    await stage.press("way-not", 1);
    expect(removed()).toEqual([reaction.id]);
    await stage.press("way-not");
    expect(removed()).toEqual([reaction.id]);
    await stage.press("way-lose");
    expect(removed()).toEqual([reaction.id, edit.id]);
});
