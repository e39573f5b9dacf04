// Where the reader of a room is, and keeping them there: at the end while they are at the end, and
// otherwise with the same words under their eyes, whatever is drawn above or below.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "../generated/protocol.ts";

/** This near to the end counts as at the end: a finger is not exact. */
const END_PX = 48;

/** How far the reader is from what is drawn at the top and at the bottom. */
type Edges = { above: number; below: number; atEnd: boolean };

export type Scroll = {
    area: RefObject<HTMLDivElement | null>;
    atEnd: boolean;
    /** Something came that the reader has not seen. */
    unseen: boolean;
    /** The reader moved: where are they now? */
    look: () => Edges | undefined;
    toEnd: () => void;
    /** The person goes to an entry: there as soon as it is drawn, before the next scrolling. */
    to: (seq: number) => void;
};

/** `complete`: what is drawn reaches to the end of the room. */
export function useScroll(entries: readonly Entry[], complete: boolean): Scroll {
    const area = useRef<HTMLDivElement>(null);
    const stuck = useRef(true);
    const eye = useRef<Eye>(undefined);
    const aim = useRef<number>(undefined);
    const last = entries.at(-1)?.seq ?? 0;
    const seen = useRef(last);
    const [atEnd, setAtEnd] = useState(true);

    const toEnd = () => {
        stuck.current = true;
        aim.current = undefined;
        area.current?.scrollTo({ top: area.current.scrollHeight });
    };
    /** Whether the entry that somebody goes to is drawn, and now before their eyes. */
    const aimed = (): boolean => {
        if (aim.current === undefined) return false;
        const row = area.current?.querySelector(`[data-seq="${aim.current}"]`);
        row?.scrollIntoView?.({ block: "center" });
        return row != null;
    };
    useLayoutEffect(() => {
        const box = area.current;
        if (!box) return;
        if (stuck.current) toEnd();
        else if (aimed()) aim.current = undefined;
        else if (eye.current) box.scrollTop += driftOf(eye.current);
        eye.current = eyeOn(box);
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
    const look = (): Edges | undefined => {
        const box = area.current;
        if (!box) return undefined;
        const below = box.scrollHeight - box.scrollTop - box.clientHeight;
        const end = complete && below < END_PX;
        stuck.current = end;
        eye.current = eyeOn(box);
        if (end) seen.current = last;
        setAtEnd(end);
        return { above: box.scrollTop, below, atEnd: end };
    };
    const to = (seq: number) => {
        stuck.current = false;
        aim.current = seq;
        if (aimed()) aim.current = undefined;
    };
    return { area, atEnd, unseen: last > seen.current, look, toEnd, to };
}

/** The row that the reader's eye is on, and where it stood then. */
type Eye = { row: Element; top: number };

/** The first row that is not above the upper edge. Rows stand in order, so halving finds it. */
function eyeOn(box: HTMLElement): Eye | undefined {
    const rows = box.querySelectorAll("[data-seq]");
    const edge = box.getBoundingClientRect().top;
    let [low, high] = [0, rows.length];
    while (low < high) {
        const middle = (low + high) >> 1;
        if (rows[middle]!.getBoundingClientRect().bottom > edge) high = middle;
        else low = middle + 1;
    }
    const row = rows[low];
    return row && { row, top: row.getBoundingClientRect().top };
}

/** How far that row was moved by what was drawn since. */
function driftOf({ row, top }: Eye): number {
    return row.isConnected ? row.getBoundingClientRect().top - top : 0;
}
