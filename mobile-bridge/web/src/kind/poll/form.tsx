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
import { Ends, Field, Form } from "../../screen/fields.tsx";
import { words } from "../../words.ts";
import { line, tidy } from "../text.ts";

/** The first field that is wrong: the question, or an answer by its place. */
function wrongAt(question: string, options: readonly string[]): "question" | number | undefined {
    if (line(tidy(question), QUESTION_MAX_CHARS)) return "question";
    const tidied = options.map(tidy);
    const wrong = tidied.findIndex(
        (option, at) =>
            option !== "" &&
            (tidied.indexOf(option) < at || line(option, OPTION_MAX_CHARS) !== undefined),
    );
    if (wrong >= 0) return wrong;
    const used = tidied.filter((option) => option !== "");
    return used.length < OPTIONS_MIN ? tidied.indexOf("") : undefined;
}

export function Asker({ room, close }: { room: string; close: () => void }) {
    const { acts } = useRoost();
    const [question, setQuestion] = useState("");
    const [options, setOptions] = useState(["", ""]);
    const [tries, setTries] = useState(0);
    const wrong = wrongAt(question, options);
    const told = tries > 0 ? wrong : undefined;
    const write = (at: number, text: string) => {
        const next = options.with(at, text);
        const room = next.at(-1) !== "" && next.length < OPTIONS_MAX;
        setOptions(room ? [...next, ""] : next);
    };
    const ask = () => {
        setTries(tries + 1);
        if (wrong !== undefined) return;
        const used = options.map(tidy).filter((option) => option !== "");
        acts.send(room, "poll", { ask: { question: tidy(question), options: used } });
        close();
    };
    return (
        <Dialog heading={words.poll.heading} close={close} testId="asker">
            <Form submit={ask} tries={tries} testId="asker-form">
                <Field
                    label={words.poll.question}
                    wrong={told === "question" ? words.poll.questionWrong : undefined}
                    value={question}
                    change={setQuestion}
                    testId="poll-question"
                    input={{ maxLength: QUESTION_MAX_CHARS, spellcheck: true }}
                />
                {options.map((option, at) => (
                    <Field
                        key={at}
                        label={words.poll.option(at + 1)}
                        wrong={told === at ? words.poll.optionWrong : undefined}
                        value={option}
                        change={(text) => write(at, text)}
                        testId={`poll-answer-${at}`}
                        input={{ maxLength: OPTION_MAX_CHARS, spellcheck: true }}
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
