// What a screen reader meets on the main paths, in its order; that Tab goes the same way; that
// headings are an outline; that what is new is told once; that a sheet gives the focus back.

import { byId, connected, enter, hears, joinBy, leave, plan, say } from "./house.mjs";
import { heard, listen } from "./heard.mjs";
import { Run } from "./run.mjs";

const run = new Run("reading");
const { house, tally } = run;

const NAV = ["navigation Main", "link Rooms", "link People", "link You"];
const ofMessage = (name) => [`button Reply to ${name}`, `button More for the message from ${name}`];
const RSVP = ["button Coming", "button Perhaps", "button Not coming"];

/** The day it is, and the minute. */
function timeless(words) {
    return words.replace(/\d\d:\d\d/g, "00:00").replace(/\w+day \d+ \w+/, "DAY");
}

async function reads(page, what, expected) {
    const { jumps, tops, astray, ...now } = await heard(page);
    const words = now.words.map(timeless);
    const at = expected.findIndex((each, place) => each !== words[place]);
    const same = words.length === expected.length && at < 0;
    const said = `at ${at}: ${JSON.stringify(words)}`;
    tally.check(`${what}: is read in its order`, same, said);
    tally.check(`${what}: Tab goes the same way`, astray.length === 0, astray.join(" | "));
    const sheet = words[0].startsWith("dialog");
    const outline = jumps.length === 0 && tops === (sheet ? 0 : 1);
    tally.check(`${what}: headings are an outline`, outline, `${tops} at the top, ${jumps}`);
}

async function join({ page }) {
    await page.goto(house.persona("satellite").link);
    await byId(page, "step-next").waitFor();
    await reads(page, "an invitation", ["main", "h1 Welcome to Roost", "button Go on"]);
    await byId(page, "step-next").click();
    await reads(page, "the name", [
        ...["main", "h1 Your name here", "textbox What is this phone called?"],
        ...["button Go on", "button Back"],
    ]);
    await byId(page, "step-next").click();
    await reads(page, "who sees what", [
        ...["main", "h1 Who sees what", "h2 Not end-to-end encrypted, and why"],
        ...["button I have read this. Let me in", "button Back"],
    ]);
    await byId(page, "join-button").click();
    await byId(page, "step-in").waitFor();
    await reads(page, "being in", ["main", "h1 You are in, Sam", "button Open Roost"]);
    await byId(page, "step-in").click();
    await connected(page);
}

/** What was last said in the rooms of the demo, as its link says it. */
const LINES = {
    "Wren constellation": "00:00 Jo: Pizza and planning 5 new messages",
    "Our liaison worker":
        "00:00 Priya: How did the first week at the new school go? 1 new message",
    "The hub · Jo's house":
        "00:00 Jo: Of course. The blue room is free, Kit knows the biscuits. 1 new message",
};

/** What is on today, above the rooms; the two lines are as old as each other. */
const today = (rooms) => [
    ...["banner", "h1 Your rooms", "main Your rooms", "region Today DAY", "h2 Today DAY"],
    ...[...RSVP, "link Open Wren constellation"],
    ...rooms.map((room) => `link ${room} · ${room.startsWith("Wren") ? 5 : 1}`),
    "h2 Rooms",
    ...rooms.map((room) => `link ${room} ${LINES[room]}`),
    ...["link Keep Roost on this phone", ...NAV],
];

/** The circle of the demo, with a gathering, a reply and a question. */
const ROOM = [
    ...["banner", "button Back to your rooms", "h1 Wren constellation", "button Mute this room"],
    ...["button Search", "main", "log Messages in Wren constellation"],
    ...["Jo", "Amara", "yourself", "Priya", "Max"].flatMap(ofMessage),
    ...[...RSVP, "DisclosureTriangle Who is coming", "button Add to calendar", ...ofMessage("Jo")],
    ...ofMessage("Jo"),
    ...[...ofMessage("yourself")],
    ...["form", "button Poll", "textbox Write a message", "button Send"],
];

const PLANNER = [
    ...["dialog Plan an event", "h2 Plan an event", "form", "textbox What is it called?"],
    ...["combobox What sort of event?", "DateTime Starts", "DateTime Ends"],
    ...["textbox Where? (may be left empty)", "textbox Anything else? (may be left empty)"],
    "spinbutton Places for how many people? (empty: no limit)",
    ...["button Publish", "button Do not save"],
];

const HOMES = ["The Okafors", "The Brennans", "Mill Cottage", "The Lindqvists", "Number Nine"];
const PEOPLE = [
    ...["banner", "h1 Who is who", "main", "h2 Liaison worker", "h2 Jo's house, the hub"],
    ...[...HOMES, "The Hussains", "Orchard Row"].map((home) => `h2 ${home}`),
    ...NAV,
];

const YOU = [
    ...["banner", "h1 You", "main", "h2 Where you are signed in"],
    ...["radio Small", "radio Usual", "radio Large", "radio Very large"],
    "link Quiet hours, and who sees what I have read Every day from 00:00 until 00:00",
    "link Move to another phone or computer, or to the app",
    ...["link Sign out of this phone", ...NAV],
];

/** A message, a reply to it and a question; each is told once, and one's own words once too. */
async function talk(sam, jo) {
    await listen(sam.page);
    await say(jo.page, "Who brings the tomatoes?");
    await hears(sam.page, "Who brings the tomatoes?");
    const asked = byId(sam.page, "entry").filter({ hasText: "Who brings the tomatoes?" });
    await asked.locator(".bubble").click();
    await asked.locator('[data-testid="reply"]').click();
    await say(sam.page, "We do, a whole crate.");
    await hears(sam.page, "We do, a whole crate.");
    await hears(jo.page, "We do, a whole crate.");
    const told = await sam.page.evaluate(() => window.told);
    const times = (text) => told.filter((said) => said.includes(text)).length;
    // The reply quotes the question.
    const question = told.filter((said) => said.includes("tomatoes") && !said.includes("crate"));
    tally.check("a new message is told once", question.length === 1, JSON.stringify(told));
    tally.check("one's own words are told once", times("crate") === 1, JSON.stringify(told));
    tally.check("and nothing else is", told.length === 2, JSON.stringify(told));
}

/** How far one's own words have come can be read, and is not told each time it changes. */
async function receipts(sam, jo) {
    for (const { page } of [sam, jo]) await leave(page);
    await enter(sam.page, "hub_line");
    const line = '[data-testid="room-link"][data-room-kind="hub_line"]';
    await jo.page.locator(line).filter({ hasText: "The Okafors" }).click();
    await listen(sam.page);
    await say(sam.page, "Could you ring me tonight?");
    const own = byId(sam.page, "entry").filter({ hasText: "Could you ring me tonight?" });
    await own.locator('[data-testid="receipt"]').filter({ hasText: "Read" }).waitFor();
    const told = await sam.page.evaluate(() => window.told);
    tally.check("a receipt that changes is not told", told.length === 1, JSON.stringify(told));
}

/** From its opener into the sheet and out again, by keys. */
async function comesBack(page, opener, sheet) {
    await byId(page, opener).last().focus();
    await page.keyboard.press("Enter");
    await byId(page, sheet).waitFor();
    await page.keyboard.press("Escape");
    await byId(page, sheet).waitFor({ state: "detached" });
    const back = await byId(page, opener).last().evaluate((it) => it === document.activeElement);
    tally.check(`${sheet} gives the focus back to ${opener}`, back);
}

await run.main(async () => {
    await house.open();
    const [jo, sam] = [await run.phone("jo"), await run.phone("sam")];
    await joinBy(jo, house.persona("hub").link);
    await join(sam);
    await enter(jo.page, "circle");
    await plan(jo.page, "Pizza and planning", "Jo's house");
    await reads(jo.page, "a gathering's form", PLANNER);
    await byId(jo.page, "planner-save").click();
    await byId(sam.page, "today-gathering").waitFor();
    const rooms = await sam.page.locator(".room-title").allInnerTexts();
    await reads(sam.page, "the rooms and today", today(rooms));
    await enter(sam.page, "circle");
    await byId(sam.page, "gathering").waitFor();
    await talk(sam, jo);
    await reads(sam.page, "a room", ROOM);
    for (const [opener, sheet] of [["more", "menu"], ["mute-open", "mute"], ["ask-poll", "asker"]])
        await comesBack(sam.page, opener, sheet);
    await comesBack(jo.page, "plan-gathering", "planner");
    await comesBack(jo.page, "gathering-cancel", "canceller");
    await receipts(sam, jo);
    await leave(sam.page);
    await byId(sam.page, "nav-people").click();
    await byId(sam.page, "who").first().waitFor();
    await reads(sam.page, "who is who", PEOPLE);
    await byId(sam.page, "nav-you").click();
    await byId(sam.page, "phone").waitFor();
    await reads(sam.page, "what is one's own", YOU);
});
