// @vitest-environment happy-dom
// A question with answers to choose from.

import { expect, test } from "vitest";
import { QUESTION_MAX_CHARS, type Entry, type PollState } from "../generated/protocol.ts";
import { words } from "../words.ts";
import { JO, SAM, Stage, idAt, spoken } from "./stage.ts";

const ask = { question: "Which day?", options: ["Saturday", "Sunday"] };
const day: Entry = { seq: 1, id: idAt(1), kind: "poll", author: JO, at: 1, body: { ask } };
const state: PollState = { poll: ask, choices: { [JO]: 1 }, closed: false };

test("one tap chooses, and the same tap takes it back", async () => {
    const stage = await new Stage().hold(day).card(day, { state }).draw();
    expect(stage.find("poll")!.textContent).toContain("1 · Jo");
    expect(stage.find("poll-close")).toBeNull();
    await stage.press("poll-option", 0);
    expect(stage.sent).toEqual([["poll", { choose: { option: 0 } }, day.id]]);
    const mine = { ...state, choices: { [JO]: 1, [SAM]: 0 } };
    const later = await new Stage().hold(day).card(day, { state: mine }).draw();
    await later.press("poll-option", 0);
    expect(later.sent).toEqual([["poll", { choose: {} }, day.id]]);
    const both = { ...state, choices: { [JO]: 1, [SAM]: 1 } };
    const agreed = await new Stage().hold(day).card(day, { state: both }).draw();
    expect(agreed.find("poll")!.textContent).toContain("2 · You and Jo");
});

test("what is over takes no answers, and says so", async () => {
    const over = { ...state, closed: true };
    const stage = await new Stage().hold(day).card(day, { state: over }).draw();
    expect(stage.find("poll")!.textContent).toContain("Nobody can answer any more.");
    await stage.press("poll-option", 0);
    expect(stage.sent).toEqual([]);
});

test("whoever looks after the room ends a question", async () => {
    const stage = await new Stage("liaison").hold(day).card(day, { state }).draw();
    await stage.press("poll-close");
    expect(stage.sent).toEqual([["poll", { close: {} }, day.id]]);
});

test("a question needs two answers that differ", async () => {
    const stage = await new Stage().draw();
    await stage.press("ask-poll");
    await stage.press("poll-ask");
    expect(document.activeElement).toBe(stage.find("poll-question"));
    expect(spoken(document.activeElement!)).toBe(words.poll.questionWrong);
    await stage.fill("poll-question", "Which day?");
    await stage.fill("poll-answer-0", "Saturday");
    await stage.fill("poll-answer-1", " Saturday ");
    await stage.press("poll-ask");
    expect(document.activeElement, "the second of the same").toBe(stage.find("poll-answer-1"));
    expect(spoken(document.activeElement!)).toBe(words.poll.optionWrong);
    await stage.fill("poll-answer-1", "");
    await stage.press("poll-ask");
    expect(document.activeElement, "one is missing").toBe(stage.find("poll-answer-1"));
    await stage.fill("poll-answer-1", "Sunday");
    await stage.press("poll-ask");
    expect(stage.sent).toEqual([["poll", { ask }]]);
});

test("a text is as long as the server counts it, and what is too long is told", async () => {
    const stage = await new Stage().draw();
    await stage.press("ask-poll");
    const question = stage.find("poll-question") as HTMLInputElement;
    expect(question.hasAttribute("maxlength"), "a browser counts a bird as two").toBe(false);
    const left = () => question.parentElement!.querySelector('[role="status"]')!.textContent;
    await stage.fill("poll-question", "🐦".repeat(QUESTION_MAX_CHARS - 21));
    expect(left()).toBe("");
    await stage.fill("poll-question", "🐦".repeat(QUESTION_MAX_CHARS + 3));
    expect(left()).toBe(words.message.left(-3));
    await stage.fill("poll-answer-0", "Yes");
    await stage.fill("poll-answer-1", "No");
    await stage.press("poll-ask");
    expect(stage.sent).toEqual([]);
    expect(document.activeElement).toBe(question);
    expect(spoken(question)).toBe(words.field.tooLong(QUESTION_MAX_CHARS));
    const longest = "🐦".repeat(QUESTION_MAX_CHARS);
    await stage.fill("poll-question", ` ${longest} `);
    expect(left(), "what is cut off at the edges does not count").toBe(words.message.left(0));
    await stage.press("poll-ask");
    const asked = { question: longest, options: ["Yes", "No"] };
    expect(stage.sent).toEqual([["poll", { ask: asked }]]);
});

test("what was removed tells nothing, and who looks after the room may remove it", async () => {
    const stage = await new Stage("liaison").hold(day).card(day, { state }).draw();
    await stage.press("more");
    await stage.press("menu-remove");
    await stage.press("remove-yes");
    expect(stage.sent).toEqual([["redact", {}, day.id]]);
    const { body: _, ...bare } = day;
    const later = new Stage().hold(bare).card(day, { hidden: { by: "liaison", at: 2 } });
    await later.draw();
    expect(later.find("poll")).toBeNull();
    expect(later.entry(day).textContent).toContain("Hidden by the liaison worker");
});
