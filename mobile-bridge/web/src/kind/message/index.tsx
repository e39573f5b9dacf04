// A message: text somebody wrote. Shown through a text node, never as markup.

import { words } from "../../words.ts";
import { nameOf, type Around, type Kind } from "../kind.ts";
import { read } from "./rules.ts";

export const message: Kind = {
    stands: () => "said",
    line: (body) => read(body)?.text.replace(/\s+/g, " ").trim(),
    View: ({ entry, card }) => (
        <p class="message-text">{card?.edited?.text ?? read(entry.body)?.text}</p>
    ),
};

/** Whether every home is asked to confirm that it has read this. */
export function asksToConfirm(body: unknown): boolean {
    return read(body)?.please_confirm === true;
}

/** The quote above a reply. The answered entry may lie below what this phone holds. */
export function Quote(props: {
    author: string | undefined;
    line: string | undefined;
    around: Around;
}) {
    const { author, line, around } = props;
    if (line === undefined) return <p class="quote">{words.message.quoteGone}</p>;
    const name =
        author === around.me ? words.message.you : nameOf(author, around, words.room.someone);
    return (
        <p class="quote">
            <span class="quote-name">{name}</span> {line}
        </p>
    );
}
