// The young people's room as they have it, at an hour when it is open, whatever hour it is here:
// Kit and Tia talk, Priya reads along and both are told so; nobody sees how far others have read or
// that they write, and nothing said there leads away. When it closes it says so, and keeps what was
// being typed.

import { randomUUID } from "node:crypto";
import { ask, talkerOf } from "./crowd.mjs";
import { hourOf, settingsAt, turn } from "./hour.mjs";
import { byId, connected, enter, hears, joinBy, say } from "./house.mjs";
import { picture } from "./picture.mjs";
import { Run } from "./run.mjs";

const OPEN = 16 * 60;
const CLOSED = 21 * 60;

const settings = settingsAt(OPEN);
const run = new Run("young", { settings });
const { house, tally } = run;

async function somebody(name, role, nth) {
    const who = await run.phone(name, { reducedMotion: "reduce" });
    await turn(who.context, OPEN);
    who.frames = [];
    who.page.on("websocket", (socket) => {
        for (const way of ["framesent", "framereceived"])
            socket.on(way, ({ payload }) => who.frames.push(`${payload}`));
    });
    await joinBy(who, house.persona(role, nth).link);
    await connected(who.page);
    await enter(who.page, "peers");
    return who;
}

async function open(kit, tia, priya) {
    for (const { page, name } of [kit, tia]) {
        const reads = await byId(page, "peers").innerText();
        const said = reads === "Priya, your liaison worker, is in this room and reads it.";
        tally.check(`${name} is told who reads along`, said, reads);
        tally.check(`to ${name} it is open`, (await byId(page, "closed").count()) === 0);
    }
    // As somebody types who wants to be seen typing.
    await byId(kit.page, "composer").pressSequentially("look at https://example.org/ on saturday");
    await byId(kit.page, "send").click();
    for (const { page } of [tia, priya]) await hears(page, "look at https://example.org/");
    await say(tia.page, "that looks great");
    for (const { page } of [kit, priya]) await hears(page, "that looks great");
    for (const { page, name } of [kit, tia, priya]) {
        const led = await byId(page, "entry").locator("a").count();
        tally.check(`nothing leads ${name} away`, led === 0, `${led} links`);
        const told = await byId(page, "receipt").allInnerTexts();
        const only = told.every((words) => words.trim() === "· Sent");
        tally.check(`${name} sees nobody's reading`, only, told.join());
    }
    const told = [kit, tia, priya].flatMap(({ frames }) => frames);
    tally.check("the phones did talk", told.some((frame) => frame.includes("that looks great")));
    const typing = told.filter((frame) => frame.includes('"typing"'));
    tally.check("no phone tells that somebody writes", typing.length === 0, typing[0]);
    await picture(tally, kit, "peers-young");
    await picture(tally, priya, "peers-liaison");
}

async function closes(kit, priya) {
    const words = "and bring the football";
    await byId(kit.page, "composer").fill(words);
    await house.kill();
    Object.assign(settings, hourOf(CLOSED));
    await house.comeBack();
    await turn(kit.context, CLOSED);
    await kit.page.reload();
    await byId(kit.page, "closed").waitFor();
    await connected(kit.page);
    const closed = await byId(kit.page, "closed").innerText();
    const said = /^This room is closed now\. You can write again tomorrow from \d\d:\d\d\.$/;
    tally.check("it says that it is closed, and when it opens", said.test(closed), closed);
    const typed = await byId(kit.page, "composer").inputValue();
    tally.check("what was being typed is still there", typed === words, typed);
    await byId(kit.page, "send").click({ force: true });
    await picture(tally, kit, "peers-closed");
    await say(priya.page, "Good night, you two.");
    await hears(kit.page, "Good night, you two.");
    const entries = await byId(kit.page, "entry").filter({ hasText: words }).count();
    const drafts = await byId(kit.page, "draft").count();
    tally.check("nothing was sent", entries + drafts === 0, `${entries} ${drafts}`);
    const kept = await byId(kit.page, "composer").inputValue();
    tally.check("nor lost", kept === words, kept);
    // Ash's phone does not look at the clock at all.
    const { access, rooms } = await talkerOf(house, house.persona("young", 2).link);
    const { room } = rooms.find(({ kind }) => kind === "peers");
    const draft = { id: randomUUID(), kind: "message", body: { text: "still here" } };
    const sent = ask(house, `/api/rooms/${room}/entries`, access, draft);
    const refused = await sent.then(() => "", String);
    tally.check("the server takes nothing either", /: 4\d\d$/.test(refused), refused);
}

await run.main(async () => {
    await house.open();
    const [kit, tia] = [await somebody("Kit", "young"), await somebody("Tia", "young", 1)];
    const priya = await somebody("Priya", "liaison");
    await tally.step("while it is open", () => open(kit, tia, priya));
    await tally.step("when it closes", () => closes(kit, priya));
});
