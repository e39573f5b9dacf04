// What is not shown of a room yet: above, below, or around a place that somebody wants to see.
// First from the disk; then, where this phone has not read it yet, through the engine; and what was
// read long ago and not kept, once more from the server.

import type { CardOf, Entry } from "../generated/protocol.ts";
import { serverNow } from "./clock.ts";
import type { Session } from "./session.ts";
import type { Shown } from "./shown.ts";
import type { Store } from "./store.ts";
import { OLDER_ENTRIES } from "./window.ts";

type From = { store: Store; session: Session; shown: Shown };

/** Where to read on from a seq that is shown. */
export type Side = "above" | "below";

/**
 * Brings what stands above or below a seq; above all there is, if none is given. `ask` asks the
 * engine, which asks the server and keeps what comes: above the newest run, and nowhere else.
 */
export async function more(
    room: string,
    side: Side,
    seq: number | undefined,
    { store, session, shown, ask }: From & { ask: () => void },
): Promise<void> {
    const at = seq ?? shown.lastRead(room) + 1;
    const edge = shown.newestRead(room)?.from ?? at;
    if (side === "above" && at === edge && !shown.wasRead(room, at - 1)) {
        ask();
        return;
    }
    const end = side === "above" ? at : at + 1 + OLDER_ENTRIES;
    const kept = await store.below(room, end, OLDER_ENTRIES).catch(() => []);
    const next = side === "above" ? kept.at(-1)?.seq === at - 1 : kept[0]?.seq === at + 1;
    const from = side === "above" ? "before" : "after";
    if (next) shown.put(room, kept);
    else show(room, shown, await askFor(session, room, `${from}=${at}&limit=${OLDER_ENTRIES}`));
}

/** Brings an entry with what stands around it. Whether it is there now. */
export async function reach(
    room: string,
    seq: number,
    { store, session, shown }: From,
): Promise<boolean> {
    const end = seq + OLDER_ENTRIES / 2;
    const kept = await store.below(room, end, OLDER_ENTRIES).catch(() => []);
    if (kept.some((entry) => entry.seq === seq)) shown.put(room, kept);
    else show(room, shown, await askFor(session, room, `before=${end}&limit=${OLDER_ENTRIES}`));
    return shown.entries(room).value.some((entry) => entry.seq === seq);
}

/** One entry, kept or not. */
export async function entryAt(
    room: string,
    seq: number,
    { store, session }: Pick<From, "store" | "session">,
): Promise<Entry | undefined> {
    const [kept] = await store.below(room, seq + 1, 1).catch(() => []);
    return kept ?? (await askFor(session, room, `before=${seq + 1}&limit=1`)).entries[0];
}

type Page = { entries: Entry[]; cards?: CardOf[] };

/** Nothing, when the server cannot be asked: who scrolls on asks again. */
async function askFor(session: Session, room: string, which: string): Promise<Page> {
    const answer = await session.get<Page>(`/api/rooms/${room}/entries?${which}`, serverNow());
    return "value" in answer ? answer.value : { entries: [] };
}

function show(room: string, shown: Shown, { entries, cards = [] }: Page): void {
    shown.putOlder(room, cards);
    shown.put(room, entries);
}
