// The ways out, and the door when one is outside: signing out, signed out, no link yet.

import { useEffect, useState } from "preact/hooks";
import { serverNow } from "../core/clock.ts";
import { WORDS } from "../generated/protocol.ts";
import { go } from "../route.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Link } from "./page.tsx";
import { Sheet } from "./parts.tsx";
import { movingUntil } from "./you/move.tsx";

export function SignOut() {
    const { acts, shown } = useRoost();
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<string>();
    const unsent = shown.unsent.value.length;
    const people = [...shown.people.value.values()].filter(({ left }) => !left);
    const young = people.some(({ person, role }) => person === shown.me.value && role === "young");
    const liaisons = people.filter(({ role }) => role === "liaison").map(({ name }) => name);

    const signOut = async () => {
        if (busy) return;
        setBusy(true);
        setProblem(undefined);
        const answer = await acts.signOut();
        setBusy(false);
        if ("unreachable" in answer) setProblem(words.signOut.noSignal);
        else if ("refused" in answer) setProblem(answer.refused.words);
        else go({ at: "rooms" }, "replace");
    };

    return (
        <Sheet heading={words.signOut.heading}>
            <p>{words.signOut.body}</p>
            {young && <p data-testid="leave">{words.signOut.leave(liaisons)}</p>}
            {unsent > 0 && <p class="problem">{words.signOut.unsent(unsent)}</p>}
            <p role="alert" class="problem">
                {problem}
            </p>
            <button
                type="button"
                class="button-main button-large"
                data-testid="sign-out-yes"
                aria-disabled={busy}
                onClick={() => void signOut()}
            >
                {busy ? words.signOut.busy : words.signOut.yes}
            </button>
            <button type="button" class="button-plain" onClick={() => go({ at: "you" }, "replace")}>
                {words.signOut.no}
            </button>
        </Sheet>
    );
}

export function SignedOut({ bySelf }: { bySelf: boolean }) {
    const { desk } = useRoost();
    const [copied, setCopied] = useState(false);
    const moved = !bySelf && movingUntil.value > serverNow();
    useEffect(() => {
        if (!bySelf && !moved) void desk.wasCopied().then(setCopied);
    }, []);
    return (
        <Sheet heading={words.ended.heading}>
            <p class="lead" data-testid="signed-out">
                {moved ? words.move.moved : bySelf ? words.ended.bySelf : words.ended.body}
            </p>
            {copied && (
                <p class="problem" role="alert" data-testid="copied">
                    {WORDS.sign_in_copied}
                </p>
            )}
            <HaveCode />
        </Sheet>
    );
}

function HaveCode() {
    return (
        <Link class="button-plain" testId="have-code" to={{ at: "code" }}>
            {words.code.link}
        </Link>
    );
}

/** Nothing is kept here, and Roost did not answer when asked who this is. */
export function Unreachable() {
    const { acts } = useRoost();
    const [busy, setBusy] = useState(false);
    const again = () => {
        setBusy(true);
        void acts.open().then(() => setBusy(false));
    };
    return (
        <Sheet heading={words.unreachable.heading}>
            <p class="lead" role="alert">
                {words.unreachable.body}
            </p>
            <button
                type="button"
                class="button-main button-large"
                aria-disabled={busy}
                onClick={again}
            >
                {words.tryAgain}
            </button>
        </Sheet>
    );
}

export function NeedLink() {
    return (
        <Sheet heading={words.needLink.heading}>
            <p class="lead" data-testid="need-link">
                {words.needLink.body}
            </p>
            <HaveCode />
        </Sheet>
    );
}
