// What an entry needs to know of the room that it stands in.

import type { CardMap, Unsent } from "../core/shown.ts";
import type { Entry, Mark } from "../generated/protocol.ts";
import type { Around, Piece } from "../kind/kind.ts";
import { isSaid } from "../kind/rules.ts";

export type Place = {
    around: Around;
    cards: CardMap;
    /** What I did to an entry and the room does not hold yet, by its target. */
    acting: ReadonlyMap<string, readonly Unsent[]>;
    /** How far the others are, where that is told. */
    others: readonly Mark[];
    /** Opens what can be done with an entry. */
    open: (entry: Entry) => void;
    /** Opens what an entry said before it was edited. */
    lookBack: (entry: Entry) => void;
    answer: (entry: Entry) => void;
};

/** Whether a draft does something to an entry, rather than standing in the room by itself. */
export function isAct(draft: Unsent): boolean {
    return !isSaid(draft);
}

/** A gathering that is not there yet has no answers: without its id it shows none. */
export function pieceOf({ kind, body, target }: Unsent): Piece {
    return { kind, body, ...(target === undefined ? {} : { target }) };
}

/** Acts that are on their way, by what they are done to. */
export function actsByTarget(drafts: readonly Unsent[]): Map<string, Unsent[]> {
    const acting = new Map<string, Unsent[]>();
    for (const draft of drafts) {
        if (draft.target === undefined || draft.state === "refused" || !isAct(draft)) continue;
        acting.set(draft.target, [...(acting.get(draft.target) ?? []), draft]);
    }
    return acting;
}
