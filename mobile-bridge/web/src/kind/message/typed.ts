// What is being written in each room. It is one text in all tabs, and survives leaving the room, a
// new build of the page and the phone ending the app, but not signing out: the next person at this
// phone must not find it.

import { signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Written } from "../../core/shown.ts";
import type { Typed } from "../../core/store.ts";

export type { Typed };

export const NOTHING: Typed = { text: "", answers: undefined, edits: undefined, asks: false };

/** Where it is kept, and what was kept there before this page began. */
export interface Keeper {
    typed: { value: ReadonlyMap<string, Typed> };
    /** What another tab wrote, and keeps. */
    elsewhere: ReadonlySignal<Written | undefined>;
    keep(room: string, typed: Typed | undefined): void;
}

const typedIn = new Map<string, Signal<Typed>>();
let keeper: Keeper = {
    typed: { value: new Map() },
    elsewhere: signal(undefined),
    keep: () => undefined,
};
/** What came from another tab, which keeps it. */
let heard: Typed | undefined;

/** Names who keeps what is being written, and who tells of it. */
export function keepTyped(by: Keeper): void {
    keeper = by;
    by.elsewhere.subscribe((written) => {
        const held = written && typedIn.get(written.room);
        if (!held) return;
        // An object of its own: nobody but this can put it there.
        heard = { ...(written.typed ?? NOTHING) };
        held.value = heard;
    });
}

/** What is being written in a room, and what it answers. */
export function typed(room: string): Signal<Typed> {
    let held = typedIn.get(room);
    if (!held) {
        let before = keeper.typed.value.get(room) ?? NOTHING;
        held = signal(before);
        typedIn.set(room, held);
        held.subscribe((now) => {
            const mine = now !== before && now !== heard;
            if (mine) keeper.keep(room, isNothing(now) ? undefined : now);
            before = now;
        });
    }
    return held;
}

/** Gives words back to where they were written, unless other words stand there. */
export function giveBack(room: string, words: Typed): boolean {
    const writing = typed(room);
    if (!isNothing(writing.value)) return false;
    writing.value = words;
    return true;
}

/** Whether something is being written in any room. */
export function isWriting(): boolean {
    const rooms = new Set([...typedIn.keys(), ...keeper.typed.value.keys()]);
    return [...rooms].some((room) => !isNothing(typed(room).value));
}

/** Forgets what was typed anywhere. The store forgets its own copy when it is wiped. */
export function forgetTyped(): void {
    typedIn.clear();
}

function isNothing({ text, answers, edits }: Typed): boolean {
    return text === "" && !answers && !edits;
}
