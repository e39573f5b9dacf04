// What a home's answer is: the port of `shared/src/kind/rsvp.rs`.

import { HEADS_MAX, type Answer, type Refusal, type Rsvp } from "../../generated/protocol.ts";
import { fieldsOf, isId, isInt, isOptional } from "../body.ts";

const ANSWERS: readonly unknown[] = ["going", "maybe", "not_going"] satisfies Answer[];

const isHeads = (value: unknown): value is number => isInt(value, 0, 255);

/** The answer in a body, or `undefined` when it is not one. */
export function read(body: unknown): Rsvp | undefined {
    const fields = fieldsOf(body, ["answer", "heads", "home"]);
    const { answer, heads, home } = fields ?? {};
    if (!ANSWERS.includes(answer) || !isOptional(heads, isHeads) || !isOptional(home, isId))
        return undefined;
    return {
        answer: answer as Answer,
        ...(typeof heads === "number" ? { heads } : {}),
        ...(typeof home === "string" ? { home } : {}),
    };
}

/** Whether heads and answer fit together. */
export function check({ answer, heads = 0 }: Rsvp): Refusal | undefined {
    const inOrder = answer === "not_going" ? heads === 0 : heads >= 1 && heads <= HEADS_MAX;
    return inOrder ? undefined : "body_invalid";
}
