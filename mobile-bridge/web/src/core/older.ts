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
    type Page = { entries: Entry[]; cards?: CardOf[] };
    const path = `/api/rooms/${room}/entries?before=${lowest}&limit=${OLDER_ENTRIES}`;
    const answer = await session.get<Page>(path, Date.now());
    if (!("value" in answer)) return;
    shown.putOlder(room, answer.value.cards ?? []);
    shown.put(room, answer.value.entries);
}
