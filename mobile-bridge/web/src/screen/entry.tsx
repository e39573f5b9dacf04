// One entry in a room: a person's words with name and time, what stands in their place, or a quiet
// line.

import type { ComponentChild } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { Entry, Mark } from "../generated/protocol.ts";
import { Confirmations } from "../kind/confirm/index.tsx";
import { kindOf, lineOf, removedWords, standsOf } from "../kind/index.ts";
import { nameOf } from "../kind/kind.ts";
import { asksToConfirm, Quote } from "../kind/message/index.tsx";
import { Reactions } from "../kind/reaction/index.tsx";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import type { Place } from "./place.ts";
import { receiptWords } from "./receipt.ts";
import { hueOf } from "./tile.tsx";
import { timeOf } from "./times.ts";
import { EditedButton } from "./versions.tsx";

/** Words of one person within this time stand under one name. */
const GROUP_MS = 5 * 60_000;

/** A finger that stays this long wants the menu. */
const PRESS_MS = 500;

type Props = {
    entry: Entry;
    /** The entry above, when it is of the same day. */
    before: Entry | undefined;
    place: Place;
};

export function EntryItem({ entry, before, place }: Props) {
    // Scrolling moves a window over the rows: one that was drawn stays as it is.
    return useMemo(() => <Row {...{ entry, before, place }} />, [entry, before, place]);
}

function Row(props: Props) {
    const { entry, place } = props;
    const { around, cards } = place;
    const card = cards.get(entry.id);
    const stands = standsOf(entry);
    if (stands === "silent") return null;
    const kind = kindOf(entry, around);
    if (stands === "said" && (kind || removedWords(entry, card))) return <Said {...props} />;
    return (
        <li
            class="line"
            data-testid="entry"
            data-seq={entry.seq}
            data-entry-id={entry.id}
            data-kind={entry.kind}
        >
            {kind ? (
                <kind.View entry={entry} card={card} around={around} />
            ) : (
                (removedWords(entry, card) ?? words.room.unknownKind)
            )}
        </li>
    );
}

function Said({ entry, before, place }: Props) {
    const { around, cards, others, open } = place;
    const [chosen, setChosen] = useState(false);
    const press = useLongPress(() => open(entry));
    const card = cards.get(entry.id);
    const removed = removedWords(entry, card);
    const mine = entry.author !== undefined && entry.author === around.me;
    const name = entry.author
        ? nameOf(entry.author, around, words.room.someone)
        : words.room.service;
    const follows = isFollowing(entry, before);
    const look = {
        mine,
        theirs: !mine,
        follows,
        chosen,
        removed: removed !== undefined,
    };
    return (
        <li
            class={classes(look)}
            data-testid="entry"
            data-seq={entry.seq}
            data-entry-id={entry.id}
            data-kind={entry.kind}
        >
            {/* A tap shows what can be done; keyboards and readers find the buttons themselves. */}
            <div
                class="bubble"
                {...(removed === undefined ? press : {})}
                onClick={(event) => isPlainTap(event) && setChosen(!chosen)}
            >
                <p class={`said-name ${follows || mine ? "unseen" : hueOf(entry.author ?? "")}`}>
                    {mine ? words.message.you : name}
                </p>
                {removed !== undefined ? (
                    <p class="removed-words" data-testid="removed">
                        {removed}
                    </p>
                ) : (
                    <Body entry={entry} place={place} />
                )}
                <Foot
                    entry={entry}
                    edited={card?.edited && <EditedButton open={() => place.lookBack(entry)} />}
                    told={mine && !removed ? others : undefined}
                />
            </div>
            {removed === undefined && (
                <Below
                    entry={entry}
                    name={mine ? words.message.yourself : name}
                    place={place}
                    done={() => setChosen(false)}
                />
            )}
        </li>
    );
}

/** When it was said, and of my own words how far they have come. */
function Foot(props: {
    entry: Entry;
    /** Of words that were changed. */
    edited: ComponentChild;
    told: readonly Mark[] | undefined;
}) {
    const { entry, edited, told } = props;
    return (
        <p class="said-time">
            {edited && <>{edited} · </>}
            <time dateTime={new Date(entry.at).toISOString()}>{timeOf(entry.at)}</time>
            {told && (
                <span class="said-sent" data-testid="receipt">
                    {" · "}
                    {receiptWords(entry.seq, told)}
                </span>
            )}
        </p>
    );
}

/** Words of one person shortly after their last ones. */
function isFollowing(entry: Entry, before: Entry | undefined): boolean {
    const same = before !== undefined && before.author === entry.author;
    return same && standsOf(before) === "said" && entry.at - before.at < GROUP_MS;
}

function classes(look: Record<string, boolean>): string {
    return ["said", ...Object.keys(look).filter((name) => look[name])].join(" ");
}

/** What stands below a bubble: reactions, what is on its way, and the buttons. */
function Below(props: { entry: Entry; name: string; place: Place; done: () => void }) {
    const { entry, name, place, done } = props;
    const { around, cards, acting, open, answer } = place;
    const after = (act: (entry: Entry) => void) => () => {
        done();
        act(entry);
    };
    return (
        <>
            <Reactions card={cards.get(entry.id)} around={around} />
            {(acting.get(entry.id) ?? []).map((draft) => (
                <p key={draft.id} class="on-its-way" data-testid="on-its-way">
                    {words.acts.waiting[draft.kind] ?? words.message.waiting}
                </p>
            ))}
            <Buttons name={name} answer={after(answer)} open={after(open)} />
        </>
    );
}

function Body({ entry, place }: { entry: Entry; place: Place }) {
    const { around, cards, acting } = place;
    const card = cards.get(entry.id);
    const kind = kindOf(entry, around)!;
    const asks = entry.kind === "message" && asksToConfirm(entry.body);
    const confirming = acting.get(entry.id)?.some(({ kind }) => kind === "confirm") ?? false;
    return (
        <>
            {entry.target && <Answered target={entry.target} place={place} />}
            <kind.View entry={entry} card={card} around={around} />
            {asks && (
                <Confirmations entry={entry} card={card} around={around} waiting={confirming} />
            )}
        </>
    );
}

function Buttons(props: { name: string; answer: () => void; open: () => void }) {
    const { name, answer, open } = props;
    return (
        <div class="said-buttons">
            <button
                type="button"
                class="button-reply"
                data-testid="reply"
                aria-label={words.message.replyTo(name)}
                onClick={answer}
            >
                {words.message.reply}
            </button>
            <button
                type="button"
                class="button-reply"
                data-testid="more"
                aria-haspopup="dialog"
                aria-label={words.menu.openFor(name)}
                onClick={open}
            >
                {words.menu.open}
            </button>
        </div>
    );
}

/** The words answered, as far as this phone holds them. */
export function Answered({ target, place }: { target: string; place: Place }) {
    const { shown } = useRoost();
    const { cards, around } = place;
    const held = shown.entries(around.listed?.room ?? "").value;
    const entry = held.find((each) => each.id === target);
    const line = entry && lineOf(entry, around, cards.get(target));
    return <Quote author={entry?.author} line={line} around={around} />;
}

/**
 * A finger that stays, or the right button of a mouse. A finger that moves is scrolling. On a link,
 * and where text was marked before, the browser's own menu comes: it knows what to do with both.
 */
function useLongPress(act: () => void) {
    const pressing = useRef<ReturnType<typeof setTimeout>>(undefined);
    const marked = useRef(false);
    const stop = () => clearTimeout(pressing.current);
    return {
        onPointerDown: (event: PointerEvent) => {
            stop();
            // Only now: some browsers mark the word that is pressed before they ask for the menu.
            marked.current = isTextMarked();
            if (event.pointerType === "mouse" || isControl(event) || marked.current) return;
            pressing.current = setTimeout(act, PRESS_MS);
        },
        onPointerUp: stop,
        onPointerCancel: stop,
        onPointerMove: (event: PointerEvent) => {
            if (Math.hypot(event.movementX, event.movementY) > 4) stop();
        },
        onContextMenu: (event: Event) => {
            stop();
            if (marked.current || isOn(event, "a")) return;
            event.preventDefault();
            act();
        },
    };
}

/** A tap on a button of the bubble, or one that ends the marking of text, is no tap on it. */
function isPlainTap(event: Event): boolean {
    return !isControl(event) && !isTextMarked();
}

function isTextMarked(): boolean {
    return (getSelection()?.toString() ?? "") !== "";
}

function isControl(event: Event): boolean {
    return isOn(event, "button, summary, a, input");
}

function isOn({ target }: Event, what: string): boolean {
    return target instanceof Element && target.closest(what) !== null;
}
