// What is held at the top of a room, the newest pin first.

import type { CardMap } from "../core/shown.ts";
import type { CardOf, Entry } from "../generated/protocol.ts";
import { lineOf } from "../kind/index.ts";
import type { Around } from "../kind/kind.ts";
import { words } from "../words.ts";

type Props = {
    cards: CardMap;
    held: readonly Entry[];
    around: Around;
    show: (seq: number) => void;
};

/** The cards that are pinned, the newest pin first. */
export function pinnedOf(cards: CardMap): CardOf[] {
    const pinned = [...cards.values()].filter((card) => card.pinned && !card.hidden);
    return pinned.sort((a, b) => b.pinned!.at - a.pinned!.at);
}

export function Pinned({ cards, held, around, show }: Props) {
    const pinned = pinnedOf(cards).flatMap((card) => {
        const entry = held.find((each) => each.id === card.target);
        // A pin whose entry is not here yet says nothing.
        return entry ? [{ entry, line: lineOf(entry, around, card) }] : [];
    });
    if (pinned.length === 0) return null;
    return (
        <details class="pinned" data-testid="pinned">
            <summary>
                <span class="pinned-word">
                    {pinned.length > 1 ? words.room.pinnedMore(pinned.length) : words.room.pinned}
                </span>{" "}
                {pinned[0]!.line}
            </summary>
            <ul>
                {pinned.map(({ entry, line }) => (
                    <li key={entry.id}>
                        <button
                            type="button"
                            class="menu-choice"
                            onClick={() => show(entry.seq)}
                        >
                            {line}
                        </button>
                    </li>
                ))}
            </ul>
        </details>
    );
}
