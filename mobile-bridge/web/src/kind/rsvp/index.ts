// A home's answer to a gathering: the card of the gathering counts it, so the entry itself shows
// nothing.

import { words } from "../../words.ts";
import { silent } from "../kind.ts";
import { read } from "./rules.ts";

export const rsvp = silent((body) => {
    const said = read(body);
    return said && words.rsvp.line(words.rsvp.answers[said.answer], said.heads ?? 0);
});
