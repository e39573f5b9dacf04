// To a message far above what a phone holds in memory, once from its disk and once from the server;
// reading on from there, and back to the newest.

import { fill } from "./crowd.mjs";
import { AMPLE, byId, connected, enter, hears, joinBy, say, until } from "./house.mjs";
import { picture } from "./picture.mjs";
import { Run } from "./run.mjs";

const run = new Run("far", { settings: AMPLE });
const { house, tally } = run;

const ENTRIES = 1_200;
/** This one of them is looked for, by a word that no other has. */
const SOUGHT = 60;
const WORD = "kingfisher";
const textOf = (nth) => (nth === SOUGHT ? `We saw a ${WORD}.` : `Message ${nth}.`);

/** Runs in the page: what is drawn of the room, and where the message stands that is sought. */
function seen(word) {
    const log = document.querySelector('[data-testid="log"]').getBoundingClientRect();
    const rows = [...document.querySelectorAll("[data-seq]")];
    const seqs = rows.map((row) => Number(row.dataset.seq));
    const place = rows.find((row) => row.textContent.includes(word))?.getBoundingClientRect();
    return {
        dense: seqs.every((seq, at) => at === 0 || seq === seqs[at - 1] + 1),
        first: seqs[0],
        last: seqs.at(-1),
        top: place && Math.round(place.top),
        inView: place !== undefined && place.top >= log.top && place.bottom <= log.bottom,
    };
}

async function goThere(page, how) {
    await byId(page, "search-open").click();
    await byId(page, "search-text").fill(WORD);
    await byId(page, "search-go").click();
    await byId(page, "find-show").click();
    await byId(page, "search-open").click();
    const there = async () => {
        const now = await page.evaluate(seen, WORD);
        return now.inView && now;
    };
    const now = await until(`the message, ${how}`, there).catch(() => undefined);
    tally.check(`the message that was found stands on the screen, ${how}`, now !== undefined);
    const among = now && now.dense && now.last - now.first > 20 && now.last < ENTRIES / 2;
    tally.check(`among what was said around it, ${how}`, among, JSON.stringify(now));
}

/** Half a screen at a time, as a thumb does; never over a hole. */
async function readOn(page) {
    const { last } = await page.evaluate(seen, WORD);
    let now;
    let holes = 0;
    await until("what was said two hundred messages later", async () => {
        await byId(page, "log").evaluate((log) => log.scrollBy(0, log.clientHeight / 2));
        now = await page.evaluate(seen, WORD);
        holes += now.dense ? 0 : 1;
        return now.last > last + 200;
    });
    tally.check("reading on from there goes over no hole", holes === 0, `${holes}`);
}

/** Runs in the page: what a phone forgets after two weeks is gone from its disk. */
async function forget() {
    const opening = indexedDB.open("roost");
    const db = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
    const doing = db.transaction("entries", "readwrite");
    doing.objectStore("entries").clear();
    await new Promise((resolve) => (doing.oncomplete = resolve));
    db.close();
}

await run.main(async () => {
    await house.open();
    await fill(house, ENTRIES, textOf);
    const phones = await Promise.all([run.phone("sam"), run.phone("jo")]);
    const [sam, jo] = phones;
    await joinBy(sam, house.persona("satellite").link);
    await joinBy(jo, house.persona("hub").link);
    for (const { page } of phones) {
        await connected(page);
        await enter(page, "circle");
    }
    await hears(sam.page, "Message");
    await goThere(sam.page, "from the disk");
    await picture(tally, sam, "room-far");
    const before = await sam.page.evaluate(seen, WORD);
    await say(jo.page, "Meanwhile at the hub.");
    await until("something new is told", async () =>
        (await byId(sam.page, "to-end").innerText()).includes("New"),
    );
    const after = await sam.page.evaluate(seen, WORD);
    tally.check("what comes meanwhile moves nothing", before.top === after.top);
    await readOn(sam.page);
    await byId(sam.page, "to-end").click();
    await hears(sam.page, "Meanwhile at the hub.");
    const { inView } = await sam.page.evaluate(seen, "Meanwhile");
    tally.check("the button leads to the newest", inView);
    await sam.page.evaluate(forget);
    await goThere(sam.page, "from the server");
    await readOn(sam.page);
});
