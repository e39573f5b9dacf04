// The ways on for what has not gone: it was refused, or waited for a day and whoever wrote it says
// whether it should still go. If not, the words go back to where they were written, and are lost
// only if nobody wants them.

import { useRef, useState } from "preact/hooks";
import { madeAt } from "../core/ids.ts";
import type { Unsent } from "../core/shown.ts";
import type { Entry } from "../generated/protocol.ts";
import { read } from "../kind/message/rules.ts";
import { giveBack } from "../kind/message/typed.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { useKeptFocus } from "./focus.ts";
import { isAct } from "./place.ts";
import { doneOf } from "./times.ts";

/** When it was written is in its id; who said once that it should go is asked about it again. */
export function stillWords({ id }: Unsent): string {
    return words.ways.still(doneOf(madeAt(id), Date.now()));
}

export function Ways({ draft }: { draft: Unsent }) {
    const { acts, shown } = useRoost();
    const [sure, setSure] = useState(false);
    const place = useRef<HTMLDivElement>(null);
    const question = useRef<HTMLParagraphElement>(null);
    useKeptFocus(place, question);
    const { id, room } = draft;
    const asking = draft.state === "asking";
    const said = hasWords(draft);
    const ask = sure ? words.ways.lost : asking && stillWords(draft);
    const doNot = () => {
        if (!said) acts.remove(id);
        else if (!goesBack(draft, shown.entries(room).value)) setSure(true);
        else {
            acts.remove(id);
            document.querySelector<HTMLElement>(".composer-text")?.focus();
        }
    };
    const go = asking ? words.ways.send : words.tryAgain;
    const not = said ? words.ways.doNot : words.remove;
    return (
        <div ref={place} class="ways" data-testid="ways">
            {ask && (
                <p ref={question} tabIndex={-1}>
                    {ask}
                </p>
            )}
            {sure ? (
                <p key="sure" class="draft-acts">
                    <Way id="way-lose" label={words.ways.lose} act={() => acts.remove(id)} />
                    <Way id="way-keep" label={words.ways.keep} act={() => setSure(false)} />
                </p>
            ) : (
                <p key="ways" class="draft-acts">
                    <Way id="way-go" label={go} act={() => acts.retry(id)} />
                    <Way id="way-not" label={not} act={doNot} />
                </p>
            )}
        </div>
    );
}

/** Whether somebody typed it: a reaction that is not sent loses nothing. */
function hasWords(draft: Unsent): boolean {
    return !isAct(draft) || draft.kind === "edit";
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
