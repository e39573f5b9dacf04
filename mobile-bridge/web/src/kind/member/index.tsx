// Somebody joined or left a room: written by Roost, shown as a quiet line.

import { words } from "../../words.ts";
import { nameOf, type Around, type Kind } from "../kind.ts";
import { read } from "./rules.ts";

export const member: Kind = {
    stands: () => "line",
    isNews: () => false,
    line: sentence,
    View: ({ entry, around }) => <>{sentence(entry.body, around)}</>,
};

function sentence(body: unknown, around: Around): string | undefined {
    const change = read(body);
    if (!change) return undefined;
    const joined = change.change === "joined";
    if (change.person === around.me) return joined ? words.member.youJoined : words.member.youLeft;
    const name = nameOf(change.person, around, words.room.someone);
    return joined ? words.member.joined(name) : words.member.left(name);
}
