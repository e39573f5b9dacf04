// Pictures of a screen, light and dark, into `screenshots/`: for eyes, and for finding out that a
// screen no longer fits, or is not for everybody.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wrongWith } from "./axe.mjs";

const FOLDER = fileURLToPath(new URL("../screenshots", import.meta.url));
mkdirSync(FOLDER, { recursive: true });

/** The least height of what a tired thumb should hit. */
const TARGET_PX = 44;

/** Takes one picture in each scheme. */
export async function picture(tally, { page }, name) {
    const wrong = [];
    for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}.png`) });
        for (const each of await wrongWith(page)) wrong.push(`${colorScheme}: ${each}`);
    }
    tally.check(`${name} is for everybody`, wrong.length === 0, wrong.join(" | "));
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    tally.check(`${name} fits its width`, !sideways);
    const small = await page.evaluate(tooSmall, TARGET_PX);
    tally.check(`${name} has nothing too small for a thumb`, small.length === 0, small.join());
}

/** Runs in the page: what can be pressed and is lower than that. */
function tooSmall(target_px) {
    const fields = "select, input:not([type=radio], [type=checkbox])";
    const presses = `button, summary, a, label.choice, ${fields}`;
    return [...document.querySelectorAll(presses)]
        .filter((each) => each.checkVisibility() && getComputedStyle(each).clipPath === "none")
        .filter((each) => each.getBoundingClientRect().height < target_px - 0.5)
        .map((each) => `${each.dataset.testid ?? each.className}: ${each.textContent}`);
}
