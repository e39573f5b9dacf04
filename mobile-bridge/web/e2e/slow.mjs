// An old phone at the edge of signal: a network of 400 kbit/s in which every answer takes two
// seconds, and a processor a quarter as fast. Whatever takes long says that it does, nothing says
// so for ever or says what is not known yet, and what is typed meanwhile is sent once.

import { fill } from "./crowd.mjs";
import { AMPLE, byId, connected, enter, hears, joinBy, leave, plan, say, until } from "./house.mjs";
import { Run } from "./run.mjs";

const run = new Run("slow", { settings: AMPLE });
const { house, tally } = run;
let tunnel;

/** What browsers' own tools call slow 3G. */
const LATENCY_MS = 2_000;
const NETWORK = {
    offline: false,
    latency: LATENCY_MS,
    downloadThroughput: 400_000 / 8,
    uploadThroughput: 400_000 / 8,
};
const SLOWER = 4;
const ENTRIES = 200;

/** A tap is answered by something that can be seen within this. */
const SEEN_MS = 1_000;
/** A blank page says its first word within this: the page and its script, one after the other. */
const FIRST_WORD_MS = 12_000;
/** So long may the same words say that something is on its way. */
const WAIT_MAX_MS = 15_000;
/** What takes this long in all has failed a person who stands in a hallway with a child. */
const DONE_MS = 25_000;

/** What is not so in a circle of two hundred messages, however few of them are here yet. */
const UNTRUE = ["Nothing has been said here yet", "Nothing here yet", "You are not in any rooms"];

/** The longest that each of these stood on the screen, ms. */
const stood = new Map();
const untrue = new Set();

/** Runs in each page from its first line on: which words of waiting stand there, and how long. */
function watch(lies) {
    const since = new Map();
    const look = () => {
        const now = performance.now();
        const texts = document.body?.innerText.split("\n").map((line) => line.trim()) ?? [];
        // Words of waiting end like that; what somebody wrote is no such word.
        const waits = texts.filter((text) => /^[A-Z][^“”]{2,60}…$/.test(text));
        for (const words of since.keys()) if (!waits.includes(words)) since.delete(words);
        for (const words of waits) {
            if (!since.has(words)) since.set(words, now);
            window.stands?.(words, now - since.get(words));
        }
        if (!texts.some(Boolean)) window.stands?.("(nothing)", now);
        for (const lie of lies) if (texts.some((text) => text.includes(lie))) window.lied?.(lie);
    };
    setInterval(look, 100);
}

async function slowed(who) {
    await who.context.exposeFunction("stands", (words, ms) => {
        stood.set(words, Math.max(ms, stood.get(words) ?? 0));
    });
    await who.context.exposeFunction("lied", (words) => untrue.add(words));
    await who.context.addInitScript(watch, UNTRUE);
    const devtools = await who.context.newCDPSession(who.page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", NETWORK);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
}

/** Does it, and says how long it took. */
async function timed(what, most_ms, act) {
    const began = Date.now();
    await tally.step(`${what} within ${most_ms} ms`, async () => {
        await act();
        const took = Date.now() - began;
        console.log(`     ${what}: ${took} ms`);
        if (took > most_ms) throw new Error(`it took ${took} ms`);
    });
}

async function signsIn({ page }) {
    await timed("Sam's link opens", DONE_MS, async () => {
        const link = tunnel.through(house.persona("satellite").link);
        await page.goto(link, { waitUntil: "commit" });
        await byId(page, "step-next").waitFor();
    });
    await byId(page, "step-next").click();
    await byId(page, "step-next").click();
    await byId(page, "join-button").click();
    await timed("the tap is answered", SEEN_MS, () => page.getByText("Starting…").waitFor());
    await timed("he is in", DONE_MS, async () => {
        await byId(page, "step-in").click();
        await byId(page, "room-link").first().waitFor();
    });
}

async function reads({ page }) {
    await timed("the circle is there, to its end", DONE_MS, async () => {
        await enter(page, "circle");
        await hears(page, `Message ${ENTRIES - 1}.`);
    });
    await connected(page);
}

async function writes({ page }, jo) {
    await say(page, "We are late, sorry.");
    const draft = byId(page, "draft").filter({ hasText: "We are late, sorry." });
    const sending = draft.filter({ hasText: "Sending…" });
    await timed("his words stand there", SEEN_MS, () => sending.waitFor());
    await timed("and arrive", DONE_MS, () => hears(jo.page, "We are late, sorry."));
    await timed("which he is told", DONE_MS, () => draft.waitFor({ state: "detached" }));
}

async function answers({ page }, jo) {
    await plan(jo.page, "Pizza and planning", "Jo's house");
    await byId(jo.page, "planner-save").click();
    await byId(page, "rsvp-going").last().waitFor();
    await byId(page, "rsvp-going").last().click();
    await byId(page, "rsvp-heads").nth(1).click();
    await timed("his answer is on its way", SEEN_MS, () =>
        page.getByText("Your answer is on its way.").waitFor(),
    );
    await timed("and counts", DONE_MS, () => jo.page.getByText("2 people from 1 home").waitFor());
}

async function goesElsewhere({ page }) {
    await leave(page);
    await timed("another room opens", SEEN_MS, () => enter(page, "hub_line"));
    await leave(page);
    await byId(page, "nav-people").click();
    await timed("who is who", DONE_MS, () => byId(page, "who").first().waitFor());
    await byId(page, "nav-rooms").click();
}

/** Types while the page still loads, as one does who has been told nothing. */
async function typesAhead({ page }, jo) {
    await enter(page, "circle");
    await byId(page, "composer").fill("Is the");
    await until("what was typed is kept", () =>
        page.evaluate(async () => {
            const db = await new Promise((resolve) => {
                const asking = indexedDB.open("roost");
                asking.onsuccess = () => resolve(asking.result);
            });
            const asking = db.transaction("typed").objectStore("typed").getAll();
            const rows = await new Promise((resolve) => {
                asking.onsuccess = () => resolve(asking.result);
            });
            db.close();
            return rows.some(({ text }) => text === "Is the");
        }),
    );
    await page.reload({ waitUntil: "commit" });
    await timed("the page is back, with what was typed", DONE_MS, () =>
        until("the words", async () => (await byId(page, "composer").inputValue()) === "Is the"),
    );
    const state = await byId(page, "connection").getAttribute("data-state");
    tally.check("it is written on before there is a connection", state !== "connected", state);
    await byId(page, "composer").pressSequentially(" door open?");
    await byId(page, "send").click();
    const draft = byId(page, "draft").filter({ hasText: "Is the door open?" });
    await timed("what was sent stands there", SEEN_MS, () => draft.waitFor());
    await timed("and arrives", DONE_MS, () => hears(jo.page, "Is the door open?"));
    await connected(page);
    await draft.waitFor({ state: "detached" });
    for (const each of [page, jo.page]) {
        const heard = byId(each, "entry").filter({ hasText: "Is the door open?" });
        tally.check("it stands there once", (await heard.count()) === 1, `${await heard.count()}`);
    }
}

await run.main(async () => {
    await house.open();
    tunnel = await run.tunnel();
    tunnel.late_ms = LATENCY_MS / 2;
    await fill(house, ENTRIES, (nth) => `Message ${nth}. And some more of it.`);
    const jo = await run.phone("jo");
    await joinBy(jo, house.persona("hub").link);
    await enter(jo.page, "circle");
    const sam = await run.phone("sam");
    await slowed(sam);
    await signsIn(sam);
    await reads(sam);
    await writes(sam, jo);
    await answers(sam, jo);
    await goesElsewhere(sam);
    await typesAhead(sam, jo);
    const said = [...stood].map(([words, ms]) => `${words} ${Math.round(ms)} ms`);
    console.log(`     what stood on the screen: ${said.join(" | ")}`);
    const blank = stood.get("(nothing)") ?? 0;
    tally.check("no page is blank for long", blank <= FIRST_WORD_MS, `${blank} ms`);
    stood.delete("(nothing)");
    const long = [...stood].filter(([, ms]) => ms > WAIT_MAX_MS);
    tally.check("nothing says for long that it is on its way", long.length === 0, long.join(" | "));
    tally.check("waiting was seen and said", stood.size >= 3, said.join());
    tally.check("nothing was said that is not so", untrue.size === 0, [...untrue].join(" | "));
});
