// One entry in a room: a person's words with name and time, or a quiet line.

import { useState } from "preact/hooks";
import type { Entry } from "../generated/protocol.ts";
import { kindOf, lineOf } from "../kind/index.ts";
import { nameOf, type Around } from "../kind/kind.ts";
import { Quote } from "../kind/message/index.tsx";
import { words } from "../words.ts";
import { timeOf } from "./times.ts";

/** Words of one person within this time stand under one name. */
const GROUP_MS = 5 * 60_000;

type Props = {
    entry: Entry;
    /** The entry above, when it is of the same day. */
    before: Entry | undefined;
    held: readonly Entry[];
    around: Around;
    answer: (entry: Entry) => void;
};

export function EntryItem(props: Props) {
    const { entry, around } = props;
    const kind = kindOf(entry, around);
    if (kind?.said) return <Said {...props} />;
    return (
        <li
            class="line"
            data-testid="entry"
            data-seq={entry.seq}
            data-entry-id={entry.id}
            data-kind={entry.kind}
        >
            {kind ? <kind.View body={entry.body} around={around} /> : words.room.unknownKind}
        </li>
    );
}

function Said({ entry, before, held, around, answer }: Props) {
    const [chosen, setChosen] = useState(false);
    const mine = entry.author !== undefined && entry.author === around.me;
    const name = entry.author
        ? nameOf(entry.author, around, words.room.someone)
        : words.room.service;
    const follows =
        before !== undefined &&
        before.author === entry.author &&
        kindOf(before, around)?.said === true &&
        entry.at - before.at < GROUP_MS;
    const kind = kindOf(entry, around)!;
    const look = ["said", mine ? "mine" : "theirs"];
    if (follows) look.push("follows");
    if (chosen) look.push("chosen");
    return (
        <li
            class={look.join(" ")}
            data-testid="entry"
            data-seq={entry.seq}
            data-entry-id={entry.id}
            data-kind={entry.kind}
        >
            {/* A tap anywhere shows "Reply"; keyboards and readers find the button itself. */}
            <div class="bubble" onClick={() => nothingSelected() && setChosen(!chosen)}>
                <p class={follows || mine ? "said-name unseen" : "said-name"}>
                    {mine ? words.message.you : name}
                </p>
                {entry.target && <Answered target={entry.target} held={held} around={around} />}
                <kind.View body={entry.body} around={around} />
                <p class="said-time">
                    <time dateTime={new Date(entry.at).toISOString()}>{timeOf(entry.at)}</time>
                    {mine && <span class="said-sent"> · {words.message.sent}</span>}
                </p>
            </div>
            <button
                type="button"
                class="button-reply"
                data-testid="reply"
                aria-label={words.message.replyTo(mine ? words.message.yourself : name)}
                onClick={() => {
                    setChosen(false);
                    answer(entry);
                }}
            >
                {words.message.reply}
            </button>
        </li>
    );
}

/** The words answered, as far as this phone holds them. */
export function Answered(props: { target: string; held: readonly Entry[]; around: Around }) {
    const { target, held, around } = props;
    const entry = held.find((each) => each.id === target);
    const line = entry && lineOf(entry, around);
    return <Quote author={entry?.author} line={line} around={around} />;
}

/** A tap that ends the marking of text is not a tap on the message. */
function nothingSelected(): boolean {
    return (getSelection()?.toString() ?? "") === "";
}
