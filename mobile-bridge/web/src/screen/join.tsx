// The invitation. Opening the link has spent nothing; the tap on the one large button does.

import { useEffect, useState } from "preact/hooks";
import type { Answer, Invitation } from "../core/session.ts";
import { go } from "../route.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Sheet } from "./parts.tsx";

type Looked = Answer<Invitation> | "looking";

export function Join({ token }: { token: string }) {
    const { acts, shown } = useRoost();
    const [looked, setLooked] = useState<Looked>("looking");
    const look = () => {
        setLooked("looking");
        void acts.look(token).then(setLooked);
    };
    useEffect(() => {
        if (token) look();
    }, [token]);

    if (!token) return <Unusable reason={words.join.noToken} />;
    if (looked === "looking")
        return (
            <main class="sheet">
                <p role="status">{words.join.looking}</p>
            </main>
        );
    if ("refused" in looked) return <Unusable reason={looked.refused.words} />;
    if ("unreachable" in looked) {
        return (
            <Sheet heading={words.join.heading}>
                <p role="alert">{words.join.noSignal}</p>
                <button type="button" class="button-main button-large" onClick={look}>
                    {words.tryAgain}
                </button>
            </Sheet>
        );
    }
    return (
        <Invited
            token={token}
            invitation={looked.value}
            joined={() => {
                shown.phase.value = "signed_in";
                go({ at: "rooms" }, "replace");
            }}
        />
    );
}

function Invited(props: { token: string; invitation: Invitation; joined: () => void }) {
    const { token, invitation, joined } = props;
    const { acts } = useRoost();
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<string>();
    const [refused, setRefused] = useState<string>();

    const start = async () => {
        if (busy) return;
        setBusy(true);
        setProblem(undefined);
        const answer = await acts.join(token, words.phone(invitation.name).slice(0, 60));
        setBusy(false);
        if ("value" in answer) joined();
        else if ("unreachable" in answer) setProblem(words.join.noSignal);
        // A refusal that says "later" is no verdict on the link.
        else if (answer.refused.class === "later") setProblem(answer.refused.words);
        else setRefused(answer.refused.words);
    };

    if (refused) return <Unusable reason={refused} />;
    const { name, constellation, role } = invitation;
    return (
        <Sheet heading={words.join.heading}>
            <p class="lead">{words.join.invited(name, constellation, role)}</p>
            <p>{words.join.notEncrypted}</p>
            <p>{words.join.onlyYou}</p>
            <p role="alert" class="problem">
                {problem}
            </p>
            <button
                type="button"
                data-testid="join-button"
                class="button-main button-large"
                aria-disabled={busy}
                onClick={() => void start()}
            >
                {busy ? words.join.starting : words.join.start}
            </button>
        </Sheet>
    );
}

function Unusable({ reason }: { reason: string }) {
    const { shown } = useRoost();
    return (
        <Sheet heading={words.join.unusable}>
            <p class="lead" data-testid="link-unusable">
                {reason}
            </p>
            {shown.phase.value === "signed_in" && (
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
