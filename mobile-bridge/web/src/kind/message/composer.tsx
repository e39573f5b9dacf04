// Where a message is written. What is typed survives leaving the room and coming back.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { signal, type Signal } from "@preact/signals";
import { TEXT_MAX_CHARS, WORDS, type Entry } from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { nameOf, type Around } from "../kind.ts";
import { lineOf } from "../index.ts";
import { Quote } from "./index.tsx";
import { check, countChars, tidy } from "./rules.ts";

/** From here on the composer says how much is left. */
const COUNT_FROM_CHARS = TEXT_MAX_CHARS - 200;

type Typed = { text: string; answers: Entry | undefined };
const typedIn = new Map<string, Signal<Typed>>();

/** What is being written in a room, and what it answers. */
export function typed(room: string): Signal<Typed> {
    let held = typedIn.get(room);
    if (!held) {
        held = signal({ text: "", answers: undefined });
        typedIn.set(room, held);
    }
    return held;
}

/** Forgets what was typed anywhere; the next person at this phone must not find it. */
export function forgetTyped(): void {
    typedIn.clear();
}

export function Composer({ room, around }: { room: string; around: Around }) {
    const { acts } = useRoost();
    const writing = typed(room);
    const { text, answers } = writing.value;
    const area = useRef<HTMLTextAreaElement>(null);
    const refusal = check(tidy(text));
    const count = countChars(text);

    useEffect(() => {
        if (answers || writesWithKeyboard()) area.current?.focus();
    }, [room, answers]);
    useLayoutEffect(() => grow(area.current), [text]);

    const send = () => {
        if (refusal) return;
        acts.send(room, "message", { text: tidy(text) }, answers?.id);
        writing.value = { text: "", answers: undefined };
        area.current?.focus();
    };

    return (
        <form
            class="composer"
            onSubmit={(event) => {
                event.preventDefault();
                send();
            }}
        >
            {answers && (
                <Answering
                    entry={answers}
                    around={around}
                    stop={() => {
                        writing.value = { text, answers: undefined };
                    }}
                />
            )}
            <Problem text={text} refusal={refusal} count={count} />
            <div class="composer-row">
                <TextArea
                    area={area}
                    text={text}
                    send={send}
                    write={(next) => {
                        writing.value = { text: next, answers };
                    }}
                />
                <button
                    type="submit"
                    data-testid="send"
                    class="button-main"
                    aria-disabled={refusal !== undefined}
                >
                    {words.message.send}
                </button>
            </div>
        </form>
    );
}

function TextArea(props: {
    area: RefObject<HTMLTextAreaElement | null>;
    text: string;
    write: (text: string) => void;
    send: () => void;
}) {
    const { area, text, write, send } = props;
    return (
        <textarea
            ref={area}
            data-testid="composer"
            class="composer-text"
            rows={1}
            aria-label={words.message.write}
            placeholder={words.message.write}
            value={text}
            onInput={(event) => write(event.currentTarget.value)}
            onKeyDown={(event) => {
                // While a word is being composed, Enter belongs to the keyboard.
                if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
                if (!writesWithKeyboard()) return;
                event.preventDefault();
                send();
            }}
        />
    );
}

function Answering(props: { entry: Entry; around: Around; stop: () => void }) {
    const { entry, around, stop } = props;
    const mine = entry.author === around.me;
    const name = mine ? words.message.yourself : nameOf(entry.author, around, words.room.someone);
    return (
        <div class="answering">
            <div class="answering-text">
                <p class="quiet">{words.message.replyingTo(name)}</p>
                <Quote author={entry.author} line={lineOf(entry, around)} around={around} />
            </div>
            <button
                type="button"
                class="button-icon"
                aria-label={words.message.replyStop}
                onClick={stop}
            >
                ×
            </button>
        </div>
    );
}

function Problem(props: { text: string; refusal: ReturnType<typeof check>; count: number }) {
    const { text, refusal, count } = props;
    // An empty text is no mistake, so nothing is said about it.
    const wrong = text !== "" && refusal && refusal !== "text_empty" ? WORDS[refusal] : undefined;
    const left = count >= COUNT_FROM_CHARS ? words.message.left(TEXT_MAX_CHARS - count) : undefined;
    return (
        <p class="composer-problem" role="status">
            {[wrong, left].filter(Boolean).join(" ")}
        </p>
    );
}

/** A mouse and a real keyboard: Enter sends. On a phone Enter is a new line. */
function writesWithKeyboard(): boolean {
    return matchMedia("(hover: hover) and (pointer: fine)").matches;
}

/** Grows with the text where `field-sizing` is not known; the sheet sets the limit. */
function grow(area: HTMLTextAreaElement | null): void {
    if (!area || CSS.supports?.("field-sizing", "content")) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
}
