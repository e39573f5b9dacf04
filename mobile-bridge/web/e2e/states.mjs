// Pictures of states that a day without trouble does not show: a gathering changed and answered for
// a home, a message hidden, a room that is gone, words that found no signal for a day or were
// refused, a page that does not come, no signal, nobody signed in; text as small as it goes; and
// what a computer is called.

import { byId, connected, DAY_MS, enter, hears, joinBy, LAPTOP, leave, menuOf } from "./house.mjs";
import { plan, reopen, say, until, wrongBy } from "./house.mjs";
import { installed } from "./kept.mjs";
import { picture as take } from "./picture.mjs";
import { Run } from "./run.mjs";

const run = new Run("states", { expected: /^Failed to load resource/ });
const { house, tally } = run;
const picture = (who, name) => take(tally, who, name);

async function circle(jo, sam) {
    for (const { page } of [jo, sam]) await enter(page, "circle");
    await plan(jo.page, "Pizza and planning", "Jo's house, in the big kitchen");
    await byId(jo.page, "planner-save").click();
    await byId(sam.page, "gathering").waitFor();
    await byId(jo.page, "gathering-change").click();
    await byId(jo.page, "plan-title").waitFor();
    await picture(jo, "planner-change");
    await jo.page.keyboard.press("Escape");
    await byId(jo.page, "gathering").locator("summary").click();
    await byId(jo.page, "answer-for").selectOption({ index: 1 });
    await byId(jo.page, "rsvp").last().scrollIntoViewIfNeeded();
    await picture(jo, "gathering-answer-for");
    await say(sam.page, "The number is 01632 960 123");
    await hears(jo.page, "01632 960 123");
    await menuOf(jo.page, "01632 960 123");
    await byId(jo.page, "menu-remove").click();
    await picture(jo, "menu-hiding");
    await byId(jo.page, "remove-yes").click();
    await byId(sam.page, "removed").waitFor();
    await picture(sam, "room-hidden");
    for (const { page } of [jo, sam]) await leave(page);
}

/** A place in a room that is not there to this person, and text as small as it goes. */
async function odd(sam) {
    const { page } = sam;
    await page.goto(`${house.base}/#/room/00000000-0000-7000-8000-000000000000`);
    await page.getByText("Your other rooms are where they were.").waitFor();
    await picture(sam, "room-gone");
    await page.goto(`${house.base}/#/you`);
    await byId(page, "text-small").check();
    await picture(sam, "you-small");
    await byId(page, "nav-rooms").click();
    await enter(page, "circle");
    await picture(sam, "room-small");
    await leave(page);
}

/** The server refuses for good what Nadia says, by a rule that her page does not know. */
async function refused() {
    const nadia = await run.phone("nadia");
    await nadia.context.routeWebSocket(/\/ws$/, (phone) => {
        const server = phone.connectToServer();
        const no = { code: "not_permitted", class: "final", words: "You cannot do that here." };
        phone.onMessage((said) => {
            const { t, room, id } = JSON.parse(said);
            if (t === "append") phone.send(JSON.stringify({ t: "refused", room, id, ...no }));
            else server.send(said);
        });
    });
    await joinBy(nadia, house.persona("satellite", 5).link);
    await connected(nadia.page);
    await enter(nadia.page, "circle");
    await say(nadia.page, "Could somebody fetch Kit from school?");
    await nadia.page.getByText("Not sent. You cannot do that here.").first().waitFor();
    await byId(nadia.page, "way-not").scrollIntoViewIfNeeded();
    await picture(nadia, "room-refused");
    await byId(nadia.page, "way-not").click();
    const words = "Could somebody fetch Kit from school?";
    await until("her words", async () => (await composerSays(nadia)) === words);
    const drafts = await byId(nadia.page, "draft").count();
    tally.check("what was refused is where it was written, and nowhere else", drafts === 0);
}

/** Bea writes without signal, and opens Roost again a day later. */
async function dayLater(jo) {
    const tunnel = await run.tunnel();
    const bea = await run.phone("bea");
    await joinBy(bea, tunnel.through(house.persona("satellite", 6).link));
    await connected(bea.page);
    await installed(bea.page);
    await enter(bea.page, "circle");
    tunnel.set("cut");
    for (const text of ["The door is open, come in.", "There is soup."]) await say(bea.page, text);
    await byId(bea.page, "draft").nth(1).waitFor();
    await wrongBy(DAY_MS)(bea.context);
    await reopen(bea);
    await bea.page.getByText("Still send these 2?").waitFor();
    await picture(bea, "rooms-still");
    await enter(bea.page, "circle");
    await byId(bea.page, "ways").nth(1).waitFor();
    await picture(bea, "room-still");
    await byId(bea.page, "way-not").nth(1).click();
    await until("the soup", async () => (await composerSays(bea)) === "There is soup.");
    await byId(bea.page, "way-not").click();
    await byId(bea.page, "way-keep").waitFor();
    await picture(bea, "room-still-sure");
    await byId(bea.page, "way-keep").click();
    tunnel.set("open");
    await connected(bea.page);
    await say(bea.page, "Who is at home?");
    await enter(jo.page, "circle");
    await hears(jo.page, "Who is at home?");
    const early = await byId(jo.page, "entry").filter({ hasText: "The door is open" }).count();
    tally.check("what is asked about does not go by itself", early === 0);
    await byId(bea.page, "way-go").click();
    await hears(jo.page, "The door is open, come in.");
    await byId(bea.page, "draft").waitFor({ state: "detached" });
    await leave(jo.page);
}

const composerSays = ({ page }) => byId(page, "composer").inputValue();

/** Who is not signed in here: without a way to the server, and with one. */
async function outside() {
    const lost = await run.phone("lost", { serviceWorkers: "block" });
    const refresh = "**/api/session/refresh";
    await lost.page.route(refresh, (asked) => asked.abort());
    await lost.page.goto(house.base);
    await lost.page.getByText("Roost cannot be reached").waitFor();
    await picture(lost, "unreachable");
    await lost.page.unroute(refresh);
    await lost.page.getByRole("button", { name: "Try again" }).click();
    await lost.page.getByText("Roost opens with a link").waitFor();
    await picture(lost, "need-link");
}

/** A screen whose file does not come, on a phone that keeps no files. */
async function missing() {
    const dev = await run.phone("dev", { serviceWorkers: "block" });
    await joinBy(dev, house.persona("satellite", 2).link);
    await dev.page.route(/assets\/(account|phones)-/, (asked) => asked.abort());
    await dev.page.reload();
    await byId(dev.page, "nav-you").click();
    await dev.page.getByRole("button", { name: "Try again" }).waitFor();
    await picture(dev, "screen-missing");
}

/** One's own screens on a computer; `shown` is there once the server has told it. */
const OWN = [
    { name: "you", at: "/#/you", shown: "phone", speaks: true },
    { name: "quiet", at: "/#/quiet", shown: "quiet-on" },
    { name: "move", at: "/#/move", shown: "code-make" },
    { name: "people", at: "/#/people", shown: "who" },
    { name: "sign-out", at: "/#/sign-out", shown: "sign-out-yes", speaks: true },
    { name: "install", at: "/install", shown: "install-lead", speaks: true },
];

/** Nobody is told of a phone who sits at a computer. */
async function computer() {
    const max = await run.phone("max", { viewport: LAPTOP, hasTouch: false });
    const { page } = max;
    await joinBy(max, house.persona("satellite", 3).link);
    for (const { name, at, shown, speaks } of OWN) {
        await page.goto(house.base + at);
        await byId(page, shown).first().waitFor();
        const said = await page.locator("body").innerText();
        const right = !/this phone/i.test(said) && (!speaks || /this computer/i.test(said));
        tally.check(`on a computer, ${name} speaks of a computer`, right, said);
        await picture(max, `computer-${name}`);
    }
}

/** Nobody answers: what was never heard says so. */
async function unreachable(jo) {
    await house.kill();
    await jo.page.goto(`${house.base}/#/people`);
    await jo.page.goto(`${house.base}/#/you`);
    await jo.page.reload();
    await byId(jo.page, "unheard").first().waitFor();
    await picture(jo, "you-unheard");
}

await run.main(async () => {
    await house.open();
    const [jo, sam] = [await run.phone("hub"), await run.phone("satellite")];
    await joinBy(jo, house.persona("hub").link);
    await joinBy(sam, house.persona("satellite").link);
    await tally.step("in the circle", () => circle(jo, sam));
    await tally.step("where something is not there", () => odd(sam));
    await tally.step("refused for good", refused);
    await tally.step("a day later", () => dayLater(jo));
    await tally.step("outside", outside);
    await tally.step("a screen that does not come", missing);
    await tally.step("on a computer", computer);
    await tally.step("without signal", () => unreachable(jo));
});
