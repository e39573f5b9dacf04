// One room: what was said, what of mine is still on its way, and the place to write.

import { useCallback, useState } from "preact/hooks";
import type { Entry, Listed } from "../generated/protocol.ts";
import { aroundOf, type Around } from "../kind/kind.ts";
import { mayWrite } from "../kind/may.ts";
import { Composer } from "../kind/message/composer.tsx";
import { typed } from "../kind/message/typed.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Log } from "./log.tsx";
import { MuteButton } from "./mute.tsx";
import { ConnectionLine, Heading, Notices, TypingLine, useMinute } from "./parts.tsx";
import { PeersBanner } from "./peers.tsx";
import { Pinned } from "./pinned.tsx";
import { Search } from "./search.tsx";

type Props = {
    room: string;
    /** The place in it that it is opened at; else its end. */
    entry: number | undefined;
    leave: () => void;
};

export function Room({ room, entry, leave }: Props) {
    const { shown } = useRoost();
    const around = aroundOf(shown, room);
    const { listed } = around;
    // Without a `welcome` nobody knows yet which rooms there are.
    const told = shown.me.value !== undefined;
    const missing = told ? words.room.gone : words.titles.room;
    const [searching, setSearching] = useState(false);
    return (
        <div class="screen">
            <header class="bar bar-room">
                <button
                    type="button"
                    class="button-icon bar-back"
                    aria-label={words.back}
                    data-testid="back"
                    onClick={leave}
                >
                    ‹
                </button>
                <div class="bar-text">
                    <Heading>{listed?.title ?? missing}</Heading>
                    <ConnectionLine />
                </div>
                {listed && <MuteButton room={room} role={around.role} />}
                {listed && (
                    <button
                        type="button"
                        class={searching ? "button-icon" : "button-plain"}
                        data-testid="search-open"
                        aria-expanded={searching}
                        {...(searching ? { "aria-label": words.search.close } : {})}
                        onClick={() => setSearching(!searching)}
                    >
                        {searching ? "×" : words.search.go}
                    </button>
                )}
            </header>
            <Notices />
            {listed ? (
                <Inside {...{ listed, around, searching, entry }} />
            ) : (
                <main class="scroll nobody-chosen">
                    <img class="brand-mark" src="/icons/roost.svg" alt="" />
                    <p>{told ? words.room.goneBody : words.rooms.notYet}</p>
                </main>
            )}
        </div>
    );
}

type InsideProps = {
    listed: Listed;
    around: Around;
    searching: boolean;
    entry: number | undefined;
};

function Inside({ listed, around, searching, entry }: InsideProps) {
    const { shown } = useRoost();
    const { room } = listed;
    const held = shown.entries(room).value;
    const cards = shown.cards(room).value;
    // A new object each time, so that the same entry can be shown twice.
    const [goTo, setGoTo] = useState(entry === undefined ? undefined : { seq: entry });
    const show = (seq: number) => setGoTo({ seq });
    const now = useMinute();
    const reply = useCallback((entry: Entry) => answer(room, entry), [room]);
    return (
        <>
            {listed.kind === "peers" && <PeersBanner around={around} />}
            <Pinned room={room} cards={cards} held={held} around={around} show={show} />
            {searching && <Search room={room} around={around} show={show} />}
            <Log
                listed={listed}
                around={around}
                goTo={goTo}
                answer={reply}
            />
            <TypingLine room={room} around={around} />
            <Composer room={room} around={around} cards={cards} closed={!mayWrite(around, now)} />
        </>
    );
}

function answer(room: string, entry: Entry): void {
    const writing = typed(room);
    writing.value = { ...writing.value, answers: entry, edits: undefined };
}
