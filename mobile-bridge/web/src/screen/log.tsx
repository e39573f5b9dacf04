// The scrolling part of a room. Stays at the end while the person is at the end, and otherwise
// never moves what they are reading.

import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { serverNow } from "../core/clock.ts";
import type { Entry, Listed } from "../generated/protocol.ts";
import { standsOf } from "../kind/index.ts";
import type { Around } from "../kind/kind.ts";
import { countsUnread, firstNews } from "../kind/news.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Drafts, Refusals } from "./drafts.tsx";
import { EntryItem } from "./entry.tsx";
import { Menu } from "./menu.tsx";
import { Newer, useVisible } from "./parts.tsx";
import { actsByTarget, isAct, type Place } from "./place.ts";
import { dayOf, sameDay } from "./times.ts";
import { useGoing, useMore, type More } from "./reach.ts";
import { useScroll } from "./scroll.ts";
import { Versions } from "./versions.tsx";
import { drawn, higher, runAt } from "./window.ts";

/** This near to an edge of what is drawn, the window moves on. */
const NEAR_PX = 600;

type Props = {
    listed: Listed;
    around: Around;
    answer: (entry: Entry) => void;
    /** An entry that somebody wants to see. */
    goTo: { seq: number } | undefined;
};

export function Log({ listed, around, answer, goTo }: Props) {
    const { shown } = useRoost();
    const all = shown.entries(listed.room).value;
    const cards = shown.cards(listed.room).value;
    const unsent = shown.unsent.value;
    const drafts = unsent.filter((draft) => draft.room === listed.room);
    const [from, setFrom] = useState<number>();
    /** The person went to a place: what hangs together with it is all that is drawn. */
    const [apart, setApart] = useState(false);
    const [menu, setMenu] = useState<Entry>();
    const [edited, setEdited] = useState<Entry>();
    const [copied, setCopied] = useState(false);
    const entries = apart && from !== undefined ? runAt(all, from) : all;
    const visible = drawn(entries, from);
    const first = visible[0]?.seq;
    const complete = visible.at(-1) === all.at(-1);
    const scroll = useScroll(all, complete);
    const fresh = useFresh(listed, all, around);
    const toEnd = () => {
        setFrom(undefined);
        setApart(false);
        going.stop();
        scroll.toEnd();
    };
    const more = useMore(listed, entries, first, setFrom);
    const going = useGoing(listed.room, goTo, all, (seq) => {
        scroll.to(seq);
        if (visible.some((entry) => entry.seq === seq)) return;
        setApart(true);
        setFrom(higher(runAt(all, seq), seq) ?? seq);
    });
    const { others } = shown.reading(listed.room).value;
    // The same for all rows, and for as long as nothing in it changes: then no row is drawn anew.
    const place = useMemo<Place>(() => {
        const acting = actsByTarget(drafts);
        const open = (entry: Entry) => {
            setCopied(false);
            setMenu(entry);
        };
        return { around, cards, others, answer, acting, open, lookBack: setEdited };
    }, [around, cards, others, answer, unsent]);
    useReading(listed, all, scroll.atEnd);
    useWidth(listed.room, from !== undefined || going.state === "going");
    useSending(drafts.filter((draft) => !isAct(draft)).length, toEnd);

    const onScroll = () => {
        const edges = scroll.look();
        if (!edges || first === undefined) return;
        // Away from the end the first entry drawn stays first, or new ones would push the text
        // up.
        if (edges.atEnd) {
            setFrom(undefined);
            setApart(false);
        } else if (from === undefined) setFrom(first);
        if (edges.above < NEAR_PX && !edges.atEnd) more.above();
        else if (edges.below < NEAR_PX && !complete) more.below(entries.at(-1) === all.at(-1));
    };

    return (
        <main class="log-frame">
            <Newer over />
            {going.state !== "there" && (
                <p class="log-note" role="status" data-testid="going">
                    {words.room[going.state]}
                </p>
            )}
            <div
                class="log scroll"
                ref={scroll.area}
                onScroll={onScroll}
                tabIndex={0}
                role="log"
                aria-live="polite"
                // What is new is said once: neither how far it has come, nor what goes.
                aria-relevant="additions"
                aria-label={words.room.log(listed.title)}
                aria-busy={more.busy || going.state === "going"}
                data-testid="log"
            >
                <Top listed={listed} first={first} empty={drafts.length === 0} more={more} />
                <ol class="entries">
                    <Entries entries={visible} place={place} fresh={fresh} />
                    {complete && <Drafts drafts={drafts} place={place} />}
                </ol>
            </div>
            <Refusals drafts={drafts} />
            <p class="unseen" role="status">
                {copied && words.copy.done}
            </p>
            {menu && (
                <Menu
                    {...{ entry: menu, card: cards.get(menu.id), around, answer }}
                    copied={() => setCopied(true)}
                    close={() => setMenu(undefined)}
                />
            )}
            {edited && (
                <Versions
                    {...{ entry: edited, card: cards.get(edited.id), around }}
                    close={() => setEdited(undefined)}
                />
            )}
            {!scroll.atEnd && <ToEnd unseen={scroll.unseen} toEnd={toEnd} />}
        </main>
    );
}

function ToEnd({ unseen, toEnd }: { unseen: boolean; toEnd: () => void }) {
    return (
        <button type="button" class="button-end" onClick={toEnd} data-testid="to-end">
            <span aria-hidden="true">↓</span>{" "}
            <span class="button-end-words">{unseen ? words.room.newest : words.room.toEnd}</span>
        </button>
    );
}

function Top(props: { listed: Listed; first: number | undefined; empty: boolean; more: More }) {
    const { listed, first, empty, more } = props;
    const { shown } = useRoost();
    const quiet = first === undefined && shown.lastRead(listed.room) >= listed.floor;
    const connected = shown.connection.value.state === "connected";
    // Everything there is here was said longer ago than this phone keeps. Asked for until it comes.
    useEffect(() => {
        if (quiet && connected && !more.busy) more.above();
    }, [quiet, connected, more.busy]);
    if (first === undefined && !quiet && !empty) return null;
    if (first === undefined && !quiet) {
        const none = shown.awaits(listed) ? words.room.toCome : words.room.empty;
        return <p class="empty">{none}</p>;
    }
    if (first !== undefined && first <= listed.floor)
        return <p class="line">{words.room.beginning}</p>;
    if (quiet && !connected)
        return <p class="empty">{words.room.olderNoSignal}</p>;
    return (
        <p class="line">
            <button
                type="button"
                class="button-plain"
                onClick={more.above}
                aria-disabled={more.busy}
            >
                {more.busy ? words.room.olderLoading : words.room.older}
            </button>
        </p>
    );
}

function Entries(props: {
    entries: readonly Entry[];
    place: Place;
    fresh: number | undefined;
}) {
    const { entries, place, fresh } = props;
    const now = serverNow();
    // What shows nothing must not come between two messages of one person, nor begin a day.
    let before: Entry | undefined;
    return (
        <>
            {entries.map((entry, at) => {
                const below = entries[at - 1];
                const gap = below !== undefined && below.seq + 1 !== entry.seq;
                const silent = standsOf(entry) === "silent";
                const newDay = !silent && (!before || !sameDay(before.at, entry.at));
                const above = newDay ? undefined : before;
                if (!silent) before = entry;
                // Under its key a row stays the same row when others are drawn above it.
                return (
                    <Fragment key={entry.id}>
                        {gap && <Mark>{words.room.gap}</Mark>}
                        {newDay && <Mark look="day">{dayOf(entry.at, now)}</Mark>}
                        {entry.seq === fresh && <Mark look="fresh">{words.room.fresh}</Mark>}
                        <EntryItem entry={entry} before={above} place={place} />
                    </Fragment>
                );
            })}
        </>
    );
}

function Mark({ look, children }: { look?: string; children: string }) {
    return <li class={look ? `line ${look}` : "line"}>{children}</li>;
}

/** The first entry that was new when the room was opened; what comes later is seen coming. */
function useFresh(
    listed: Listed,
    entries: readonly Entry[],
    around: Around,
): number | undefined {
    const { shown } = useRoost();
    const [opened] = useState(() => ({
        read: shown.reading(listed.room).value.read,
        head: Math.max(listed.head, entries.at(-1)?.seq ?? 0),
    }));
    return countsUnread(listed, around.role) ? firstNews(entries, opened, around.me) : undefined;
}

/** Everything is read when its end stands on a visible screen. */
function useReading(listed: Listed, entries: readonly Entry[], atEnd: boolean): void {
    const { acts } = useRoost();
    const visible = useVisible();
    const last = entries.at(-1)?.seq;
    useEffect(() => {
        if (visible && atEnd && last !== undefined) acts.read(listed.room, last);
    }, [listed.room, last, visible, atEnd]);
}

/** While somebody reads above the end, what is held of the room may grow; then it shrinks. */
function useWidth(room: string, above: boolean): void {
    const { shown } = useRoost();
    useLayoutEffect(() => {
        if (!above) return;
        shown.widen(room);
        return () => shown.widen(undefined);
    }, [room, above]);
}

/** Saying something is a wish to see it, wherever one was reading; reacting to it is none. */
function useSending(drafts: number, toEnd: () => void): void {
    const count = useRef(drafts);
    useLayoutEffect(() => {
        if (drafts > count.current) toEnd();
        count.current = drafts;
    }, [drafts]);
}
