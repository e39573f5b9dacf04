// At the kitchen table: this phone shows a number, and waits until the liaison worker has picked
// it from three. Then it goes on by itself.

import { useEffect, useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import type { Claimed } from "../../core/session.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { span } from "../../words/say.ts";
import { problemOf } from "../ask.ts";
import { Problem } from "../fields.tsx";
import { useNow } from "../parts.tsx";
import { Back, StepSheet, type StepProps } from "./step.tsx";

/** How often it is asked what became of the number. */
const ASK_MS = 2_000;

type State =
    | { t: "getting" }
    | { t: "problem"; words: string }
    | { t: "waiting"; claimed: Claimed }
    | { t: "refused" };

export function NumberToShow({ token, phone, next, back, lost, place }: StepProps) {
    const { acts } = useRoost();
    const [state, setState] = useState<State>({ t: "getting" });
    const [unheard, setUnheard] = useState(false);

    const claim = async () => {
        setState({ t: "getting" });
        const answer = await acts.link.claim(token, phone);
        if ("value" in answer) setState({ t: "waiting", claimed: answer.value });
        else if ("refused" in answer && answer.refused.class !== "later") lost();
        else setState({ t: "problem", words: problemOf(answer, words.join.noSignal)! });
    };
    useEffect(() => void claim(), []);

    const claimed = state.t === "waiting" ? state.claimed : undefined;
    useEffect(() => {
        if (!claimed) return;
        let over = false;
        const ask = async () => {
            const answer = await acts.link.outcome(token, claimed.claim);
            if (over) return;
            setUnheard("unreachable" in answer);
            if ("refused" in answer && answer.refused.class !== "later") lost();
            if (!("value" in answer)) return;
            if (answer.value.state === "confirmed") next();
            if (answer.value.state === "refused") setState({ t: "refused" });
        };
        const asking = setInterval(() => void ask(), ASK_MS);
        return () => {
            over = true;
            clearInterval(asking);
        };
    }, [claimed?.claim]);

    return (
        <StepSheet heading={words.join.numberHeading} place={place}>
            <p>{words.join.numberAsk}</p>
            {state.t === "getting" && <p role="status">{words.join.numberGetting}</p>}
            {claimed && <Waiting claimed={claimed} unheard={unheard} />}
            <Problem words={problemIn(state)} />
            {(state.t === "problem" || state.t === "refused") && (
                <button
                    type="button"
                    class="button-main button-large"
                    data-testid="number-again"
                    onClick={() => void claim()}
                >
                    {state.t === "refused" ? words.join.numberAgain : words.tryAgain}
                </button>
            )}
            <Back back={back} />
        </StepSheet>
    );
}

function problemIn(state: State): string | undefined {
    if (state.t === "problem") return state.words;
    return state.t === "refused" ? words.join.numberRefused : undefined;
}

function Waiting({ claimed, unheard }: { claimed: Claimed; unheard: boolean }) {
    const left_ms = claimed.expires_at - useNow(true, serverNow);
    return (
        <>
            <p class="big-number" data-testid="number">
                <span class="unseen">{words.join.number} </span>
                {claimed.number}
            </p>
            <p role="status" data-testid="number-waiting">
                {unheard ? words.join.numberNoSignal : words.join.numberWaiting}
            </p>
            {/* For the eye only: a phone with a wrong clock hears from the server when it ends. */}
            {left_ms > 0 && <p class="quiet">{words.join.numberLeft(span(left_ms))}</p>}
        </>
    );
}
