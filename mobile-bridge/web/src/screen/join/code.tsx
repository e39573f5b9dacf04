// A link that was sent opens with a code, which whoever invites tells apart from it: the person
// who has both is who was meant.

import { useState } from "preact/hooks";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { useDoing } from "../ask.ts";
import { Field, Form, Problem } from "../fields.tsx";
import { Back, Onward, StepSheet, type StepProps } from "./step.tsx";

const CODE_DIGITS = 6;

export function CodeToGive(props: StepProps) {
    const { invitation, place, next, back, opened } = props;
    return (
        <StepSheet heading={words.join.codeHeading} place={place}>
            <p>{words.join.codeAsk(invitation.role, invitation.liaisons)}</p>
            <p class="quiet">{words.join.codeWhy}</p>
            {opened ? <Right next={next} /> : <Giving {...props} />}
            <Back back={back} />
        </StepSheet>
    );
}

/** Who goes back to it has given it already. */
function Right({ next }: { next: () => void }) {
    return (
        <>
            <p data-testid="code-right">{words.join.codeRight}</p>
            <Onward press={next} label={words.join.next} />
        </>
    );
}

function Giving({ token, next, lost, open }: StepProps) {
    const { acts } = useRoost();
    const [typed, setTyped] = useState("");
    const [tries, setTries] = useState(0);
    const [wrong, setWrong] = useState<string>();
    const { busy, problem, run } = useDoing(words.join.noSignal);
    const digits = typed.replace(/\D/g, "");
    const submit = () => {
        setTries(tries + 1);
        setWrong(digits.length === CODE_DIGITS ? undefined : words.join.codeMissing);
        if (digits.length !== CODE_DIGITS) return;
        run(
            async () => {
                const answer = await acts.link.verify(token, digits);
                if (!("refused" in answer) || answer.refused.class === "later") return answer;
                if (answer.refused.code !== "code_invalid") lost();
                setTries((before) => before + 1);
                setWrong(words.join.codeNot);
                return { value: false };
            },
            (right) => {
                if (right === false) return;
                open();
                next();
            },
        );
    };
    return (
        <Form submit={submit} tries={tries} testId="code-form">
            <Field
                label={words.join.code}
                wrong={wrong}
                value={typed}
                change={setTyped}
                testId="link-code-typed"
                input={{ inputMode: "numeric", autoComplete: "one-time-code" }}
            />
            <Problem words={problem} />
            <button
                type="submit"
                class="button-main button-large"
                data-testid="link-code-yes"
                aria-disabled={busy}
            >
                {busy ? words.join.codeChecking : words.join.next}
            </button>
        </Form>
    );
}
