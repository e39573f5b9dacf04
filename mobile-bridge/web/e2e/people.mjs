// A constellation from nothing, run by its liaison worker over the page: Priya invites, sits at
// kitchen tables, moves, suspends, ends and takes back; the people she invites walk in on phones
// of their own; Jo moves to a new phone; Ana, an admin, is the second person.

import {
    addHome,
    codeOn,
    invitation,
    invite,
    linkOn,
    row,
    says,
    showCode,
    surely,
    toDesk,
    toPerson,
} from "./desk.mjs";
import { byId, connected, LAPTOP, toTheTap, until, walkIn } from "./house.mjs";
import { picture as take } from "./picture.mjs";
import { Run } from "./run.mjs";

const COMPUTER = { viewport: LAPTOP, hasTouch: false };
/** So much later a phone may still show a room: being out takes effect within a second. */
const OUT_MS = 5_000;

// Chromium says of every refusal that something failed to load.
const run = new Run("people", { expected: /^Failed to load resource/ });
const { house, tally } = run;
const picture = (who, name) => take(tally, who, name);

async function homes(priya) {
    const { page } = priya;
    await toDesk(page);
    await picture(priya, "desk-empty");
    await byId(page, "add-home").click();
    await byId(page, "home-yes").click();
    await byId(page, "wrong").waitFor();
    const wrong = await byId(page, "home-name").evaluate((field) => field.matches(":focus"));
    tally.check("a field that is wrong takes the focus", wrong);
    await picture(priya, "desk-add-home");
    await page.keyboard.press("Escape");
    await addHome(page, "Jo's house", true);
    await addHome(page, "The Brennans");
    // The last one by keyboard alone.
    await byId(page, "add-home").focus();
    await page.keyboard.press("Enter");
    await byId(page, "home-name").waitFor();
    await page.keyboard.type("The Okafors");
    await page.keyboard.press("Enter");
    await says(page, "desk-said", "The Okafors is added");
    const back = await byId(page, "add-home").evaluate((button) => button.matches(":focus"));
    tally.check("after a question the focus is back where it was", back);
}

async function byLink(priya, jo) {
    const { page } = priya;
    const link = await invite(page, "Jo", "Jo's house");
    await says(page, "standing", "Link made, not sent");
    const code = await codeOn(page);
    await picture(priya, "desk-link");
    await byId(page, "link-copy").click();
    await says(page, "link-said", "Copied");
    await byId(page, "link-sent").click();
    await says(page, "standing", "Link sent");
    await jo.page.goto(link);
    await says(jo.page, "invited", "Jo, you are invited to Wren constellation as a hub home");
    await says(jo.page, "invited-by", "Priya");
    await byId(jo.page, "step-next").click();
    await byId(jo.page, "link-code-typed").fill(code === "000 000" ? "111111" : "000000");
    await byId(jo.page, "link-code-yes").click();
    await says(jo.page, "wrong", "That is not the code");
    await picture(jo, "join-code");
    await toTheTap(jo.page, code);
    await says(jo.page, "not-encrypted", "Roost does not");
    await byId(jo.page, "join-button").scrollIntoViewIfNeeded();
    await picture(jo, "join-lock");
    await toDesk(page);
    await says(page, "waiting", "Code given");
    await picture(priya, "desk-waiting");
    await walkIn(jo.page);
    await connected(jo.page);
    await byId(jo.page, "room-link").first().waitFor();
    await toPerson(page, "Jo");
    await says(page, "standing", "Signed in");
    await byId(page, "phone").first().waitFor();
    await picture(priya, "desk-person");
    await byId(page, "phone-end").first().click();
    await picture(priya, "desk-end-phone");
    await page.keyboard.press("Escape");
    return link;
}

/** Whatever is wrong with a link, a stranger reads the same. */
async function neutral(priya, used) {
    const stranger = await run.phone("stranger");
    const { page } = priya;
    const taken = await invite(page, "Lou", "The Okafors");
    await surely(page, "revoke");
    await says(page, "standing", "Taken back");
    await byId(page, "act-invite").waitFor();
    const heard = new Set();
    for (const link of [used, taken, `${house.base}/join#made-up`, `${house.base}/join`]) {
        await stranger.page.goto("about:blank");
        await stranger.page.goto(link);
        await byId(stranger.page, "link-unusable").waitFor();
        heard.add(await stranger.page.locator("main").innerText());
    }
    tally.check(
        "used, taken back, made up or cut off: one page",
        heard.size === 1,
        `${heard.size}`,
    );
    await picture(stranger, "join-unusable");
    const fresh = await invite(page, "Nell", "The Okafors");
    const second = await priya.context.newPage();
    await second.goto(fresh);
    await byId(second, "signed-in-as").waitFor();
    await second.close();
    await toPerson(page, "Nell");
    const state = await byId(page, "standing").first().innerText();
    tally.check(
        "on somebody else's phone a link is not even opened",
        /not sent/.test(state),
        state,
    );
}

async function atTheTable(priya, sam) {
    const { page } = priya;
    await invite(page, "Sam", "The Brennans");
    await byId(page, "act-table").click();
    await picture(priya, "table-intro");
    const code = await showCode(house, page);
    await picture(priya, "table-code");
    await sam.page.goto(code);
    await byId(sam.page, "step-next").click();
    const number = () => byId(sam.page, "number").innerText();
    const first = (await number()).match(/\d+$/)[0];
    await byId(page, "pick").waitFor();
    await picture(priya, "table-pick");
    await picture(sam, "join-number");
    const numbers = byId(page, "pick-number");
    tally.check("three numbers to pick from", (await numbers.count()) === 3);
    await numbers.filter({ hasNotText: first }).first().click();
    await says(page, "table-said", "That was not the number");
    await byId(sam.page, "number-again").click();
    await byId(sam.page, "number").waitFor();
    const second = (await number()).match(/\d+$/)[0];
    await numbers.filter({ hasText: second }).click();
    await says(page, "table-said", "That is it.");
    await byId(sam.page, "shown-name").waitFor();
    await walkIn(sam.page);
    await byId(sam.page, "room-link").first().waitFor();
    await byId(page, "table-in").waitFor();
    await picture(priya, "table-in");
    await byId(page, "table-done").click();
    await says(page, "standing", "Signed in");
}

async function young(priya, kit) {
    const { page } = priya;
    await invitation(page, "Kit", "The Okafors");
    await byId(page, "who-young").check();
    await byId(page, "capacity-carer").check();
    await byId(page, "invite-yes").click();
    await byId(page, "wrong").first().waitFor();
    await byId(page, "wrong").first().scrollIntoViewIfNeeded();
    await picture(priya, "invite-young");
    await byId(page, "band-13_17").check();
    await byId(page, "agreed-by").fill("Robin");
    await byId(page, "capacity-local_authority").check();
    await byId(page, "invite-yes").click();
    const code = await codeOn(page);
    await kit.page.goto(await linkOn(page));
    await says(kit.page, "invited", "Hello Kit.");
    await picture(kit, "join-young");
    await toTheTap(kit.page, code);
    await says(kit.page, "not-encrypted", "on purpose");
    await picture(kit, "join-sees-young");
    await byId(kit.page, "join-button").scrollIntoViewIfNeeded();
    await picture(kit, "join-lock-young");
    await byId(kit.page, "join-button").click();
    await byId(kit.page, "step-in").waitFor();
    await picture(kit, "join-in-young");
    await byId(kit.page, "step-in").click();
    await connected(kit.page);
    await byId(kit.page, "nav-people").click();
    await says(kit.page, "who", "Priya");
    const told = await byId(kit.page, "who").allInnerTexts();
    tally.check("a young person is told of no carer", !/Jo|Sam/.test(told.join()), told.join());
    await picture(kit, "who-young");
}

async function moves(priya, sam) {
    const { page } = priya;
    await toPerson(page, "Sam");
    await byId(page, "act-move").click();
    const select = byId(page, "home-select");
    const offered = await select.locator("option").allInnerTexts();
    tally.check(
        "a satellite carer moves to no hub",
        !offered.join().includes("Jo's"),
        `${offered}`,
    );
    await select.selectOption({ label: "The Okafors" });
    await picture(priya, "desk-move");
    await byId(page, "move-yes").click();
    await says(page, "person-said", "Moved.");
    await byId(sam.page, "nav-people").click();
    await until("Sam under another home", async () => {
        const group = row(sam.page, "who-group", "The Okafors");
        return (await group.innerText()).includes("Sam");
    });
    await picture(sam, "who-is-who");
}

async function suspends(priya, ana, sam) {
    const { page } = priya;
    await toPerson(page, "Sam");
    await byId(page, "act-suspend").click();
    await picture(priya, "desk-suspend");
    await byId(page, "sure-suspend-yes").click();
    await byId(sam.page, "signed-out").waitFor({ timeout: OUT_MS });
    await says(page, "standing", "Suspended");
    await byId(page, "act-lift").click();
    await picture(priya, "desk-lift");
    await byId(page, "sure-lift-yes").click();
    await says(page, "proposal", "You proposed it.");
    tally.check("nobody agrees to their own", (await byId(page, "agree").count()) === 0);
    await picture(priya, "desk-suspended");
    await toDesk(ana.page);
    await picture(ana, "desk-admin");
    const seen = await ana.page.locator("main").innerText();
    tally.check("an admin is told of no young person", !seen.includes("Kit"), seen);
    await byId(ana.page, "propose-liaison").click();
    await byId(ana.page, "propose-yes").click();
    await picture(ana, "desk-propose");
    await ana.page.keyboard.press("Escape");
    await byId(ana.page, "agree").click();
    await picture(ana, "desk-agree");
    await byId(ana.page, "agree-sure-yes").click();
    await byId(ana.page, "proposal").waitFor({ state: "detached" });
    await toPerson(page, "Sam");
    await byId(page, "act-invite").click();
    await sam.page.goto(await linkOn(page));
    await walkIn(sam.page, await codeOn(page));
    await byId(sam.page, "room-link").first().waitFor();
}

async function handsOver(jo) {
    await byId(jo.page, "nav-you").click();
    await says(jo.page, "phone", "Jo's phone");
    await picture(jo, "you");
    await byId(jo.page, "move").click();
    await byId(jo.page, "code-make").click();
    const code = await byId(jo.page, "code").innerText();
    await picture(jo, "move");
    const fresh = await run.phone("jo-new");
    await fresh.page.goto(house.base);
    await byId(fresh.page, "have-code").click();
    await byId(fresh.page, "code-yes").click();
    await byId(fresh.page, "wrong").first().waitFor();
    await picture(fresh, "code");
    await byId(fresh.page, "code-typed").fill("AAAAA AAAAA");
    await byId(fresh.page, "code-where-new_phone").check();
    await byId(fresh.page, "code-name").fill("Jo's new phone");
    await byId(fresh.page, "code-yes").click();
    await says(fresh.page, "problem", "This code does not work");
    await byId(fresh.page, "code-typed").fill(code.toLowerCase());
    await byId(fresh.page, "code-yes").click();
    await byId(fresh.page, "room-link").first().waitFor();
    await says(jo.page, "signed-out", "Roost is there now");
    await picture(jo, "moved");
    await byId(fresh.page, "nav-you").click();
    await says(fresh.page, "phone", "Jo's new phone");
    tally.check("the old phone has ended", (await byId(fresh.page, "phone").count()) === 1);
    await byId(fresh.page, "move").click();
    await byId(fresh.page, "code-make").click();
    const second = await byId(fresh.page, "code").innerText();
    const app = await run.phone("jo-app");
    await app.page.goto(`${house.base}/#/code`);
    await byId(app.page, "code-typed").fill(second);
    await byId(app.page, "code-where-same").check();
    await byId(app.page, "code-yes").click();
    await byId(app.page, "room-link").first().waitFor();
    await byId(fresh.page, "signed-out").waitFor({ timeout: OUT_MS });
    await byId(app.page, "nav-you").click();
    await says(app.page, "phone", "Jo's new phone");
    tally.check("the app is the same phone", (await byId(app.page, "phone").count()) === 1);
}

async function ends(priya, sam) {
    const { page } = priya;
    await toPerson(page, "Sam");
    await byId(page, "act-end").click();
    await picture(priya, "desk-end");
    await byId(page, "sure-end-yes").click();
    await byId(sam.page, "signed-out").waitFor({ timeout: OUT_MS });
    await toDesk(page);
    await byId(page, "gone").locator("summary").click();
    await picture(priya, "desk");
    await byId(page, "gone").locator('[data-testid="member"]').click();
    await byId(page, "act-take_back").click();
    await byId(page, "home-select").selectOption({ label: "The Brennans" });
    await picture(priya, "desk-take-back");
    await byId(page, "back-yes").click();
    await sam.page.goto(await linkOn(page));
    await walkIn(sam.page, await codeOn(page));
    await byId(sam.page, "room-link").first().waitFor();
}

/** Whoever looks after more than one sees how each stands. */
async function several(priya, ana, ids) {
    const [service] = house.admin("list")[0].match(/[0-9a-f-]{36}/);
    const [martin] = house.admin("add-constellation", service, "Martin");
    house.admin("add-liaison", martin, ids.priya);
    await byId(ana.page, "nav-rooms").click();
    await byId(ana.page, "constellation-link").first().waitFor();
    await picture(ana, "rooms-admin");
    await priya.page.goto(house.base);
    await byId(priya.page, "nav-people").click();
    await byId(priya.page, "constellation-link").nth(1).waitFor();
    await picture(priya, "constellations");
}

async function main() {
    const ids = await house.openBare();
    const step = (what, act) => tally.step(what, act);
    const [priya, ana] = [await run.phone("priya", COMPUTER), await run.phone("ana")];
    const [jo, sam, kit] = [await run.phone("jo"), await run.phone("sam"), await run.phone("kit")];
    await step("Priya and Ana walk in", async () => {
        for (const [who, id] of [
            [priya, ids.priya],
            [ana, ids.ana],
        ]) {
            await who.page.goto(house.enrol(id));
            await walkIn(who.page);
            await connected(who.page);
        }
    });
    let used = "";
    await step("Priya adds homes", () => homes(priya));
    await step("Jo comes by link", async () => void (used = await byLink(priya, jo)));
    await step("links that cannot be used look the same", () => neutral(priya, used));
    await step("Sam comes at the kitchen table", () => atTheTable(priya, sam));
    await step("Kit comes with the recorded agreement", () => young(priya, kit));
    await step("Sam moves home", () => moves(priya, sam));
    await step("Sam is suspended, and two lift it", () => suspends(priya, ana, sam));
    await step("Jo moves to a new phone", () => handsOver(jo));
    await step("Sam ends, and is taken back", () => ends(priya, sam));
    await step("Priya looks after one more", () => several(priya, ana, ids));
}

await run.main(main);
