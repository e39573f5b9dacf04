// Asking the server from a screen. What was heard last is shown at once and while it is asked
// again; without signal and after a "no" there are words, never an endless wait.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Answer } from "../core/session.ts";
import { useVisible } from "./parts.tsx";

export type Asked<T> = {
    /** What was heard last. */
    value: T | undefined;
    /** Why nothing newer is there. */
    problem: string | undefined;
    again: () => Promise<void>;
};

/** What was heard, by its key, for as long as the page is open and the same person is in. */
const heard = new Map<string, unknown>();

/** Whoever signs in next sees nothing of it. */
export function forgetHeard(): void {
    heard.clear();
}

type Question<T> = {
    key: string;
    ask: () => Promise<Answer<T>>;
    noSignal: string;
    /** How often to ask again, while the screen is visible. */
    every_ms?: number;
};

export function useAsked<T>({ key, ask, noSignal, every_ms }: Question<T>): Asked<T> {
    const [, draw] = useState(0);
    const [problem, setProblem] = useState<string>();
    const visible = useVisible();
    const asking = useRef(ask);
    asking.current = ask;
    // An answer that comes after the screen has turned to something else is none of its business.
    const turned = useRef(key);
    turned.current = key;

    const again = useCallback(async () => {
        const answer = await asking.current();
        if (turned.current !== key) return;
        if ("value" in answer) heard.set(key, answer.value);
        setProblem(problemOf(answer, noSignal));
        draw((count) => count + 1);
    }, [key]);

    useEffect(() => {
        if (!visible) return;
        void again();
        if (every_ms === undefined) return;
        const ticking = setInterval(() => void again(), every_ms);
        return () => clearInterval(ticking);
    }, [again, visible, every_ms]);
    useEffect(() => () => void (turned.current = ""), []);

    return { value: heard.get(key) as T | undefined, problem, again };
}

/** Why an answer is none, in words. */
export function problemOf(answer: Answer<unknown>, noSignal: string): string | undefined {
    if ("unreachable" in answer) return noSignal;
    return "refused" in answer ? answer.refused.words : undefined;
}

export type Doing = {
    busy: boolean;
    problem: string | undefined;
    /** Does it, unless something is being done already. */
    run: <T>(act: () => Promise<Answer<T>>, then: (value: T) => void) => void;
};

/** One thing at a time that a person asked for, and why it did not work. */
export function useDoing(noSignal: string): Doing {
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<string>();
    const under_way = useRef(false);
    const run: Doing["run"] = (act, then) => {
        if (under_way.current) return;
        under_way.current = true;
        setBusy(true);
        setProblem(undefined);
        void act().then((answer) => {
            under_way.current = false;
            setBusy(false);
            if ("value" in answer) then(answer.value);
            else setProblem(problemOf(answer, noSignal));
        });
    };
    return { busy, problem, run };
}
