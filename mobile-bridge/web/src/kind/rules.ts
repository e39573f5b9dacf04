// Whether a draft is worth an attempt: the port of `Body::read` and of what each kind checks. The
// same rules stand at the server's socket and in `permit`.

import type { Draft, Refusal } from "../generated/protocol.ts";
import * as member from "./member/rules.ts";
import * as message from "./message/rules.ts";

export function sendable(draft: Draft): Refusal | undefined {
    switch (draft.kind) {
        case "message": {
            const body = message.read(draft.body);
            return body ? message.check(body.text) : "body_invalid";
        }
        case "member":
            return member.read(draft.body) ? undefined : "body_invalid";
        default:
            return "kind_unknown";
    }
}
