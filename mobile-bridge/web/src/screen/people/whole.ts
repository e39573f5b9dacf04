// One constellation as its desk shows it, kept fresh while it is looked at.

import type { Whole } from "../../core/desk.ts";
import { useRoost } from "../../roost.ts";
import { words } from "../../words/later.ts";
import { useAsked, type Asked } from "../ask.ts";
import type { Viewer } from "./rules.ts";

/** How often the list is asked for again: whoever accepts meanwhile should be seen. */
const FRESH_MS = 15_000;

export function useWhole(constellation: string): Asked<Whole> {
    const { desk } = useRoost();
    return useAsked({
        key: `constellation ${constellation}`,
        ask: () => desk.whole(constellation),
        noSignal: words.people.noSignal,
        every_ms: FRESH_MS,
    });
}

/** Who looks at it. Somebody without a card yet is offered nothing. */
export function useViewer(): Viewer {
    const { shown } = useRoost();
    const person = shown.me.value ?? "";
    return { person, role: shown.people.value.get(person)?.role ?? "satellite" };
}
