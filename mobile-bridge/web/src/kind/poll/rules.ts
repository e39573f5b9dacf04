// What a poll is: the port of `shared/src/kind/poll.rs`.

import {
    OPTION_MAX_CHARS,
    OPTIONS_MAX,
    OPTIONS_MIN,
    QUESTION_MAX_CHARS,
    type CardOf,
    type Choice,
    type Poll,
    type PollState,
    type Question,
    type Refusal,
} from "../../generated/protocol.ts";
import { fieldsOf, isInt, isOptional, isString } from "../body.ts";
import { line } from "../text.ts";

/** The poll in a body, or `undefined` when it is not one. */
export function read(body: unknown): Poll | undefined {
    const fields = fieldsOf(body, ["ask", "choose", "close"]);
    if (!fields || Object.keys(fields).length !== 1) return undefined;
    if ("ask" in fields) {
        const ask = readQuestion(fields["ask"]);
        return ask && { ask };
    }
    if ("choose" in fields) {
        const choose = readChoice(fields["choose"]);
        return choose && { choose };
    }
    return fieldsOf(fields["close"], []) && { close: {} };
}

function readQuestion(value: unknown): Question | undefined {
    const { question, options } = fieldsOf(value, ["question", "options"]) ?? {};
    const fit = isString(question) && Array.isArray(options) && options.every(isString);
    return fit ? { question, options } : undefined;
}

function readChoice(value: unknown): Choice | undefined {
    const fields = fieldsOf(value, ["option"]);
    if (!fields) return undefined;
    const { option } = fields;
    const isPlace = (it: unknown): it is number => isInt(it, 0, 255);
    if (!isOptional(option, isPlace)) return undefined;
    return typeof option === "number" ? { option } : {};
}

/** Whether it is in order by itself. */
export function check(poll: Poll): Refusal | undefined {
    if (!("ask" in poll)) return undefined;
    const { question, options } = poll.ask;
    const wrong =
        line(question, QUESTION_MAX_CHARS) ??
        options.map((option) => line(option, OPTION_MAX_CHARS)).find((each) => each !== undefined);
    const different = new Set(options.map((option) => option.trim())).size === options.length;
    const enough = options.length >= OPTIONS_MIN && options.length <= OPTIONS_MAX;
    return wrong === undefined && different && enough ? undefined : "details_invalid";
}

/** What the card tells of a poll, if it is the card of one. */
export function stateOf(card: CardOf | undefined): PollState | undefined {
    const state = card?.state as Partial<PollState> | undefined;
    return state?.poll && state.choices ? (state as PollState) : undefined;
}
