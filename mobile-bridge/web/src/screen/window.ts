// Which of the held entries are drawn: a window of the room, at its end or from where the person
// scrolled to. Pure.

import type { Entry } from "../generated/protocol.ts";

/** Several screens full: enough to scroll in, and few enough for an old phone to draw at once. */
export const DRAWN_ENTRIES = 100;

/** The window moves by so many when the person comes near to its edge. */
export const STEP_ENTRIES = 20;

/**
 * The entries to draw; `from` is the first seq to draw, or `undefined` at the end of the room.
 */
export function drawn(entries: readonly Entry[], from: number | undefined): readonly Entry[] {
    if (from === undefined) return entries.slice(-DRAWN_ENTRIES);
    const first = placeOf(entries, from);
    return entries.slice(first, first + DRAWN_ENTRIES);
}

/** Where to draw from after the person came near to the top, if more is held. */
export function higher(entries: readonly Entry[], first: number): number | undefined {
    const place = placeOf(entries, first);
    return place > 0 ? entries[Math.max(0, place - STEP_ENTRIES)]!.seq : undefined;
}

/** The same near to the bottom; `undefined` when that is the end of the room. */
export function lower(entries: readonly Entry[], first: number): number | undefined {
    const place = placeOf(entries, first) + STEP_ENTRIES;
    return place + DRAWN_ENTRIES < entries.length ? entries[place]!.seq : undefined;
}

/**
 * The entries around a seq that follow each other without a hole. A place that somebody went to is
 * read by itself: what is drawn below a hole would be pushed away as the hole is filled.
 */
export function runAt(entries: readonly Entry[], seq: number): readonly Entry[] {
    const place = placeOf(entries, seq);
    let [first, end] = [place, place + 1];
    while (first > 0 && entries[first - 1]!.seq + 1 === entries[first]!.seq) first -= 1;
    while (end < entries.length && entries[end - 1]!.seq + 1 === entries[end]!.seq) end += 1;
    return entries.slice(first, end);
}

/** The seq that newer entries follow without a hole; below it something is still to come. */
export function whole(entries: readonly Entry[]): number | undefined {
    let lowest = entries.at(-1)?.seq;
    for (let at = entries.length - 2; at >= 0 && entries[at]!.seq + 1 === lowest; at -= 1) {
        lowest = entries[at]!.seq;
    }
    return lowest;
}

/** The place of the first entry that is not below a seq. */
function placeOf(entries: readonly Entry[], seq: number): number {
    const place = entries.findIndex((entry) => entry.seq >= seq);
    return place < 0 ? Math.max(0, entries.length - DRAWN_ENTRIES) : place;
}
