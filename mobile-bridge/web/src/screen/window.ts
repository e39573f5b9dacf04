// Which of the held entries are drawn: the last 200, or from where the person scrolled up to.
// Pure.

import type { Entry } from "../generated/protocol.ts";

/** Drawn at the end of a room, and added each time the person reaches the top. */
export const WINDOW_ENTRIES = 200;

/**
 * The entries to draw; `from` is the first seq to draw, or `undefined` at the end of the room.
 */
export function drawn(entries: readonly Entry[], from: number | undefined): readonly Entry[] {
    if (from === undefined) return entries.slice(-WINDOW_ENTRIES);
    const first = entries.findIndex((entry) => entry.seq >= from);
    return first < 0 ? entries.slice(-WINDOW_ENTRIES) : entries.slice(first);
}

/** Where to draw from after the person reached the top, if more is held. */
export function further(entries: readonly Entry[], first: number): number | undefined {
    const place = entries.findIndex((entry) => entry.seq >= first);
    return place > 0 ? entries[Math.max(0, place - WINDOW_ENTRIES)]!.seq : undefined;
}

/** The seq that newer entries follow without a hole; below it something is still to come. */
export function whole(entries: readonly Entry[]): number | undefined {
    let lowest = entries.at(-1)?.seq;
    for (let at = entries.length - 2; at >= 0 && entries[at]!.seq + 1 === lowest; at -= 1) {
        lowest = entries[at]!.seq;
    }
    return lowest;
}
