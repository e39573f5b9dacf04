// The way in, a step at a time: who invites you to what, the name you will have, who sees what,
// keeping Roost on a phone that can, and in. A link that was sent first asks for its code; at the
// kitchen table the phone first shows its number.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Invitation } from "../../core/session.ts";
import { isAsked, isInApp, seen, way } from "../../install.ts";
import { go } from "../../route.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { useDoing } from "../ask.ts";
import { Field, isName, NAME_MAX_CHARS } from "../fields.tsx";
import { CodeToGive } from "./code.tsx";
import { Elsewhere } from "./elsewhere.tsx";
import { Keep } from "./keep.tsx";
import { NumberToShow } from "./number.tsx";
import { WhoSeesWhat } from "./sees.tsx";
import { Back, Onward, StepSheet, type StepProps } from "./step.tsx";

type For = { invitation: Invitation; asked: boolean };
type Step = { Page: ComponentType<StepProps>; only?: (whom: For) => boolean };

/**
 * In this order. `WhoSeesWhat` spends the link; from then on somebody is signed in, so that what
 * is to be done with this phone before its first room stands after it.
 */
const STEPS: readonly Step[] = [
    { Page: Invited },
    { Page: CodeToGive, only: ({ invitation }) => invitation.code === true },
    { Page: NumberToShow, only: ({ invitation }) => invitation.confirm === true },
    { Page: ShownName },
    { Page: WhoSeesWhat },
    { Page: Keep, only: ({ asked }) => asked },
    { Page: In },
];

type Props = {
    token: string;
    invitation: Invitation;
    /** From here on it is this page that signs in. */
    begin: () => void;
    lost: () => void;
};

export function Steps({ token, invitation, begin, lost }: Props) {
    const { acts, shown } = useRoost();
    const [at, setAt] = useState(0);
    const called = words.device(invitation.name);
    const [phone, callPhone] = useState([...called].slice(0, NAME_MAX_CHARS).join(""));
    const { busy, problem, run } = useDoing(words.join.noSignal);
    const [opened, setOpened] = useState(false);
    /** Known for good once somebody is in: an offer that comes or goes moves no step then. */
    const [settled, settle] = useState<boolean>();
    const asked = settled ?? isAsked(seen());
    useEffect(begin, []);

    const steps = STEPS.filter(({ only }) => only?.({ invitation, asked }) ?? true);
    const { Page } = steps[at]!;
    const next = () => setAt((now) => Math.min(now + 1, steps.length - 1));
    const accept = () =>
        run(
            async () => {
                const answer = await acts.join(token, phone.trim());
                // "Later" is no verdict on the link.
                if ("refused" in answer && answer.refused.class !== "later") lost();
                return answer;
            },
            () => {
                shown.phase.value = "signed_in";
                settle(isAsked(seen()));
                next();
            },
        );
    return (
        <Page
            // Each step is a page of its own: its heading takes the focus.
            key={at}
            {...{ token, invitation, phone, callPhone, next, accept, busy, problem, lost }}
            opened={opened}
            open={() => setOpened(true)}
            back={() => setAt(at - 1)}
            place={words.join.step(at + 1, steps.length)}
        />
    );
}

function Invited({ token, invitation, next, place }: StepProps) {
    const { name, constellation, role, liaisons } = invitation;
    const now = way();
    return (
        <StepSheet heading={words.join.heading} place={place}>
            <p class="lead" data-testid="invited">
                {words.join.invited(name, constellation, role)}
            </p>
            <p data-testid="invited-by">{words.join.from(role, liaisons)}</p>
            <p>{words.join.what(role)}</p>
            <p class="quiet">{words.join.onlyYou(name)}</p>
            {isInApp(now) ? (
                <Elsewhere way={now} token={token} stay={next} />
            ) : (
                <Onward press={next} label={words.join.next} />
            )}
        </StepSheet>
    );
}

function ShownName({ invitation, phone, callPhone, next, back, place }: StepProps) {
    const [tried, setTried] = useState(false);
    const fits = isName(phone);
    const { name, role, liaisons } = invitation;
    return (
        <StepSheet heading={words.join.nameHeading} place={place}>
            <p>{words.join.nameShown}</p>
            <p class="shown-name" data-testid="shown-name">
                {name}
            </p>
            <p class="quiet">{words.join.nameWrong(role, liaisons)}</p>
            <Field
                label={words.join.phone}
                hint={words.join.phoneHint}
                wrong={tried && !fits ? words.join.phoneWrong : undefined}
                value={phone}
                change={callPhone}
                testId="phone-name"
                max={NAME_MAX_CHARS}
            />
            <Onward
                press={() => {
                    setTried(true);
                    if (fits) next();
                }}
                label={words.join.next}
            />
            <Back back={back} />
        </StepSheet>
    );
}

function In({ invitation, place }: StepProps) {
    return (
        <StepSheet heading={words.join.inHeading(invitation.name)} place={place}>
            <p class="lead">{words.join.inside(invitation.role)}</p>
            <button
                type="button"
                class="button-main button-large"
                data-testid="step-in"
                onClick={() => go({ at: "rooms" }, "replace")}
            >
                {words.join.open}
            </button>
        </StepSheet>
    );
}
