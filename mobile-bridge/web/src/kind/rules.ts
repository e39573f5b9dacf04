// What a phone knows of a draft before it sends it. Whether it is worth an attempt: the port of
// `Body::read` and of what each kind checks; the same rules stand at the server's socket and in
// `permit`. And whether it says something: the port of `Body::is_said`.

import type { Draft, Refusal } from "../generated/protocol.ts";
import * as confirm from "./confirm/rules.ts";
import * as edit from "./edit/rules.ts";
import * as gathering from "./gathering/rules.ts";
import * as member from "./member/rules.ts";
import * as message from "./message/rules.ts";
import * as pin from "./pin/rules.ts";
import * as poll from "./poll/rules.ts";
import * as reaction from "./reaction/rules.ts";
import * as redact from "./redact/rules.ts";
import * as rsvp from "./rsvp/rules.ts";

type Verdict = Refusal | undefined;

/** A body that was read is judged by `check`. */
function judged<T>(read: T | undefined, check: (body: T) => Verdict = () => undefined): Verdict {
    return read === undefined ? "body_invalid" : check(read);
}

const KINDS: Readonly<Record<string, (body: unknown) => Verdict>> = {
    message: (body) => judged(message.read(body), ({ text }) => message.check(text)),
    edit: (body) => judged(edit.read(body), ({ text }) => message.check(text)),
    gathering: (body) => judged(gathering.read(body), gathering.check),
    rsvp: (body) => judged(rsvp.read(body), rsvp.check),
    poll: (body) => judged(poll.read(body), poll.check),
    reaction: (body) => judged(reaction.read(body)),
    redact: (body) => judged(redact.read(body)),
    pin: (body) => judged(pin.read(body)),
    confirm: (body) => judged(confirm.read(body)),
    member: (body) => judged(member.read(body)),
};

/** By kind, whether a draft with this target says something. Those of other kinds never do. */
const SAID: Readonly<Record<string, (target: string | undefined) => boolean>> = {
    message: () => true,
    gathering: (target) => target === undefined,
    poll: (target) => target === undefined,
};

/** Whether a draft says something, rather than doing something to the entry that it names. */
export function isSaid({ kind, target }: { kind: string; target?: string | undefined }): boolean {
    return Object.hasOwn(SAID, kind) && SAID[kind]!(target);
}

export function sendable({ kind, body }: Draft): Verdict {
    return Object.hasOwn(KINDS, kind) ? KINDS[kind]!(body) : "kind_unknown";
}
