// The scrolling part of a room. Stays at the end while the person is at the end, and otherwise
// never moves what they are reading.

import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Entry, Listed } from "../generated/protocol.ts";
import { standsOf } from "../kind/index.ts";
import type { Around } from "../kind/kind.ts";
import { countsUnread, firstNews } from "../kind/news.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Drafts } from "./drafts.tsx";
import { EntryItem } from "./entry.tsx";
import { Menu } from "./menu.tsx";
import { useVisible } from "./parts.tsx";
import { actsByTarget, type Place } from "./place.ts";
import { dayOf, sameDay } from "./times.ts";
import { useScroll, type Scroll } from "./scroll.ts";
import { drawn, higher, lower, whole } from "./window.ts";

/** This near to an edge of what is drawn, the window moves on. */
const NEAR_PX = 600;
/** How long "getting earlier messages" is believed before the button comes back. */
const OLDER_MS = 5_000;

type Props = {
    listed: Listed;
    around: Around;
    answer: (entry: Entry) => void;
    /** An entry that somebody wants to see. */
    goTo: { seq: number } | undefined;
};

export function Log({ listed, around, answer, goTo }: Props) {
    const { shown } = useRoost();
    const entries = shown.entries(listed.room).value;
    const cards = shown.cards(listed.room).value;
    const unsent = shown.unsent.value;
    const drafts = unsent.filter((draft) => draft.room === listed.room);
    const [from, setFrom] = useState<number>();
    const [menu, setMenu] = useState<Entry>();
    const visible = drawn(entries, from);
    const first = visible[0]?.seq;
    const complete = visible.at(-1) === entries.at(-1);
    const older = useOlder(listed, entries, first, setFrom);
    const scroll = useScroll(entries, drafts, complete);
    const fresh = useFresh(listed, entries, around);
    const { others } = shown.reading(listed.room).value;
    // The same for all rows, and for as long as nothing in it changes: then no row is drawn anew.
    const place = useMemo<Place>(() => {
        const acting = actsByTarget(drafts);
        return { around, cards, others, answer, acting, open: setMenu };
    }, [around, cards, others, answer, unsent]);
    useReading(listed, entries, scroll.atEnd);
    useWidth(listed.room, from !== undefined);
    useGoing(goTo, visible, setFrom, scroll);

    const onScroll = () => {
        const edges = scroll.look();
        if (!edges || first === undefined) return;
        // Away from the end the first entry drawn stays first, or new ones would push the text
        // up.
        if (edges.atEnd) setFrom(undefined);
        else if (from === undefined) setFrom(first);
        if (edges.above < NEAR_PX && !edges.atEnd) older.more();
        else if (edges.below < NEAR_PX && !complete) setFrom(lower(entries, first));
    };
    const toEnd = () => {
        setFrom(undefined);
        scroll.toEnd();
    };

    return (
        <main class="log-frame">
            <div
                class="log scroll"
                ref={scroll.area}
                onScroll={onScroll}
                tabIndex={0}
                role="log"
                aria-live="polite"
                aria-label={words.room.log(listed.title)}
                aria-busy={older.busy}
                data-testid="log"
            >
                <Top listed={listed} first={first} empty={drafts.length === 0} older={older} />
                <ol class="entries">
                    <Entries entries={visible} place={place} fresh={fresh} />
                    <Drafts drafts={drafts} place={place} />
                </ol>
            </div>
            {menu && (
                <Menu
                    {...{ entry: menu, card: cards.get(menu.id), around, answer }}
                    close={() => setMenu(undefined)}
                />
            )}
            {!scroll.atEnd && <ToEnd unseen={scroll.unseen} toEnd={toEnd} />}
        </main>
    );
}

function ToEnd({ unseen, toEnd }: { unseen: boolean; toEnd: () => void }) {
    return (
        <button type="button" class="button-end" onClick={toEnd} data-testid="to-end">
            <span aria-hidden="true">↓</span> {unseen ? words.room.newest : words.room.toEnd}
        </button>
    );
}

type Older = { busy: boolean; more: () => void };

function Top(props: { listed: Listed; first: number | undefined; empty: boolean; older: Older }) {
    const { listed, first, empty, older } = props;
    const { shown } = useRoost();
    const quiet = first === undefined && shown.lastRead(listed.room) >= listed.floor;
    const connected = shown.connection.value.state === "connected";
    // Everything there is here was said longer ago than this phone keeps. Asked for until it comes.
    useEffect(() => {
        if (quiet && connected && !older.busy) older.more();
    }, [quiet, connected, older.busy]);
    if (first === undefined && !quiet)
        return empty ? <p class="empty">{words.room.empty}</p> : null;
    if (first !== undefined && first <= listed.floor)
        return <p class="line">{words.room.beginning}</p>;
    if (quiet && !connected)
        return <p class="empty">{words.room.olderNoSignal}</p>;
    return (
        <p class="line">
            <button
                type="button"
                class="button-plain"
                onClick={older.more}
                aria-disabled={older.busy}
            >
                {older.busy ? words.room.olderLoading : words.room.older}
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
    const now = Date.now();
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
    const { acts } = useRoost();
    useLayoutEffect(() => {
        if (!above) return;
        acts.widen(room);
        return () => acts.widen(undefined);
    }, [room, above]);
}

/** Goes to an entry that somebody wants to see, if it is held. */
function useGoing(
    goTo: { seq: number } | undefined,
    visible: readonly Entry[],
    setFrom: (from: number) => void,
    { area, release }: Scroll,
): void {
    const done = useRef<{ seq: number }>(undefined);
    const [first, last] = [visible[0]?.seq, visible.at(-1)?.seq];
    useLayoutEffect(() => {
        if (!goTo || goTo === done.current || first === undefined) return;
        done.current = goTo;
        release();
        const show = () => {
            const row = area.current?.querySelector(`[data-seq="${goTo.seq}"]`);
            row?.scrollIntoView?.({ block: "center" });
        };
        if (goTo.seq >= first && goTo.seq <= last!) return show();
        setFrom(goTo.seq);
        const drawing = requestAnimationFrame(() => requestAnimationFrame(show));
        return () => cancelAnimationFrame(drawing);
    }, [goTo]);
}

/** What lies above: first from what is held, then from the server. */
function useOlder(
    listed: Listed,
    entries: readonly Entry[],
    first: number | undefined,
    setFrom: (from: number) => void,
): Older {
    const { acts } = useRoost();
    const [busy, setBusy] = useState(false);
    const lowest = whole(entries);
    useEffect(() => {
        if (!busy) return;
        const patience = setTimeout(() => setBusy(false), OLDER_MS);
        return () => clearTimeout(patience);
    }, [busy]);
    useEffect(() => {
        const came = busy && first !== undefined ? higher(entries, first) : undefined;
        if (came !== undefined) setFrom(came);
        setBusy(false);
    }, [lowest]);
    const more = () => {
        if (first !== undefined && first <= listed.floor) return;
        const held = first === undefined ? undefined : higher(entries, first);
        if (held !== undefined) {
            setFrom(held);
        } else if (!busy) {
            setBusy(true);
            acts.older(listed.room);
        }
    };
    return { busy, more };
}
