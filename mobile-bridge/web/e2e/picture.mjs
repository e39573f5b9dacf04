// Pictures of a screen, on a phone light and dark and on a laptop, into `screenshots/`: for eyes,
// and for finding out that a screen no longer fits, or is not for everybody.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wrongWith } from "./axe.mjs";
import { LAPTOP, PHONE } from "./house.mjs";

const FOLDER = fileURLToPath(new URL("../screenshots", import.meta.url));
mkdirSync(FOLDER, { recursive: true });

/** The least height of what a tired thumb should hit. */
const TARGET_PX = 44;

/** How each screen is looked at. Colours do not change with the size. */
const LOOKS = [
    { look: "light", size: PHONE, colorScheme: "light" },
    { look: "dark", size: PHONE, colorScheme: "dark" },
    { look: "laptop", size: LAPTOP, colorScheme: "light" },
];

/** Takes one picture of each look; the page is then as large as it was. */
export async function picture(tally, { page }, name) {
    const before = page.viewportSize();
    const [unfit, wide, small] = [[], [], []];
    for (const { look, size, colorScheme } of LOOKS) {
        const to = (list) => (each) => list.push(`${look}: ${each}`);
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize(size);
        await page.evaluate(drawn);
        await page.screenshot({ path: join(FOLDER, `${name}-${look}.png`) });
        (await wrongWith(page)).forEach(to(unfit));
        (await page.evaluate(unfitting)).forEach(to(wide));
        (await page.evaluate(tooSmall, TARGET_PX)).forEach(to(small));
    }
    await page.setViewportSize(before);
    await page.evaluate(drawn);
    tally.check(`${name} is for everybody`, unfit.length === 0, unfit.join(" | "));
    tally.check(`${name} fits its width`, wide.length === 0, wide.join(" | "));
    tally.check(`${name} has nothing too small for a thumb`, small.length === 0, small.join());
}

/** Runs in the page: what follows the size of the window is drawn. */
const drawn = () =>
    new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));

/** Runs in the page: how far it is too wide, and what is pressed into a column of letters. */
function unfitting() {
    const { scrollWidth } = document.documentElement;
    const wide = scrollWidth > innerWidth ? [`${scrollWidth} px`] : [];
    const seen = (one) => one.checkVisibility() && getComputedStyle(one).clipPath === "none";
    const squeezed = [...document.body.querySelectorAll("*")].filter((one) => {
        const own = [...one.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
        const said = own.map(({ data }) => data.trim()).join("");
        const { width, height } = one.getBoundingClientRect();
        const size = parseFloat(getComputedStyle(one).fontSize);
        return said.length >= 6 && seen(one) && width < 2.5 * size && height > 6 * size;
    });
    return [...wide, ...squeezed.map((one) => `a column: ${one.textContent}`)];
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
