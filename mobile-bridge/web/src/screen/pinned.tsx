// What is held at the top of a room, the newest pin first.

import { useEffect, useState } from "preact/hooks";
import type { CardMap } from "../core/shown.ts";
import type { CardOf, Entry } from "../generated/protocol.ts";
import { lineOf } from "../kind/index.ts";
import type { Around } from "../kind/kind.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";

type Props = {
    room: string;
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

export function Pinned({ room, cards, held, around, show }: Props) {
    const { acts } = useRoost();
    /** What is pinned may stand far above what is held. */
    const [far, setFar] = useState<ReadonlyMap<string, Entry>>(new Map());
    const here = (card: CardOf) =>
        held.find((each) => each.id === card.target) ?? far.get(card.target);
    const missing = pinnedOf(cards).filter((card) => !here(card));
    useEffect(() => {
        for (const { target, seq } of missing)
            void acts.entry(room, seq).then((entry) => {
                if (entry?.id === target) setFar((known) => new Map([...known, [target, entry]]));
            });
    }, [missing.map(({ target }) => target).join()]);
    const pinned = pinnedOf(cards).flatMap((card) => {
        const entry = here(card);
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
                            data-testid="pinned-show"
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
