// What an edit is, and until when one's own message can be edited: the port of
// `shared/src/kind/edit.rs`.

import {
    EDIT_MS,
    REVISIONS_MAX,
    type CardOf,
    type Edit,
    type Entry,
} from "../../generated/protocol.ts";
import { fieldsOf } from "../body.ts";

/** The edit in a body, or `undefined` when it is not one. */
export function read(body: unknown): Edit | undefined {
    const text = fieldsOf(body, ["text"])?.["text"];
    return typeof text === "string" ? { text } : undefined;
}

/** Whether the server would still take other words for this message. */
export function isOpen(
    entry: Pick<Entry, "at">,
    card: CardOf | undefined,
    now_ms: number,
): boolean {
    return now_ms - entry.at <= EDIT_MS && (card?.edited?.times ?? 0) < REVISIONS_MAX;
}
