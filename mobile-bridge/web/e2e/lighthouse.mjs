// What Lighthouse says of the two pages that people meet most: an invitation that is opened for the
// first time, and the rooms of somebody who is in. On a middling phone with a slow connection.

import lighthouse from "lighthouse";
import { AMPLE, connected, FLAGS, freePort, joinBy } from "./house.mjs";
import { installed } from "./kept.mjs";
import { Run } from "./run.mjs";

const LEAST = 95;
/** So often a page may be looked at: machines that are shared are slow for moments. */
const LOOKS_MAX = 2;
/** Lighthouse makes a machine of this index four times slower, which is a middling phone. */
const INDEX_MEANT = 1_500;
const SLOWER = 4;

const run = new Run("lighthouse", { settings: AMPLE });
const { house, tally } = run;

/** How much slower this machine is made: one that is busy is slow already. */
let slower = SLOWER;

/** The points of each category, out of 100, and in words what took some away. */
async function look(port, address, seen) {
    const { lhr } = await lighthouse(address, {
        port,
        logLevel: "error",
        onlyCategories: ["performance", "accessibility", "best-practices"],
        throttling: { cpuSlowdownMultiplier: slower },
        // What is on the phone stays there.
        disableStorageReset: seen,
    });
    const index = lhr.environment.benchmarkIndex;
    slower = Math.min(SLOWER, Math.max(1, (SLOWER * index) / INDEX_MEANT));
    return Object.values(lhr.categories).map(({ title, score, auditRefs }) => {
        const audits = auditRefs.map(({ id, weight }) => ({ ...lhr.audits[id], weight }));
        const short = audits.filter((each) => each.score !== null && each.score < 0.9);
        short.sort((a, b) => b.weight - a.weight);
        const why = short.map(({ title, displayValue = "" }) => `${title} ${displayValue}`.trim());
        return { title, points: Math.round(score * 100), why };
    });
}

async function page(what, port, address, seen) {
    let best = [];
    for (let nth = 0; nth < LOOKS_MAX; nth += 1) {
        const heard = await look(port, address, seen);
        best = heard.map((now, at) => (best[at]?.points > now.points ? best[at] : now));
        if (best.every(({ points }) => points >= LEAST)) break;
    }
    for (const { title, points, why } of best) {
        tally.check(`${what}: ${title} ${points}`, points >= LEAST, why.join(" | "));
        if (points >= LEAST && points < 100) console.log(`     ${why.join(" | ")}`);
    }
}

await run.main(async () => {
    await house.open();
    const port = await freePort();
    // The size of the screen is Lighthouse's to choose.
    const bare = { args: [...FLAGS, `--remote-debugging-port=${port}`], viewport: null };
    const sam = await run.phone("sam", { ...bare, hasTouch: undefined });
    const [own, other] = [house.persona("satellite"), house.persona("satellite", 1)];
    await page("an invitation", port, other.link, false);
    await joinBy(sam, own.link);
    await connected(sam.page);
    await installed(sam.page);
    await page("the rooms", port, `${house.base}/`, true);
});
