// A message: text somebody wrote. Shown through a text node, never as markup.

import { words } from "../../words.ts";
import { nameOf, type Around, type Kind } from "../kind.ts";
import { read } from "./rules.ts";

export const message: Kind = {
    said: true,
    line: (body) => read(body)?.text.replace(/\s+/g, " ").trim(),
    View: ({ body }) => <p class="message-text">{read(body)?.text}</p>,
};

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
