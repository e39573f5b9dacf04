// @vitest-environment happy-dom
// At the kitchen table, on the screen of the liaison worker.

import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Progress, Scan } from "../../core/desk.ts";
import { route } from "../../route.ts";
import { words } from "../../words/later.ts";
import { forgetHeard } from "../ask.ts";
import { Stage } from "../stage.ts";
import { forgetMade } from "./made.ts";
import { pathOf } from "./qr.tsx";

const WREN = "0190a6c0-0000-7000-8000-0000000000c1";
const RUTH = "0190a6c0-0000-7000-8000-000000000009";
const DOOR = `/api/constellations/${WREN}/members/${RUTH}/table`;
const MINUTE_MS = 60_000;

let priya: Stage;
const stands = (state: Progress["state"], ...claims: Scan[]) => {
    const invitation = { enrolment: "e1", way: "table", state, created_at: 0, expires_at: 0 };
    priya.answers[`GET ${DOOR}`] = { value: { invitation, claims } };
};
const scan = (claim: string, device_name: string, ...choices: number[]): Scan => ({
    claim,
    device_name,
    choices,
    created_at: 0,
});
/** Long enough for the screen to ask again. */
const later = () => act(async () => void (await vi.advanceTimersByTimeAsync(2_000)));

beforeEach(async () => {
    vi.useFakeTimers();
    priya = new Stage("liaison");
    const expires_at = Date.now() + 15 * MINUTE_MS;
    priya.answers[`POST ${DOOR}`] = {
        value: { person: RUTH, enrolment: "e1", token: "secret", expires_at },
    };
    stands("created");
    route.value = { at: "table", constellation: WREN, person: RUTH };
    await priya.draw();
    await priya.press("table-show");
});

afterEach(() => {
    vi.useRealTimers();
    forgetHeard();
    forgetMade();
});

test("the code is shown with how long it is good, until somebody scans", async () => {
    expect(priya.find("qr")).not.toBeNull();
    expect(priya.place.textContent).toContain("Good for 15 minutes more.");
    expect(priya.find("table-said")?.textContent).toBe(words.table.waiting);
    stands("opened");
    await later();
    expect(priya.find("table-said")?.textContent).toBe(words.table.opened);
    delete priya.answers[`GET ${DOOR}`];
    await later();
    expect(priya.find("table-said")?.textContent).toBe(words.table.noSignal);
});

test("of several phones each has its own three numbers", async () => {
    stands("opened", scan("c1", "A thief's", 10, 20, 30), scan("c2", "Ruth's", 40, 50, 60));
    await later();
    expect(priya.all("pick-number").map((each) => each.textContent)).toEqual([
        "10",
        "20",
        "30",
        "40",
        "50",
        "60",
    ]);
    expect(priya.place.textContent).toContain(words.table.several);
    priya.answers[`POST ${DOOR}/confirm`] = { value: undefined };
    stands("opened");
    await priya.press("pick-number", 4);
    expect(priya.posted.at(-1)).toEqual([`${DOOR}/confirm`, { claim: "c2", number: 50 }]);
    expect(priya.find("table-said")?.textContent).toContain("That is it.");
    expect(priya.find("table-show")).toBeNull();
    stands("accepted");
    await later();
    expect(priya.find("table-in")).not.toBeNull();
});

test("a wrong number says what to do, and three of them that the code is dead", async () => {
    stands("opened", scan("c1", "Ruth's", 10, 20, 30));
    await later();
    const refused = { code: "code_invalid", class: "final", words: "No.", after_ms: 0 } as const;
    priya.answers[`POST ${DOOR}/confirm`] = { refused };
    stands("opened");
    await priya.press("pick-number");
    expect(priya.find("table-said")?.textContent).toContain("That was not the number.");
    stands("revoked");
    await later();
    expect(priya.find("table-over")?.textContent).toBe(words.table.over.revoked);
    stands("created");
    priya.answers[`POST ${DOOR}`] = {
        value: { person: RUTH, enrolment: "e2", token: "other", expires_at: 0 },
    };
    await priya.press("table-show");
    expect(priya.find("qr")).not.toBeNull();
});

test("a code is drawn as its dark modules, one shape", () => {
    const drawn = pathOf([
        [true, false],
        [false, true],
    ]);
    expect(drawn).toBe("M0 0h1v1h-1zM1 1h1v1h-1z");
});
