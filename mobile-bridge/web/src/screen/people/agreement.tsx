// The agreement without which no young person is invited, as a form.

import { serverNow } from "../../core/clock.ts";
import { words } from "../../words/later.ts";
import { Check, Choices, Field, NAME_MAX_CHARS } from "../fields.tsx";
import { dateField, type Draft, type Fault, type Wrong } from "./rules.ts";

export function blankAgreement(now_ms: number): Draft {
    return { agreed_by: "", delegated: false, agreed_on: dateField(now_ms) };
}

type Props = { draft: Draft; wrong: Wrong; change: (part: Partial<Draft>) => void };

const BANDS = ["13_17", "11_12"] as const;
const CAPACITIES = ["parental_responsibility", "local_authority", "carer"] as const;

export function AgreementFields({ draft, wrong, change }: Props) {
    const say = words.invite;
    return (
        <fieldset class="agreement">
            <legend class="subheading">{say.agreement}</legend>
            <p class="quiet">{say.agreementWhy}</p>
            <Choices
                label={say.band}
                options={BANDS.map((value) => ({ value, label: say.bands[value] }))}
                value={draft.band}
                wrong={wrong.band && say.bandWrong}
                change={(band) => change({ band })}
                testId="band"
            />
            <Field
                label={say.agreedBy}
                wrong={wrong.agreed_by && say.agreedByWrong}
                value={draft.agreed_by}
                change={(agreed_by) => change({ agreed_by })}
                testId="agreed-by"
                max={NAME_MAX_CHARS}
            />
            <Choices
                label={say.capacity}
                options={CAPACITIES.map((value) => ({ value, label: say.capacities[value] }))}
                value={draft.capacity}
                wrong={wrong.capacity && capacityWords(wrong.capacity)}
                change={(capacity) => change({ capacity })}
                testId="capacity"
            />
            {draft.capacity === "carer" && (
                <Check
                    label={say.delegated}
                    value={draft.delegated}
                    change={(delegated) => change({ delegated })}
                    testId="delegated"
                />
            )}
            <Field
                label={say.agreedOn}
                input={{ type: "date", max: dateField(serverNow()) }}
                wrong={wrong.agreed_on && say.agreedOnWrong}
                value={draft.agreed_on}
                change={(agreed_on) => change({ agreed_on })}
                testId="agreed-on"
            />
        </fieldset>
    );
}

function capacityWords(fault: Fault): string {
    switch (fault) {
        case "missing":
            return words.invite.capacityWrong;
        case "not_delegated":
            return words.invite.delegatedWrong;
        case "too_young":
            return words.invite.tooYoung;
    }
}
