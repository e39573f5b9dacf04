// A message is taken out: in its place stands who did it, so the entry itself shows nothing.

import { words } from "../../words.ts";
import { silent } from "../kind.ts";
import { read } from "./rules.ts";

export const redact = silent((body) => read(body) && words.removed.unknown);
