// What a change of membership is: the port of `shared/src/kind/member.rs`.

import type { Member } from "../../generated/protocol.ts";
import { fieldsOf, isId } from "../body.ts";

/** The change in a body, or `undefined` when it is not one. */
export function read(body: unknown): Member | undefined {
    const { person, change } = fieldsOf(body, ["person", "change"]) ?? {};
    if (!isId(person)) return undefined;
    return change === "joined" || change === "left" ? { person, change } : undefined;
}
