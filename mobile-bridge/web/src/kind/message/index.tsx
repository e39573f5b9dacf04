// A message: text somebody wrote. Shown through text nodes and plain links, never as markup.

import type { CardOf } from "../../generated/protocol.ts";
import { words } from "../../words.ts";
import { nameOf, type Around, type Kind, type Piece as Said } from "../kind.ts";
import { piecesOf, type Piece } from "./links.ts";
import { read } from "./rules.ts";

export const message: Kind = {
    stands: () => "said",
    isNews: () => true,
    line: (body) => read(body)?.text.replace(/\s+/g, " ").trim(),
    text: textNow,
    View: ({ entry, card, around }) => {
        const text = textNow(entry, card) ?? "";
        // Young people's words hold no links: nobody leads them elsewhere from their own room.
        const inert = around.listed?.kind === "peers";
        return <p class="message-text">{inert ? text : piecesOf(text).map(shown)}</p>;
    },
};

function textNow({ body }: Said, card: CardOf | undefined): string | undefined {
    return card?.edited?.text ?? read(body)?.text;
}

function shown(piece: Piece) {
    if (typeof piece === "string") return piece;
    return (
        <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
            {piece.host && ` (${piece.host})`}
        </a>
    );
}

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
