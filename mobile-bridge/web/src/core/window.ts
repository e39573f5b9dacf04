// How much of a room is held at a time. A phone keeps days of talk on its disk and shows a few
// screens of it, so that a room of ten thousand entries opens as fast as a new one.

/** Of each room so many of the newest entries are in memory, until somebody scrolls up. */
export const WINDOW_ENTRIES = 400;

/** So many more are brought each time somebody reaches the top of them. */
export const OLDER_ENTRIES = 200;

/** What was said longer ago is read from the server again when somebody wants it, and not kept. */
export const KEPT_MS = 14 * 24 * 3_600_000;
