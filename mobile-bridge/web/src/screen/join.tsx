// An invitation. Opening the link has spent nothing; only the last step before one is in does.
// Whatever is wrong with a link, the page says the same: nobody learns from it whose it was.

import { useEffect, useState } from "preact/hooks";
import type { Answer, Invitation } from "../core/session.ts";
import { WORDS } from "../generated/protocol.ts";
import { go } from "../route.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Steps } from "./join/steps.tsx";
import { Sheet } from "./parts.tsx";

type Looked = Answer<Invitation> | "looking";

export function Join({ token }: { token: string }) {
    const { acts, shown } = useRoost();
    const [looked, setLooked] = useState<Looked>("looking");
    const [begun, setBegun] = useState(false);
    // Somebody is in here already: the link is not for this phone, whoever it is for.
    const taken = shown.phase.value === "signed_in" && !begun;
    const look = () => {
        setLooked("looking");
        void acts.link.look(token).then((answer) => {
            setLooked(answer);
            if ("value" in answer) acts.link.opened(token);
        });
    };
    useEffect(() => {
        if (token && !taken) look();
    }, [token, taken]);

    if (!token || taken) return <Unusable />;
    if (looked === "looking")
        return (
            <main class="sheet">
                <p role="status">{words.join.looking}</p>
            </main>
        );
    if ("value" in looked)
        return (
            <Steps
                token={token}
                invitation={looked.value}
                begin={() => setBegun(true)}
                lost={() => setLooked({ refused: LOST })}
            />
        );
    // "Later" is no verdict on the link.
    if ("refused" in looked && looked.refused.class !== "later") return <Unusable />;
    return (
        <Sheet heading={words.join.heading}>
            <p role="alert">
                {"refused" in looked ? looked.refused.words : words.join.noSignal}
            </p>
            <button type="button" class="button-main button-large" onClick={look}>
                {words.tryAgain}
            </button>
        </Sheet>
    );
}

/** What a link has become that was good when it was looked at. */
const LOST = {
    code: "enrolment_unusable",
    class: "final",
    words: WORDS.enrolment_unusable,
    after_ms: 0,
} as const;

function Unusable() {
    const { shown } = useRoost();
    const signedIn = shown.phase.value === "signed_in";
    const name = shown.people.value.get(shown.me.value ?? "")?.name;
    return (
        <Sheet heading={words.join.unusable}>
            <p class="lead" data-testid="link-unusable">
                {WORDS.enrolment_unusable}
            </p>
            {signedIn && name && <p data-testid="signed-in-as">{words.join.signedIn(name)}</p>}
            {signedIn && (
                <button
                    type="button"
                    class="button-main button-large"
                    onClick={() => go({ at: "rooms" }, "replace")}
                >
                    {words.join.open}
                </button>
            )}
        </Sheet>
    );
}
