// Something is held at the top of the room or let go: a quiet line; the top itself is the screen's.

import { words } from "../../words.ts";
import { nameOf, type Around, type Kind } from "../kind.ts";
import { read } from "./rules.ts";

export const pin: Kind = {
    stands: () => "line",
    isNews: () => false,
    line: (body) => sentence(body, words.room.someone),
    View: ({ entry, around }) => <>{sentence(entry.body, authorOf(entry.author, around))}</>,
};

function sentence(body: unknown, name: string): string | undefined {
    const said = read(body);
    return said && (said.pinned ? words.pin.pinned(name) : words.pin.taken(name));
}

function authorOf(author: string | undefined, around: Around): string {
    const mine = author !== undefined && author === around.me;
    return mine ? words.message.you : nameOf(author, around, words.room.someone);
}
