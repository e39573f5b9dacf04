// "I have a code": where a code of another phone is typed in, on a browser or app that nobody is
// signed in to.

import { useState } from "preact/hooks";
import type { Becomes } from "../../core/session.ts";
import { go } from "../../route.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { useDoing } from "../ask.ts";
import { Choices, Ends, Field, Form, isName, NAME_MAX_CHARS, Problem } from "../fields.tsx";
import { Sheet } from "../parts.tsx";
import { movingUntil } from "./move.tsx";

/** Letters of a code; spaces and dashes between them do no harm. */
const CODE_CHARS = 10;

export function isCode(typed: string): boolean {
    return typed.replace(/[\s-]/g, "").length === CODE_CHARS;
}

const WHERE = [
    { value: "same", label: words.code.same, hint: words.code.sameHint },
    { value: "new_phone", label: words.code.newPhone, hint: words.code.newPhoneHint },
] as const;

export function UseCode() {
    const { acts, shown } = useRoost();
    const [typed, setTyped] = useState("");
    const [where, setWhere] = useState<Becomes | undefined>(isApp() ? "same" : undefined);
    const [name, setName] = useState<string>(words.code.defaultName);
    const [tries, setTries] = useState(0);
    const { busy, problem, run } = useDoing(words.code.noSignal);
    const tried = tries > 0;
    const named = where !== "new_phone" || isName(name);
    const submit = () => {
        setTries(tries + 1);
        if (!isCode(typed) || !where || !named) return;
        run(
            () => acts.redeem(typed, name.trim() || words.code.defaultName, where),
            () => {
                movingUntil.value = 0;
                shown.phase.value = "signed_in";
                go({ at: "rooms" }, "replace");
            },
        );
    };
    return (
        <Sheet heading={words.code.heading}>
            <p>{words.code.body}</p>
            <Form submit={submit} tries={tries} testId="code-form">
                <Field
                    label={words.code.label}
                    wrong={tried && !isCode(typed) ? words.code.missing : undefined}
                    value={typed}
                    change={setTyped}
                    testId="code-typed"
                    input={{ autoCapitalize: "characters", autoComplete: "one-time-code" }}
                />
                <Choices
                    label={words.code.where}
                    options={WHERE}
                    value={where}
                    wrong={tried && !where ? words.code.whereMissing : undefined}
                    change={setWhere}
                    testId="code-where"
                />
                {where === "new_phone" && (
                    <Field
                        label={words.code.name}
                        wrong={tried && !named ? words.join.phoneWrong : undefined}
                        value={name}
                        change={setName}
                        testId="code-name"
                        max={NAME_MAX_CHARS}
                    />
                )}
                <Problem words={problem} />
                <Ends
                    busy={busy}
                    yes={busy ? words.code.busy : words.code.yes}
                    no={words.code.no}
                    close={() => go({ at: "rooms" })}
                    testId="code-yes"
                />
            </Form>
        </Sheet>
    );
}

/** Whether this is the app on the home screen rather than a browser. */
function isApp(): boolean {
    return matchMedia("(display-mode: standalone)").matches;
}
