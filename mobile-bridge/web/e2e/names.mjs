// Names as long as names may be, of emoji that are made of several, from right to left, and of one
// word: on the narrowest phone and with text twice as large they push nothing out of the screen,
// lie over nothing, and are there whole for whoever hears the screen.

import { wrongWith } from "./axe.mjs";
import { byId, connected, enter, joinBy, leave, plan, say, until, walkIn } from "./house.mjs";
import { misplaced } from "./layout.mjs";
import { Run } from "./run.mjs";

const run = new Run("names");
const { house, tally } = run;

/** As the server counts: Unicode scalar values (`NAME_MAX_CHARS`). */
const NAME_MAX_CHARS = 60;
const graphemes = (text) => Array.from(new Intl.Segmenter().segment(text), (it) => it.segment);
const chars = (text) => [...text].length;

/** As often as it fits into a name, whole. */
function longest(text) {
    let name = "";
    for (const part of graphemes(text.repeat(NAME_MAX_CHARS)))
        if (chars(name + part) <= NAME_MAX_CHARS) name += part;
    return name.trim();
}

const NAMES = {
    constellation: longest("👨‍👩‍👧‍👦👩🏾‍🚒🏳️‍🌈"),
    hub: longest("בית הציפורים על שפת הנחל "),
    home: longest("Hollowmeadowhazelbrook"),
    flags: longest("🏴󠁧󠁢󠁷󠁬󠁳󠁿🇬🇧🇯🇵"),
    tones: longest("👍🏿👋🏽"),
    /** A gathering's: its form takes no more. */
    family: "👩‍👩‍👦".repeat(10),
    rtl: longest("دار السنونو "),
};

/** Width, height, and the size of text in per cent. */
const SIZES = [
    [390, 844, 100],
    [320, 640, 100],
    [390, 844, 200],
    [320, 640, 200],
];

/** What moves is looked at when it stands. */
const CALM = { reducedMotion: "reduce" };

async function furnish() {
    const ids = await house.openBare();
    const [service] = house.admin("list")[0].match(/[0-9a-f-]{36}/);
    const [wren] = house.admin("add-constellation", service, NAMES.constellation);
    const home = (name, ...hub) => house.admin("add-home", wren, name, ...hub)[0];
    const [hub, own] = [home(NAMES.hub, "--hub"), home(NAMES.home)];
    const flags = home(NAMES.flags);
    const person = (role, name, where) =>
        house.admin("add-person", wren, role, name, "--home", where)[0];
    house.admin("add-liaison", wren, ids.priya);
    // Only a home in which an adult lives is asked anything.
    person("satellite", "Max", flags);
    const [jo, sam] = [person("hub", NAMES.tones, hub), person("satellite", NAMES.rtl, own)];
    return { ...ids, jo, sam };
}

/** Looks at a screen in each size; these names must be there to be heard, whole. */
async function look({ page }, what, names) {
    const wrong = [];
    for (const [width, height, percent] of SIZES) {
        await page.setViewportSize({ width, height });
        await page.evaluate(
            (size) => (document.documentElement.style.fontSize = size),
            `${percent}%`,
        );
        const found = [...(await misplaced(page)), ...(await wrongWith(page))];
        wrong.push(...found.map((each) => `${width} px, ${percent} %: ${each}`));
    }
    await page.evaluate(() => (document.documentElement.style.fontSize = ""));
    tally.check(`${what}: nothing is pushed out, covered or cut`, !wrong.length, wrong.join("\n"));
    const heard = await page.locator("body").ariaSnapshot();
    const missing = names.filter((name) => !heard.includes(NAMES[name]));
    tally.check(`${what}: each name is heard whole`, missing.length === 0, `${missing}`);
    const title = await page.title();
    const told = Object.values(NAMES).filter((name) => title.includes(graphemes(name)[0]));
    tally.check(`${what}: no name stands in the title`, told.length === 0, title);
}

/** What our own code takes of a name ends where a sign ends that people see. */
async function cutsWell(page) {
    const drawn = await page.locator(".room-link").evaluateAll((links) => {
        const of = (link, part) => link.querySelector(part).textContent;
        return links.map((link) => [of(link, ".tile"), of(link, ".room-title")]);
    });
    const first = (title) => graphemes(title.replace(/^(the|our) /i, ""))[0].toUpperCase();
    const whole = drawn.every(([tile, title]) => tile === first(title));
    tally.check("the sign of a room is one whole sign", whole, drawn.join(" | "));
}

async function join(who, person, known) {
    await who.page.goto(house.enrol(person));
    await byId(who.page, "step-next").waitFor();
    await look(who, `${who.name} is invited`, known);
    await byId(who.page, "step-next").click();
    await look(who, `${who.name}'s name`, [who.called]);
    await walkIn(who.page);
    await connected(who.page);
    await byId(who.page, "room-link").first().waitFor();
}

/** Something of each sort that names homes and people. */
async function talk(jo, sam) {
    await enter(jo.page, "circle");
    await byId(jo.page, "ask-confirm").check();
    await say(jo.page, "Please keep the drive clear.");
    await plan(jo.page, NAMES.family, NAMES.home);
    await byId(jo.page, "planner-save").click();
    await byId(jo.page, "planner-save").waitFor({ state: "detached" });
    await enter(sam.page, "circle");
    await byId(sam.page, "gathering").waitFor();
    await say(sam.page, "Here.");
    await look(sam, "the circle of a satellite", ["constellation", "tones", "family"]);
    await byId(jo.page, "gathering").waitFor();
    await jo.page.locator('[data-testid="gathering"] summary').click();
    await jo.page.locator('[data-testid="confirm"] summary').click();
    await look(jo, "the circle of the hub", ["constellation", "rtl", "family", "home", "flags"]);
    await byId(sam.page, "more").first().focus();
    await sam.page.keyboard.press("Enter");
    await byId(sam.page, "menu").waitFor();
    await look(sam, "what can be done with a message", []);
    await sam.page.keyboard.press("Escape");
    await leave(sam.page);
    await leave(jo.page);
}

async function desk(priya) {
    const { page } = priya;
    await byId(page, "nav-people").click();
    await look(priya, "the constellations of the liaison worker", ["constellation"]);
    await page.getByText(NAMES.constellation).first().click();
    await byId(page, "add-home").waitFor();
    await look(priya, "the desk", ["constellation", "hub", "home", "flags", "tones", "rtl"]);
    await byId(page, "member").filter({ hasText: NAMES.rtl }).click();
    await byId(page, "acts").waitFor();
    await look(priya, "somebody at the desk", ["rtl"]);
    await byId(page, "back").click();
    await byId(page, "add-home").click();
    await byId(page, "home-name").fill("x".repeat(NAME_MAX_CHARS + 1));
    await byId(page, "home-yes").click();
    await byId(page, "wrong").filter({ hasText: `up to ${NAME_MAX_CHARS} characters` }).waitFor();
    await look(priya, "a name that is too long", []);
    await page.keyboard.press("Escape");
}

await run.main(async () => {
    const ids = await furnish();
    const [jo, sam] = [await run.phone("Jo", CALM), await run.phone("Sam", CALM)];
    Object.assign(jo, { called: "tones" });
    Object.assign(sam, { called: "rtl" });
    await join(jo, ids.jo, ["tones", "constellation"]);
    await join(sam, ids.sam, ["rtl", "constellation"]);
    await talk(jo, sam);
    await byId(sam.page, "today-gathering").waitFor();
    await look(sam, "the rooms of a satellite", ["constellation", "hub", "family"]);
    await cutsWell(sam.page);
    await byId(jo.page, "today-missing").first().waitFor();
    await look(jo, "the rooms of the hub", ["constellation", "home", "flags"]);
    await cutsWell(jo.page);
    await enter(jo.page, "hub_line", 1);
    await look(jo, "a line of the hub", []);
    await byId(sam.page, "nav-people").click();
    await byId(sam.page, "who").first().waitFor();
    await look(sam, "who is who", ["hub", "home", "flags", "tones", "rtl"]);
    const priya = await run.phone("priya", CALM);
    await joinBy(priya, house.enrol(ids.priya));
    await byId(priya.page, "today-gathering").waitFor();
    await look(priya, "the rooms of the liaison worker", ["constellation", "hub", "home"]);
    await desk(priya);
});
