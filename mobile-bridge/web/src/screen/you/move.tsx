// A code that carries this sign-in to another phone, or into the app on the home screen.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import type { Code } from "../../core/desk.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { span } from "../../words/say.ts";
import { useDoing } from "../ask.ts";
import { Problem } from "../fields.tsx";
import { Page } from "../page.tsx";
import { useNow } from "../parts.tsx";

/** Until when somebody may have moved from here: then being signed out is no surprise. */
export const movingUntil = signal(0);

export function Move() {
    const { desk, shown } = useRoost();
    const [code, setCode] = useState<Code>();
    const { busy, problem, run } = useDoing(words.move.noSignal);
    const now = useNow(code !== undefined, serverNow);
    const over = code !== undefined && code.expires_at <= now;
    const make = () =>
        run(
            () => desk.handOver(),
            (made) => {
                movingUntil.value = made.expires_at;
                setCode(made);
            },
        );
    const back = { to: { at: "you" } as const, label: words.move.back };
    return (
        <Page heading={words.move.heading} back={back}>
            <p class="note">{words.move.body}</p>
            {shown.unsent.value.length > 0 && (
                <p class="problem note" role="status">
                    {words.move.unsent}
                </p>
            )}
            {code && !over && <Shown code={code} left_ms={code.expires_at - now} />}
            {over && (
                <p class="note" role="status">
                    {words.move.over}
                </p>
            )}
            <Problem words={problem} />
            {(!code || over) && (
                <button
                    type="button"
                    class="button-main button-large"
                    data-testid="code-make"
                    aria-disabled={busy}
                    onClick={make}
                >
                    {busy ? words.move.making : over ? words.move.again : words.move.make}
                </button>
            )}
        </Page>
    );
}

function Shown({ code, left_ms }: { code: Code; left_ms: number }) {
    const halves = `${code.code.slice(0, 5)} ${code.code.slice(5)}`;
    return (
        <section role="status" class="code-shown" data-once>
            <h2 class="subheading">{words.move.code}</h2>
            <p class="big-code" aria-hidden="true" data-testid="code">
                {halves}
            </p>
            <p class="unseen">{words.move.spelt([...code.code].join(" "))}</p>
            {/* A live region would tell the time anew each minute. */}
            <p class="quiet" aria-hidden="true">
                {words.move.left(span(left_ms))}
            </p>
            <h3 class="subheading">{words.move.howHeading}</h3>
            <ol class="how">
                {words.move.how(location.host).map((step) => (
                    <li key={step}>{step}</li>
                ))}
            </ol>
            <p>{words.move.keep}</p>
        </section>
    );
}
