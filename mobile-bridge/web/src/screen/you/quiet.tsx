// Quiet hours: from when until when, and what comes through all the same. Below them, whether
// others see what one has read.

import { useState } from "preact/hooks";
import type { Quiet, Settings } from "../../core/desk.ts";
import type { Role } from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { useDoing } from "../ask.ts";
import { Check, Field, Form, Problem } from "../fields.tsx";
import { clockOf, minutesOf } from "../minutes.ts";
import { Page } from "../page.tsx";
import { heardWords, set, setReceipts, unsavedQuiet, useSettings } from "../settings.ts";

export function QuietHours() {
    const roost = useRoost();
    const { shown } = roost;
    const settings = useSettings();
    const heard = heardWords(roost);
    const role = shown.people.value.get(shown.me.value ?? "")?.role;
    const connected = shown.connection.value.state === "connected";
    return (
        <Page
            heading={words.quiet.heading}
            back={{ to: { at: "you" }, label: words.quiet.back }}
        >
            {heard && <p class="quiet">{heard}</p>}
            {settings ? (
                <div class="cards">
                    <Hours settings={settings} role={role} />
                    {/* Nothing is noted on what a young person reads. */}
                    {role !== "young" && <Receipts shown={settings.receipts} />}
                </div>
            ) : (
                <p role="status">{connected ? words.quiet.looking : words.quiet.unreachable}</p>
            )}
        </Page>
    );
}

function Hours({ settings, role }: { settings: Settings; role: Role | undefined }) {
    const roost = useRoost();
    const unsaved = unsavedQuiet(roost);
    const [begun] = useState(unsaved ?? settings.quiet);
    const [on, setOn] = useState(begun.on);
    const [from, setFrom] = useState(clockOf(begun.from));
    const [to, setTo] = useState(clockOf(begun.to));
    const [tries, setTries] = useState(0);
    const [saved, setSaved] = useState(false);
    const doing = useDoing(words.quiet.noSignal);
    const problem = doing.problem ?? (unsaved && !doing.busy ? words.quiet.unsaved : undefined);
    const wanted = quietOf(on, from, to);
    const wrong = tries > 0 && !wanted ? words.quiet.wrong : undefined;
    const change = <T,>(set: (value: T) => void) => (value: T) => {
        setSaved(false);
        set(value);
    };
    const save = () => {
        setTries(tries + 1);
        if (!wanted) return;
        doing.run(
            () => set(roost, { quiet: wanted }),
            () => setSaved(true),
        );
    };
    const time = { type: "time", required: true } as const;
    return (
        <Form submit={save} tries={tries} testId="quiet-form">
            {role === "young" ? (
                <Young settings={settings} />
            ) : (
                <Check label={words.quiet.on} value={on} change={change(setOn)} testId="quiet-on" />
            )}
            <div class="times">
                <Field
                    label={words.quiet.from}
                    wrong={wrong}
                    value={from}
                    change={change(setFrom)}
                    testId="quiet-from"
                    input={time}
                />
                <Field
                    label={words.quiet.to}
                    wrong={undefined}
                    value={to}
                    change={change(setTo)}
                    testId="quiet-to"
                    input={time}
                />
            </div>
            <Through role={role} />
            <Problem words={problem} />
            <button type="submit" class="button-main" data-testid="quiet-save">
                {doing.busy ? words.quiet.busy : words.quiet.save}
            </button>
            <p role="status" class="quiet">
                {saved && words.quiet.saved}
            </p>
        </Form>
    );
}

/** A switch that is set as soon as it is touched, and goes back when that could not be saved. */
function Receipts({ shown }: { shown: boolean }) {
    const roost = useRoost();
    const [saved, setSaved] = useState(false);
    const doing = useDoing(words.receipts.noSignal);
    const change = (on: boolean) => {
        setSaved(false);
        doing.run(
            () => setReceipts(roost, on),
            () => setSaved(true),
        );
    };
    return (
        <section class="group" data-testid="receipts">
            <h2 class="subheading">{words.receipts.heading}</h2>
            <Check
                label={words.receipts.on}
                hint={words.receipts.onHint}
                value={doing.busy ? !shown : shown}
                change={change}
                testId="receipts-on"
            />
            <p class="quiet">{words.receipts.still}</p>
            {doing.problem && (
                <p class="problem" role="alert">
                    {doing.problem}
                </p>
            )}
            <p role="status" class="quiet">
                {saved && words.receipts.saved}
            </p>
        </section>
    );
}

function Young({ settings }: { settings: Settings }) {
    const { usual, school } = settings;
    return (
        <div>
            <p>{words.quiet.young(clockOf(usual.from), clockOf(usual.to))}</p>
            {school && <p>{words.quiet.school(clockOf(school.to))}</p>}
        </div>
    );
}

function Through({ role }: { role: Role | undefined }) {
    const leads = role === "hub" || role === "liaison";
    const adult = [...words.quiet.through, ...(leads ? words.quiet.throughLeads : [])];
    const comes = role === "young" ? words.quiet.throughYoung : adult;
    return (
        <div class="rings" data-testid="quiet-through">
            <p>{words.quiet.throughHeading}</p>
            <ul>
                {comes.map((each) => (
                    <li key={each}>{each}</li>
                ))}
            </ul>
            <p>{words.quiet.rest}</p>
            <p>{words.quiet.later}</p>
        </div>
    );
}

function quietOf(on: boolean, from: string, to: string): Quiet | undefined {
    const [begins, ends] = [minutesOf(from), minutesOf(to)];
    if (begins === undefined || ends === undefined || begins === ends) return undefined;
    return { on, from: begins, to: ends };
}
