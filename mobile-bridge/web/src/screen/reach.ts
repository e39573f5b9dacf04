// How a reader comes to what is not drawn: up and down from where they are, and to a place that
// they chose, however far above it stands.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Side } from "../core/surroundings.ts";
import type { Entry, Listed } from "../generated/protocol.ts";
import { useRoost } from "../roost.ts";
import { higher, lower, whole, DRAWN_ENTRIES } from "./window.ts";

/** How long "getting earlier messages" is believed before the button comes back. */
const PATIENCE_MS = 5_000;
/** How long it stands there that a place could not be reached. */
const SAID_MS = 8_000;

export type More = {
    busy: boolean;
    above: () => void;
    /** `end`: what is read here reaches to the end of the room. */
    below: (end: boolean) => void;
};

/** What lies above and below what is drawn: first from what is held, then from elsewhere. */
export function useMore(
    listed: Listed,
    entries: readonly Entry[],
    first: number | undefined,
    setFrom: (from: number | undefined) => void,
): More {
    const { acts } = useRoost();
    const [asked, setAsked] = useState<Side>();
    const [lowest, last] = [whole(entries), entries.at(-1)?.seq];
    useEffect(() => {
        if (!asked) return;
        const patience = setTimeout(() => setAsked(undefined), PATIENCE_MS);
        return () => clearTimeout(patience);
    }, [asked]);
    useEffect(() => {
        const came = asked === "above" && first !== undefined ? higher(entries, first) : undefined;
        if (came !== undefined) setFrom(came);
        if (asked === "above") setAsked(undefined);
    }, [lowest]);
    useEffect(() => {
        if (asked !== "below") return;
        if (first !== undefined) setFrom(lower(entries, first) ?? endOf(entries));
        setAsked(undefined);
    }, [last]);
    const above = () => {
        if (first !== undefined && first <= listed.floor) return;
        const held = first === undefined ? undefined : higher(entries, first);
        if (held !== undefined) {
            setFrom(held);
        } else if (!asked) {
            setAsked("above");
            acts.more(listed.room, "above", entries[0]?.seq);
        }
    };
    const below = (end: boolean) => {
        if (first === undefined || last === undefined) return;
        const held = lower(entries, first);
        if (held !== undefined || end) {
            setFrom(held);
        } else if (!asked) {
            setFrom(endOf(entries));
            setAsked("below");
            acts.more(listed.room, "below", last);
        }
    };
    return { busy: asked !== undefined, above, below };
}

/** Where to draw from so that the last of them is the last that is drawn. */
function endOf(entries: readonly Entry[]): number | undefined {
    return entries[Math.max(0, entries.length - DRAWN_ENTRIES)]?.seq;
}

export type Going = {
    /** The words of a room for it, unless the person is there. */
    state: "there" | "going" | "goneFar";
    /** The person wants to be somewhere else after all. */
    stop: () => void;
};

/** Goes to an entry that somebody wants to see: fetches it first, if it is not held. */
export function useGoing(
    room: string,
    goTo: { seq: number } | undefined,
    entries: readonly Entry[],
    arrive: (seq: number) => void,
): Going {
    const { acts, shown } = useRoost();
    const [state, setState] = useState<Going["state"]>("there");
    const done = useRef<{ seq: number }>(undefined);
    const held = goTo !== undefined && entries.some(({ seq }) => seq === goTo.seq);
    useLayoutEffect(() => {
        if (!goTo || goTo === done.current) return undefined;
        if (held) {
            done.current = goTo;
            setState("there");
            arrive(goTo.seq);
            return undefined;
        }
        setState("going");
        // Before anything comes, or it would not be held.
        shown.widen(room);
        let over = false;
        void acts.reach(room, goTo.seq).then((came) => {
            if (came || over || done.current === goTo) return;
            done.current = goTo;
            setState("goneFar");
        });
        return () => {
            over = true;
        };
    }, [goTo, held]);
    useEffect(() => {
        if (state !== "goneFar") return;
        const said = setTimeout(() => setState("there"), SAID_MS);
        return () => clearTimeout(said);
    }, [state]);
    const stop = () => {
        done.current = goTo;
        setState("there");
    };
    return { state, stop };
}
