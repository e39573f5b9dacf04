// Asking the room: a question and the answers to choose from. One more field appears as soon as the
// last is used.

import { useState } from "preact/hooks";
import { Dialog } from "../../dialog.tsx";
import { OPTION_MAX_CHARS, OPTIONS_MAX, QUESTION_MAX_CHARS } from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { tidy } from "../text.ts";
import { check } from "./rules.ts";

export function Asker({ room, close }: { room: string; close: () => void }) {
    const { acts } = useRoost();
    const [question, setQuestion] = useState("");
    const [options, setOptions] = useState(["", ""]);
    const [problem, setProblem] = useState<string>();
    const write = (at: number, text: string) => {
        const next = options.with(at, text);
        const room = next.at(-1) !== "" && next.length < OPTIONS_MAX;
        setOptions(room ? [...next, ""] : next);
    };
    const ask = () => {
        const used = options.map(tidy).filter((option) => option !== "");
        const body = { ask: { question: tidy(question), options: used } };
        if (check(body)) {
            setProblem(words.poll.wrong);
            return;
        }
        acts.send(room, "poll", body);
        close();
    };
    return (
        <Dialog heading={words.poll.heading} close={close} testId="asker">
            <form
                class="form"
                onSubmit={(event) => {
                    event.preventDefault();
                    ask();
                }}
            >
                <label class="field">
                    {words.poll.question}
                    <input
                        type="text"
                        maxLength={QUESTION_MAX_CHARS}
                        data-testid="poll-question"
                        value={question}
                        onInput={(event) => setQuestion(event.currentTarget.value)}
                    />
                </label>
                {options.map((option, at) => (
                    <label key={at} class="field">
                        {words.poll.option(at + 1)}
                        <input
                            type="text"
                            maxLength={OPTION_MAX_CHARS}
                            data-testid={`poll-answer-${at}`}
                            value={option}
                            onInput={(event) => write(at, event.currentTarget.value)}
                        />
                    </label>
                ))}
                <p class="problem" role="alert">
                    {problem}
                </p>
                <div class="form-acts">
                    <button type="submit" class="button-main" data-testid="poll-ask">
                        {words.poll.ask}
                    </button>
                    <button type="button" class="button-plain" onClick={close}>
                        {words.poll.stop}
                    </button>
                </div>
            </form>
        </Dialog>
    );
}
