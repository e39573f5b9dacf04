// The last word before something ends: what will happen, and a way back.

import type { Answer } from "../core/session.ts";
import { Dialog } from "../dialog.tsx";
import { useDoing } from "./ask.ts";
import { Problem } from "./fields.tsx";

type Props<T> = {
    heading: string;
    /** What will happen, in exact words. */
    body: readonly string[];
    yes: string;
    no: string;
    noSignal: string;
    act: () => Promise<Answer<T>>;
    done: (value: T) => void;
    close: () => void;
    testId: string;
    /** It takes something from somebody. */
    grave?: boolean;
};

export function Sure<T>(props: Props<T>) {
    const { heading, body, yes, no, noSignal, act, done, close, testId, grave } = props;
    const { busy, problem, run } = useDoing(noSignal);
    return (
        <Dialog heading={heading} close={close} testId={testId}>
            <div class="form">
                {body.map((words) => (
                    <p key={words}>{words}</p>
                ))}
                <Problem words={problem} />
                <div class="form-acts">
                    <button
                        type="button"
                        class={grave ? "button-main button-grave" : "button-main"}
                        data-testid={`${testId}-yes`}
                        aria-disabled={busy}
                        onClick={() => run(act, done)}
                    >
                        {yes}
                    </button>
                    <button
                        type="button"
                        class="button-plain"
                        data-testid={`${testId}-no`}
                        onClick={close}
                    >
                        {no}
                    </button>
                </div>
            </div>
        </Dialog>
    );
}
