// What a `redact` is: the port of `shared/src/kind/redact.rs`. There is nothing to say in it.

import type { Redact } from "../../generated/protocol.ts";
import { fieldsOf } from "../body.ts";

/** The empty body, or `undefined` when it is not one. */
export function read(body: unknown): Redact | undefined {
    return fieldsOf(body, []) && {};
}
