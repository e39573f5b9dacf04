// Words that could not be sent for a day: whether they should still go is for whoever wrote them to
// say. If not, they go back to where they were written, and are lost only if nobody wants them.

import { useRef, useState } from "preact/hooks";
import { madeAt } from "../core/ids.ts";
import type { Unsent } from "../core/shown.ts";
import type { Entry } from "../generated/protocol.ts";
import { read } from "../kind/message/rules.ts";
import { giveBack } from "../kind/message/typed.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { useKeptFocus } from "./focus.ts";
import { doneOf } from "./times.ts";

/** When it was written is in its id; who said once that it should go is asked about it again. */
export function stillWords({ id }: Unsent): string {
    return words.still.ask(doneOf(madeAt(id), Date.now()));
}

export function Still({ draft }: { draft: Unsent }) {
    const { acts, shown } = useRoost();
    const [sure, setSure] = useState(false);
    const place = useRef<HTMLDivElement>(null);
    const question = useRef<HTMLParagraphElement>(null);
    useKeptFocus(place, question);
    const { id, room } = draft;
    const doNot = () => {
        if (!goesBack(draft, shown.entries(room).value)) {
            setSure(true);
            return;
        }
        acts.remove(id);
        document.querySelector<HTMLElement>(".composer-text")?.focus();
    };
    return (
        <div ref={place} class="still" data-testid="still">
            <p ref={question} tabIndex={-1}>
                {sure ? words.still.lost : stillWords(draft)}
            </p>
            {sure ? (
                <p key="sure" class="draft-acts">
                    <Way id="still-lose" label={words.still.lose} act={() => acts.remove(id)} />
                    <Way id="still-keep" label={words.still.keep} act={() => setSure(false)} />
                </p>
            ) : (
                <p key="still" class="draft-acts">
                    <Way id="still-send" label={words.still.send} act={() => acts.retry(id)} />
                    <Way id="still-not" label={words.still.doNot} act={doNot} />
                </p>
            )}
        </div>
    );
}

function Way({ id, label, act }: { id: string; label: string; act: () => void }) {
    return (
        <button type="button" class="button-plain" data-testid={id} onClick={act}>
            {label}
        </button>
    );
}

/** Only a message does, and only where nothing else is being written. */
function goesBack({ room, kind, body, target }: Unsent, held: readonly Entry[]): boolean {
    const said = kind === "message" ? read(body) : undefined;
    if (!said) return false;
    const answers = held.find((entry) => entry.id === target);
    const { text, please_confirm: asks = false } = said;
    return giveBack(room, { text, answers, edits: undefined, asks });
}
