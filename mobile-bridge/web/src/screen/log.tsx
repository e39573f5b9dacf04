// The scrolling part of a room. Stays at the end while the person is at the end, and otherwise
// never moves what they are reading.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
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
import { drawn, further, whole } from "./window.ts";

/** This near to the end counts as at the end: a finger is not exact. */
const END_PX = 48;
/** This near to the top, earlier messages are fetched. */
const TOP_PX = 200;
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
    const drafts = shown.unsent.value.filter((draft) => draft.room === listed.room);
    const [from, setFrom] = useState<number>();
    const [menu, setMenu] = useState<Entry>();
    const visible = drawn(entries, from);
    const first = visible[0]?.seq;
    const older = useOlder(listed, entries, first, setFrom);
    const scroll = useScroll(visible, drafts, first);
    const fresh = useFresh(listed, entries, around);
    const { others } = shown.reading(listed.room).value;
    const said = { around, held: entries, cards, others, answer };
    const place: Place = { ...said, acting: actsByTarget(drafts), open: setMenu };
    useReading(listed, entries, scroll.atEnd);
    useWidth(listed.room, from !== undefined);
    useGoing(goTo, first, setFrom, scroll);

    const onScroll = () => {
        const area = scroll.area.current;
        if (!area) return;
        const atEnd = scroll.look();
        // Away from the end the first entry drawn stays first, or new ones would push the text
        // up.
        if (atEnd) setFrom(undefined);
        else if (from === undefined && first !== undefined) setFrom(first);
        if (area.scrollTop < TOP_PX && !atEnd) older.more();
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
            {!scroll.atEnd && <ToEnd {...scroll} />}
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
    if (first === undefined) return empty ? <p class="empty">{words.room.empty}</p> : null;
    if (first <= listed.floor) return <p class="line">{words.room.beginning}</p>;
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
                return [
                    gap && <Mark key={`gap-${entry.seq}`}>{words.room.gap}</Mark>,
                    newDay && (
                        <Mark key={`day-${entry.seq}`} look="day">
                            {dayOf(entry.at, now)}
                        </Mark>
                    ),
                    entry.seq === fresh && (
                        <Mark key="fresh" look="fresh">
                            {words.room.fresh}
                        </Mark>
                    ),
                    <EntryItem key={entry.id} entry={entry} before={above} place={place} />,
                ];
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
    first: number | undefined,
    setFrom: (from: number) => void,
    { area, release }: { area: { current: HTMLElement | null }; release: () => void },
): void {
    const done = useRef<{ seq: number }>(undefined);
    useLayoutEffect(() => {
        if (!goTo || goTo === done.current || first === undefined) return;
        if (goTo.seq < first) {
            setFrom(goTo.seq);
            return;
        }
        done.current = goTo;
        release();
        const row = area.current?.querySelector(`[data-seq="${goTo.seq}"]`);
        row?.scrollIntoView?.({ block: "center" });
    }, [goTo, first]);
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
    useEffect(() => setBusy(false), [lowest]);
    const more = () => {
        if (first === undefined || first <= listed.floor) return;
        const held = further(entries, first);
        if (held !== undefined) {
            setFrom(held);
        } else if (!busy) {
            // What comes is drawn too: everything from the floor on that is held.
            setFrom(listed.floor);
            setBusy(true);
            acts.older(listed.room);
        }
    };
    return { busy, more };
}

/** Where the reader is, and keeping them there. */
function useScroll(
    visible: readonly Entry[],
    drafts: readonly unknown[],
    first: number | undefined,
) {
    const area = useRef<HTMLDivElement>(null);
    const stuck = useRef(true);
    const held = useRef({ first, height: 0 });
    const seen = useRef(visible.at(-1)?.seq ?? 0);
    const [atEnd, setAtEnd] = useState(true);
    const last = visible.at(-1)?.seq ?? 0;

    const toEnd = () => {
        stuck.current = true;
        area.current?.scrollTo({ top: area.current.scrollHeight });
    };
    // Sending is a wish to see what was sent, wherever one was reading.
    const count = useRef(drafts.length);
    useLayoutEffect(() => {
        if (drafts.length > count.current) toEnd();
        count.current = drafts.length;
    }, [drafts.length]);
    useLayoutEffect(() => {
        const box = area.current;
        if (!box) return;
        const grewAbove =
            first !== undefined && held.current.first !== undefined && first < held.current.first;
        if (stuck.current) toEnd();
        else if (grewAbove) box.scrollTop += box.scrollHeight - held.current.height;
        held.current = { first, height: box.scrollHeight };
        if (stuck.current) seen.current = last;
    });
    useEffect(() => {
        // The keyboard opening, or the composer growing, must not hide the last message.
        const box = area.current;
        if (!box || typeof ResizeObserver === "undefined") return;
        const observer = new ResizeObserver(() => stuck.current && toEnd());
        observer.observe(box);
        // A draft that says more about itself grows without the log being drawn again.
        if (box.lastElementChild) observer.observe(box.lastElementChild);
        return () => observer.disconnect();
    }, []);
    const look = (): boolean => {
        const box = area.current;
        if (!box) return true;
        const end = box.scrollHeight - box.scrollTop - box.clientHeight < END_PX;
        stuck.current = end;
        if (end) seen.current = last;
        setAtEnd(end);
        return end;
    };
    /** The person goes somewhere else: do not pull them back to the end. */
    const release = () => {
        stuck.current = false;
    };
    return { area, atEnd, look, toEnd, release, unseen: last > seen.current };
}
