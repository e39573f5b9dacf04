// What is being written in each room. It survives leaving the room and coming back, and nothing
// else: the next person at this phone must not find it.

import { signal, type Signal } from "@preact/signals";
import type { Entry } from "../../generated/protocol.ts";

export type Typed = {
    text: string;
    /** The entry that is answered. */
    answers: Entry | undefined;
    /** My own message that gets other words. */
    edits: Entry | undefined;
    /** Every home is asked to confirm. */
    asks: boolean;
};

export const NOTHING: Typed = { text: "", answers: undefined, edits: undefined, asks: false };

const typedIn = new Map<string, Signal<Typed>>();

/** What is being written in a room, and what it answers. */
export function typed(room: string): Signal<Typed> {
    let held = typedIn.get(room);
    if (!held) {
        held = signal(NOTHING);
        typedIn.set(room, held);
    }
    return held;
}

/** Forgets what was typed anywhere. */
export function forgetTyped(): void {
    typedIn.clear();
}
