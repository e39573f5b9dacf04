// The scrolling part of a room. Stays at the end while the person is at the end, and otherwise
// never moves what they are reading.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry, Listed } from "../generated/protocol.ts";
import type { Around } from "../kind/kind.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Drafts } from "./drafts.tsx";
import { EntryItem } from "./entry.tsx";
import { dayOf, sameDay } from "./times.ts";
import { drawn, further, whole } from "./window.ts";

/** This near to the end counts as at the end: a finger is not exact. */
const END_PX = 48;
/** This near to the top, earlier messages are fetched. */
const TOP_PX = 200;
/** How long "getting earlier messages" is believed before the button comes back. */
const OLDER_MS = 5_000;

type Props = { listed: Listed; around: Around; answer: (entry: Entry) => void };

export function Log({ listed, around, answer }: Props) {
    const { shown } = useRoost();
    const entries = shown.entries(listed.room).value;
    const drafts = shown.unsent.value.filter((draft) => draft.room === listed.room);
    const [from, setFrom] = useState<number>();
    const visible = drawn(entries, from);
    const first = visible[0]?.seq;
    const older = useOlder(listed, entries, first, setFrom);
    const scroll = useScroll(visible, drafts, first);

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
                    <Entries entries={visible} held={entries} around={around} answer={answer} />
                    <Drafts drafts={drafts} entries={entries} around={around} />
                </ol>
            </div>
            {!scroll.atEnd && (
                <button
                    type="button"
                    class="button-end"
                    onClick={scroll.toEnd}
                    data-testid="to-end"
                >
                    <span aria-hidden="true">↓</span>{" "}
                    {scroll.unseen ? words.room.newest : words.room.toEnd}
                </button>
            )}
        </main>
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
    held: readonly Entry[];
    around: Around;
    answer: (entry: Entry) => void;
}) {
    const { entries, held, around, answer } = props;
    const now = Date.now();
    return (
        <>
            {entries.map((entry, at) => {
                const before = entries[at - 1];
                const newDay = !before || !sameDay(before.at, entry.at);
                const gap = before !== undefined && before.seq + 1 !== entry.seq;
                return [
                    gap && (
                        <li key={`gap-${entry.seq}`} class="line">
                            {words.room.gap}
                        </li>
                    ),
                    newDay && (
                        <li key={`day-${entry.seq}`} class="line day">
                            {dayOf(entry.at, now)}
                        </li>
                    ),
                    <EntryItem
                        key={entry.id}
                        entry={entry}
                        before={newDay ? undefined : before}
                        held={held}
                        around={around}
                        answer={answer}
                    />,
                ];
            })}
        </>
    );
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
    return { area, atEnd, look, toEnd, unseen: last > seen.current };
}
