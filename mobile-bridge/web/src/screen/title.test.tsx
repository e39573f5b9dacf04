// @vitest-environment happy-dom
// What the browser's tabs and history show of where somebody was.

import { expect, test } from "vitest";
import { route, type Route } from "../route.ts";
import { words } from "../words.ts";
import { ROOM, SAM, Stage } from "./stage.ts";

const NAMES = /Wren|Sam|Jo|Priya|Okafor/;

const PLACES: [Route, string][] = [
    [{ at: "rooms" }, "Rooms · Roost"],
    [{ at: "room", room: ROOM }, "Messages · Roost"],
    [{ at: "people" }, "People · Roost"],
    [{ at: "constellation", constellation: ROOM }, "People · Roost"],
    [{ at: "invite", constellation: ROOM }, "Invite somebody · Roost"],
    [{ at: "person", constellation: ROOM, person: SAM }, "People · Roost"],
    [{ at: "table", constellation: ROOM, person: SAM }, "At the kitchen table · Roost"],
    [{ at: "you" }, "You · Roost"],
    [{ at: "move" }, "Move to another phone or computer · Roost"],
    [{ at: "install" }, `${words.install.heading} · Roost`],
    [{ at: "sign_out" }, "Sign out · Roost"],
    [{ at: "join", token: "" }, "Invitation · Roost"],
];

test.each(PLACES)("the title of %o is of its kind, and names nobody", async (at, title) => {
    const stage = new Stage("liaison");
    route.value = at;
    await stage.draw();
    expect(document.title).toBe(title);
    expect(document.title).not.toMatch(NAMES);
});

test("when a phone is signed out, its title tells nothing of where it was", async () => {
    const stage = await new Stage().draw();
    expect(document.title).toBe("Messages · Roost");
    stage.shown.phase.value = "ended";
    await stage.draw();
    expect(document.title).toBe("Roost");
});
