// What the words call the thing that the page is open on.

import { expect, test } from "vitest";
import { deviceOf } from "./device.ts";

const TABLE: [what: string, mouse: boolean, touches: number, px: number, is: string][] = [
    ["a phone", false, 5, 390, "phone"],
    ["a phone with a pen, or with a mouse beside it", true, 5, 412, "phone"],
    ["a tablet", false, 5, 820, "phone"],
    ["a laptop", true, 0, 800, "computer"],
    ["a laptop with a screen to touch", true, 10, 800, "computer"],
    ["a computer beside a small screen", true, 0, 480, "computer"],
];

test.each(TABLE)("%s", (_, mouse, touches, short_px, is) => {
    expect(deviceOf({ mouse, touches, short_px })).toBe(is);
});
