// The frame of the screens: on a phone one at a time, on a laptop each beside the rooms.

import type { ComponentChildren } from "preact";
import { aroundOf } from "../kind/kind.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import type { Tab } from "./page.tsx";
import { Notices } from "./parts.tsx";
import { Rooms } from "./rooms.tsx";
import { Overview, Today, useToday } from "./today.tsx";

type Props = {
    wide: boolean;
    /** The room that is open, if one is. */
    room: string;
    tab: Tab;
    children: ComponentChildren;
};

/**
 * A screen, and where both fit the rooms beside it. It stays in its place when the rooms come or
 * go: a form that is filled in outlives a window that is made smaller.
 */
export function Beside({ wide, room, tab, children }: Props) {
    return (
        <div class={wide ? "beside" : "alone"}>
            {wide && <Rooms open={room} tab={tab} />}
            {children}
        </div>
    );
}

/** Where a room will stand, and say what the person must know of this phone. */
export function NobodyChosen() {
    return (
        <div class="screen">
            <Notices />
            <Meanwhile />
        </div>
    );
}

/** Until a room is chosen, what is on today. */
function Meanwhile() {
    const { shown } = useRoost();
    const today = useToday();
    if (aroundOf(shown).role === "admin")
        return (
            <main class="scroll">
                <Overview />
            </main>
        );
    if (today.length > 0)
        return (
            <main class="scroll">
                <Today today={today} />
            </main>
        );
    return (
        <main class="nobody-chosen">
            <img class="brand-mark" src="/icons/roost.svg" alt="" />
            <p>{words.rooms.choose}</p>
        </main>
    );
}
