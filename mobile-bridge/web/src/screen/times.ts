// Times as a person reads them: in the phone's language and zone.

import { words } from "../words.ts";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, {
    day: "numeric",
    month: "long",
    year: "numeric",
});
const SHORT_DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

export function timeOf(at: number): string {
    return TIME.format(at);
}

/** "Sunday 22 November". */
export function dateOf(at: number): string {
    return DAY.format(at);
}

/** Whether two instants lie on one calendar day of this phone. */
export function sameDay(a: number, b: number): boolean {
    return startOfDay(a) === startOfDay(b);
}

/** "Today", "Yesterday", or the date. */
export function dayOf(at: number, now_ms: number): string {
    const nearby = nearDay(at, now_ms);
    if (nearby) return nearby;
    const year = (ms: number) => new Date(ms).getFullYear();
    return year(at) === year(now_ms) ? DAY.format(at) : DAY_AND_YEAR.format(at);
}

/** As short as a list has room for: the time today, else the day. */
export function shortOf(at: number, now_ms: number): string {
    if (sameDay(at, now_ms)) return timeOf(at);
    return nearDay(at, now_ms) ?? SHORT_DAY.format(at);
}

/** A moment within a sentence: "today at 14:05", "Sunday 29 November at 09:00". */
export function momentOf(at: number, now_ms: number): string {
    const time = timeOf(at);
    if (sameDay(at, now_ms)) return words.moment.today(time);
    const yesterday = nearDay(at, now_ms) !== undefined;
    return yesterday ? words.moment.yesterday(time) : words.moment.on(dayOf(at, now_ms), time);
}

/** When something was done: "yesterday at 21:12", "on Sunday 29 November at 09:00". */
export function doneOf(at: number, now_ms: number): string {
    const moment = momentOf(at, now_ms);
    return nearDay(at, now_ms) ? moment : words.moment.onDay(moment);
}

function nearDay(at: number, now_ms: number): string | undefined {
    if (sameDay(at, now_ms)) return words.room.today;
    // Noon, so that a day of 23 or 25 hours does not skip yesterday.
    const yesterday = startOfDay(now_ms) - 12 * 3_600_000;
    return sameDay(at, yesterday) ? words.room.yesterday : undefined;
}

function startOfDay(at: number): number {
    return new Date(at).setHours(0, 0, 0, 0);
}
