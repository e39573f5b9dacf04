// What can be found out about a screen by looking at it without eyes: axe-core's rules of WCAG 2.2
// AA, and targets that a thumb can hit.

import axe from "axe-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** Behaviours ask for more than WCAG's 24. */
const TARGET_PX = 44;

/** Everything that is wrong with this page now, in words. */
export async function wrongWith(page) {
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
    const rules = await page.evaluate(async (tags) => {
        const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
        const { violations } = await window.axe.run(document, options);
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target)}`);
    }, TAGS);
    return [...rules, ...(await page.evaluate(smallTargets, TARGET_PX))];
}

/** Runs in the page. */
function smallTargets(least) {
    const all = document.querySelectorAll("button, a[href], input, select, textarea, summary");
    const small = [];
    for (const one of all) {
        // A box in its label is hit by hitting the label.
        const target = one.closest("label") ?? one;
        const { width, height } = target.getBoundingClientRect();
        const unseen = width <= 1 || height <= 1 || getComputedStyle(one).visibility === "hidden";
        const fits = Math.min(width, height) >= least - 0.5;
        if (!unseen && !fits)
            small.push(`${one.className || one.tagName} is ${width} × ${height} px`);
    }
    return small;
}
