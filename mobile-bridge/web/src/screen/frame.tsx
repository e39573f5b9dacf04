// The frame of the screens: on a phone one at a time, on a laptop the rooms beside the room.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { aroundOf } from "../kind/kind.ts";
import { useRoost } from "../roost.ts";
import { words } from "../words.ts";
import { Notices } from "./parts.tsx";
import { Rooms } from "./rooms.tsx";
import { Overview, Today, useToday } from "./today.tsx";

/** From here on both fit; the same width stands in `wide.css`. */
const WIDE = "(min-width: 60rem)";

export function useWide(): boolean {
    const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
    useEffect(() => {
        const query = matchMedia(WIDE);
        const look = () => setWide(query.matches);
        query.addEventListener("change", look);
        return () => query.removeEventListener("change", look);
    }, []);
    return wide;
}

/** The rooms, and beside them the one that is open. */
export function Beside({ room, children }: { room: string; children: ComponentChildren }) {
    return (
        <div class="beside">
            <Rooms open={room} />
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
