// Where a message is written, answered and given other words.

import type { RefObject } from "preact";
import type { Signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { serverNow } from "../../core/clock.ts";
import {
    TEXT_MAX_CHARS,
    WORDS,
    type CardOf,
    type Entry,
} from "../../generated/protocol.ts";
import { useRoost, type Acts } from "../../roost.ts";
import { words } from "../../words.ts";
import { lineOf } from "../index.ts";
import { nameOf, type Around } from "../kind.ts";
import { mayPublish } from "../may.ts";
import { STARTERS, type Starter } from "../starters.ts";
import { countChars, tidy } from "../text.ts";
import { Quote } from "./index.tsx";
import { check } from "./rules.ts";
import { NOTHING, typed, type Typed } from "./typed.ts";

/** From here on the composer says how much is left. */
const COUNT_FROM_CHARS = TEXT_MAX_CHARS - 200;

type Props = {
    room: string;
    around: Around;
    cards: ReadonlyMap<string, CardOf>;
    /** The room takes nothing now; what is typed is kept. */
    closed: boolean;
};

export function Composer({ room, around, cards, closed }: Props) {
    const { acts } = useRoost();
    const writing = typed(room);
    const { text, answers, edits } = writing.value;
    const area = useRef<HTMLTextAreaElement>(null);
    const refusal = check(tidy(text));
    const about = edits ?? answers;
    const [starting, setStarting] = useState<Starter>();

    useEffect(() => {
        if (about || writesWithKeyboard()) area.current?.focus();
    }, [room, about]);
    useLayoutEffect(() => grow(area.current), [text]);

    const send = () => {
        if (refusal || closed) return;
        dispatch(acts, room, writing.value);
        writing.value = NOTHING;
        area.current?.focus();
    };
    const write = (next: string) => {
        if (next !== "" && !edits) acts.typing(room);
        writing.value = { ...writing.value, text: next };
    };

    return (
        <>
            {starting && <starting.Form room={room} close={() => setStarting(undefined)} />}
            <form
                class="composer"
                data-kept
                onSubmit={(event) => {
                    event.preventDefault();
                    send();
                }}
            >
                <Above
                    writing={writing}
                    cards={cards}
                    around={around}
                    start={setStarting}
                />
                <div class="composer-row">
                    <TextArea area={area} text={text} send={send} write={write} />
                    <button
                        type="submit"
                        data-testid="send"
                        class="button-main"
                        aria-disabled={refusal !== undefined || closed}
                    >
                        {edits ? words.message.save : words.message.send}
                    </button>
                </div>
            </form>
        </>
    );
}

/** What stands above the field: what it is about, what is wrong with it, what can be added. */
function Above(props: {
    writing: Signal<Typed>;
    cards: Props["cards"];
    around: Around;
    start: (starter: Starter) => void;
}) {
    const { writing, cards, around, start } = props;
    const { text, answers, edits, asks } = writing.value;
    const about = edits ?? answers;
    return (
        <>
            {about && (
                <About
                    entry={about}
                    card={cards.get(about.id)}
                    isEdit={edits !== undefined}
                    around={around}
                    stop={() => {
                        writing.value = { ...NOTHING, text: edits ? "" : text };
                    }}
                />
            )}
            <Problem text={text} refusal={check(tidy(text))} count={countChars(text)} />
            {!edits && (
                <Extras
                    asks={asks}
                    ask={(next) => (writing.value = { ...writing.value, asks: next })}
                    around={around}
                    start={start}
                />
            )}
        </>
    );
}

/** What was typed, as the draft it stands for. */
function dispatch(acts: Acts, room: string, { text, answers, edits, asks }: Typed): void {
    const said = { text: tidy(text) };
    if (edits) acts.send(room, "edit", said, edits.id);
    else acts.send(room, "message", asks ? { ...said, please_confirm: true } : said, answers?.id);
}

/** What else can be said or started here. */
function Extras(props: {
    asks: boolean;
    ask: (asks: boolean) => void;
    around: Around;
    start: (starter: Starter) => void;
}) {
    const { asks, ask, around, start } = props;
    const starters = STARTERS.filter(({ may }) => may(around, serverNow()));
    return (
        <div class="composer-extras">
            {mayPublish(around) && (
                <label class="check">
                    <input
                        type="checkbox"
                        data-testid="ask-confirm"
                        checked={asks}
                        onChange={(event) => ask(event.currentTarget.checked)}
                    />
                    {words.confirm.ask}
                </label>
            )}
            {starters.map((starter) => (
                <button
                    key={starter.name}
                    type="button"
                    class="button-plain"
                    data-testid={starter.name}
                    onClick={() => start(starter)}
                >
                    {starter.words}
                </button>
            ))}
        </div>
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

function About(props: {
    entry: Entry;
    card: CardOf | undefined;
    isEdit: boolean;
    around: Around;
    stop: () => void;
}) {
    const { entry, card, isEdit, around, stop } = props;
    const mine = entry.author === around.me;
    const name = mine ? words.message.yourself : nameOf(entry.author, around, words.room.someone);
    return (
        <div class="answering">
            <div class="answering-text">
                <p class="quiet">
                    {isEdit ? words.message.editing : words.message.replyingTo(name)}
                </p>
                <Quote author={entry.author} line={lineOf(entry, around, card)} around={around} />
            </div>
            <button
                type="button"
                class="button-icon"
                aria-label={isEdit ? words.message.editStop : words.message.replyStop}
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
