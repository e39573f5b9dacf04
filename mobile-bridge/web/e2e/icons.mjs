// Draws the icons of the app from `public/icons/roost.svg` (`npm run icons`); the pictures are kept
// in the tree, so that a build needs no browser. Run it again when the drawing changes.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const folder = fileURLToPath(new URL("../public/icons/", import.meta.url));
const drawing = readFileSync(`${folder}roost.svg`, "utf8");

/** Phones cut these to a shape of their own: no corners, and all that matters in the middle. */
const toBeCut = drawing
    .replace('rx="15" ', "")
    .replace('id="bird"', 'transform="translate(32 32) scale(0.78) translate(-32 -32)"');

const ICONS = [
    ["192", 192, drawing],
    ["512", 512, drawing],
    ["maskable", 512, toBeCut],
    ["apple-touch", 180, toBeCut],
];

const executablePath = process.env.ROOST_CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
for (const [name, size, svg] of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
    const icon = await page.locator("svg").screenshot({ omitBackground: true });
    writeFileSync(`${folder}${name}.png`, icon);
    await page.close();
}
await browser.close();
