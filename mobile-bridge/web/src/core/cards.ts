// Which cards of a room are held, and of what. Holds numbers: the cards themselves go to the store
// as they came. Nothing is folded here; that is the server's.

import type { CardOf, Entry } from "../generated/protocol.ts";
import type { HeldCard } from "./face.ts";
import type { CardHeard } from "./read.ts";

export class Cards {
    #held: Map<string, HeldCard>;

    /** From a store. */
    constructor(saved: readonly HeldCard[] = []) {
        this.#held = new Map(saved.map((card) => [card.target, card]));
    }

    /**
     * Takes what is newer than what is held, whether its target is held or not. Returns the cards
     * to be kept, and those whose target was removed by them.
     */
    take(cards: readonly CardHeard[], floor: number): { fresh: CardOf[]; removed: HeldCard[] } {
        const fresh: CardOf[] = [];
        const removed: HeldCard[] = [];
        for (const { card, raw } of cards) {
            const held = this.#held.get(card.target);
            if (card.seq < floor || (held && held.at_seq >= card.at_seq)) continue;
            if (card.hidden && !held?.hidden) removed.push(card);
            this.#held.set(card.target, card);
            fresh.push(raw);
        }
        return { fresh, removed };
    }

    /** An entry without its body, if it was removed: a page may be older than the card. */
    strip(entry: Entry): Entry {
        if (!this.#held.get(entry.id)?.hidden) return entry;
        const { body: _, ...bare } = entry;
        return bare;
    }

    /** Forgets the cards of what lies below `floor`. */
    cutBelow(floor: number): void {
        for (const [target, { seq }] of this.#held) {
            if (seq < floor) this.#held.delete(target);
        }
    }
}
