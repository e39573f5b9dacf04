// What is being written in each room. It survives leaving the room, a new build of the page and
// the phone ending the app, but not signing out: the next person at this phone must not find it.

import { signal, type Signal } from "@preact/signals";
import type { Typed } from "../../core/store.ts";

export type { Typed };

export const NOTHING: Typed = { text: "", answers: undefined, edits: undefined, asks: false };

/** Where it is kept, and what was kept there before this page began. */
export interface Keeper {
    typed: { value: ReadonlyMap<string, Typed> };
    keep(room: string, typed: Typed | undefined): void;
}

const typedIn = new Map<string, Signal<Typed>>();
let keeper: Keeper = { typed: { value: new Map() }, keep: () => undefined };

/** Names who keeps what is being written. */
export function keepTyped(by: Keeper): void {
    keeper = by;
}

/** What is being written in a room, and what it answers. */
export function typed(room: string): Signal<Typed> {
    let held = typedIn.get(room);
    if (!held) {
        let before = keeper.typed.value.get(room) ?? NOTHING;
        held = signal(before);
        typedIn.set(room, held);
        held.subscribe((now) => {
            if (now !== before) keeper.keep(room, isNothing(now) ? undefined : now);
            before = now;
        });
    }
    return held;
}

/** Forgets what was typed anywhere. The store forgets its own copy when it is wiped. */
export function forgetTyped(): void {
    typedIn.clear();
}

function isNothing({ text, answers, edits }: Typed): boolean {
    return text === "" && !answers && !edits;
}
