// A new home of the constellation, with its private lines.

import { useState } from "preact/hooks";
import { Dialog } from "../../dialog.tsx";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { useDoing } from "../ask.ts";
import { Check, Ends, Field, Form, isName, NAME_MAX_CHARS, Problem } from "../fields.tsx";

type Props = { constellation: string; close: (said?: string) => void };

export function AddHome({ constellation, close }: Props) {
    const { desk } = useRoost();
    const [name, setName] = useState("");
    const [hub, setHub] = useState(false);
    const [tries, setTries] = useState(0);
    const { busy, problem, run } = useDoing(words.invite.unsure);
    const fits = isName(name);
    const submit = () => {
        setTries(tries + 1);
        if (!fits) return;
        const called = name.trim();
        run(
            () => desk.addHome(constellation, called, hub),
            () => close(words.home.added(called)),
        );
    };
    return (
        <Dialog heading={words.home.heading} close={() => close()} testId="home-form">
            <Form submit={submit} tries={tries} testId="home">
                <Field
                    label={words.home.name}
                    hint={words.home.hint}
                    wrong={tries > 0 && !fits ? words.home.nameWrong : undefined}
                    value={name}
                    change={setName}
                    testId="home-name"
                    max={NAME_MAX_CHARS}
                />
                <Check
                    label={words.home.hub}
                    hint={words.home.hubHint}
                    value={hub}
                    change={setHub}
                    testId="home-hub"
                />
                <Problem words={problem} />
                <Ends
                    busy={busy}
                    yes={busy ? words.home.busy : words.home.yes}
                    no={words.home.no}
                    close={() => close()}
                    testId="home-yes"
                />
            </Form>
        </Dialog>
    );
}
