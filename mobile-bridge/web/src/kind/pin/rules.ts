// What a pin is: the port of `shared/src/kind/pin.rs`.

import type { Pin } from "../../generated/protocol.ts";
import { fieldsOf } from "../body.ts";

/** The pin in a body, or `undefined` when it is not one. */
export function read(body: unknown): Pin | undefined {
    const pinned = fieldsOf(body, ["pinned"])?.["pinned"];
    return typeof pinned === "boolean" ? { pinned } : undefined;
}
