// What counts as new to somebody, and how much of it there is. Which entries do is each kind's to
// say.

import type { Entry, Listed, Role } from "../generated/protocol.ts";
import { newsOf } from "./index.ts";

/** Counting ends here: beyond it nobody cares how much it is. */
export const UNREAD_MAX = 100;

function isNews(entry: Entry, me: string | undefined): boolean {
    return newsOf(entry) && entry.author !== me && entry.body !== undefined;
}

/** `RoomKind::counts_unread` of the contract: nothing is noted on when a young person looks. */
export function countsUnread(listed: Listed | undefined, role: Role | undefined): boolean {
    return listed !== undefined && role !== undefined && role !== "young";
}

/** How many entries above `read` are news, at most `UNREAD_MAX`. Entries ascend. */
export function unreadOf(
    entries: readonly Entry[],
    read: number,
    me: string | undefined,
): number {
    let unread = 0;
    for (let at = entries.length - 1; at >= 0 && unread < UNREAD_MAX; at -= 1) {
        const entry = entries[at]!;
        if (entry.seq <= read) break;
        if (isNews(entry, me)) unread += 1;
    }
    return unread;
}

/** "99+" beyond what is worth counting. */
export function countWords(unread: number): string {
    return unread >= UNREAD_MAX ? `${UNREAD_MAX - 1}+` : `${unread}`;
}

/** The first entry that was new when the room was opened, if any was. */
export function firstNews(
    entries: readonly Entry[],
    opened: { read: number; head: number },
    me: string | undefined,
): number | undefined {
    // Somebody who never read here has no place to come back to.
    if (opened.read === 0) return undefined;
    const isFirst = (entry: Entry) =>
        entry.seq > opened.read && entry.seq <= opened.head && isNews(entry, me);
    return entries.find(isFirst)?.seq;
}
