// The pictures of the README, as the app looks now: the circle, a gathering that was answered in
// two taps, and the young people's room. Of `screenshots/` these alone are kept; whoever runs this
// looks at them.

import { fileURLToPath } from "node:url";
import { settingsAt, turn } from "./hour.mjs";
import { byId, connected, enter, hears, joinBy, leave, menuOf, plan, say } from "./house.mjs";
import { Run } from "./run.mjs";

/** An afternoon, at which the young people's room is open. */
const HOUR = 16 * 60 + 20;

const run = new Run("pictures", { settings: settingsAt(HOUR) });
const { house, tally } = run;

/** A README is read over slow lines, too. */
const MOST_BYTES = 150 * 1_024;

async function picture({ page }, name) {
    const path = fileURLToPath(new URL(`../screenshots/readme-${name}.png`, import.meta.url));
    // Nothing is pointed at or has the focus, and nobody is just writing.
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.activeElement?.blur());
    await page.getByText("writing…").waitFor({ state: "detached" });
    const { length } = await page.screenshot({ path, animations: "disabled" });
    tally.check(`${name} is small`, length <= MOST_BYTES, `${length} bytes`);
}

async function somebody(name, role, nth) {
    const who = await run.phone(name, { colorScheme: "light", reducedMotion: "reduce" });
    await turn(who.context, HOUR);
    await joinBy(who, house.persona(role, nth).link);
    await connected(who.page);
    return who;
}

async function answers(who, text, reply) {
    const entry = byId(who.page, "entry").filter({ hasText: text });
    await entry.locator(".bubble").click();
    await entry.locator('[data-testid="reply"]').click();
    await say(who.page, reply);
}

async function reacts({ page }, text, nth) {
    await menuOf(page, text);
    await byId(page, "react").nth(nth).click();
    await byId(page, "menu").waitFor({ state: "detached" });
}

async function circle(jo, sam, amara) {
    for (const { page } of [jo, sam, amara]) await enter(page, "circle");
    await say(sam.page, "Could Kit stay over on Friday? We have a late appointment.");
    await hears(jo.page, "Could Kit stay over");
    await answers(jo, "Could Kit stay over", "Of course. The blue room is free.");
    await hears(sam.page, "The blue room is free.");
    await hears(amara.page, "The blue room is free.");
    await reacts(sam, "The blue room is free.", 0);
    await reacts(amara, "The blue room is free.", 0);
    await say(amara.page, "Tia would love to come round and say hello, if that suits?");
    await hears(sam.page, "Tia would love");
    await say(sam.page, "It does! Bring the marble run 🙂");
    await hears(amara.page, "Bring the marble run");
    await byId(sam.page, "reactions").filter({ hasText: "2" }).waitFor();
    await byId(sam.page, "draft").first().waitFor({ state: "detached" });
    await picture(sam, "room");
}

async function today(jo, sam) {
    await plan(jo.page, "Pizza and planning", "Jo's house, in the big kitchen");
    await byId(jo.page, "planner-save").click();
    await byId(sam.page, "gathering").waitFor();
    await leave(sam.page);
    await byId(sam.page, "rsvp-going").click();
    await byId(sam.page, "rsvp-heads").nth(2).click();
    await sam.page.getByText("Your home: Coming (3)").waitFor();
    await picture(sam, "today");
}

async function peers(priya, kit, tia) {
    for (const { page } of [priya, kit, tia]) await enter(page, "peers");
    await priya.page.locator('[data-testid="ask-poll"]').click();
    await byId(priya.page, "poll-question").fill("What shall we do on Saturday?");
    await byId(priya.page, "poll-answer-0").fill("Climbing wall");
    await byId(priya.page, "poll-answer-1").fill("Film and popcorn");
    await byId(priya.page, "poll-ask").click();
    const option = ({ page }, nth) => byId(page, "poll").locator(".poll-option").nth(nth);
    await option(kit, 0).click();
    await option(tia, 0).click();
    await option(kit, 0).filter({ hasText: "2 ·" }).waitFor();
    await picture(kit, "peers");
}

await run.main(async () => {
    await house.open();
    const [jo, sam] = [await somebody("jo", "hub"), await somebody("sam", "satellite")];
    await circle(jo, sam, await somebody("amara", "satellite", 1));
    await today(jo, sam);
    const priya = await somebody("priya", "liaison");
    await peers(priya, await somebody("kit", "young"), await somebody("tia", "young", 1));
});
