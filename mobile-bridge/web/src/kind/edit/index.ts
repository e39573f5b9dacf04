// Other words for one's own message: the message itself shows them, so the entry shows nothing.

import { silent } from "../kind.ts";
import { read } from "./rules.ts";

export const edit = silent((body) => read(body)?.text);
