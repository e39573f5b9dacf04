// What counts as a text that a person wrote: the port of `shared/src/text.rs`. Checked before the
// outbox, so that a person hears at once what the server would only say later.

import type { Refusal } from "../generated/protocol.ts";

// Rust's `char::is_control`, which is the Unicode category Cc, less line feed and tab.
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
// Rust's `str::trim` takes White_Space; JavaScript's also takes U+FEFF, which is not White_Space.
const VISIBLE = /[^\p{White_Space}]/u;
const BREAKS = /[\n\t\u2028\u2029]/;

/** Unicode scalar values, which is how the contract counts; UTF-16 would count a bird as two. */
export function countChars(text: string): number {
    let count = 0;
    for (const _ of text) count += 1;
    return count;
}

/** Why a text of at most this many characters cannot be sent, if it cannot. */
export function within(text: string, max_chars: number): Refusal | undefined {
    if (UNPRINTABLE.test(text)) return "text_unprintable";
    if (!VISIBLE.test(text)) return "text_empty";
    return countChars(text) > max_chars ? "text_too_long" : undefined;
}

/** As `within`, on one line. */
export function line(text: string, max_chars: number): Refusal | undefined {
    return BREAKS.test(text) ? "text_unprintable" : within(text, max_chars);
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
