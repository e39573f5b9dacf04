// A question with answers to choose from: each is a button that shows how many chose it, and who.

import { serverNow } from "../../core/clock.ts";
import type { PollState, Question } from "../../generated/protocol.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words.ts";
import { nameOf, type Around, type Kind, type Piece, type ViewProps } from "../kind.ts";
import { mayWrite } from "../may.ts";
import { read, stateOf } from "./rules.ts";

export const poll: Kind = {
    stands: ({ target }) => (target === undefined ? "said" : "silent"),
    // An answer is none: the question counts them.
    isNews: ({ target }) => target === undefined,
    line: (body) => {
        const said = read(body);
        if (!said) return undefined;
        if ("ask" in said) return words.poll.line(said.ask.question);
        return "close" in said ? words.poll.closed : words.poll.chosen;
    },
    text: (piece, card) => {
        const asked = askedOf(piece, stateOf(card));
        return asked && [asked.question, ...asked.options].join("\n");
    },
    View: Card,
};

/** The question as it stands now. */
function askedOf({ body }: Piece, state: PollState | undefined): Question | undefined {
    const said = read(body);
    return state?.poll ?? (said && "ask" in said ? said.ask : undefined);
}

function Card({ entry, card, around }: ViewProps) {
    const state = stateOf(card);
    const asked = askedOf(entry, state);
    if (!asked) return null;
    const open = state !== undefined && !state.closed && entry.id !== undefined;
    return (
        <div class="poll" data-testid="poll">
            <p class="poll-question message-text">{asked.question}</p>
            <div class="poll-options" role="group" aria-label={asked.question}>
                {asked.options.map((text, option) => (
                    <Option
                        key={text}
                        {...{ text, option, state, around }}
                        id={open ? entry.id : undefined}
                    />
                ))}
            </div>
            {state && (
                <p class="quiet">
                    {words.poll.count(Object.keys(state.choices).length)}
                    {state.closed && ` ${words.poll.closed}`}
                </p>
            )}
            {open && mayClose(entry.author, around) && <Close id={entry.id!} around={around} />}
        </div>
    );
}

type OptionProps = {
    text: string;
    option: number;
    state: PollState | undefined;
    around: Around;
    /** The poll that can be answered; none when it is over or on its way. */
    id: string | undefined;
};

function Option({ text, option, state, around, id }: OptionProps) {
    const { acts } = useRoost();
    const choices = state?.choices ?? {};
    const all = Object.keys(choices);
    const who = all.filter((person) => choices[person] === option);
    const mine = around.me !== undefined && choices[around.me] === option;
    const choose = () => {
        const choice = mine ? {} : { option };
        acts.send(around.listed!.room, "poll", { choose: choice }, id);
    };
    const disabled = id === undefined || !around.listed || !mayWrite(around, serverNow());
    return (
        <button
            type="button"
            class="poll-option"
            data-testid="poll-option"
            aria-pressed={mine}
            disabled={disabled}
            onClick={choose}
        >
            <span class="poll-mark" aria-hidden="true" />
            <span class="message-text">{text}</span>
            <span class="poll-who">{whoWords(who, around)}</span>
            {/* The same as the number, for eyes. */}
            <progress
                class="poll-bar"
                max={all.length || 1}
                value={who.length}
                aria-hidden="true"
            />
        </button>
    );
}

function whoWords(who: readonly string[], around: Around): string {
    if (who.length === 0) return words.poll.nobody;
    const { me } = around;
    const others = who.filter((person) => person !== me);
    const names = others.map((person) => nameOf(person, around, words.room.someone));
    const mine = me !== undefined && who.includes(me);
    return words.poll.who(mine ? [words.message.you, ...names] : names);
}

function mayClose(author: string | undefined, around: Around): boolean {
    return (author !== undefined && author === around.me) || around.role === "liaison";
}

function Close({ id, around }: { id: string; around: Around }) {
    const { acts } = useRoost();
    return (
        <button
            type="button"
            class="button-plain"
            data-testid="poll-close"
            onClick={() => acts.send(around.listed!.room, "poll", { close: {} }, id)}
        >
            {words.poll.close}
        </button>
    );
}
