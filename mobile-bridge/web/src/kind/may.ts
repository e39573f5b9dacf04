// What the page offers to whom: the port of the matrix in `shared/src/policy.rs` and of what kinds
// permit. It only spares people a refusal; the server decides.

import type { CardOf, Entry } from "../generated/protocol.ts";
import { isOpen } from "./edit/rules.ts";
import { hoursAt } from "./hours.ts";
import type { Around } from "./kind.ts";

const leads = ({ role }: Around) => role === "hub" || role === "liaison";
const inCircle = ({ listed }: Around) => listed?.kind === "circle";

/** Whether I may write here now. A young person only while the room is open. */
export function mayWrite(around: Around, now_ms: number): boolean {
    const bound = around.listed?.kind === "peers" && around.role === "young";
    return !bound || hoursAt(now_ms).open;
}

export function mayPin(around: Around): boolean {
    switch (around.listed?.kind) {
        case "circle":
            return leads(around);
        case "hub_line":
        case "liaison_line":
            return true;
        case "peers":
            return around.role === "liaison";
        default:
            return false;
    }
}

/** What stands in a room: not what changes or answers it. */
function stands(entry: Entry): boolean {
    const begins = entry.kind === "gathering" || entry.kind === "poll";
    return entry.kind === "message" || (begins && entry.target === undefined);
}

/** Whether I may take this out: what is my own, or another's whose room I look after. */
export function mayRemove(entry: Entry, around: Around): "own" | "other" | undefined {
    if (!stands(entry)) return undefined;
    if (entry.author !== undefined && entry.author === around.me) return "own";
    const looksAfter = around.role === "liaison" || (around.role === "hub" && inCircle(around));
    return looksAfter ? "other" : undefined;
}

export function mayEdit(
    entry: Entry,
    card: CardOf | undefined,
    around: Around,
    now_ms: number,
): boolean {
    const own = entry.kind === "message" && entry.author === around.me && around.me !== undefined;
    return own && isOpen(entry, card, now_ms) && mayWrite(around, now_ms);
}

/** Publish gatherings, and ask every home to confirm. */
export function mayPublish(around: Around): boolean {
    return inCircle(around) && leads(around);
}

export function mayConfirm(around: Around): boolean {
    return inCircle(around) && around.home !== undefined && around.role !== "young";
}

/** Whether I may answer a gathering for this home. */
export function mayAnswer(home: string, around: Around): boolean {
    return inCircle(around) && (around.home === home || leads(around));
}
