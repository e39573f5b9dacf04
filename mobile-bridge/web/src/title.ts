// What the browser calls a screen, in its tabs, its history and the switch between apps. These are
// seen by whoever holds the phone and are kept when Roost has been cleared away: a title says what
// sort of place it is, and never the name of a room, a person or a constellation.

import type { Phase } from "./core/shown.ts";
import type { Route } from "./route.ts";
import { words } from "./words.ts";

export function titleOf(at: Route["at"], phase: Phase): string {
    // Whether anybody is signed in or not.
    const open = at === "join" || at === "install" || at === "code";
    if (phase === "opening" || (phase !== "signed_in" && !open)) return words.roost;
    return `${words.titles[at]} · ${words.roost}`;
}
