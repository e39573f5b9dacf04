// Asking the room: a question and the answers to choose from. One more field appears as soon as the
// last is used.

import { useState } from "preact/hooks";
import { Dialog } from "../../dialog.tsx";
import {
    OPTION_MAX_CHARS,
    OPTIONS_MAX,
    OPTIONS_MIN,
    QUESTION_MAX_CHARS,
} from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { Ends, Field, Form, wrongIn } from "../../screen/fields.tsx";
import { words } from "../../words.ts";
import { tidy } from "../text.ts";

/** The first field that is wrong, the question or an answer by its place, and what is. */
type Wrong = { at: "question" | number; words: string };

function wrongWith(question: string, options: readonly string[]): Wrong | undefined {
    const asked = wrongIn(question, QUESTION_MAX_CHARS, words.poll.questionWrong);
    if (asked) return { at: "question", words: asked };
    const tidied = options.map(tidy);
    for (const [at, option] of tidied.entries()) {
        const twice = option !== "" && tidied.indexOf(option) < at;
        const wrong = wrongIn(option, OPTION_MAX_CHARS) ?? (twice && words.poll.optionWrong);
        if (wrong) return { at, words: wrong };
    }
    const used = tidied.filter((option) => option !== "");
    if (used.length >= OPTIONS_MIN) return undefined;
    return { at: tidied.indexOf(""), words: words.poll.optionWrong };
}

export function Asker({ room, close }: { room: string; close: () => void }) {
    const { acts } = useRoost();
    const [question, setQuestion] = useState("");
    const [options, setOptions] = useState(["", ""]);
    const [tries, setTries] = useState(0);
    const wrong = wrongWith(question, options);
    const told = (at: Wrong["at"]) => (tries > 0 && wrong?.at === at ? wrong.words : undefined);
    const write = (at: number, text: string) => {
        const next = options.with(at, text);
        const room = next.at(-1) !== "" && next.length < OPTIONS_MAX;
        setOptions(room ? [...next, ""] : next);
    };
    const ask = () => {
        setTries(tries + 1);
        if (wrong) return;
        const used = options.map(tidy).filter((option) => option !== "");
        acts.send(room, "poll", { ask: { question: tidy(question), options: used } });
        close();
    };
    return (
        <Dialog heading={words.poll.heading} close={close} testId="asker">
            <Form submit={ask} tries={tries} testId="asker-form">
                <Field
                    label={words.poll.question}
                    wrong={told("question")}
                    value={question}
                    change={setQuestion}
                    testId="poll-question"
                    max={QUESTION_MAX_CHARS}
                    input={{ spellcheck: true }}
                />
                {options.map((option, at) => (
                    <Field
                        key={at}
                        label={words.poll.option(at + 1)}
                        wrong={told(at)}
                        value={option}
                        change={(text) => write(at, text)}
                        testId={`poll-answer-${at}`}
                        max={OPTION_MAX_CHARS}
                        input={{ spellcheck: true }}
                    />
                ))}
                <Ends
                    busy={false}
                    yes={words.poll.ask}
                    no={words.poll.stop}
                    close={close}
                    testId="poll-ask"
                />
            </Form>
        </Dialog>
    );
}
