// @vitest-environment happy-dom
// A screen that is fetched when it is opened, and does not come.

import { render, type ComponentType } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import { NOTHING, typed } from "../kind/message/typed.ts";
import { RoostContext } from "../roost.ts";
import { words } from "../words.ts";
import { later, within } from "./later.tsx";
import { ROOM, Stage } from "./stage.ts";

const { why, safe } = words.screenMissing;
const no = () => Promise.reject<ComponentType>(new TypeError("no network"));

async function missing(Screen: ComponentType, prepare = (_: Stage) => undefined as void) {
    const stage = await new Stage().draw();
    prepare(stage);
    const { shown, acts, desk, place } = stage;
    const screen = (
        <RoostContext.Provider value={{ shown, acts, desk }}>
            <Screen />
        </RoostContext.Provider>
    );
    await act(async () => render(screen, place));
    await act(async () => Promise.resolve());
    return stage;
}

afterEach(() => void (typed(ROOM).value = NOTHING));

test("a screen that does not come tells the shell, and offers a way on", async () => {
    for (const Screen of [later(no), within(no)]) {
        const stage = await missing(Screen);
        expect(stage.done).toEqual([["missed"]]);
        await act(async () => stage.place.querySelector("button")!.click());
        expect(stage.done).toEqual([["missed"], ["again"]]);
    }
});

test("only whoever wrote something hears that it is safe, and only where it is", async () => {
    const write = () => void (typed(ROOM).value = { ...NOTHING, text: "half a message" });
    const inMemory = (stage: Stage) => {
        write();
        stage.shown.durable.value = false;
    };
    const heard = async (prepare?: (stage: Stage) => void) =>
        (await missing(later(no), prepare)).find("screen-missing")?.textContent;
    expect(await heard()).toBe(why);
    expect(await heard(write)).toBe(`${why} ${safe}`);
    expect(await heard(inMemory)).toBe(why);
});
