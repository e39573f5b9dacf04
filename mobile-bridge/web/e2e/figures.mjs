// How small and how quick the app is, in figures: what a first visit loads, how soon it can be used
// from the phone, and how a room of ten thousand messages scrolls. Fails when a figure is missed, a
// time when it is by more than this machine's moods explain.

import { fill } from "./crowd.mjs";
import { AMPLE, byId, connected, enter, joinBy, until } from "./house.mjs";
import { rowsOf } from "./kept.mjs";
import { Run } from "./run.mjs";

const run = new Run("figures", { settings: AMPLE });
const { house, tally } = run;

const ENTRIES = 10_000;
/** The app is opened so many times; as long as it was never quick enough, so many. */
const TIMES = 5;
const TIMES_MAX = 15;
/** Machines that are shared are slow for moments: beyond this factor of a time it is no mood. */
const MOOD = 1.5;

function figure(what, value, unit, most) {
    tally.check(told(what, value, unit, most), value <= most, "is more");
}

function time(what, ms, most_ms) {
    const said = told(what, ms, "ms", most_ms);
    tally.check(said, ms <= most_ms * MOOD, `is more than ${MOOD} times that`);
    if (ms > most_ms && ms <= most_ms * MOOD) console.log(`     missed by a mood: ${what}`);
}

function told(what, value, unit, most) {
    return `${what}: ${Math.round(value * 10) / 10} ${unit} (at most ${most})`;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** What came over the wire before the page of a link ran, as its browser counted it. */
async function firstLoad({ page }) {
    await page.goto(`${house.base}/join`);
    await page.locator("main").waitFor();
    const scripts = await page.evaluate(scriptsLoaded);
    const plain = scripts.filter(({ came, is }) => came >= is).map(({ name }) => name);
    tally.check("each script comes compressed", plain.length === 0, plain.join(" "));
    const named = await page.locator("script[src], link[rel=modulepreload]").count();
    tally.check("none is left out", scripts.length >= named, `${scripts.length} of ${named}`);
    const bytes = scripts.reduce((sum, { came }) => sum + came, 0);
    figure("script of a first load, compressed", bytes / 1_024, "KiB", 60);
}

/** Runs in the page. */
function scriptsLoaded() {
    const loaded = performance.getEntriesByType("resource");
    const scripts = loaded.filter(({ name }) => name.endsWith(".js"));
    return scripts.map(({ name, encodedBodySize, decodedBodySize }) => {
        return { name, came: encodedBodySize, is: decodedBodySize };
    });
}

/** Runs in each page from its first line on: when it could be used, and what held it up. */
const watch = () => {
    window.seen = { usable: undefined, shift: 0 };
    const usable = () => {
        if (document.querySelector('[data-testid="room-link"]')) {
            window.seen.usable ??= performance.now();
        }
    };
    new MutationObserver(usable).observe(document, { subtree: true, childList: true });
    const observe = (type, take) =>
        new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
            type,
            buffered: true,
        });
    observe("layout-shift", (one) => (window.seen.shift += one.hadRecentInput ? 0 : one.value));
};

async function opened(who) {
    await who.page.close();
    who.page = await who.context.newPage();
    if (who.slow) {
        const devtools = await who.context.newCDPSession(who.page);
        await devtools.send("Emulation.setCPUThrottlingRate", { rate: who.slow });
    }
    await who.page.goto(`${house.base}/`);
    await byId(who.page, "room-link").first().waitFor();
    await connected(who.page);
    return who.page.evaluate(() => window.seen);
}

async function opening(sam, slow, most) {
    sam.slow = slow;
    const all = [];
    const best = () => Math.min(...all.map((one) => one.usable));
    while (all.length < TIMES || (best() > most && all.length < TIMES_MAX))
        all.push(await opened(sam));
    sam.slow = undefined;
    const how = slow ? `, ${slow} times slower` : "";
    // The best of them is what the app can do; how much slower the others are is the machine's.
    time(`usable from the phone${how}`, best(), most);
    if (!slow) figure("layout shift", Math.max(...all.map((one) => one.shift)), "", 0.1);
}

/** Runs in the page: half a screen up, and what that led to. */
async function halfUp() {
    const log = document.querySelector('[data-testid="log"]');
    log.scrollBy(0, -log.clientHeight / 2);
    for (let frame = 0; frame < 2; frame += 1) {
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    }
    const rows = document.querySelectorAll("[data-seq]");
    return { lowest: Number(rows[0].dataset.seq), drawn: rows.length };
}

/**
 * The work of half a screen, in the page's own thread: an upper bound of its longest task that does
 * not count the time in which others had the processor.
 */
async function scrolling(sam) {
    await opened(sam);
    await enter(sam.page, "circle");
    await until("the room stands", () => byId(sam.page, "entry").nth(50).isVisible());
    const devtools = await sam.context.newCDPSession(sam.page);
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    const worked_ms = async () => {
        const { metrics } = await devtools.send("Performance.getMetrics");
        return metrics.find(({ name }) => name === "TaskDuration").value * 1_000;
    };
    const first = await sam.page.evaluate(halfUp);
    const work = [];
    let last = first;
    for (let nth = 0; nth < 200; nth += 1) {
        const before = await worked_ms();
        last = await sam.page.evaluate(halfUp);
        work.push((await worked_ms()) - before);
    }
    const gone = first.lowest - last.lowest;
    // Beyond what is in memory, so that some came from the disk.
    tally.check("scrolling goes up through the room", gone > 500, `${gone} messages`);
    figure("messages drawn at once", last.drawn, "", 100);
    time("most work for half a screen", Math.max(...work), 50);
    time("usual work for half a screen", median(work), 10);
}

async function main() {
    await house.open();
    const began = Date.now();
    const more = (nth) => "And some more of it. ".repeat(nth % 5);
    await fill(house, ENTRIES, (nth) => `Message ${nth}. ${more(nth)}`);
    console.log(`     ${ENTRIES} messages were written in ${Date.now() - began} ms`);
    const sam = await run.phone("sam");
    await firstLoad(sam);
    await sam.context.addInitScript(watch);
    await joinBy(sam, house.persona("satellite").link);
    await connected(sam.page);
    const circle = sam.page.locator('[data-room-kind="circle"]');
    await circle.locator('[data-testid="unread"]').filter({ hasText: "99+" }).waitFor();
    tally.check("ten thousand unread are said to be many", true);
    const all = async () => (await rowsOf(sam.page, "entries")) >= ENTRIES;
    await until("all of it is on the phone", all, 60_000);
    await opening(sam, undefined, 300);
    await opening(sam, 4, 1_200);
    await scrolling(sam);
}

await run.main(main);
