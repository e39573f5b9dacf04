// Two hundred ways of making a page run what somebody wrote, as messages and as addresses: each
// stands there as it was written, none runs, and the browser has nothing to report of the policy
// (T25), which it would tell the server. `fields.mjs` does the same in every other field.

import { AMPLE, byId, connected, enter, hears, joinBy, until } from "./house.mjs";
import { Run } from "./run.mjs";
import { harmAt, PAYLOADS, REFUSED, watch } from "./ways.mjs";

/** In the end one is made on purpose, and the browser says so. */
const TRIED = /requires 'TrustedHTML' assignment/;
const expected = new RegExp(`${REFUSED.source}|${TRIED.source}`);

const run = new Run("payloads", { settings: AMPLE, expected });
const { house, tally } = run;
/** What the browsers told the server. */
let reports = 0;

async function nothingRan(who, what) {
    const harm = await harmAt(who);
    tally.check(`${what}: nothing ran at ${who.name}'s`, harm.length === 0, harm.join(" | "));
}

/** As many as one message takes, so that two hundred are read and drawn in a few. */
async function asMessages(sam, jo) {
    const each = 25;
    for (let from = 0; from < PAYLOADS.length; from += each) {
        const text = PAYLOADS.slice(from, from + each).join("\n").replaceAll("\u2028", " ");
        await byId(sam.page, "composer").fill(text);
        await byId(sam.page, "send").click();
    }
    await byId(sam.page, "composer").fill("That was the last.");
    await byId(sam.page, "send").click();
    await hears(jo.page, "That was the last.");
    await nothingRan(sam, "as messages");
    await nothingRan(jo, "as messages");
    const drawn = await jo.page.locator(".message-text").allInnerTexts();
    const all = drawn.join("\n");
    const said = PAYLOADS.filter((text) => !text.includes("\u2028"));
    const missing = said.filter((text) => !all.includes(text.trim()));
    const first = JSON.stringify(missing[0] ?? "");
    tally.check("each stands there as it was written", missing.length === 0, first);
}

/** In the addresses of the page, which anybody can make and send. */
async function inAddresses(sam) {
    const { page } = sam;
    for (const text of PAYLOADS.slice(0, 50)) {
        for (const path of ["/join#", "/#/room/", "/#"]) {
            const address = `${house.base}${path}${encodeURIComponent(text)}`;
            await page.evaluate((to) => {
                history.pushState(null, "", to);
                dispatchEvent(new PopStateEvent("popstate"));
            }, address);
        }
    }
    await nothingRan(sam, "in addresses");
}

/** That a script which did get in would be stopped, and that this would be seen here. */
async function wouldBeSeen(jo) {
    const stopped = await jo.page.evaluate(() => {
        try {
            document.createElement("div").innerHTML = "<b>markup</b>";
            return false;
        } catch {
            return true;
        }
    });
    const seen = () => jo.page.evaluate(() => window.found.join());
    const reported = await until("a report", seen, 2_000).catch(() => "");
    const named = reported.includes("require-trusted-types-for");
    tally.check("text does not become markup, and trying is reported", stopped && named, reported);
    const sent = async () => reports > 0;
    const came = await until("a report to the server", sent, 5_000).catch(() => false);
    tally.check("to the server too", came);
}

await run.main(async () => {
    await house.open();
    const phones = await Promise.all([run.phone("sam"), run.phone("jo")]);
    const [sam, jo] = phones;
    for (const { context } of phones) {
        await context.addInitScript(watch);
        context.on("request", (sent) => (reports += sent.url().endsWith("/api/csp-reports")));
    }
    await joinBy(sam, house.persona("satellite").link);
    await joinBy(jo, house.persona("hub").link);
    for (const { page } of phones) {
        await connected(page);
        await enter(page, "circle");
    }
    tally.check("there are two hundred", PAYLOADS.length >= 200, `${PAYLOADS.length}`);
    await asMessages(sam, jo);
    await inAddresses(sam);
    tally.check("two hundred payloads, and no report came", reports === 0, `${reports}`);
    await wouldBeSeen(jo);
});
