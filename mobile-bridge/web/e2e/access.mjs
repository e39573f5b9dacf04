// That Roost can be used without a mouse or a finger, with text twice as large, and in a language
// that is written from right to left. What a screen is like to a reader and a thumb, `screens.mjs`
// looks at wherever it takes a picture.

import { wrongWith } from "./axe.mjs";
import { byId, connected, hears, joinBy, LAPTOP, plan, until } from "./house.mjs";
import { Run } from "./run.mjs";

const run = new Run("access");
const { house, tally } = run;

/** More presses than there are stops on any screen. */
const STOPS_MAX = 200;

/** Runs in the page: what has the focus, and whether somebody can see that it has. */
function focused() {
    const one = document.activeElement;
    // Between the last stop and the first lies the browser itself; a heading has the focus for
    // those who hear, and is no stop.
    if (one === document.body || one.tabIndex < 0) return undefined;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return {
        id: one.dataset?.testid ?? "",
        text: one.textContent?.slice(0, 80) ?? "",
        ring: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
        inView: box.bottom > 0 && box.top < innerHeight && box.width > 1 && box.height > 1,
    };
}

/** Presses Tab until this has the focus; every stop on the way must be seen. */
async function tabTo(page, id, text = "") {
    for (let press = 0; press < STOPS_MAX; press += 1) {
        await page.keyboard.press("Tab");
        const now = await page.evaluate(focused);
        if (!now) continue;
        if (!now.ring) throw new Error(`no ring around ${JSON.stringify(now)}`);
        if (!now.inView) throw new Error(`out of view: ${JSON.stringify(now)}`);
        if (now.id === id && now.text.includes(text)) return;
    }
    throw new Error(`Tab never came to ${id} ${text}`);
}

const press = (page, key) => page.keyboard.press(key);

async function byKeyboard(jo) {
    // A keyboard and a mouse lying beside it: Enter sends.
    const sam = await run.phone("keys", { hasTouch: false, viewport: LAPTOP });
    const { page } = sam;
    await tally.step("by keyboard: sign in", async () => {
        await page.goto(house.persona("satellite").link);
        for (const stop of ["step-next", "step-next", "join-button", "step-in"]) {
            await byId(page, stop).waitFor();
            await tabTo(page, stop);
            await press(page, "Enter");
        }
        await connected(page);
    });
    await tally.step("open a room", async () => {
        await tabTo(page, "room-link", "constellation");
        await press(page, "Enter");
        await byId(page, "composer").waitFor();
    });
    await tally.step("write", async () => {
        await tabTo(page, "composer");
        await page.keyboard.type("Written without a mouse.");
        await press(page, "Enter");
        await hears(page, "Written without a mouse.");
        await hears(jo.page, "Written without a mouse.");
    });
    await tally.step("react", async () => {
        await page.evaluate(() => document.querySelector('[data-testid="log"]').focus());
        await tabTo(page, "more");
        await press(page, "Enter");
        await byId(page, "menu").waitFor();
        const inside = await page.evaluate(() => {
            const menu = document.querySelector('[data-testid="menu"]');
            return menu.contains(document.activeElement);
        });
        if (!inside) throw new Error("the focus is not in the menu");
        await tabTo(page, "react");
        await press(page, "Enter");
        await byId(page, "reactions").first().waitFor();
        await byId(page, "menu").waitFor({ state: "detached" });
    });
    await tally.step("reply", async () => {
        await page.evaluate(() => document.querySelector('[data-testid="log"]').focus());
        await tabTo(page, "reply");
        await press(page, "Enter");
        await page.getByText("Replying to").waitFor();
        await tabTo(page, "composer");
        await page.keyboard.type("Answered without a mouse.");
        await press(page, "Enter");
        await hears(jo.page, "Answered without a mouse.");
        const own = byId(jo.page, "entry").filter({ hasText: "Answered without a mouse." });
        await own.locator(".quote").waitFor();
    });
    await tally.step("say that one's home is coming", async () => {
        await plan(jo.page, "Pizza and planning", "Jo's house");
        await byId(jo.page, "planner-save").click();
        await byId(page, "gathering").waitFor();
        for (const stop of ["rsvp-going", "rsvp-heads"]) {
            await tabTo(page, stop);
            await press(page, "Enter");
        }
        await jo.page.getByText("1 person from 1 home").waitFor();
    });
    await tally.step("close a sheet with Escape, and be where one was", async () => {
        await page.evaluate(() => document.querySelector('[data-testid="log"]').focus());
        await tabTo(page, "more");
        await press(page, "Enter");
        await byId(page, "menu").waitFor();
        await press(page, "Escape");
        await byId(page, "menu").waitFor({ state: "detached" });
        await until("the focus is back", async () => (await page.evaluate(focused))?.id === "more");
    });
    await tally.step("leave", async () => {
        await tabTo(page, "nav-you");
        await press(page, "Enter");
        await byId(page, "sign-out").waitFor();
        await tabTo(page, "sign-out");
        await press(page, "Enter");
        await tabTo(page, "sign-out-yes");
        await press(page, "Enter");
        await byId(page, "signed-out").waitFor();
    });
}

/** Text twice as large, on the narrowest phone (WCAG 2.2, 1.4.4 and 1.4.10). */
async function largeText(sam) {
    const { page } = sam;
    await page.setViewportSize({ width: 320, height: 640 });
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await tally.step("with text twice as large, all works and nothing is cut", async () => {
        await fits(page, "the rooms");
        await byId(page, "room-link").first().click();
        await byId(page, "composer").fill("Written large.");
        await fits(page, "the room");
        await byId(page, "send").click();
        await hears(page, "Written large.");
        await byId(page, "back").click();
        await byId(page, "room-link").first().waitFor();
    });
    await page.evaluate(() => (document.documentElement.style.fontSize = ""));
    await page.setViewportSize({ width: 390, height: 844 });
}

async function fits(page, what) {
    const out = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (out > 0) throw new Error(`${what} is ${out} px too wide`);
    const box = await byId(page, "composer").boundingBox({ timeout: 500 }).catch(() => undefined);
    const { height } = page.viewportSize();
    if (box && box.y + box.height > height) throw new Error(`${what}: no place to write`);
}

/** In a language that is written from right to left, everything changes sides. */
async function rightToLeft(sam) {
    const { page } = sam;
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    await tally.step("from right to left, everything changes sides", async () => {
        await fits(page, "the rooms");
        const tile = await page.locator(".tile").first().boundingBox();
        if (tile.x < 195) throw new Error("the sign of a room stays on the left");
        await byId(page, "room-link").first().click();
        await byId(page, "composer").fill("From the other side.");
        await byId(page, "send").click();
        await hears(page, "From the other side.");
        const own = page.locator(".mine .bubble").last();
        const [bubble, send] = [await own.boundingBox(), await byId(page, "send").boundingBox()];
        if (bubble.x > 60) throw new Error(`my words stand at ${bubble.x}`);
        if (send.x > 60) throw new Error(`the button stands at ${send.x}`);
        await fits(page, "the room");
        const wrong = await wrongWith(page);
        if (wrong.length > 0) throw new Error(wrong.join(" | "));
    });
}

/** What a screen reader is told without asking. */
async function told(sam, jo) {
    await tally.step("a new message is told to a screen reader", async () => {
        const log = byId(sam.page, "log");
        const role = await log.getAttribute("role");
        const live = await log.getAttribute("aria-live");
        if (role !== "log" || live !== "polite") throw new Error(`${role}, ${live}`);
        await byId(jo.page, "composer").fill("Can you hear me?");
        await byId(jo.page, "send").click();
        await hears(sam.page, "Can you hear me?");
        const said = await log.innerText();
        if (!said.includes("Can you hear me?")) throw new Error("it is not in the log");
    });
}

await run.main(async () => {
    await house.open();
    const jo = await run.phone("jo");
    await joinBy(jo, house.persona("hub").link);
    await byId(jo.page, "room-link").first().click();
    await byKeyboard(jo);
    const sam = await run.phone("sam");
    await joinBy(sam, house.persona("satellite", 1).link);
    await largeText(sam);
    await rightToLeft(sam);
    await told(sam, jo);
});
