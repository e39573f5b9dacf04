// What a change of membership is: the port of `shared/src/kind/member.rs`.

import type { Member } from "../../generated/protocol.ts";

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The change in a body, or `undefined` when it is not one. */
export function read(body: unknown): Member | undefined {
    if (typeof body !== "object" || body === null) return undefined;
    const { person, change, ...rest } = body as Record<string, unknown>;
    if (typeof person !== "string" || !ID.test(person) || Object.keys(rest).length > 0)
        return undefined;
    return change === "joined" || change === "left" ? { person, change } : undefined;
}
