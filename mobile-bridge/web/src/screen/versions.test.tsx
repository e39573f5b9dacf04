// @vitest-environment happy-dom
// What a message said before it was edited is looked up from the word under it, and is gone when
// the message is.

import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import type { Answer } from "../core/session.ts";
import { EDIT_MS, REVISIONS_MAX, type Refusal } from "../generated/protocol.ts";
import { words } from "../words.ts";
import { JO, ROOM, SAM, Stage, said } from "./stage.ts";
import { momentOf } from "./times.ts";

const MINUTE_MS = 60_000;
const at = Date.now() - EDIT_MS;
const tea = said(1, JO, "Tea at six", at);
const edited = { text: "Tea at six", at: at + 2 * MINUTE_MS, times: 2 };
const door = `GET /api/rooms/${ROOM}/entries/${tea.id}/versions`;
const earlier = [
    { at, body: { text: "Tea at four" } },
    { at: at + MINUTE_MS, body: { text: "Tea at five" } },
];
const no = (code: Refusal) => ({ refused: { code, class: "final", words: code, after_ms: 0 } });

const room = () => new Stage().hold(tea).card(tea, { edited });
const sheet = (stage: Stage) => stage.find("versions")!.textContent!;

test("the word under a message opens what it said before, the oldest first", async () => {
    const stage = room();
    stage.answers[door] = { value: { versions: earlier } };
    await stage.draw();
    const word = stage.find("edited")!;
    expect(word.textContent).toBe("edited");
    expect(word.getAttribute("aria-label")).toBe("edited, show earlier words");
    await stage.press("edited");
    const wordings = stage.all("version").map((each) => each.textContent);
    const now = Date.now();
    expect(wordings).toEqual([
        `${words.versions.from(momentOf(at, now))}Tea at four`,
        `${words.versions.from(momentOf(at + MINUTE_MS, now))}Tea at five`,
        `${words.versions.now(momentOf(edited.at, now))}Tea at six`,
    ]);
    expect(stage.find("menu"), "the tap was for the word alone").toBeNull();
    await stage.press("versions-close");
    expect(stage.find("versions")).toBeNull();
});

test("a message that was not edited has no such word", async () => {
    const stage = await new Stage().hold(tea).card(tea, { reactions: { [SAM]: "👍" } }).draw();
    expect(stage.find("edited")).toBeNull();
});

test("without signal it says what it needs, and looks again", async () => {
    const stage = await room().draw();
    await stage.press("edited");
    expect(sheet(stage)).toContain(words.versions.noSignal);
    stage.answers[door] = { value: { versions: earlier } };
    await stage.press("versions-again");
    expect(stage.all("version")).toHaveLength(3);
});

test("while it looks, it says so", async () => {
    const stage = room();
    let tell: (answer: Answer<{ versions: typeof earlier }>) => void = () => undefined;
    stage.acts.versions = () => new Promise((resolve) => (tell = resolve));
    await stage.draw();
    await stage.press("edited");
    expect(sheet(stage)).toContain(words.versions.looking);
    await act(async () => tell({ value: { versions: earlier } }));
    expect(sheet(stage)).not.toContain(words.versions.looking);
});

test("of a message that is removed nothing is told, and nothing stays on the screen", async () => {
    const stage = room();
    stage.answers[door] = no("not_found") as never;
    await stage.draw();
    await stage.press("edited");
    expect(sheet(stage), "the server has it no more").toContain(words.versions.gone);
    await stage.press("versions-close");
    stage.answers[door] = { value: { versions: earlier } };
    await stage.press("edited");
    expect(sheet(stage)).toContain("Tea at four");
    await act(async () => {
        stage.card(tea, { at_seq: 9, hidden: { by: "author", at: 9 } });
    });
    expect(sheet(stage), "it is removed while somebody looks").not.toContain("Tea at four");
    expect(sheet(stage)).toContain(words.versions.gone);
});

test("whoever has edited as often as can be is not asked to once more", async () => {
    const mine = said(1, SAM, "again");
    const often = { text: "again", at: 1, times: REVISIONS_MAX };
    const stage = await new Stage().hold(mine).card(mine, { edited: often }).draw();
    await stage.press("more");
    expect(stage.find("menu-edit")).toBeNull();
    expect(stage.find("menu-remove")).not.toBeNull();
});
