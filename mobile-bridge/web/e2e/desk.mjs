// What the scripts do at the desk: finding people, inviting them, and pressing what ends something.

import { byId } from "./house.mjs";

export const row = (page, id, text) => byId(page, id).filter({ hasText: text }).first();
export const says = (page, id, text) => row(page, id, text).waitFor();

/** Presses what opens a question, and then its yes. */
export async function surely(page, act) {
    await byId(page, `act-${act}`).click();
    await byId(page, `sure-${act}-yes`).click();
    await byId(page, `sure-${act}`).waitFor({ state: "detached" });
}

export async function toDesk(page) {
    await byId(page, "nav-people").click();
    const opened = byId(page, "add-home").or(byId(page, "propose-liaison"));
    await opened.waitFor();
}

export async function toPerson(page, name) {
    await toDesk(page);
    await row(page, "member", name).click();
    await byId(page, "acts").waitFor();
}

export async function addHome(page, name, hub = false) {
    await byId(page, "add-home").click();
    await byId(page, "home-name").fill(name);
    if (hub) await byId(page, "home-hub").check();
    await byId(page, "home-yes").click();
    await says(page, "desk-said", `${name} is added`);
}

/** Fills in an invitation as far as the home. */
export async function invitation(page, name, home) {
    await toDesk(page);
    await byId(page, "invite").click();
    await byId(page, "invite-name").fill(name);
    const value = await byId(page, "home-select")
        .locator("option")
        .filter({ hasText: home })
        .getAttribute("value");
    await byId(page, "home-select").selectOption(value);
}

export async function linkOn(page) {
    await byId(page, "made-link").waitFor();
    return (await byId(page, "link-text").inputValue()).match(/http\S+/)[0];
}

/** The code that opens the link, as whoever invites tells it. */
export async function codeOn(page) {
    return await byId(page, "link-digits").innerText();
}

export async function invite(page, name, home) {
    await invitation(page, name, home);
    await byId(page, "invite-yes").click();
    return linkOn(page);
}

/** The address in the code on the screen, as the page was told it. */
export async function showCode(house, page) {
    const opened = page.waitForResponse(
        (answer) => answer.request().method() === "POST" && answer.url().endsWith("/table"),
    );
    await byId(page, "table-show").click();
    const { token } = await (await opened).json();
    await byId(page, "qr").waitFor();
    return `${house.base}/join#${token}`;
}
