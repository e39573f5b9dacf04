// Two people on two phones talk in the circle and in their line; in the middle the server dies
// and comes back. Both must end with the same rooms: every entry once, in order.

import { byId, connected, enter, hears, joinBy, leave, room, say, until } from "./house.mjs";
import { Run } from "./run.mjs";

const run = new Run("conversation");
const { house, tally } = run;
let jo;
let sam;

const seqsAreDense = (entries) =>
    entries.every((each, at) => at === 0 || each.seq === entries[at - 1].seq + 1);
const idsAreSingle = (entries) => new Set(entries.map((each) => each.id)).size === entries.length;

/**
 * Both rooms from the first entry that both may see: in a line each reads from their own joining.
 */
async function both() {
    const [a, b] = [await room(jo.page), await room(sam.page)];
    const floor = Math.max(a[0]?.seq ?? 0, b[0]?.seq ?? 0);
    return [a, b].map((entries) => entries.filter(({ seq }) => seq >= floor));
}

function difference([a, b]) {
    const at = a.findIndex((each, place) => JSON.stringify(each) !== JSON.stringify(b[place]));
    return JSON.stringify({ lengths: [a.length, b.length], at, jo: a[at], sam: b[at] });
}

async function compare(what) {
    const same = async () => {
        const rooms = await both();
        const drafts =
            (await byId(jo.page, "draft").count()) + (await byId(sam.page, "draft").count());
        return drafts === 0 && JSON.stringify(rooms[0]) === JSON.stringify(rooms[1]) && rooms[0];
    };
    const entries = await until(`${what}: the same room on both phones`, same).catch(
        () => undefined,
    );
    tally.check(
        `${what}: both phones show the same`,
        entries !== undefined,
        entries ? "" : difference(await both()),
    );
    tally.check(
        `${what}: no holes, nothing twice`,
        entries !== undefined && seqsAreDense(entries) && idsAreSingle(entries),
    );
    return entries ?? [];
}

async function talk(rounds, from = 0) {
    for (let n = from; n < from + rounds; n += 1) {
        await say(jo.page, `Jo says ${n} 🐦`);
        await hears(sam.page, `Jo says ${n} 🐦`);
        await say(sam.page, `Sam says ${n}\nand a second line`);
        await hears(jo.page, `Sam says ${n}`);
    }
}

async function downAndUp() {
    await tally.step("the server is killed while both write", async () => {
        await house.kill();
        for (const { page, name } of [jo, sam]) {
            await say(page, `${name} in the dark, one`);
            await say(page, `${name} in the dark, two`);
        }
        await jo.page.locator('[data-testid="connection"]:not([data-state="connected"])').waitFor();
        await byId(jo.page, "draft").nth(1).waitFor();
        await byId(sam.page, "draft").nth(1).waitFor();
    });
    await tally.step("a draft that waits long says that it waits for signal", async () => {
        await sam.page
            .locator('[data-testid="draft"][data-state="waiting_signal"]')
            .first()
            .waitFor();
    });
    await tally.step("a phone that is closed and opened again keeps what it wrote", async () => {
        // The page itself cannot load while the server is away; the words must outlive that.
        await sam.page.close();
        await house.comeBack();
        sam.page = await sam.context.newPage();
        await sam.page.goto(`${house.base}/`);
        await enter(sam.page, "circle");
    });
    await tally.step("both come back by themselves", async () => {
        await connected(jo.page);
        await connected(sam.page);
        for (const { page } of [jo, sam]) {
            for (const name of ["Jo", "Sam"]) await hears(page, `${name} in the dark, two`);
        }
    });
}

async function secondTab() {
    const tab = await sam.context.newPage();
    await tab.goto(`${house.base}/`);
    await enter(tab, "circle");
    await connected(tab);
    await say(tab, "from the second tab");
    await hears(jo.page, "from the second tab");
    await hears(tab, "from the second tab");
    await sam.page.close();
    // The tab that held the connection is gone; the other takes it over.
    await say(tab, "after the first tab is gone");
    await hears(jo.page, "after the first tab is gone");
    sam.page = tab;
}

async function main() {
    await house.open();
    const [hub, satellite] = [house.persona("hub"), house.persona("satellite")];
    [jo, sam] = await Promise.all([run.phone("Jo"), run.phone("Sam")]);
    await tally.step("both join by link and tap", async () => {
        await joinBy(jo, hub.link);
        await joinBy(sam, satellite.link);
        await connected(jo.page);
        await connected(sam.page);
    });
    tally.check("the token has left the address bar", !jo.page.url().includes("#"), jo.page.url());
    await tally.step("they talk in the circle", async () => {
        await enter(jo.page, "circle");
        await enter(sam.page, "circle");
        await talk(5);
    });
    await compare("circle");
    await downAndUp();
    await talk(2, 5);
    const circle = await compare("circle after the power cut");
    const dark = circle.filter(({ text }) => text.includes("in the dark"));
    tally.check(
        "what was written in the dark stands once each",
        dark.length === 4,
        `${dark.length}`,
    );
    for (const name of ["Jo", "Sam"]) {
        const own = dark
            .filter(({ text }) => text.startsWith(name))
            .map(({ text }) => text.slice(-3));
        tally.check(`${name}'s own order held`, own.join() === "one,two", own.join());
    }
    await tally.step("a second tab follows the first, and takes over", secondTab);
    await compare("circle after two tabs");
    await tally.step("they talk in their line", async () => {
        await leave(jo.page);
        await leave(sam.page);
        await enter(sam.page, "hub_line");
        // The hub's carers have a line with each home, called by its name.
        const lines = jo.page.locator('[data-testid="room-link"][data-room-kind="hub_line"]');
        await lines.filter({ hasText: satellite.home }).first().click();
        await byId(jo.page, "composer").waitFor();
        await talk(3);
    });
    await compare("line");
}

await run.main(main);
