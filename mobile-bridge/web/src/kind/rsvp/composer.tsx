// A home's answer in two taps: what, and how many of them. Not coming takes one.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { HEADS_MAX, type Answer, type HomeAnswer } from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { homeName, nameOf, type Around } from "../kind.ts";

/** So many of a home are offered at once; more are a tap away. */
const HEADS_FIRST = 6;

const ANSWERS: readonly Answer[] = ["going", "maybe", "not_going"];

type Props = {
    gathering: string;
    home: string;
    given: HomeAnswer | undefined;
    around: Around;
    answered?: () => void;
};

export function Answering({ gathering, home, given, around, answered }: Props) {
    const { acts } = useRoost();
    const [chosen, setChosen] = useState<Answer>();
    const say = (answer: Answer, heads?: number) => {
        const mine = home === around.home;
        const body = {
            answer,
            ...(heads === undefined ? {} : { heads }),
            ...(mine ? {} : { home }),
        };
        acts.send(around.listed!.room, "rsvp", body, gathering);
        setChosen(undefined);
        answered?.();
    };
    const ours = given?.stale ? words.rsvp.askAgain : words.rsvp.ask;
    const name = homeName(home, around, words.room.someone);
    const question = home === around.home ? ours : words.rsvp.askFor(name);
    return (
        <div class="answer" data-testid="rsvp" data-home={home}>
            <p class="answer-ask">{question}</p>
            <div class="answer-row" role="group" aria-label={question}>
                {ANSWERS.map((answer) => (
                    <button
                        key={answer}
                        type="button"
                        class="button-choice"
                        data-testid={`rsvp-${answer}`}
                        aria-pressed={(chosen ?? given?.answer) === answer}
                        onClick={() =>
                            answer === "not_going" ? say(answer) : setChosen(answer)
                        }
                    >
                        {words.rsvp.answers[answer]}
                    </button>
                ))}
            </div>
            {chosen && <Heads given={given?.heads} choose={(heads) => say(chosen, heads)} />}
            {given && !chosen && <p class="quiet">{answerWords(given, around)}</p>}
        </div>
    );
}

function answerWords({ answer, heads, by }: HomeAnswer, around: Around): string {
    const name = by === around.me ? words.message.you : nameOf(by, around, words.room.someone);
    return `${words.rsvp.line(words.rsvp.answers[answer], heads)} · ${words.rsvp.by(name)}`;
}

function Heads({ given, choose }: { given: number | undefined; choose: (n: number) => void }) {
    const [most, setMost] = useState(Math.max(HEADS_FIRST, given ?? 0));
    const buttons = useRef<HTMLDivElement>(null);
    const [first] = useState(most);
    // "More" goes, and the first number that it brings stands where it stood.
    useLayoutEffect(() => {
        if (most > first) (buttons.current?.children[first] as HTMLElement).focus();
    }, [most]);
    return (
        <div class="heads" role="group" aria-label={words.rsvp.heads}>
            <p class="answer-ask">{words.rsvp.heads}</p>
            <div class="answer-row" ref={buttons}>
                {Array.from({ length: most }, (_, at) => at + 1).map((heads) => (
                    <button
                        key={heads}
                        type="button"
                        class="button-choice button-head"
                        data-testid="rsvp-heads"
                        onClick={() => choose(heads)}
                    >
                        {heads}
                    </button>
                ))}
                {most < HEADS_MAX && (
                    <button
                        type="button"
                        class="button-choice"
                        onClick={() => setMost(HEADS_MAX)}
                    >
                        {words.rsvp.headsMore}
                    </button>
                )}
            </div>
        </div>
    );
}
