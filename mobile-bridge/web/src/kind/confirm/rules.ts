// What a `confirm` is: the port of `shared/src/kind/confirm.rs`. There is nothing to say in it.

import type { Confirm } from "../../generated/protocol.ts";
import { fieldsOf } from "../body.ts";

/** The empty body, or `undefined` when it is not one. */
export function read(body: unknown): Confirm | undefined {
    return fieldsOf(body, []) && {};
}
