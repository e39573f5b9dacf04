// How far my words have come in a line: sent, delivered to and read by how many. Pure.

import type { Mark } from "../generated/protocol.ts";
import { words } from "../words.ts";

/** `others` is empty in rooms where nothing of it is told. */
export function receiptWords(seq: number, others: readonly Mark[]): string {
    const read = others.filter((mark) => mark.read >= seq).length;
    // Whoever read it has it, whatever their phone last said.
    const has = (mark: Mark) => Math.max(mark.delivered, mark.read) >= seq;
    const delivered = others.filter(has).length;
    if (others.length > 0 && read === others.length) return words.message.read;
    if (read > 0) return words.message.readBy(read, others.length);
    if (delivered === 0) return words.message.sent;
    return delivered === others.length
        ? words.message.delivered
        : words.message.deliveredTo(delivered, others.length);
}
