// Something people come to: its card stands in the room where it was published; changes to it are
// quiet lines.

import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { nameOf, type Kind, type ViewProps } from "../kind.ts";
import { detailsNow, read, stateOf } from "./rules.ts";
import { Card } from "./view.tsx";
import { whenWords } from "./when.ts";

export const gathering: Kind = {
    stands: ({ target }) => (target === undefined ? "said" : "line"),
    // A change too: whoever comes has to know of it.
    isNews: () => true,
    line: (body) => {
        const said = read(body);
        if (!said) return undefined;
        if ("details" in said) return said.details.title;
        return "changed" in said ? words.gathering.changeLine : words.gathering.offLine;
    },
    text: (piece, card) => {
        const details = piece.target === undefined && detailsNow(piece, card);
        if (!details) return undefined;
        const { title, starts_at, ends_at, place, note } = details;
        return [title, whenWords(starts_at, ends_at), place, note].filter(Boolean).join("\n");
    },
    View: (props) =>
        props.entry.target === undefined ? <Card {...props} /> : <Change {...props} />,
};

/** What was changed stands on the card of the gathering, if it is of this phone's time here. */
function Change({ entry, around }: ViewProps) {
    const cards = useRoost().shown.cards(around.listed?.room ?? "").value;
    const said = read(entry.body);
    if (!said) return null;
    const { one, titled, changedLine, cancelledLine } = words.gathering;
    const title = stateOf(cards.get(entry.target ?? ""))?.details.title;
    const which = title === undefined ? one : titled(title);
    const mine = entry.author !== undefined && entry.author === around.me;
    const name = mine ? words.message.you : nameOf(entry.author, around, words.room.someone);
    return <>{"cancelled" in said ? cancelledLine(name, which) : changedLine(name, which)}</>;
}
