// @vitest-environment happy-dom
// What a screen reader says of a room by itself, while somebody writes in it.

import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import type { Write } from "../core/face.ts";
import { JO, ROOM, SAM, Stage, idAt, said } from "./stage.ts";

/** Roles that are live regions, and how patiently, as WAI-ARIA has them. */
const LIVE: Record<string, string> = { log: "polite", status: "polite", alert: "assertive" };

/** Notes what is said of each change, by the rules of live regions. */
class Reader {
    told: string[] = [];
    #watching = new MutationObserver((changes) => this.#hear(changes));

    constructor(place: Node) {
        const all = { childList: true, characterData: true, subtree: true };
        this.#watching.observe(place, all);
    }

    close(): void {
        this.#watching.disconnect();
    }

    #hear(changes: readonly MutationRecord[]): void {
        for (const { type, target, addedNodes } of changes) {
            const added = type === "characterData" ? [target] : [...addedNodes];
            for (const node of added) this.#said(node);
        }
    }

    #said(node: Node): void {
        const element = node instanceof Element ? node : node.parentElement;
        const region = element?.closest("[aria-live], [role=log], [role=status], [role=alert]");
        if (!region) return;
        const role = region.getAttribute("role") ?? "";
        const live = region.getAttribute("aria-live") ?? LIVE[role];
        const relevant = region.getAttribute("aria-relevant") ?? "additions text";
        const what = node instanceof Element ? "additions" : "text";
        const text = node.textContent?.trim() ?? "";
        if (live !== "off" && relevant.includes(what) && text !== "") this.told.push(text);
    }
}

let reader: Reader | undefined;

afterEach(() => reader?.close());

async function reading(stage: Stage): Promise<(act: () => void) => Promise<string[]>> {
    await stage.draw();
    reader = new Reader(stage.place);
    return async (change) => {
        reader!.told = [];
        await act(async () => change());
        await act(async () => undefined);
        return reader!.told;
    };
}

const draft = {
    room: ROOM,
    id: idAt(2),
    kind: "message",
    target: undefined,
    body: { text: "On my way" },
    made_at: Date.now(),
    state: "waiting",
    words: undefined,
} as const;

test("one's own words are said once, however often they stand there on their way", async () => {
    const stage = new Stage("satellite", { kind: "hub_line" }).hold(said(1, JO, "hello"));
    const after = await reading(stage);
    const { shown } = stage;
    const apply = (write: Write) => () => shown.apply(write);
    const late = { ...draft, made_at: Date.now() - 60_000 };
    expect(await after(() => shown.draft(draft))).toEqual([]);
    expect(await after(() => shown.draft(late))).toEqual([]);
    expect(await after(() => shown.draft({ ...draft, state: "sent" }))).toEqual([]);
    const told = await after(() => {
        shown.apply({ t: "drop_outbox", id: draft.id });
        shown.put(ROOM, [said(2, SAM, "On my way")]);
    });
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("On my way");
    const marks = (delivered: number, read: number) => ({
        t: "put_marks" as const,
        room: ROOM,
        reading: { read: 2, others: [{ person: JO, delivered, read }] },
    });
    expect(await after(apply(marks(1, 1)))).toEqual([]);
    expect(await after(apply(marks(2, 1)))).toEqual([]);
    expect(await after(apply(marks(2, 2)))).toEqual([]);
    expect(stage.find("receipt")!.textContent).toContain("Read");
});

test("what others say is said, and so is that one's own was refused", async () => {
    const stage = new Stage().hold(said(1, JO, "hello"));
    const after = await reading(stage);
    const { shown } = stage;
    const heard = await after(() => shown.put(ROOM, [said(2, JO, "Tea at four?")]));
    expect(heard).toHaveLength(1);
    expect(heard[0]).toContain("Tea at four?");
    await after(() => shown.draft(draft));
    const refused = { ...draft, state: "refused", words: "The room is closed." } as const;
    expect(await after(() => shown.draft(refused))).toEqual(["Not sent. The room is closed."]);
    const act = { ...refused, id: idAt(9), kind: "reaction", target: idAt(1), body: {} };
    expect(await after(() => shown.draft(act))).toEqual([
        "Your reaction was not taken. The room is closed.",
    ]);
});
