// Who sees what, on one page, before anybody is in: also that Roost is not end-to-end encrypted,
// and why (behaviours § 2.8).

import { words } from "../../words.ts";
import { Problem } from "../fields.tsx";
import { Back, StepSheet, type StepProps } from "./step.tsx";

export function WhoSeesWhat(props: StepProps) {
    const { role, liaisons } = props.invitation;
    return (
        <StepSheet heading={words.join.seesHeading} place={props.place}>
            <dl class="sees" data-testid="sees">
                {words.join.sees(role, liaisons).map(({ what, who }) => (
                    <div key={what} class="sees-row">
                        <dt>{what}</dt>
                        <dd>{who}</dd>
                    </div>
                ))}
            </dl>
            <section class="sees-lock">
                <h2 class="subheading">{words.join.lockHeading(role)}</h2>
                <p data-testid="not-encrypted">{words.join.lock(role)}</p>
            </section>
            <Accept {...props} />
            <Back back={props.back} />
        </StepSheet>
    );
}

/** The tap that spends the link, and why it did not work. */
function Accept({ accept, busy, problem, invitation }: StepProps) {
    return (
        <>
            <Problem words={problem} />
            <button
                type="button"
                data-testid="join-button"
                class="button-main button-large"
                aria-disabled={busy}
                onClick={accept}
            >
                {busy ? words.join.starting : words.join.start(invitation.role)}
            </button>
        </>
    );
}
