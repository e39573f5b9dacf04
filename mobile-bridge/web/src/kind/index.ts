// Every kind this app can show: one line each. A kind not named here is kept, and shown as
// "Update Roost to see this."

import type { CardOf } from "../generated/protocol.ts";
import { words } from "../words.ts";
import { confirm } from "./confirm/index.tsx";
import { edit } from "./edit/index.ts";
import { gathering } from "./gathering/index.tsx";
import type { Around, Kind, Piece, Stands } from "./kind.ts";
import { member } from "./member/index.tsx";
import { message } from "./message/index.tsx";
import { pin } from "./pin/index.tsx";
import { poll } from "./poll/index.tsx";
import { reaction } from "./reaction/index.tsx";
import { redact } from "./redact/index.ts";
import { rsvp } from "./rsvp/index.ts";

const KINDS = new Map<string, Kind>([
    ["message", message],
    ["reaction", reaction],
    ["edit", edit],
    ["redact", redact],
    ["pin", pin],
    ["confirm", confirm],
    ["gathering", gathering],
    ["rsvp", rsvp],
    ["poll", poll],
    ["member", member],
]);

/** How to show an entry, if its kind is known here and its body readable. */
export function kindOf(piece: Piece, around: Around): Kind | undefined {
    const kind = KINDS.get(piece.kind);
    return kind?.line(piece.body, around) === undefined ? undefined : kind;
}

/** How an entry stands in its room; what cannot be read stands as a quiet line that says so. */
export function standsOf(piece: Piece): Stands {
    return KINDS.get(piece.kind)?.stands(piece) ?? "line";
}

/** Whether an entry is something new; of a kind that is not known here none is. */
export function newsOf(piece: Piece): boolean {
    return KINDS.get(piece.kind)?.isNews(piece) ?? false;
}

/** Who took an entry out, in words; `undefined` for what still stands. */
export function removedWords(piece: Piece, card: CardOf | undefined): string | undefined {
    const by = card?.hidden?.by;
    if (by !== undefined) return words.removed[by] ?? words.removed.unknown;
    // Without a moment it is of a kind that the server's own build did not know.
    const bare = piece.body === undefined && Boolean(piece.at) && KINDS.has(piece.kind);
    return bare ? words.removed.unknown : undefined;
}

/** All the words of what still stands. */
export function textOf(piece: Piece, card: CardOf | undefined): string | undefined {
    const removed = removedWords(piece, card) !== undefined;
    return removed ? undefined : KINDS.get(piece.kind)?.text?.(piece, card);
}

/** One line of plain text about an entry of any kind, as it stands now. */
export function lineOf(piece: Piece, around: Around, card?: CardOf): string {
    const removed = removedWords(piece, card);
    if (removed !== undefined) return removed;
    const text = card?.edited?.text;
    const body = text === undefined ? piece.body : { text };
    return KINDS.get(piece.kind)?.line(body, around) ?? words.room.unknownKind;
}
