// Something people come to: its card stands in the room where it was published; changes to it are
// quiet lines.

import { words } from "../../words.ts";
import { nameOf, type Around, type Kind, type Piece } from "../kind.ts";
import { read } from "./rules.ts";
import { Card } from "./view.tsx";

export const gathering: Kind = {
    stands: ({ target }) => (target === undefined ? "said" : "line"),
    line: (body) => {
        const said = read(body);
        if (!said) return undefined;
        return "details" in said ? said.details.title : words.gathering.offLine;
    },
    View: (props) =>
        props.entry.target === undefined ? (
            <Card {...props} />
        ) : (
            <>{changeLine(props.entry, props.around)}</>
        ),
};

function changeLine({ body, author }: Piece, around: Around): string | undefined {
    const said = read(body);
    if (!said) return undefined;
    const mine = author !== undefined && author === around.me;
    const name = mine ? words.message.you : nameOf(author, around, words.room.someone);
    return "details" in said
        ? words.gathering.changedLine(name, said.details.title)
        : words.gathering.cancelledLine(name);
}
