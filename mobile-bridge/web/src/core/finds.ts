// What is asked of the server over HTTP about a room, and kept nowhere.

import type { Found, Version } from "../roost.ts";
import { serverNow } from "./clock.ts";
import type { Answer, Session } from "./session.ts";

/** How many finds are asked for at once. */
const SEARCH_ENTRIES = 20;

/** Looks for words in a room, below a seq if one is given. */
export function search(
    session: Session,
    room: string,
    query: string,
    before?: number,
): Promise<Answer<Found>> {
    const asked = new URLSearchParams({ q: query, limit: `${SEARCH_ENTRIES}` });
    if (before !== undefined) asked.set("before", `${before}`);
    return session.get(`/api/rooms/${room}/search?${asked}`, serverNow());
}

/** What an entry said before it was edited. */
export function versions(
    session: Session,
    room: string,
    entry: string,
): Promise<Answer<{ versions: Version[] }>> {
    return session.get(`/api/rooms/${room}/entries/${entry}/versions`, serverNow());
}

/** A gathering as a file for a calendar. */
export function calendar(session: Session, room: string, gathering: string): Promise<Answer<Blob>> {
    return session.file(`/api/rooms/${room}/gatherings/${gathering}.ics`, serverNow());
}
