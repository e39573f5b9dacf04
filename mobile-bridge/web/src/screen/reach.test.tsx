// @vitest-environment happy-dom
// To a message far above what the phone holds in memory, and back.

import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";
import { idAt, JO, ROOM, SAM, Stage, said } from "./stage.ts";

// A full room is drawn many times over, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const many = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => said(from + at, JO, `number ${from + at}`));

/** A room of which the newest are held, and a find that is number 50. */
async function searched(reach: (stage: Stage) => boolean): Promise<Stage> {
    const stage = new Stage().hold(...many(600, 999));
    stage.acts.search = () =>
        Promise.resolve({ value: { entries: [said(50, JO, "number 50")], more: false } });
    stage.acts.reach = async (_, seq) => {
        stage.done.push(["reach", seq]);
        await Promise.resolve();
        return reach(stage);
    };
    await stage.draw();
    await stage.press("search-open");
    await stage.fill("search-text", "number");
    await stage.press("search-go");
    return stage;
}

const found = (stage: Stage) => {
    stage.shown.put(ROOM, many(1, 80));
    return true;
};
const drawn = (stage: Stage) => stage.all("entry").map((row) => Number(row.dataset["seq"]));
const scroll = (stage: Stage) =>
    act(async () => void stage.find("log")!.dispatchEvent(new Event("scroll")));
const frames = () => act(() => new Promise<void>((done) => setTimeout(done, 50)));

test("a find beyond what is held is shown among what was said around it", async () => {
    const stage = await searched(found);
    await stage.press("find-show");
    await frames();
    expect(stage.done).toContainEqual(["reach", 50]);
    const rows = drawn(stage);
    expect(rows).toContain(50);
    expect(rows).toContain(49);
    expect(rows).toContain(51);
    expect(Math.max(...rows), "nothing of the end stands among it").toBe(80);
    expect(stage.find("going")).toBeNull();
});

test("what comes and what is on its way meanwhile stands at the end, not there", async () => {
    const stage = await searched(found);
    await stage.press("find-show");
    await frames();
    const before = drawn(stage);
    await act(async () => stage.shown.put(ROOM, [said(1_000, JO, "just now")]));
    expect(drawn(stage)).toEqual(before);
    await scroll(stage);
    expect(stage.find("to-end")!.textContent).toContain("New messages");
    await stage.press("to-end");
    expect(drawn(stage).at(-1)).toBe(1_000);
    expect(drawn(stage)[0]).toBe(901);
    expect(stage.shown.entries(ROOM).value[0]!.seq, "the old place is let go").toBe(601);
});

test("reading on from there asks for what lies beyond, on both sides", async () => {
    const stage = await searched(found);
    await stage.press("find-show");
    await frames();
    for (let nth = 0; nth < 10; nth += 1) await scroll(stage);
    expect(drawn(stage)[0]).toBe(1);
    const log = stage.find("log")!;
    Object.defineProperty(log, "scrollTop", { value: 5_000, writable: true });
    Object.defineProperty(log, "scrollHeight", { value: 5_000 });
    for (let nth = 0; nth < 10; nth += 1) await scroll(stage);
    expect(stage.done).toContainEqual(["more", "below", 80]);
    await act(async () => stage.shown.put(ROOM, many(81, 280)));
    expect(drawn(stage).at(-1), "what came is drawn").toBeGreaterThan(80);
});

test("writing from there leads to the end, and reacting stays", async () => {
    const stage = await searched(found);
    await stage.press("find-show");
    await frames();
    const there = drawn(stage);
    const draft = { room: ROOM, made_at: 0, state: "waiting", words: undefined } as const;
    const reaction = { id: "d1", kind: "reaction", target: idAt(50), body: { emoji: "👍" } };
    await act(async () => stage.shown.draft({ ...draft, ...reaction }));
    expect(drawn(stage)).toEqual(there);
    const message = { id: "d2", kind: "message", target: undefined, body: { text: "my words" } };
    await act(async () => stage.shown.draft({ ...draft, ...message }));
    expect(drawn(stage).at(-1)).toBe(999);
    expect(stage.all("draft").length).toBe(1);
});

test("a place that cannot be reached is said to be, and nothing moves", async () => {
    const stage = await searched(() => false);
    const before = drawn(stage);
    await stage.press("find-show");
    expect(stage.find("going")!.textContent).toContain("needs signal");
    expect(drawn(stage)).toEqual(before);
});

test("a message that is pinned far above is gone to as well", async () => {
    const stage = new Stage().hold(...many(600, 999));
    const pinned = said(50, JO, "number 50");
    stage.card(pinned, { pinned: { by: SAM, at: 1 } } as never);
    stage.acts.entry = () => Promise.resolve(pinned);
    await stage.draw();
    await stage.press("pinned-show");
    expect(stage.done).toContainEqual(["reach", 50]);
});
