// What a message said before it was edited, each wording with when it began to stand, and then its
// words of now. Asked for whenever somebody looks, and kept nowhere: of what is removed meanwhile
// nothing may stay.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { serverNow } from "../core/clock.ts";
import { Dialog } from "../dialog.tsx";
import type { CardOf, Entry } from "../generated/protocol.ts";
import { kindOf } from "../kind/index.ts";
import type { Around } from "../kind/kind.ts";
import { useRoost, type Version } from "../roost.ts";
import { words } from "../words.ts";
import { problemOf } from "./ask.ts";
import { momentOf } from "./times.ts";

/** The word under a bubble that opens them. */
export function EditedButton({ open }: { open: () => void }) {
    return (
        <button
            type="button"
            class="button-edited"
            data-testid="edited"
            aria-haspopup="dialog"
            aria-label={words.versions.open}
            onClick={open}
        >
            {words.versions.edited}
        </button>
    );
}

type Props = {
    entry: Entry;
    card: CardOf | undefined;
    around: Around;
    close: () => void;
};

export function Versions(props: Props) {
    const { card, close } = props;
    return (
        <Dialog heading={words.versions.heading} close={close} testId="versions">
            {card?.hidden ? <Gone /> : <Wordings {...props} />}
            <button
                type="button"
                class="button-plain"
                data-testid="versions-close"
                onClick={close}
            >
                {words.versions.close}
            </button>
        </Dialog>
    );
}

function Gone() {
    return <p role="status">{words.versions.gone}</p>;
}

function Wordings({ entry, card, around }: Props) {
    const { acts } = useRoost();
    const [earlier, setEarlier] = useState<readonly Version[]>();
    const [problem, setProblem] = useState<string>();
    const look = async () => {
        setProblem(undefined);
        const answer = await acts.versions(around.listed!.room, entry.id);
        if ("value" in answer) setEarlier(answer.value.versions);
        else if ("refused" in answer && answer.refused.code === "not_found") setEarlier([]);
        else setProblem(problemOf(answer, words.versions.noSignal));
    };
    // Edited once more while somebody looks: there is one more.
    useEffect(() => void look(), [entry.id, card?.edited?.times]);
    if (problem !== undefined) return <Problem why={problem} again={() => void look()} />;
    if (!earlier) return <p role="status">{words.versions.looking}</p>;
    // It was edited, so there are some, unless it was removed and this phone has not heard of it.
    if (earlier.length === 0) return <Gone />;
    const when = (at: number) => momentOf(at, serverNow());
    const now = when(card?.edited?.at ?? entry.at);
    const View = kindOf(entry, around)?.View ?? (() => null);
    return (
        <ol class="versions">
            {earlier.map(({ at, body }, place) => (
                <Wording key={place} when={words.versions.from(when(at))}>
                    <View entry={{ ...entry, body }} card={undefined} around={around} />
                </Wording>
            ))}
            <Wording when={words.versions.now(now)}>
                <View entry={entry} card={card} around={around} />
            </Wording>
        </ol>
    );
}

function Wording({ when, children }: { when: string; children: ComponentChildren }) {
    return (
        <li data-testid="version">
            <p class="quiet">{when}</p>
            {children}
        </li>
    );
}

function Problem({ why, again }: { why: string; again: () => void }) {
    return (
        <>
            <p class="problem" role="alert">
                {why}
            </p>
            <button
                type="button"
                class="button-plain"
                data-testid="versions-again"
                onClick={again}
            >
                {words.tryAgain}
            </button>
        </>
    );
}
