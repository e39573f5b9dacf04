// What I wrote and the room does not hold yet, and honestly how it stands.

import type { Unsent } from "../core/shown.ts";
import { kindOf } from "../kind/index.ts";
import { words } from "../words.ts";
import { Answered } from "./entry.tsx";
import { useNow } from "./parts.tsx";
import { isAct, pieceOf, type Place } from "./place.ts";
import { stillWords, Ways } from "./ways.tsx";

/** After this long a draft is waiting for signal; nobody should watch "sending" for ever. */
export const SIGNAL_MS = 10_000;

/** An act on its way stands below what it is done to; here it stands when it was refused. */
export function Drafts({ drafts, place }: { drafts: readonly Unsent[]; place: Place }) {
    const now = useNow(drafts.some((draft) => draft.state === "waiting"));
    return (
        <>
            {drafts
                .filter((draft) => !isAct(draft) || draft.state === "refused")
                .map((draft) =>
                    isAct(draft) ? (
                        <RefusedAct key={draft.id} draft={draft} />
                    ) : (
                        <DraftItem key={draft.id} draft={draft} place={place} now={now} />
                    ),
                )}
        </>
    );
}

/** How a draft stands, as the screen says it and tests read it. */
export function standing(
    draft: Unsent,
    now_ms: number,
): Unsent["state"] | "waiting_signal" {
    const late = now_ms - draft.made_at >= SIGNAL_MS;
    return draft.state === "waiting" && late ? "waiting_signal" : draft.state;
}

/**
 * Drafts themselves are silent, since each is said as an entry; what was refused never is, and what
 * is asked about may never be.
 */
export function Refusals({ drafts }: { drafts: readonly Unsent[] }) {
    return (
        <div class="unseen" role="status" aria-atomic="false" data-testid="refusals">
            {drafts
                .filter(({ state }) => state === "refused" || state === "asking")
                .map((draft) => (
                    <p key={draft.id}>{stateWords(draft, draft.state)}</p>
                ))}
        </div>
    );
}

function RefusedAct({ draft }: { draft: Unsent }) {
    return (
        <li
            aria-live="off"
            class="said mine draft draft-refused"
            data-testid="draft"
            data-state="refused"
            data-entry-id={draft.id}
            data-kind={draft.kind}
        >
            <div class="bubble">
                <p class="said-time">{refusalWords(draft)}</p>
            </div>
            <Ways draft={draft} />
        </li>
    );
}

function DraftItem(props: { draft: Unsent; place: Place; now: number }) {
    const { draft, place, now } = props;
    const stands = standing(draft, now);
    const { around } = place;
    const kind = kindOf(pieceOf(draft), around);
    return (
        <li
            aria-live="off"
            class={`said mine draft draft-${stands}`}
            data-testid="draft"
            data-state={stands}
            data-entry-id={draft.id}
        >
            <div class="bubble">
                {draft.target && <Answered target={draft.target} place={place} />}
                {kind && <kind.View entry={pieceOf(draft)} card={undefined} around={around} />}
                {stands !== "asking" && <p class="said-time">{stateWords(draft, stands)}</p>}
            </div>
            {(stands === "refused" || stands === "asking") && <Ways draft={draft} />}
        </li>
    );
}

function stateWords(draft: Unsent, stands: ReturnType<typeof standing>): string {
    switch (stands) {
        case "waiting":
            return words.message.waiting;
        case "waiting_signal":
            return words.message.waitingSignal;
        case "sent":
            return words.message.sent;
        case "asking":
            return stillWords(draft);
        case "refused":
            return refusalWords(draft);
    }
}

function refusalWords(draft: Unsent): string {
    const what = isAct(draft) ? words.acts.refused[draft.kind] : undefined;
    return `${what ?? words.message.refused} ${draft.words ?? ""}`.trim();
}
