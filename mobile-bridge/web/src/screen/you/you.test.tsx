// @vitest-environment happy-dom
// One's own phones, and moving to another.

import { afterEach, expect, test } from "vitest";
import { route } from "../../route.ts";
import { words } from "../../words/later.ts";
import { forgetHeard } from "../ask.ts";
import { Stage } from "../stage.ts";
import { movingUntil } from "./move.tsx";

const PHONES = [
    { device: "d1", name: "Sam's phone", created_at: 0, seen_at: 0, this: true },
    { device: "d2", name: "Sam's tablet", created_at: 0, seen_at: 0, this: false },
];

afterEach(() => {
    forgetHeard();
    movingUntil.value = 0;
});

test("my phones are listed, this one is marked, and another can be signed out", async () => {
    const sam = new Stage("satellite");
    sam.answers["GET /api/devices"] = { value: { devices: PHONES } };
    route.value = { at: "you" };
    await sam.draw();
    expect(sam.all("phone").map((each) => each.dataset["this"])).toEqual(["true", "false"]);
    expect(sam.all("phone-end")).toHaveLength(1);
    expect(sam.find("phone-end")?.getAttribute("aria-label")).toBe("Sign out Sam's tablet");
    await sam.press("phone-end");
    expect(sam.find("end-phone")?.textContent).toContain("within a second");
    expect(sam.posted).toEqual([]);
    sam.answers["POST /api/devices/d2/end"] = { value: undefined };
    sam.answers["GET /api/devices"] = { value: { devices: PHONES.slice(0, 1) } };
    await sam.press("end-phone-yes");
    expect(sam.posted).toEqual([["/api/devices/d2/end", {}]]);
    expect(sam.all("phone")).toHaveLength(1);
    expect(sam.place.textContent).toContain("Sam's tablet is signed out.");
});

test("a code stands in two halves, and being signed out after it is no surprise", async () => {
    const sam = new Stage("satellite");
    const expires_at = Date.now() + 900_000;
    sam.answers["POST /api/handover"] = { value: { code: "ABCDEFGHJK", expires_at } };
    route.value = { at: "move" };
    await sam.draw();
    expect(sam.posted).toEqual([]);
    await sam.press("code-make");
    expect(sam.find("code")?.textContent).toBe("ABCDE FGHJK");
    expect(sam.place.textContent).toContain("A B C D E F G H J K");
    sam.shown.phase.value = "ended";
    await sam.draw();
    expect(sam.find("signed-out")?.textContent).toBe(words.move.moved);
    movingUntil.value = 0;
    await sam.draw();
    expect(sam.find("signed-out")?.textContent).toBe(words.ended.body);
});

test("whose sign-in was copied is told, and whom to tell", async () => {
    const sam = new Stage("satellite");
    const refused = { code: "sign_in_copied" as const, class: "sign_in_again" as const };
    sam.answers["GET /api/me"] = { refused: { ...refused, words: "", after_ms: 0 } };
    sam.shown.phase.value = "ended";
    await sam.draw();
    expect(sam.find("copied")?.textContent).toContain("tell your liaison worker");
    sam.answers = {};
    await sam.draw();
    expect(sam.find("copied")).toBeNull();
});

test("whoever has a code says where they are, and is in", async () => {
    const sam = new Stage("satellite");
    sam.shown.phase.value = "unknown";
    route.value = { at: "rooms" };
    await sam.draw();
    await sam.press("have-code");
    expect(route.value).toEqual({ at: "code" });
    await sam.press("code-yes");
    const wrong = sam.all("wrong").map((each) => each.textContent);
    expect(wrong).toEqual([words.code.missing, words.code.whereMissing]);
    expect(document.activeElement).toBe(sam.find("code-typed"));
    await sam.fill("code-typed", "abcde-fghj");
    await sam.press("code-where-new_phone");
    await sam.press("code-yes");
    expect(sam.find("wrong")?.textContent).toBe(words.code.missing);
    expect(sam.find("problem")?.textContent).toBe("");
    await sam.fill("code-typed", "abcde-fghjk");
    await sam.fill("code-name", "Sam's new phone");
    const refused = { code: "x", class: "final", words: "No such code.", after_ms: 0 } as const;
    sam.acts.redeem = () => Promise.resolve({ refused });
    await sam.press("code-yes");
    expect(sam.find("problem")?.textContent).toBe("No such code.");
    sam.acts.redeem = (...all) => {
        sam.done.push(all);
        return Promise.resolve({ value: undefined });
    };
    await sam.press("code-yes");
    expect(sam.done).toEqual([["abcde-fghjk", "Sam's new phone", "new_phone"]]);
    expect(route.value).toEqual({ at: "rooms" });
});
