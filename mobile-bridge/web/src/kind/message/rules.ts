// What a message is: the port of `shared/src/kind/message.rs`.

import { TEXT_MAX_CHARS, type Message, type Refusal } from "../../generated/protocol.ts";
import { fieldsOf } from "../body.ts";
import { within } from "../text.ts";

/** Why a text cannot be sent, if it cannot. */
export function check(text: string): Refusal | undefined {
    return within(text, TEXT_MAX_CHARS);
}

/** The message in a body, or `undefined` when it is not one. */
export function read(body: unknown): Message | undefined {
    const fields = fieldsOf(body, ["text", "please_confirm"]);
    const asks = fields?.["please_confirm"] ?? false;
    const unsaid = fields && "please_confirm" in fields && fields["please_confirm"] === null;
    if (typeof fields?.["text"] !== "string" || typeof asks !== "boolean" || unsaid)
        return undefined;
    return { text: fields["text"], ...(asks ? { please_confirm: true } : {}) };
}
