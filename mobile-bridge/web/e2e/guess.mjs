// Whoever types the address of a room that is not theirs learns nothing of it: not whether it is
// the young people's, another constellation's, or nobody's. Those whose room it is go in.

import { randomUUID } from "node:crypto";
import { talkerOf } from "./crowd.mjs";
import { AMPLE, byId, connected, joinBy, LAPTOP, leave, until } from "./house.mjs";
import { keepsAnywhere } from "./kept.mjs";
import { Run } from "./run.mjs";

// Of each refusal the browser says that something failed to load.
const run = new Run("guess", { settings: AMPLE, expected: /^Failed to load resource/ });
const { house, tally } = run;

/** Said in the young people's room of the demo, and nowhere else. */
const SAID_THERE = "finally somewhere without the grown ups";

/** The young people's room, a room of another constellation, and one that never was. */
async function addresses(own) {
    const [service] = house.admin("add-service", "Elsewhere Fostering");
    const [other] = house.admin("add-constellation", service, "Kestrel");
    const [home] = house.admin("add-home", other, "Ridge End", "--hub");
    const [person] = house.admin("add-person", other, "hub", "Ola", "--home", home);
    const foreign = await talkerOf(house, house.enrol(person));
    return {
        "the young people's room": own.find(({ kind }) => kind === "peers").room,
        "a room of another constellation": foreign.rooms[0].room,
        "a room that never was": randomUUID().replace(/^(.{14})4/, "$17"),
    };
}

/** Types an address where addresses are typed: the page is loaded anew, as from nothing. */
async function type(page, room) {
    await page.goto("about:blank");
    await page.goto(`${house.base}/#/room/${room}`);
}

/** All that somebody can read, hear read out, or see in the list of their tabs. */
async function screenOf(page) {
    const heard = await page.locator("body").ariaSnapshot();
    const title = await page.title();
    // Counted in seconds, or by the minute.
    return `${title}\n${heard}`.replace(/again in \d+ s/g, "again");
}

/** The bytes of every door that takes a room, as a program on the page gets them. */
function doors(page, room, access) {
    return page.evaluate(askDoors, { room, access });
}

/** Runs in the page. */
async function askDoors({ room, access }) {
    const headers = { "content-type": "application/json" };
    if (access) headers.authorization = `Bearer ${access}`;
    const said = { id: crypto.randomUUID(), kind: "message", body: { text: "Hello?" } };
    const write = { method: "POST", body: JSON.stringify(said) };
    const some = crypto.randomUUID();
    const asked = [
        ["entries", {}],
        ["entries?after=0", {}],
        ["entries", write],
        ["search?q=hello", {}],
        [`gatherings/${some}.ics`, {}],
        [`entries/${some}/versions`, {}],
        ["mute", { method: "POST", body: JSON.stringify({ length: "eight_hours" }) }],
    ];
    const heard = [];
    for (const [path, how] of asked) {
        const answer = await fetch(`/api/rooms/${room}/${path}`, { headers, ...how });
        const bytes = await answer.text();
        const named = [...answer.headers].filter(([name]) => name !== "date");
        const request = answer.headers.get("x-request-id");
        heard.push(`${answer.status} ${named.join("; ")} ${bytes}`.replaceAll(request, ""));
    }
    return heard.join("\n");
}

async function guesses(who, rooms, access) {
    const { page, name } = who;
    const [screens, bytes] = [new Set(), new Set()];
    for (const room of Object.values(rooms)) {
        await type(page, room);
        if (access) await connected(page);
        await page.locator("h1").waitFor();
        screens.add(await screenOf(page));
        bytes.add(await doors(page, room, access));
    }
    tally.check(`${name} reads one page at all three`, screens.size === 1, [...screens].join("\n"));
    tally.check(`${name} gets one answer of all three`, bytes.size === 1, [...bytes].join("\n"));
    const known = { ...rooms, words: SAID_THERE, title: "Young people" };
    for (const [what, text] of Object.entries(known)) {
        const places = await keepsAnywhere(page, text);
        tally.check(`${name}'s browser keeps nothing of it (${what})`, !places.length, `${places}`);
    }
    return [...screens, ...bytes].join("\n");
}

/** What a door needs, of somebody who is signed in on this page. */
async function accessOf(who, link) {
    const heard = who.page.waitForResponse("**/api/enrolments/accept");
    await joinBy(who, link);
    await connected(who.page);
    return (await (await heard).json()).access;
}

/** Those whose room it is: the liaison worker, and the young people are told so. */
async function opens(room, link) {
    const priya = await run.phone("priya", { viewport: LAPTOP });
    await joinBy(priya, link);
    await type(priya.page, room);
    await priya.page.getByText(SAID_THERE).waitFor();
    tally.check("Priya types the same address, and is in", true);
    const kit = await run.phone("kit");
    await joinBy(kit, house.persona("young").link);
    await type(kit.page, room);
    await byId(kit.page, "peers").filter({ hasText: "Priya, your liaison worker" }).waitFor();
    await leave(kit.page);
    await byId(kit.page, "nav-people").click();
    await byId(kit.page, "who").filter({ hasText: "Priya" }).waitFor();
    tally.check("and Kit is told that she is, in the room and among the people", true);
    const found = await keepsAnywhere(kit.page, SAID_THERE);
    tally.check("what is looked for is found where it is", found.length > 0, `${found}`);
}

await run.main(async () => {
    await house.open();
    const worker = await talkerOf(house, house.persona("liaison").link);
    const rooms = await addresses(worker.rooms);
    const [sam, jo] = [await run.phone("sam"), await run.phone("jo")];
    const nobody = await run.phone("nobody");
    const heard = [
        await guesses(sam, rooms, await accessOf(sam, house.persona("satellite").link)),
        await guesses(jo, rooms, await accessOf(jo, house.persona("hub").link)),
    ];
    tally.check("Sam and Jo read the same", heard[0] === heard[1], heard.join("\n"));
    await guesses(nobody, rooms);
    await byId(nobody.page, "need-link").waitFor();
    await opens(rooms["the young people's room"], house.enrol(worker.person));
});
