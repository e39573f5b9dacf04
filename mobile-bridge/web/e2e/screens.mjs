// Pictures of every screen, on a phone light and dark and on a laptop, into `screenshots/`: for
// eyes, and for finding out that a screen no longer opens.

import {
    byId,
    connected,
    enter,
    hears,
    joinBy,
    leave,
    menuOf,
    plan,
    say,
    until,
    toTheTap,
    walkIn,
} from "./house.mjs";
import { rowsOf } from "./kept.mjs";
import { picture as take } from "./picture.mjs";
import { Run } from "./run.mjs";

// Chromium says of a link that is none that it failed to load.
const run = new Run("screens", { expected: /^Failed to load resource/ });
const { house, tally } = run;

const picture = (who, name) => take(tally, who, name);
/** What browsers say of themselves, by the way of installing that they need. */
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15";
const AGENTS = {
    iphone: `${IPHONE} (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1`,
    in_app_iphone: `${IPHONE} (KHTML, like Gecko) Mobile/15E148`,
    android: "Mozilla/5.0 (Linux; Android 15; Pixel 8) Chrome/130.0 Mobile Safari/537.36",
    android_firefox: "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
};

async function outside() {
    const stranger = await run.phone("stranger");
    await stranger.page.goto(`${house.base}/join#not-a-token`);
    await byId(stranger.page, "link-unusable").waitFor();
    await picture(stranger, "join-unusable");
    await stranger.page.goto(`${house.base}/`);
    await byId(stranger.page, "need-link").waitFor();
    await picture(stranger, "need-link");
    for (const [name, userAgent] of Object.entries(AGENTS)) {
        const other = await browser(name, userAgent);
        await other.page.goto(`${house.base}/install`);
        await other.page.locator(`[data-way="${name}"]`).waitFor();
        await picture(other, `install-${name}`);
        if (name === "android") await addedFrom(other);
        await other.context.close();
    }

    await insideAnotherApp();
    await keeping();
    const kit = await run.phone("young");
    await joinYoung(kit);
    await picture(kit, "rooms-young");
    // At any hour; `young.mjs` has it open and closed.
    await kit.page.locator('[data-room-kind="peers"]').click();
    await byId(kit.page, "peers").waitFor();
    await pollOfTheYoung(kit);
}

/** A browser that says this of itself. It makes an offer, whatever it says that it is. */
async function browser(name, userAgent) {
    const other = await run.phone(name, { userAgent });
    await other.context.addInitScript(() => {
        const no = (event) => event.stopImmediatePropagation();
        addEventListener("beforeinstallprompt", no, true);
    });
    return other;
}

/** The browser's own word that the app is there. */
async function addedFrom(other) {
    await other.page.evaluate(() => dispatchEvent(new Event("appinstalled")));
    await byId(other.page, "install-steps").waitFor({ state: "detached" });
    await picture(other, "install-added");
}

/** On an iPhone keeping Roost is a step of the way in. */
async function keeping() {
    const dev = await browser("dev", AGENTS.iphone);
    await dev.page.goto(house.persona("satellite", 2).link);
    await toTheTap(dev.page);
    await byId(dev.page, "join-button").click();
    await byId(dev.page, "keep-skip").waitFor();
    await picture(dev, "join-keep");
    await byId(dev.page, "keep-skip").click();
    await byId(dev.page, "step-in").waitFor();
    await picture(dev, "join-in");
    await dev.context.close();
}

/** Whoever opens a link there is led out of it first. */
async function insideAnotherApp() {
    const other = await run.phone("in-app", { userAgent: AGENTS.in_app_iphone });
    await other.page.goto(house.persona("satellite").link);
    await byId(other.page, "in-app").waitFor();
    await picture(other, "join-in-app");
    await byId(other.page, "in-app-copy").click();
    await other.page.getByText("Copied. Now open Safari").waitFor();
    await other.context.close();
}

/** The liaison worker may ask at any hour. */
async function pollOfTheYoung(kit) {
    const priya = await run.phone("liaison");
    await joinBy(priya, house.persona("liaison").link);
    await enter(priya.page, "peers");
    await ask(priya.page, "What shall we do on Saturday?", ["Climbing wall", "Film and popcorn"]);
    await byId(kit.page, "poll").waitFor();
    await picture(kit, "poll-young");
    await picture(priya, "poll-peers");
    const asking = byId(kit.page, "ask-poll");
    if (await asking.isVisible()) {
        await asking.click();
        await picture(kit, "asker-young");
        await kit.page.keyboard.press("Escape");
    }
}

/** Asks the room; `before` looks at the form while it is filled in. */
async function ask(page, question, answers, before = () => undefined) {
    await byId(page, "ask-poll").click();
    await byId(page, "poll-question").fill(question);
    for (const [nth, answer] of answers.entries())
        await byId(page, `poll-answer-${nth}`).fill(answer);
    await before();
    await byId(page, "poll-ask").click();
    await byId(page, "poll").filter({ hasText: question }).last().waitFor();
}

async function joinYoung(kit) {
    await kit.page.goto(house.persona("young").link);
    await toTheTap(kit.page);
    await picture(kit, "join-sees-young");
    await walkIn(kit.page);
    await connected(kit.page);
    await kit.page.locator('[data-room-kind="peers"]').waitFor();
}

async function inside() {
    const sam = await run.phone("satellite");
    const link = house.persona("satellite").link;
    await sam.page.goto(link);
    await byId(sam.page, "step-next").waitFor();
    await picture(sam, "join");
    await byId(sam.page, "step-next").click();
    await picture(sam, "join-name");
    await toTheTap(sam.page);
    await picture(sam, "join-sees");
    await joinBy(sam, link);
    await connected(sam.page);
    await picture(sam, "rooms");
    await byId(sam.page, "nav-people").click();
    await byId(sam.page, "who").first().waitFor();
    await picture(sam, "who-is-who");
    await byId(sam.page, "nav-rooms").click();

    await enter(sam.page, "liaison_line");
    await picture(sam, "room-short");
    await leave(sam.page);

    const jo = await run.phone("hub");
    await joinBy(jo, house.persona("hub").link);
    await enter(jo.page, "circle");
    await enter(sam.page, "circle");
    await say(
        sam.page,
        "Could Kit stay over on Friday? We have a late appointment.\nSorry it is short notice.",
    );
    await hears(jo.page, "Could Kit stay over");
    await answer(jo.page, "Could Kit stay over");
    await picture(jo, "room-replying");
    await say(jo.page, "Of course. The blue room is free.");
    await hears(sam.page, "Of course. The blue room");
    await picture(sam, "room");
    await doings(jo, sam);
    await gathering(jo, sam);
    await poll(jo, sam);
    await search(sam);
    await smallText(sam);
    await lines(jo, sam);
    await waiting(sam);
    await leave(sam.page);
    await picture(sam, "rooms-waiting");
    await house.comeBack();
    await connected(sam.page);
    await signingOut(sam);
}

async function answer(page, text) {
    const entry = page.locator('[data-testid="entry"]').filter({ hasText: text });
    await entry.locator(".bubble").click();
    await entry.locator('[data-testid="reply"]').click();
}

/** What becomes of messages: reactions, other words, pins, confirmations, and removals. */
async function doings(jo, sam) {
    await menuOf(sam.page, "The blue room is free");
    await picture(sam, "menu");
    await byId(sam.page, "react").first().click();
    await jo.page.locator('[data-testid="reactions"]').first().waitFor();
    await menuOf(jo.page, "The blue room is free");
    await byId(jo.page, "menu-edit").click();
    await picture(jo, "room-editing");
    await say(jo.page, "Of course. The green room is free.");
    await hears(sam.page, "The green room is free.");
    const own = await menuOf(jo.page, "The green room is free");
    tally.check("the message says that it was edited", (await own.innerText()).includes("edited"));
    await byId(jo.page, "menu-pin").click();
    await byId(sam.page, "pinned").waitFor();
    await lookBack(sam);
    await oneLine(jo.page);
    await byId(jo.page, "ask-confirm").check();
    await say(jo.page, "The fire brigade comes on Monday at six. Please keep the drive clear.");
    await byId(sam.page, "confirm-button").click();
    await sam.page.getByText("Your home has confirmed.").waitFor();
    await jo.page.locator('[data-testid="confirm"] summary').first().click();
    await picture(jo, "room-confirmed");
    await say(sam.page, "Oh no, this was for my sister");
    await hears(jo.page, "this was for my sister");
    await menuOf(sam.page, "this was for my sister");
    await byId(sam.page, "menu-remove").click();
    await picture(sam, "menu-removing");
    await byId(sam.page, "remove-yes").click();
    await jo.page.getByText("Removed by its author").waitFor();
    await picture(sam, "room-doings");
}

/** What can be started beside a message takes one line; large text breaks and cuts no word. */
async function oneLine(page) {
    const extras = page.locator(".composer-extras");
    const usual = await extras.evaluate(linesOf);
    const level = usual.every(({ top, lines }) => top === usual[0].top && lines === 1);
    tally.check("what can be added stands on one line", level, JSON.stringify(usual));
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    const broken = (await extras.evaluate(linesOf)).filter(({ lines, cut }) => lines > 1 || cut);
    tally.check("and large text breaks no word", broken.length === 0, JSON.stringify(broken));
    await page.evaluate(() => (document.documentElement.style.fontSize = ""));
}

/** Runs in the page: where the text of each child begins, on how many lines; does it fit? */
function linesOf(row) {
    const edge = row.getBoundingClientRect().right + 0.5;
    return [...row.children].map((child) => {
        const text = document.createRange();
        text.selectNodeContents(child.lastChild);
        const { top, bottom, right } = text.getBoundingClientRect();
        const height = parseFloat(getComputedStyle(child).lineHeight);
        const lines = Math.max(1, Math.round((bottom - top) / height));
        return { what: child.textContent, top: Math.round(top), lines, cut: right > edge };
    });
}

/** Sam looks up what Jo said before, by thumb and by keyboard. */
async function lookBack(sam) {
    const { page } = sam;
    const feet = page.locator(".said-time");
    const heights = await feet.evaluateAll((all) => all.map((one) => one.offsetHeight));
    tally.check("no bubble is higher for it", new Set(heights).size === 1, heights.join());
    const word = byId(page, "edited");
    await word.click();
    await byId(page, "version").nth(1).waitFor();
    const [before] = await byId(page, "version").allInnerTexts();
    tally.check("the earlier words stand first", before.includes("The blue room"), before);
    await picture(sam, "versions");
    await page.keyboard.press("Escape");
    const named = page.getByRole("button", { name: "edited, show earlier words" });
    const focused = await named.evaluate((one) => one === document.activeElement);
    tally.check("the focus is back on the word", focused);
    await page.keyboard.press("Enter");
    await byId(page, "versions-close").click();
    await byId(page, "versions").waitFor({ state: "detached" });
}

async function gathering(jo, sam) {
    await plan(jo.page, "Pizza and planning", "Jo's house, in the big kitchen");
    await picture(jo, "planner");
    await byId(jo.page, "planner-save").click();
    await byId(sam.page, "rsvp-going").click();
    await picture(sam, "gathering-heads");
    await byId(sam.page, "rsvp-heads").nth(3).click();
    await jo.page.getByText("4 people from 1 home coming").waitFor();
    await jo.page.locator('[data-testid="gathering"] summary').click();
    await byId(jo.page, "no-answer").scrollIntoViewIfNeeded();
    await picture(jo, "gathering");
    await byId(jo.page, "gathering-cancel").click();
    await picture(jo, "canceller");
    await byId(jo.page, "cancel-yes").click();
    await sam.page.getByText("Called off").first().waitFor();
    await picture(sam, "gathering-off");
}

async function poll(jo, sam) {
    const answers = ["Friday after school", "Saturday, and everybody brings something", "Sunday"];
    await byId(sam.page, "ask-poll").click();
    await picture(sam, "asker-empty");
    await byId(sam.page, "poll-ask").click();
    await picture(sam, "asker-wrong");
    await sam.page.keyboard.press("Escape");
    const look = () => picture(sam, "asker");
    await ask(sam.page, "When shall we meet for the summer barbecue?", answers, look);
    const option = (page, nth) => byId(page, "poll").last().locator(".poll-option").nth(nth);
    await option(jo.page, 1).click();
    await option(sam.page, 1).click();
    await option(sam.page, 1).filter({ hasText: "2 ·" }).waitFor();
    await picture(sam, "poll");
    await option(jo.page, 0).click();
    await option(jo.page, 0).filter({ hasText: "1 ·" }).waitFor();
    await picture(jo, "poll-theirs");
    await byId(sam.page, "poll-close").click();
    await jo.page.getByText("Nobody can answer any more.").waitFor();
    await picture(jo, "poll-closed");
}

/** Whoever sees well still has thumbs. */
async function smallText(sam) {
    const choose = (size) => sam.page.evaluate((size) => {
        document.documentElement.dataset.text = size;
    }, size);
    await choose("small");
    await picture(sam, "room-small-text");
    await choose("usual");
}

async function search(sam) {
    await byId(sam.page, "search-open").click();
    const cut = await sam.page.locator(".bar-room .heading").evaluate((title) => {
        return title.scrollWidth > title.clientWidth || title.scrollHeight > title.clientHeight;
    });
    tally.check("the title of the room is whole while one searches", !cut);
    await byId(sam.page, "search-text").fill("room");
    await byId(sam.page, "search-go").click();
    await byId(sam.page, "find").first().waitFor();
    await picture(sam, "search");
    await byId(sam.page, "search-text").fill("🐦".repeat(101));
    await byId(sam.page, "search-go").click();
    await sam.page.getByText("100 characters fit").waitFor();
    await picture(sam, "search-too-long");
    await byId(sam.page, "search-open").click();
}

/** What is new, how far words have come, and who is writing. */
async function lines(jo, sam) {
    await leave(sam.page);
    await enter(sam.page, "hub_line");
    await say(sam.page, "Could you ring me tonight?");
    await leave(jo.page);
    const line = jo.page
        .locator('[data-testid="room-link"][data-room-kind="hub_line"]')
        .filter({ hasText: "ring me tonight" });
    await line.locator('[data-testid="unread"]').waitFor();
    await picture(jo, "rooms-unread");
    await line.click();
    await byId(jo.page, "composer").waitFor();
    await byId(jo.page, "composer").pressSequentially("At eight?");
    await sam.page.getByText("is writing").waitFor();
    await sam.page
        .locator('[data-testid="receipt"]')
        .last()
        .filter({ hasText: "Read" })
        .waitFor();
    await picture(sam, "line");
    await leave(sam.page);
    await enter(sam.page, "circle");
}

async function waiting(sam) {
    await house.kill();
    await say(sam.page, "Are you still there?");
    await sam.page.locator('[data-testid="draft"][data-state="waiting_signal"]').waitFor();
    await picture(sam, "room-waiting");
    await byId(sam.page, "composer").fill("x".repeat(4_010));
    await picture(sam, "room-too-long");
    await byId(sam.page, "composer").fill("");
}

async function signingOut(sam) {
    await byId(sam.page, "nav-you").click();
    await byId(sam.page, "phone").waitFor();
    await picture(sam, "you");
    await byId(sam.page, "sign-out").click();
    await picture(sam, "sign-out");
    await byId(sam.page, "sign-out-yes").click();
    await byId(sam.page, "signed-out").waitFor();
    await picture(sam, "signed-out");
    await tally.step("signing out left nothing on the phone", () =>
        until("an empty store", async () => (await rowsOf(sam.page)) === 0),
    );
}

await run.main(async () => {
    await house.open();
    await outside();
    await inside();
});
