// What stands above what is shown of a room: first from the disk; then, where this phone has not
// read it yet, through the engine; and what was read long ago and not kept, once more from the
// server.

import type { CardOf, Entry } from "../generated/protocol.ts";
import type { Session } from "./session.ts";
import type { Shown } from "./shown.ts";
import type { Store } from "./store.ts";
import { OLDER_ENTRIES } from "./window.ts";

type From = {
    store: Store;
    session: Session;
    shown: Shown;
    /** Asks the engine, which asks the server and keeps what comes. */
    ask: () => void;
};

export async function older(room: string, { store, session, shown, ask }: From): Promise<void> {
    const lowest = shown.entries(room).value[0]?.seq ?? shown.lastRead(room) + 1;
    if (!shown.wasRead(room, lowest - 1)) {
        ask();
        return;
    }
    const kept = await store.below(room, lowest, OLDER_ENTRIES).catch(() => []);
    if (kept.at(-1)?.seq === lowest - 1) {
        shown.put(room, kept);
        return;
    }
    const page = await askBelow(session, room, lowest, OLDER_ENTRIES);
    shown.putOlder(room, page.cards ?? []);
    shown.put(room, page.entries);
}

/** One entry, kept or not. */
export async function entryAt(
    room: string,
    seq: number,
    { store, session }: Pick<From, "store" | "session">,
): Promise<Entry | undefined> {
    const [kept] = await store.below(room, seq + 1, 1).catch(() => []);
    return kept ?? (await askBelow(session, room, seq + 1, 1)).entries[0];
}

type Page = { entries: Entry[]; cards?: CardOf[] };

/** Nothing, when the server cannot be asked: who scrolls on asks again. */
async function askBelow(
    session: Session,
    room: string,
    seq: number,
    limit: number,
): Promise<Page> {
    const path = `/api/rooms/${room}/entries?before=${seq}&limit=${limit}`;
    const answer = await session.get<Page>(path, Date.now());
    return "value" in answer ? answer.value : { entries: [] };
}
