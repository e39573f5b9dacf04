// The two hundred of `ways.mjs` in every field that takes a text, cut to what it takes, through its
// form or the door behind it (`forms.mjs` has the fields); then the screens that draw what was
// written there. Lists draw them all: rooms and what is on today, the circle with its gatherings,
// polls and homes, constellations, desks, proposals. Of the pages about one thing each carer's is
// drawn, and of each constellation one young person's and one invitation; a form, a link, a table,
// mute, quiet hours and the way in once each. Nothing runs, no browser reports anything, and no
// screen has an element that is not the app's.

import { randomUUID } from "node:crypto";
import { ask, talkerOf } from "./crowd.mjs";
import { complete, lookedAt, type, written } from "./forms.mjs";
import {
    AMPLE,
    byId,
    connected,
    enter,
    giveCode,
    leave,
    menuOf,
    until,
    walkIn,
} from "./house.mjs";
import { Run } from "./run.mjs";
import { fitted, REFUSED, watch } from "./ways.mjs";

const run = new Run("fields", { settings: AMPLE, expected: REFUSED });
const { house, tally } = run;

/** What the browsers told the server. */
let reports = 0;

const NAMES = fitted(60);
/** As many homes as a constellation may come to have, so that each name is in one. */
const HOMES = 10;

async function clean(who, what) {
    const harm = await lookedAt(who);
    tally.check(`${what}: nothing ran, and all is ours`, harm.length === 0, harm.join(" | "));
}

/** Of a list that is shorter than another, the first ones come again. */
const nth = (list, at) => list[at % list.length];

async function inLanes(items, act) {
    const queue = [...items.entries()];
    const lane = async () => {
        for (let next = queue.shift(); next; next = queue.shift()) await act(next[1], next[0]);
    };
    await Promise.all(Array.from({ length: 8 }, lane));
}

/** To a place within the app, as a tap on a link goes there. */
function to(page, path) {
    return page.evaluate((path) => {
        history.pushState(null, "", path);
        dispatchEvent(new PopStateEvent("popstate"));
    }, path);
}

/** So many that each name is a home in one; the operator calls each by one of the names. */
function constellations(priya) {
    const [service] = house.admin("list")[0].match(/[0-9a-f-]{36}/);
    return NAMES.filter((_, at) => at % HOMES === 0).map((name) => {
        const [made] = house.admin("add-constellation", service, "--", name);
        house.admin("add-liaison", made, priya);
        return made;
    });
}

/** In one of them a home of each of these names, and in each a carer with a phone of that name. */
async function settle(wren, names, priya) {
    const people = `/api/constellations/${wren}`;
    const tell = (path, body) => ask(house, people + path, priya.access, body);
    const agreed = { band: "13_17", capacity: "local_authority", delegated: false };
    const made = [];
    for (const [at, name] of names.entries()) {
        const hub = at === 0;
        const { home } = await tell("/homes", { name: written("home-name", name), hub });
        written("invite-name", name);
        const role = hub ? "hub" : "satellite";
        const { person, token, code } = await tell("/members", { name, role, home });
        const agreement = { ...agreed, agreed_by: written("agreed-by", name), agreed_at: 1 };
        const young = await tell("/members", { name, role: "young", home, agreement });
        const device = randomUUID();
        await ask(house, "/api/enrolments/verify", undefined, { token, device, code });
        const phone = { token, device, device_name: written("phone-name", name) };
        const { access } = await ask(house, "/api/enrolments/accept", undefined, phone);
        made.push({ home, person, access, young });
    }
    return made;
}

/** Says something in a room without a phone, and tells its id. */
async function send(room, who, kind, body, target) {
    const draft = { id: randomUUID(), kind, body, ...(target ? { target } : {}) };
    await ask(house, `/api/rooms/${room}/entries`, who.access, draft);
    return draft.id;
}

/** Everybody answers Jo; a gathering and a poll of each text; half of them come to the last. */
async function talk(room, made) {
    const [jo] = made;
    const said = await send(room, jo, "message", { text: "Shall we meet?" });
    const starts_at = Date.now() + 6 * 24 * 3_600_000;
    const times = { starts_at, ends_at: starts_at + 3_600_000, type: "meet_up" };
    await inLanes(made, (who) => send(room, who, "message", { text: "Yes." }, said));
    const [titles, places] = [fitted(80), fitted(120)];
    const [notes, reasons] = [fitted(1_000), fitted(300)];
    await inLanes(titles, async (title, at) => {
        const details = {
            title: written("plan-title", title),
            place: written("plan-place", nth(places, at)),
            note: written("plan-note", nth(notes, at)),
            ...times,
        };
        const id = await send(room, jo, "gathering", { details });
        if (at >= reasons.length) return;
        const reason = written("cancel-reason", reasons[at]);
        await send(room, jo, "gathering", { cancelled: { reason } }, id);
    });
    const answers = [...fitted(80)];
    await inLanes(fitted(200), async (text, at) => {
        const options = [0, 1, 2].map((more) => nth(answers, at * 3 + more));
        for (const each of options) written("poll-answer-0", each);
        const ask = { question: written("poll-question", text), options };
        await send(room, jo, "poll", { ask });
    });
    const details = { title: "The last", ...times };
    const last = await send(room, jo, "gathering", { details });
    await inLanes(made.filter((_, at) => at % 2 === 0), (who) => {
        return send(room, who, "rsvp", { home: who.home, answer: "going", heads: 1 }, last);
    });
    await send(room, jo, "message", { text: "Keep the drive clear.", please_confirm: true });
    await send(room, jo, "message", { text: "That was all." });
}

/** What a hub draws of its constellation, and its forms. */
async function asHub(jo, room, made) {
    const { page } = jo;
    await enter(page, "circle");
    await talk(room, made);
    await byId(page, "entry").filter({ hasText: "That was all." }).waitFor();
    await clean(jo, "the circle of a hub");
    await byId(page, "gathering").filter({ hasText: "The last" }).locator("summary").click();
    await byId(page, "confirm").last().locator("summary").click();
    await clean(jo, "who comes, and who has confirmed");
    await byId(page, "plan-gathering").click();
    await type(page, "plan-title", NAMES[1]);
    await type(page, "plan-place", NAMES[1]);
    await type(page, "plan-note", NAMES[1]);
    await byId(page, "planner-save").click();
    await clean(jo, "the form of a gathering");
    await page.keyboard.press("Escape");
    await byId(page, "ask-poll").click();
    await type(page, "poll-question", NAMES[1]);
    await type(page, "poll-answer-0", NAMES[1]);
    await byId(page, "poll-ask").click();
    await clean(jo, "the form of a poll");
    await page.keyboard.press("Escape");
    await byId(page, "gathering-cancel").last().click();
    await type(page, "cancel-reason", NAMES[1]);
    await clean(jo, "the form that calls off");
    await page.keyboard.press("Escape");
    await leave(page);
    await clean(jo, "the rooms of a hub, and what is on");
}

/** What a satellite draws, its own words and what it looks for. */
async function asSatellite(sam) {
    const { page } = sam;
    await clean(sam, "the rooms of a satellite, and what is on");
    await enter(page, "circle");
    const texts = fitted(4_000);
    await type(page, "composer", "First words");
    await byId(page, "send").click();
    await menuOf(page, "First words");
    await byId(page, "menu-edit").click();
    await type(page, "composer", texts[0]);
    await byId(page, "send").click();
    for (const text of texts.slice(1)) {
        const own = page.locator(".entry.mine, [data-testid=entry]").last();
        await byId(page, "edited").last().waitFor();
        await own.locator(".bubble").click({ button: "right", position: { x: 9, y: 9 } });
        await byId(page, "menu-edit").click();
        await type(page, "composer", text);
        await byId(page, "send").click();
        await until("it is saved", async () => (await byId(page, "draft").count()) === 0);
    }
    await clean(sam, "words that were changed");
    await byId(page, "edited").last().click();
    await byId(page, "version").nth(texts.length).waitFor();
    await clean(sam, "what was said before");
    await page.keyboard.press("Escape");
    await byId(page, "mute-open").click();
    await clean(sam, "muting");
    await page.keyboard.press("Escape");
    await byId(page, "search-open").click();
    for (const text of fitted(100)) {
        await type(page, "search-text", text);
        await page.keyboard.press("Enter");
    }
    await clean(sam, "the search");
    for (const path of ["/#/people", "/#/you", "/#/quiet", "/#/move", "/install"]) {
        await to(page, path);
        await page.locator("main h1, main, h1").first().waitFor();
        await clean(sam, `a satellite at ${path}`);
    }
}

/** The desk: each constellation and each person of it, with phones and links. */
async function asLiaison(priya, places, all) {
    const { page } = priya;
    await clean(priya, "the rooms of the liaison worker, and what is on");
    await byId(page, "nav-people").click();
    await byId(page, "constellation-link").nth(places.length - 1).waitFor();
    await clean(priya, "the constellations");
    const harm = [];
    for (const [at, place] of places.entries()) {
        await to(page, `/#/people/${place}`);
        await byId(page, "add-home").waitFor();
        await byId(page, "member").nth(all[at].length - 1).waitFor();
        harm.push(...(await lookedAt(priya)));
        for (const { person } of all[at]) {
            await to(page, `/#/people/${place}/${person}`);
            await byId(page, "phone").first().waitFor();
            harm.push(...(await lookedAt(priya)));
        }
        await to(page, `/#/people/${place}/${all[at][0].young.person}`);
        await byId(page, "link-code").waitFor();
        harm.push(...(await lookedAt(priya)));
    }
    tally.check("each desk and each person there", harm.length === 0, harm.join(" | "));
    await deskForms(priya, places[0]);
}

async function deskForms(priya, place) {
    const { page } = priya;
    await to(page, `/#/people/${place}`);
    await byId(page, "add-home").click();
    await type(page, "home-name", NAMES[2]);
    await clean(priya, "the form of a home");
    await byId(page, "home-yes").click();
    await byId(page, "desk-said").filter({ hasText: "is added" }).waitFor();
    await clean(priya, "a home is added");
    await byId(page, "invite").click();
    await byId(page, "who-young").check();
    await byId(page, "band-13_17").check();
    await byId(page, "capacity-local_authority").check();
    await type(page, "invite-name", NAMES[3]);
    await type(page, "agreed-by", NAMES[3]);
    await byId(page, "home-select").selectOption({ index: 1 });
    await clean(priya, "the form of an invitation");
    await byId(page, "invite-yes").click();
    await byId(page, "link-text").waitFor();
    await clean(priya, "the page of a link");
    await byId(page, "act-table").click();
    await byId(page, "table-show").waitFor();
    await clean(priya, "the table");
}

/** Whom an admin proposes. */
async function asAdmin(ana, access, place) {
    const { page } = ana;
    const path = `/api/constellations/${place}/proposals`;
    await inLanes(NAMES, (name) =>
        ask(house, path, access, { name: written("propose-name", name) }),
    );
    await to(page, `/#/people/${place}`);
    await byId(page, "proposal").nth(NAMES.length - 1).waitFor();
    await byId(page, "propose-liaison").click();
    await type(page, "propose-name", NAMES[4]);
    await clean(ana, "whom an admin proposes");
    await byId(page, "propose-yes").click();
    await clean(ana, "what waits for somebody else");
}

/** The way in: what young people read first, and the codes. */
async function atTheDoor(stranger, all) {
    const { page } = stranger;
    const harm = [];
    for (const [{ young }] of all) {
        await to(page, `/join#${young.token}`);
        await byId(page, "invited").waitFor();
        harm.push(...(await lookedAt(stranger)));
        await to(page, "/");
        await byId(page, "need-link").waitFor();
    }
    tally.check("each invitation", harm.length === 0, harm.join(" | "));
    await byId(page, "have-code").click();
    await byId(page, "code-where-new_phone").check();
    for (const text of NAMES) {
        await type(page, "code-typed", text);
        await type(page, "code-name", text);
        await byId(page, "code-yes").click();
    }
    await clean(stranger, "a code for a new phone");
    const { young } = all[0][1];
    await to(page, `/join#${young.token}`);
    await byId(page, "step-next").click();
    for (const text of NAMES) {
        await type(page, "link-code-typed", text);
        await byId(page, "link-code-yes").click();
    }
    await clean(stranger, "the code of a link");
    await giveCode(page, young.code);
    for (const text of NAMES) await type(page, "phone-name", text);
    await clean(stranger, "one's name and one's phone's");
    await walkIn(page);
    await connected(page);
    await to(page, "/#/you");
    await byId(page, "phone").first().waitFor();
    await clean(stranger, "one's own phones");
}

await run.main(async () => {
    const ids = await house.openBare();
    const places = constellations(ids.priya);
    const priya = await talkerOf(house, house.enrol(ids.priya));
    const all = [];
    await inLanes(places, async (place, at) => {
        all[at] = await settle(place, NAMES.slice(at * HOMES, (at + 1) * HOMES), priya);
    });
    const [made] = all;
    const { rooms } = await ask(house, "/api/me", made[0].access);
    const { room } = rooms.find(({ kind }) => kind === "circle");
    const step = async (name, link, act) => {
        const who = await run.phone(name);
        await who.context.addInitScript(watch);
        who.context.on("request", (sent) => (reports += sent.url().endsWith("/api/csp-reports")));
        await tally.step(name, async () => {
            await who.page.goto(link);
            if (link !== house.base) {
                await walkIn(who.page);
                await connected(who.page);
            }
            await act(who);
        });
        await who.context.close();
    };
    await step("a hub", house.enrol(made[0].person), (jo) => asHub(jo, room, made));
    await step("a satellite", house.enrol(made[1].person), asSatellite);
    const ana = await talkerOf(house, house.enrol(ids.ana));
    await step("an admin", house.enrol(ids.ana), (who) => asAdmin(who, ana.access, places[0]));
    await step("the liaison worker", house.enrol(ids.priya), (who) => asLiaison(who, places, all));
    await step("at the door", house.base, (stranger) => atTheDoor(stranger, all));
    tally.check("no browser reported anything", reports === 0, `${reports}`);
    complete(tally);
});
