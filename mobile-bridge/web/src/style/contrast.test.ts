// That every pair of colours can be read, computed from the tokens (WCAG 2.2, 1.4.3 and 1.4.11).

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const TEXT = 4.5;
const MARK = 3;

const GROUNDS = ["ground", "surface", "sunk", "mine", "theirs"];
const HUES = [1, 2, 3, 4, 5, 6].map((nth) => `hue-${nth}`);

/** What stands on what, and how far they must be apart. */
const PAIRS: [front: string, grounds: string[], least: number][] = [
    ["text", [...GROUNDS, "problem-ground", ...HUES.map((hue) => `${hue}-ground`)], TEXT],
    ["quiet", GROUNDS, TEXT],
    ["accent", GROUNDS, TEXT],
    ["on-accent", ["accent"], TEXT],
    ["problem", ["ground", "surface", "sunk", "mine", "problem-ground"], TEXT],
    ["good", ["ground", "surface", "sunk"], TEXT],
    ["wait", ["ground", "surface", "sunk"], TEXT],
    ["edge", GROUNDS, MARK],
    ["focus", [...GROUNDS, "problem-ground"], MARK],
    ...HUES.map((hue): [string, string[], number] => [hue, [`${hue}-ground`, "theirs"], TEXT]),
];

const sheet = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const dark = sheet.indexOf("@media (prefers-color-scheme: dark)");

function colours(css: string): Map<string, string> {
    return new Map([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, a, b]) => [a!, b!]));
}

/** Relative luminance, as WCAG defines it. */
function luminance(colour: string): number {
    const [r, g, b] = [1, 3, 5].map((at) => {
        const part = parseInt(colour.slice(at, at + 2), 16) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high! + 0.05) / (low! + 0.05);
}

test("black on white is as far apart as colours can be", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

test.each([
    ["light", colours(sheet.slice(0, dark))],
    ["dark", colours(sheet.slice(dark))],
])("everything can be read in the %s scheme", (_, tokens) => {
    for (const [front, grounds, least] of PAIRS) {
        for (const ground of grounds) {
            const [one, other] = [tokens.get(front), tokens.get(ground)];
            expect([one, other], `${front} on ${ground}`).not.toContain(undefined);
            expect(contrast(one!, other!), `${front} on ${ground}`).toBeGreaterThanOrEqual(least);
        }
    }
});

test("both schemes name the same colours", () => {
    const [light, night] = [colours(sheet.slice(0, dark)), colours(sheet.slice(dark))];
    expect([...night.keys()]).toEqual([...light.keys()]);
});

test("no colour is named outside the tokens", () => {
    for (const name of ["base", "screens", "room", "message", "forms", "wide", "narrow"]) {
        const css = readFileSync(new URL(`./${name}.css`, import.meta.url), "utf8");
        expect(css.match(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/g), name).toBeNull();
    }
});
