// A link just made: the message to send with it, and noting that it was sent. The server tells it
// once.

import { useRef, useState } from "preact/hooks";
import { copy } from "../../copy.ts";
import { serverNow } from "../../core/clock.ts";
import type { Invited, Of, Progress } from "../../core/desk.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { constellationWords } from "../../words/say.ts";
import { useDoing } from "../ask.ts";
import { Problem, ToCopy } from "../fields.tsx";
import { momentOf } from "../times.ts";
import { addressOf } from "./made.ts";

type Props = {
    of: Of;
    made: Invited;
    name: string;
    constellation: string;
    state: Progress["state"];
    again: () => Promise<void>;
};

export function MadeLink({ of, made, name, constellation, state, again }: Props) {
    const { desk } = useRoost();
    const text = useRef<HTMLTextAreaElement>(null);
    const [said, setSaid] = useState("");
    const { busy, problem, run } = useDoing(words.desk.noSignal);
    const message = words.link.message(name, constellationWords(constellation), addressOf(made));
    const note = () =>
        run(
            () => desk.noteSent(of),
            () => {
                setSaid(words.link.noted);
                void again();
            },
        );
    const share = () =>
        // Somebody who closes the sheet has sent nothing, and nothing went wrong.
        void navigator.share({ text: message }).then(note, () => undefined);
    const copyIt = async () => {
        const copied = await copy(message);
        // Focused, it is marked: what is left to do by hand begins with that.
        if (!copied) text.current!.focus();
        setSaid(copied ? words.link.copied : words.copy.byHand);
    };
    return (
        <section class="made-link" data-testid="made-link" data-once>
            <h2 class="subheading">{words.link.heading(name)}</h2>
            <p class="quiet">
                {words.link.once} {words.link.until(momentOf(made.expires_at, serverNow()))}
            </p>
            <ToCopy
                area={text}
                label={words.link.label}
                text={message}
                rows={4}
                testId="link-text"
            />
            <div class="form-acts">
                <button
                    type="button"
                    class="button-main"
                    data-testid="link-copy"
                    onClick={() => void copyIt()}
                >
                    {words.link.copy}
                </button>
                {"share" in navigator && (
                    <button type="button" class="button-choice" onClick={share}>
                        {words.link.share}
                    </button>
                )}
                {state === "created" && (
                    <button
                        type="button"
                        class="button-choice"
                        data-testid="link-sent"
                        aria-disabled={busy}
                        onClick={note}
                    >
                        {words.link.sent}
                    </button>
                )}
            </div>
            <p role="status" class="said-line" data-testid="link-said">
                {said}
            </p>
            <Problem words={problem} />
        </section>
    );
}
