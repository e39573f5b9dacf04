// What is on today, answered above the rooms; a room that is muted; what a person sets for
// themselves. In real browsers, with pictures of each screen.

import { byId, connected, enter, joinBy, LAPTOP, leave, say, until, walkIn } from "./house.mjs";
import { picture as take } from "./picture.mjs";
import { Run } from "./run.mjs";

// Kit's quiet hours are refused, and Sam's server dies: the browser notes both.
const run = new Run("today", { expected: /status of 422|ERR_CONNECTION_RE(FUSED|SET)/ });
const { house, tally } = run;

const picture = (who, name) => take(tally, who, name);
const toTheEnd = ({ page }) =>
    page.locator(".scroll").evaluate((list) => (list.scrollTop = list.scrollHeight));
const gone = async (page, id) => (await byId(page, id).count()) === 0;

/** Jo asks every home to confirm something, and plans a gathering. */
async function plan(jo) {
    await enter(jo.page, "circle");
    await byId(jo.page, "ask-confirm").check();
    await say(jo.page, "The fire brigade comes on Monday at six. Please keep the drive clear.");
    await byId(jo.page, "plan-gathering").click();
    await byId(jo.page, "plan-title").fill("Pizza and planning");
    const day = new Date(Date.now() + 6 * 24 * 3_600_000).toISOString().slice(0, 10);
    await byId(jo.page, "plan-starts").fill(`${day}T16:00`);
    await byId(jo.page, "plan-place").fill("Jo's house, in the big kitchen");
    await byId(jo.page, "planner-save").click();
    await leave(jo.page);
}

/** Sam answers both without leaving his rooms. */
async function answer(sam, jo) {
    await byId(sam.page, "today-gathering").waitFor();
    await picture(sam, "today");
    await byId(sam.page, "rsvp-going").click();
    await byId(sam.page, "rsvp-heads").nth(2).press("Enter");
    await sam.page.getByText("Your home: Coming (3)").waitFor();
    tally.check("the focus stays with the gathering", await holds(sam, "today-gathering"));
    await byId(sam.page, "today-confirm").press("Enter");
    await until("the notice is confirmed", () => gone(sam.page, "today-notice"));
    tally.check("the focus goes on to the gathering", await holds(sam, "today-gathering"));
    await picture(sam, "today-answered");
    const missing = byId(jo.page, "today-missing");
    await until("Jo sees that the Okafors have answered", async () => {
        const said = await missing.allInnerTexts();
        return said.length === 2 && said.every((text) => !text.includes("The Okafors"));
    });
    await picture(jo, "today-hub");
}

/** What it tells of is opened at its place, not only in its room. */
async function open(sam, jo) {
    await enter(jo.page, "circle");
    for (let n = 0; n < 12; n += 1) await say(jo.page, `And one more thing, number ${n}`);
    await leave(jo.page);
    await byId(sam.page, "today-gathering").getByTestId("today-room").click();
    const planned = sam.page.locator('[data-testid="entry"][data-kind="gathering"]').last();
    await until("the gathering is in sight", () => planned.evaluate(inSight));
    await picture(sam, "today-opened");
    await leave(sam.page);
}

/** Runs in the page. */
function inSight(entry) {
    const { top, bottom } = entry.getBoundingClientRect();
    const list = entry.closest(".scroll").getBoundingClientRect();
    return top >= list.top && bottom <= list.bottom;
}

/** Whether the focus is in there. */
const holds = ({ page }, id) =>
    byId(page, id).evaluate((one) => one.contains(document.activeElement));

async function mute(sam, jo) {
    await enter(sam.page, "circle");
    await byId(sam.page, "mute-open").click();
    await picture(sam, "mute");
    await byId(sam.page, "mute-eight_hours").click();
    await sam.page.locator('[data-testid="mute-open"][data-muted="true"]').waitFor();
    await byId(sam.page, "mute-open").click();
    await picture(sam, "mute-on");
    await sam.page.keyboard.press("Escape");
    await leave(sam.page);
    await enter(jo.page, "circle");
    await say(jo.page, "I have put the spare key back.");
    await sam.page.locator(".hushed").waitFor();
    await toTheEnd(sam);
    await picture(sam, "rooms-muted");
}

/** Quiet hours go with the person; the size of text stays on the phone, and is there at once. */
async function settings(sam) {
    await byId(sam.page, "nav-you").click();
    await byId(sam.page, "quiet").click();
    await byId(sam.page, "quiet-from").fill("22:00");
    await byId(sam.page, "quiet-save").click();
    await sam.page.getByText("Saved, wherever you are signed in.").waitFor();
    await picture(sam, "quiet-hours");
    await byId(sam.page, "back").click();
    await sam.page.getByText("Every day from 22:00 until 07:30").waitFor();
    await byId(sam.page, "text-largest").check();
    await picture(sam, "you-largest");
    await byId(sam.page, "nav-rooms").click();
    await sam.page.addInitScript(() => {
        const root = () => document.documentElement;
        // What the text is set in when the first of it is there.
        new MutationObserver((_, watching) => {
            if (!document.querySelector("#roost")?.firstChild) return;
            window.firstSize = getComputedStyle(root()).fontSize;
            watching.disconnect();
        }).observe(document, { subtree: true, childList: true });
    });
    await sam.page.reload();
    await byId(sam.page, "room-link").first().waitFor();
    const first = await sam.page.evaluate(() => window.firstSize);
    tally.check("the first text drawn is as large as was chosen", first === "23.2px", first);
    await picture(sam, "today-largest");
}

/** Without signal the settings are those last heard of, and a change is kept to try again. */
async function withoutSignal(sam) {
    const { page } = sam;
    await house.kill();
    await page.locator('[data-testid="connection"]:not([data-state="connected"])').waitFor();
    await page.reload();
    await byId(page, "nav-you").click();
    await page.getByText("No signal: as last heard").waitFor();
    await byId(page, "quiet").click();
    await byId(page, "quiet-from").fill("20:45");
    await byId(page, "quiet-save").click();
    await byId(page, "problem").filter({ hasText: "kept here, to try again" }).waitFor();
    await picture(sam, "quiet-unsaved");
    await page.reload();
    await byId(page, "problem").filter({ hasText: "has not been saved yet" }).waitFor();
    await house.comeBack();
    await page.getByText("as last heard").waitFor({ state: "detached" });
    await byId(page, "quiet-save").click();
    await page.getByText("Saved, wherever you are signed in.").waitFor();
    const from = await byId(page, "quiet-from").inputValue();
    tally.check("the hours are those that were chosen", from === "20:45", from);
    await byId(page, "nav-rooms").click();
}

async function others() {
    const kit = await run.phone("young");
    await kit.page.goto(house.persona("young").link);
    await walkIn(kit.page);
    await connected(kit.page);
    await byId(kit.page, "today-hours").waitFor();
    await picture(kit, "today-young");
    await byId(kit.page, "nav-you").click();
    await byId(kit.page, "quiet").click();
    await byId(kit.page, "quiet-from").fill("21:00");
    await byId(kit.page, "quiet-save").click();
    await kit.page.getByText("it is always quiet.").last().waitFor();
    await picture(kit, "quiet-young");

    const priya = await run.phone("liaison", { viewport: LAPTOP });
    await joinBy(priya, house.persona("liaison").link);
    await byId(priya.page, "today-missing").first().waitFor();
    await picture(priya, "today-liaison");
}

await run.main(async () => {
    await house.open();
    const jo = await run.phone("hub");
    await joinBy(jo, house.persona("hub").link);
    const sam = await run.phone("satellite");
    await joinBy(sam, house.persona("satellite").link);
    await connected(sam.page);
    tally.check("where nothing is on, the list is the screen", await gone(sam.page, "today"));
    await plan(jo);
    await tally.step("Sam answers above his rooms, and Jo sees it", () => answer(sam, jo));
    await tally.step("Sam opens what he read of at its place", () => open(sam, jo));
    await tally.step("Sam mutes a room, and it says so", () => mute(sam, jo));
    await tally.step("Sam sets what is his to set", () => settings(sam));
    await tally.step("Sam reads and sets them without signal", () => withoutSignal(sam));
    await tally.step("Kit's day is hers, and Priya's by constellation", others);
});
