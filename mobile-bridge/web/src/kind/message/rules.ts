// What a message is: the port of `shared/src/text.rs` and `kind/message.rs`. Checked before the
// outbox, so that a person hears at once what the server would only say later.

import { TEXT_MAX_CHARS, type Message, type Refusal } from "../../generated/protocol.ts";

// Rust's `char::is_control`, which is the Unicode category Cc, less line feed and tab.
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
// Rust's `str::trim` takes White_Space; JavaScript's also takes U+FEFF, which is not White_Space.
const VISIBLE = /[^\p{White_Space}]/u;

/** Unicode scalar values, which is how the contract counts; UTF-16 would count a bird as two. */
export function countChars(text: string): number {
    let count = 0;
    for (const _ of text) count += 1;
    return count;
}

/** Why a text cannot be sent, if it cannot. */
export function check(text: string): Refusal | undefined {
    if (UNPRINTABLE.test(text)) return "text_unprintable";
    if (!VISIBLE.test(text)) return "text_empty";
    return countChars(text) > TEXT_MAX_CHARS ? "text_too_long" : undefined;
}

/** The message in a body, or `undefined` when it is not one. */
export function read(body: unknown): Message | undefined {
    if (typeof body !== "object" || body === null) return undefined;
    const { text, ...rest } = body as Record<string, unknown>;
    return typeof text === "string" && Object.keys(rest).length === 0 ? { text } : undefined;
}

/**
 * What a person typed as it is sent: line ends of one sort, no blank edges, no lone surrogates.
 */
export function tidy(typed: string): string {
    return typed
        .replace(/\r\n?/g, "\n")
        .replace(/[\ud800-\udfff]/gu, "\ufffd")
        .trim();
}
