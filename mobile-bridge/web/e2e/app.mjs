// The installed app on bad days: no network, a new build, a server of another version, a sign-in
// that was ended while the phone was off, a clock that is wrong, storage that is refused or full.

import { AMPLE, byId, connected, DAY_MS, enter, hears, joinBy } from "./house.mjs";
import { reopen, say, until, wrongBy } from "./house.mjs";
import { deviceOf, installed, rowsOf } from "./kept.mjs";
import { picture } from "./picture.mjs";
import { Run } from "./run.mjs";

const run = new Run("app", { settings: AMPLE });
const { house, tally } = run;
let tunnel;

async function newPhone(name, link, prepare = () => undefined) {
    const made = await run.phone(name);
    await prepare(made.context);
    if (link) await joinBy(made, tunnel.through(link));
    return made;
}

const composerSays = (page) => byId(page, "composer").inputValue();
const buildOf = (page) => page.locator('meta[name="roost-build"]').getAttribute("content");

function hide(page) {
    return page.evaluate(() => {
        const hidden = { get: () => "hidden", configurable: true };
        Object.defineProperty(document, "visibilityState", hidden);
        document.dispatchEvent(new Event("visibilitychange"));
    });
}

/** The browser's own opinion of whether this can be kept as an app. */
async function installable({ page }) {
    const devtools = await page.context().newCDPSession(page);
    const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
    const errors = installabilityErrors.map(({ errorId }) => errorId);
    tally.check("the browser would install it", errors.length === 0, errors.join());
    const manifest = await (await fetch(`${house.base}/app.webmanifest`)).json();
    for (const { src, sizes, type } of manifest.icons) {
        const answer = await fetch(house.base + src);
        const bytes = Buffer.from(await answer.arrayBuffer());
        const isPng = type === "image/png";
        // RFC 2083 § 4.1.1: width and height stand at byte 16.
        const size = isPng ? `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}` : "any";
        const kind = answer.headers.get("content-type");
        tally.check(`${src} is what it says`, size === sizes && kind === type, `${size} ${kind}`);
    }
    const kept = { "/sw.js": "no-cache", "/": "no-cache", "/app.webmanifest": "no-cache" };
    const page_text = await (await fetch(house.base)).text();
    kept[/src="(\/assets\/[^"]+)"/.exec(page_text)[1]] = "public, max-age=31536000, immutable";
    for (const [path, expected] of Object.entries(kept)) {
        const said = (await fetch(house.base + path)).headers.get("cache-control");
        tally.check(`${path} is kept as it should be`, said === expected, said);
    }
}

async function offline(sam, jo) {
    await enter(sam.page, "circle");
    await say(jo.page, "Soup is on at six.");
    await hears(sam.page, "Soup is on at six.");
    tunnel.set("cut");
    await tally.step("the app opens without a network and shows what was seen", async () => {
        await reopen(sam);
        await enter(sam.page, "circle");
        await hears(sam.page, "Soup is on at six.", 5_000);
    });
    await tally.step("what was half written is there when the phone ended the app", async () => {
        await byId(sam.page, "composer").fill("We will bring the");
        await until("kept", () => rowsOf(sam.page, "typed"));
        await reopen(sam);
        await enter(sam.page, "circle");
        const text = await composerSays(sam.page);
        if (text !== "We will bring the") throw new Error(text);
    });
    await tally.step("and what is sent in the dark goes out once there is light", async () => {
        await say(sam.page, "We will bring the bread.");
        await reopen(sam);
        tunnel.set("open");
        await connected(sam.page);
        await hears(jo.page, "We will bring the bread.");
        await enter(sam.page, "circle");
    });
}

async function hanging(sam) {
    tunnel.set("hang");
    await tally.step("a network that swallows everything does not keep the app shut", async () => {
        await reopen(sam);
        await byId(sam.page, "room-link").first().waitFor({ timeout: 4_000 });
    });
    tunnel.set("open");
    await sam.page.evaluate(() => dispatchEvent(new Event("online")));
    await connected(sam.page);
}

/** Some phones open a database only after seconds, or never. */
async function silentDisk(sam) {
    const page = await sam.context.newPage();
    await page.addInitScript(() => (IDBFactory.prototype.open = () => ({})));
    await page.goto(`${tunnel.base}/`);
    await tally.step("while the disk says nothing, the page says that it is opening", async () => {
        await byId(page, "opening").waitFor({ timeout: 3_000 });
    });
    await page.close();
}

async function newBuild(sam, jo) {
    await reopen(sam);
    await installed(sam.page);
    const second = await sam.context.newPage();
    await second.goto(`${tunnel.base}/`);
    const tabs = [sam.page, second];
    await enter(sam.page, "circle");
    await byId(sam.page, "composer").fill("in the middle of a");
    const next = tunnel.renew();
    await taken(sam, next);
    tally.check(
        "nothing is loaded anew under the eyes of somebody",
        (await buildOf(sam.page)) === tunnel.build,
    );
    await tally.step("both tabs change to the new build when nobody looks", async () => {
        for (const tab of tabs) {
            await hide(tab);
            await until("the new build", async () => (await buildOf(tab)) === next);
        }
    });
    await tally.step("and what was being typed came along", async () => {
        await until("the words", async () => {
            return (await composerSays(sam.page)) === "in the middle of a";
        });
        await byId(sam.page, "composer").fill("");
    });
    await second.close();
    await connected(sam.page);
    await planning(jo, await looking(sam));
}

/** A window that nobody turns away from; answers with the build it has in the end. */
async function looking(sam) {
    const next = tunnel.renew();
    const typing = byId(sam.page, "composer").pressSequentially("we are on our", { delay: 300 });
    await taken(sam, next);
    const early = await byId(sam.page, "newer").count();
    await typing;
    tally.check("nobody is asked in the middle of a word", early === 0, `${early}`);
    const places = () =>
        sam.page.evaluate(() => {
            const all = document.querySelectorAll('[data-testid="entry"], textarea, button');
            const old = [...all].filter((each) => !each.closest('[data-testid="newer"]'));
            return JSON.stringify(old.map((each) => each.getBoundingClientRect()));
        });
    // Above the end, where nothing holds the words in their place but that there is room for them.
    await byId(sam.page, "log").evaluate((log) => log.scrollBy(0, -150));
    const before = await places();
    const use = byId(sam.page, "newer-use").filter({ visible: true });
    await tally.step("who looks on is offered the new build, and nothing moves", async () => {
        await use.waitFor({ timeout: 40_000 });
        const { height } = await use.boundingBox();
        if (height < 44) throw new Error(`${height} px`);
        if ((await places()) !== before) throw new Error("something moved");
        if ((await buildOf(sam.page)) === next) throw new Error("it was loaded by itself");
    });
    await picture(tally, sam, "newer");
    await tally.step("and takes it by one tap, with what was being written", async () => {
        await use.click();
        await until("the new build", async () => (await buildOf(sam.page)) === next);
        await until("the words", async () => (await composerSays(sam.page)) === "we are on our");
        await byId(sam.page, "composer").fill("");
        await connected(sam.page);
    });
    return next;
}

/** The new worker stands alone. */
async function taken({ page }, next) {
    await page.evaluate(() => navigator.serviceWorker.ready.then((stands) => stands.update()));
    const cached = () => page.evaluate(() => caches.keys());
    await until("the new worker", async () => `${await cached()}` === `roost-${next}`);
}

async function planning(jo, next) {
    await byId(jo.page, "plan-gathering").click();
    await byId(jo.page, "plan-title").fill("Soup in the garden");
    await taken(jo, next);
    await tally.step("Jo looks at her calendar, and her plan is still there", async () => {
        await hide(jo.page);
        // By then the page would be on its way.
        await rowsOf(jo.page);
        const title = await byId(jo.page, "plan-title").inputValue();
        if (title !== "Soup in the garden") throw new Error(title);
    });
    await tally.step("and the new build comes once she is done", async () => {
        await jo.page.keyboard.press("Escape");
        await byId(jo.page, "planner").waitFor({ state: "detached" });
        await hide(jo.page);
        await until("the new build", async () => (await buildOf(jo.page)) === next);
    });
}

async function otherVersion(sam) {
    await enter(sam.page, "circle").catch(() => undefined);
    await byId(sam.page, "composer").fill("not lost");
    let loads = 0;
    sam.page.on("domcontentloaded", () => (loads += 1));
    tunnel.outdated = true;
    tunnel.set("open");
    await tally.step("a server of another version: one try anew, then it is said", async () => {
        await byId(sam.page, "outdated").waitFor();
    });
    await picture(tally, sam, "outdated");
    // It must not be loaded at any of the next goodbyes either.
    await until("two more tries", countGoodbyes(2));
    tally.check("the page was loaded anew once, and never in a loop", loads === 1, `${loads}`);
    const text = await composerSays(sam.page);
    tally.check("what was typed is still there", text === "not lost", text);
    tunnel.outdated = false;
    await tally.step("and all is well when the server is", async () => {
        await connected(sam.page);
        await byId(sam.page, "outdated").waitFor({ state: "detached" });
    });
    await byId(sam.page, "composer").fill("");
}

function countGoodbyes(more) {
    const before = tunnel.goodbyes;
    return async () => tunnel.goodbyes >= before + more;
}

async function clocks(jo) {
    let nth = 1;
    for (const [what, off] of [["a day ahead", DAY_MS], ["a day behind", -DAY_MS]]) {
        const persona = house.persona("satellite", nth);
        nth += 1;
        await tally.step(`a clock that is ${what} harms nothing`, async () => {
            const who = await newPhone(`clock${nth}`, persona.link, wrongBy(off));
            await connected(who.page);
            await enter(who.page, "circle");
            await say(who.page, `My clock is ${what}.`);
            await hears(jo.page, `My clock is ${what}.`);
            await hears(who.page, `My clock is ${what}.`);
            await byId(who.page, "search-open").click();
            await byId(who.page, "search-text").fill("clock");
            await byId(who.page, "search-go").click();
            await byId(who.page, "find").first().waitFor();
        });
    }
}

async function threeMonths() {
    const persona = house.persona("satellite", 3);
    const who = await newPhone("away", persona.link);
    await enter(who.page, "circle");
    await connected(who.page);
    await hears(who.page, "Soup is on at six.");
    await installed(who.page);
    await wrongBy(90 * DAY_MS)(who.context);
    tunnel.set("cut");
    await tally.step("after three months nothing old is on the phone, and it says so", async () => {
        await reopen(who);
        await byId(who.page, "room-link").first().waitFor();
        await who.page.getByText("Nothing in the last two weeks").first().waitFor();
        await enter(who.page, "circle");
        await who.page.getByText("need signal").waitFor();
    });
    tunnel.set("open");
    await tally.step("and with signal the room is whole again", async () => {
        await connected(who.page);
        await hears(who.page, "Soup is on at six.");
    });
    return who;
}

async function refusedStorage(jo) {
    const refuse = (context) =>
        context.addInitScript(() => {
            const no = () => {
                throw new DOMException("no", "SecurityError");
            };
            for (const name of ["indexedDB", "sessionStorage", "localStorage"])
                Object.defineProperty(window, name, { get: no });
        });
    await tally.step("where storage is refused, it says so and works", async () => {
        const who = await newPhone("private", house.persona("satellite", 4).link, refuse);
        await byId(who.page, "memory").waitFor();
        await picture(tally, who, "nothing-kept");
        await enter(who.page, "circle");
        await say(who.page, "From a private window.");
        await hears(jo.page, "From a private window.");
    });
    await tally.step("where storage is full, it says so and loses no words", async () => {
        const who = await newPhone("full", house.persona("satellite", 5).link);
        await connected(who.page);
        await enter(who.page, "circle");
        await who.page.evaluate(() => {
            IDBObjectStore.prototype.put = () => {
                throw new DOMException("full", "QuotaExceededError");
            };
        });
        await say(who.page, "The phone is full.");
        await byId(who.page, "memory").waitFor();
        await picture(tally, who, "nothing-kept");
        await hears(jo.page, "The phone is full.");
    });
}

/**
 * T27: signed out from afar while the phone was off. `clears`: the browser does what the server
 * says of its storage; where it does not, the app itself must.
 */
async function lost(who, clears) {
    await reopen(who);
    await installed(who.page);
    await connected(who.page);
    const device = await deviceOf(who.page);
    await who.page.close();
    house.admin("end-device", device);
    await who.context.addInitScript(() => {
        const kept = '[data-testid="room-link"], [data-testid="entry"], [data-testid="composer"]';
        const look = () => (window.sawKept ||= document.querySelector(kept) !== null);
        new MutationObserver(look).observe(document, { subtree: true, childList: true });
    });
    tunnel.without = clears ? "" : "clear-site-data";
    const how = clears ? "and the browser clears it" : "also where only the app clears it";
    await tally.step(`a phone signed out while off shows nothing even once, ${how}`, async () => {
        who.page = await who.context.newPage();
        const told = who.page.waitForResponse("**/api/session/refresh");
        await who.page.goto(`${tunnel.base}/`);
        const header = await (await told).headerValue("clear-site-data");
        await byId(who.page, "signed-out").waitFor();
        if (await who.page.evaluate(() => window.sawKept)) throw new Error("it was shown");
        if (header !== (clears ? '"storage"' : null)) throw new Error(`it is told: ${header}`);
    });
    // The browser tells of the one refusal that this is about.
    const about = who.complaints.findIndex((text) => text.includes("status of 401"));
    if (about >= 0) who.complaints.splice(about, 1);
    const left = await rowsOf(who.page);
    tally.check("and keeps nothing", left === 0, `${left} rows`);
}

async function main() {
    await house.open();
    tunnel = await run.tunnel();
    const jo = await newPhone("jo", house.persona("hub").link);
    await enter(jo.page, "circle");
    const sam = await newPhone("sam", house.persona("satellite").link);
    await connected(sam.page);
    for (const who of [jo, sam]) await installed(who.page);
    await installable(sam);
    await offline(sam, jo);
    await hanging(sam);
    await silentDisk(sam);
    await newBuild(sam, jo);
    await otherVersion(sam);
    await clocks(jo);
    const away = await threeMonths();
    await refusedStorage(jo);
    await lost(sam, true);
    await lost(away, false);
}

await run.main(main);
