// Pictures of a screen, light and dark, into `screenshots/`: for eyes, and for finding out that a
// screen no longer fits.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../screenshots", import.meta.url));
mkdirSync(FOLDER, { recursive: true });

/** Takes one picture in each scheme. */
export async function picture(tally, { page }, name) {
    for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}.png`) });
    }
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    tally.check(`${name} fits its width`, !sideways);
}
