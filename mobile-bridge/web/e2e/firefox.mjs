// The main paths in Firefox: in by link, live between two phones, written in the dark and sent once
// and in order, a gathering from its publishing to who comes and into a calendar, and out within a
// second.

import { readFileSync } from "node:fs";
import {
    AMPLE,
    byId,
    connected,
    enter,
    hears,
    joinBy,
    plan,
    reopen,
    room,
    say,
    until,
} from "./house.mjs";
import { deviceOf, installed, rowsOf } from "./kept.mjs";
import { Run } from "./run.mjs";

const run = new Run("firefox", { settings: AMPLE });
const { house, tally } = run;

async function live(jo, sam) {
    await say(jo.page, "Jo says hello 🐦");
    await hears(sam.page, "Jo says hello 🐦");
    await say(sam.page, "Sam says hello");
    await hears(jo.page, "Sam says hello");
}

async function inTheDark(jo, sam, tunnel) {
    const said = ["one", "two", "three"].map((nth) => `in the dark, ${nth}`);
    tunnel.set("cut");
    for (const text of said) await say(sam.page, text);
    await byId(sam.page, "draft").nth(2).waitFor();
    await reopen(sam);
    await enter(sam.page, "circle");
    await byId(sam.page, "draft").nth(2).waitFor();
    tunnel.set("open");
    await connected(sam.page);
    await hears(jo.page, said[2]);
    for (const who of [jo, sam]) {
        const drafts = () => byId(who.page, "draft").count();
        await until("nothing on its way", async () => (await drafts()) === 0);
        const dark = (await room(who.page)).filter(({ text }) => text.startsWith("in the dark"));
        const texts = dark.map(({ text }) => text).join(" | ");
        tally.check(`${who.name} has each once, in order`, texts === said.join(" | "), texts);
    }
}

async function gathering(jo, sam) {
    await plan(jo.page, "Pizza and planning", "Jo's house");
    await byId(jo.page, "planner-save").click();
    await byId(sam.page, "rsvp-going").click();
    await byId(sam.page, "rsvp-heads").nth(3).click();
    await jo.page.getByText("4 people from 1 home coming").waitFor();
}

/** A file that a calendar can take comes, in this browser and in the other one. */
async function calendar(sam, priya) {
    for (const { name, page } of [sam, priya]) {
        const coming = page.waitForEvent("download");
        await byId(page, "calendar").last().click();
        const file = await coming;
        const text = readFileSync(await file.path(), "utf8");
        const whole = /^BEGIN:VCALENDAR[^]*Pizza and planning[^]*END:VCALENDAR\s*$/.test(text);
        tally.check(`${name} has all of ${file.suggestedFilename()}`, whole, text.slice(0, 200));
    }
}

async function out(sam) {
    house.admin("end-device", await deviceOf(sam.page));
    await byId(sam.page, "signed-out").waitFor({ timeout: 5_000 });
    await until("nothing is kept", async () => (await rowsOf(sam.page)) === 0);
    await reopen(sam);
    await byId(sam.page, "need-link").or(byId(sam.page, "signed-out")).waitFor();
    const shown = await byId(sam.page, "room-link").count();
    tally.check("opened again, it shows nothing", shown === 0, `${shown} rooms`);
}

await run.main(async () => {
    await house.open();
    const tunnel = await run.tunnel();
    const [jo, sam] = [await run.fox("Jo"), await run.fox("Sam")];
    await tally.step("in by link", async () => {
        await joinBy(jo, house.persona("hub").link);
        await joinBy(sam, tunnel.through(house.persona("satellite").link));
        for (const { page } of [jo, sam]) {
            await connected(page);
            await installed(page);
            await enter(page, "circle");
        }
    });
    await tally.step("what one writes the other reads", () => live(jo, sam));
    await tally.step("written in the dark, sent when there is light", () =>
        inTheDark(jo, sam, tunnel),
    );
    await tally.step("a gathering, from its publishing to who comes", () => gathering(jo, sam));
    await tally.step("it goes into a calendar, from Firefox and from Chromium", async () => {
        const priya = await run.phone("Priya");
        await joinBy(priya, house.persona("liaison").link);
        await enter(priya.page, "circle");
        await calendar(sam, priya);
    });
    await tally.step("signed out from afar, nothing is kept", () => out(sam));
});
