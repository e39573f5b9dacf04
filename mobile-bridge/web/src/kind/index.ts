// Every kind this app can show: one line each. A kind not named here is kept, and shown as
// "Update Roost to see this."

import type { Entry } from "../generated/protocol.ts";
import { words } from "../words.ts";
import type { Around, Kind } from "./kind.ts";
import { member } from "./member/index.tsx";
import { message } from "./message/index.tsx";

const KINDS = new Map<string, Kind>([
    ["message", message],
    ["member", member],
]);

/** How to show an entry, if its kind is known here and its body readable. */
export function kindOf(entry: Pick<Entry, "kind" | "body">, around: Around): Kind | undefined {
    const kind = KINDS.get(entry.kind);
    return kind?.line(entry.body, around) === undefined ? undefined : kind;
}

/** One line of plain text about an entry of any kind. */
export function lineOf(entry: Pick<Entry, "kind" | "body">, around: Around): string {
    return KINDS.get(entry.kind)?.line(entry.body, around) ?? words.room.unknownKind;
}
