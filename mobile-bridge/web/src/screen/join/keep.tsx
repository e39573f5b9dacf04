// Keeping Roost on this phone, before its first room: the few who would look for it later are fewer
// than those who take it now. One tap goes on without it.

import { takeOffer, way } from "../../install.ts";
import { words } from "../../words.ts";
import { Carry, Ways } from "../install.tsx";
import { StepSheet, type StepProps } from "./step.tsx";

export function Keep({ next, place }: StepProps) {
    const now = way();
    return (
        <StepSheet heading={words.install.heading} place={place}>
            <p class="lead">{words.install.why}</p>
            {/* Whatever the person answered the browser, the way goes on. */}
            <Ways way={now} take={() => void takeOffer().then(next, next)} />
            <Carry way={now} signedIn />
            <button type="button" class="button-plain" data-testid="keep-skip" onClick={next}>
                {words.install.notNow}
            </button>
        </StepSheet>
    );
}
