// @vitest-environment happy-dom
// What would be lost with the page, and what a tap beside a sheet must not throw away.

import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeAll, expect, test, vi } from "vitest";
import { NOTHING, typed } from "./kind/message/typed.ts";
import { RoostContext } from "./roost.ts";
import { MadeLink } from "./screen/people/link.tsx";
import { ROOM, SAM, Stage } from "./screen/stage.ts";
import { isTyping, isUnkept, watchFields } from "./unkept.ts";

beforeAll(() => watchFields());

test("Jo's plan stays when she turns to her calendar, and when she taps beside it", async () => {
    const jo = await new Stage("hub").draw();
    await jo.press("plan-gathering");
    expect(isUnkept(jo.shown)).toBe(false);
    await jo.press("planner");
    expect(jo.find("planner"), "nothing was filled in").toBeNull();
    await jo.press("plan-gathering");
    await jo.fill("plan-title", "Soup in the garden");
    expect(isUnkept(jo.shown)).toBe(true);
    await jo.press("planner");
    expect((jo.find("plan-title") as HTMLInputElement).value).toBe("Soup in the garden");
    const close = jo.find("planner")!.querySelector<HTMLElement>(".form-acts .button-plain")!;
    await act(async () => close.click());
    expect([jo.find("planner"), isUnkept(jo.shown)]).toEqual([null, false]);
});

test("whoever has just pressed a key is in the middle of something", async () => {
    const sam = await new Stage().draw();
    vi.useFakeTimers();
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(isTyping()).toBe(false);
    await sam.fill("composer", "see you at");
    expect(isTyping()).toBe(true);
    vi.advanceTimersByTime(10_000);
    expect(isTyping()).toBe(false);
    vi.useRealTimers();
    typed(ROOM).value = NOTHING;
});

test("a question to the room is no less than a plan", async () => {
    const jo = await new Stage("hub").draw();
    await jo.press("ask-poll");
    await jo.fill("poll-answer-1", "Sunday");
    expect(isUnkept(jo.shown)).toBe(true);
});

test("what is written to a room comes along, but where the phone keeps nothing", async () => {
    const sam = await new Stage().draw();
    await sam.fill("composer", "half a message");
    expect(isUnkept(sam.shown)).toBe(false);
    sam.shown.durable.value = false;
    expect(isUnkept(sam.shown)).toBe(true);
    typed(ROOM).value = NOTHING;
    expect(isUnkept(sam.shown)).toBe(false);
    sam.shown.left({ room: ROOM, draft: { id: "d", kind: "message", body: {} }, made_at: 1 });
    expect(isUnkept(sam.shown), "nor what is not sent").toBe(true);
});

test("a link that was just made is told once, and stays", async () => {
    const { shown, acts, desk, place } = await new Stage("liaison").draw();
    const made = { person: SAM, enrolment: "e", token: "secret", expires_at: Date.now() };
    const link = (
        <RoostContext.Provider value={{ shown, acts, desk }}>
            <MadeLink
                of={{ constellation: ROOM, person: SAM }}
                made={made}
                name="Sam"
                constellation="Wren"
                state="created"
                again={() => Promise.resolve()}
            />
        </RoostContext.Provider>
    );
    await act(async () => render(link, place));
    expect(isUnkept(shown)).toBe(true);
    await act(async () => render(null, place));
    expect(isUnkept(shown)).toBe(false);
});
