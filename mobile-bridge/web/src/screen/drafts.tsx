// What I wrote and the room does not hold yet, and honestly how it stands.

import type { Unsent } from "../core/shown.ts";
import type { Entry } from "../generated/protocol.ts";
import { kindOf } from "../kind/index.ts";
import type { Around } from "../kind/kind.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Answered } from "./entry.tsx";
import { useNow } from "./parts.tsx";

/** After this long a draft is waiting for signal; nobody should watch "sending" for ever. */
export const SIGNAL_MS = 10_000;

type Props = { drafts: readonly Unsent[]; entries: readonly Entry[]; around: Around };

export function Drafts({ drafts, entries, around }: Props) {
    const now = useNow(drafts.some((draft) => draft.state === "waiting"));
    return (
        <>
            {drafts.map((draft) => (
                <DraftItem
                    key={draft.id}
                    draft={draft}
                    entries={entries}
                    around={around}
                    now={now}
                />
            ))}
        </>
    );
}

/** How a draft stands, as the screen says it and tests read it. */
export function standing(
    draft: Unsent,
    now_ms: number,
): "waiting" | "waiting_signal" | "sent" | "refused" {
    const late = now_ms - draft.made_at >= SIGNAL_MS;
    return draft.state === "waiting" && late ? "waiting_signal" : draft.state;
}

function DraftItem(props: {
    draft: Unsent;
    entries: readonly Entry[];
    around: Around;
    now: number;
}) {
    const { draft, entries, around, now } = props;
    const { acts } = useRoost();
    const stands = standing(draft, now);
    const kind = kindOf(draft, around);
    return (
        <li
            class={`said mine draft draft-${stands}`}
            data-testid="draft"
            data-state={stands}
            data-entry-id={draft.id}
        >
            <div class="bubble">
                {draft.target && <Answered target={draft.target} held={entries} around={around} />}
                {kind && <kind.View body={draft.body} around={around} />}
                <p class="said-time">{stateWords(draft, stands)}</p>
            </div>
            {stands === "refused" && (
                <p class="draft-acts">
                    <button
                        type="button"
                        class="button-plain"
                        data-testid="draft-retry"
                        onClick={() => acts.retry(draft.id)}
                    >
                        {words.tryAgain}
                    </button>
                    <button
                        type="button"
                        class="button-plain"
                        data-testid="draft-remove"
                        onClick={() => acts.remove(draft.id)}
                    >
                        {words.remove}
                    </button>
                </p>
            )}
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
        case "refused":
            return `${words.message.refused} ${draft.words ?? ""}`.trim();
    }
}
