// An emoji on an entry: shown as a row below what it is on, with how many and who.

import { useState } from "preact/hooks";
import { EMOJI, type CardOf } from "../../generated/protocol.ts";
import { words } from "../../words.ts";
import { nameOf, silent, type Around } from "../kind.ts";
import { read } from "./rules.ts";

export const reaction = silent((body) => {
    const said = read(body);
    return said && words.reaction.line(said.emoji ?? "");
});

/** The people by emoji, the emoji in the order in which they are offered. */
export function tallyOf(card: CardOf | undefined): [emoji: string, people: string[]][] {
    const tally = new Map<string, string[]>();
    for (const [person, emoji] of Object.entries(card?.reactions ?? {})) {
        tally.set(emoji, [...(tally.get(emoji) ?? []), person]);
    }
    const rank = (emoji: string) => (EMOJI as readonly string[]).indexOf(emoji);
    return [...tally].sort(([a], [b]) => rank(a) - rank(b));
}

/** What I reacted with, if I did. */
export function mineOf(card: CardOf | undefined, around: Around): string | undefined {
    return around.me === undefined ? undefined : card?.reactions?.[around.me];
}

type Props = {
    card: CardOf | undefined;
    around: Around;
};

/** A tap on the row tells who. */
export function Reactions({ card, around }: Props) {
    const [open, setOpen] = useState(false);
    const tally = tallyOf(card);
    if (tally.length === 0) return null;
    const names = (people: string[]) =>
        people.map((person) =>
            person === around.me
                ? words.message.you
                : nameOf(person, around, words.room.someone),
        );
    const mine = mineOf(card, around);
    return (
        <div class="reactions" data-testid="reactions">
            <button
                type="button"
                class="reactions-row"
                aria-expanded={open}
                onClick={() => setOpen(!open)}
            >
                {tally.map(([emoji, people]) => (
                    <span key={emoji} class={emoji === mine ? "reaction mine-too" : "reaction"}>
                        <span class="emoji">{emoji}</span> {people.length}
                    </span>
                ))}
                <span class="unseen">
                    {[
                        ...tally.map(([emoji, people]) =>
                            words.reaction.who(emoji, names(people)),
                        ),
                        words.reaction.showWho,
                    ].join(". ")}
                </span>
            </button>
            {open && (
                <ul class="reactions-who">
                    {tally.map(([emoji, people]) => (
                        <li key={emoji}>{words.reaction.who(emoji, names(people))}</li>
                    ))}
                </ul>
            )}
        </div>
    );
}

/** The seven to choose from; choosing one's own again takes it back. */
export function Picker(props: {
    card: CardOf | undefined;
    around: Around;
    choose: (emoji: string | null) => void;
}) {
    const { card, around, choose } = props;
    const mine = mineOf(card, around);
    return (
        <div class="picker" role="group">
            {EMOJI.map((emoji) => (
                <button
                    key={emoji}
                    type="button"
                    class="picker-emoji"
                    data-testid="react"
                    aria-pressed={emoji === mine}
                    aria-label={
                        emoji === mine ? words.menu.unreact(emoji) : words.menu.react(emoji)
                    }
                    onClick={() => choose(emoji === mine ? null : emoji)}
                >
                    {emoji}
                </button>
            ))}
        </div>
    );
}
