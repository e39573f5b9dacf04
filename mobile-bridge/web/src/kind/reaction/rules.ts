// What a reaction is: the port of `shared/src/kind/reaction.rs`.

import { EMOJI, type Emoji, type Reaction } from "../../generated/protocol.ts";
import { fieldsOf } from "../body.ts";

/** The reaction in a body, or `undefined` when it is not one. */
export function read(body: unknown): Reaction | undefined {
    const fields = fieldsOf(body, ["emoji"]);
    const emoji = fields?.["emoji"];
    return emoji === null || EMOJI.includes(emoji as Emoji)
        ? { emoji: emoji as Emoji | null }
        : undefined;
}
