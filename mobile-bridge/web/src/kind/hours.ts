// When young people may write: the port of `open` in `shared/src/room.rs`. By the constellation's
// clock.

import { PEERS_WEEKDAY, PEERS_WEEKEND } from "../generated/protocol.ts";
import { wallAt } from "./zone.ts";

/** Open until a minute of the day, or from when on it is: today or tomorrow, at which minute. */
export type Hours =
    { open: true; closes: number } | { open: false; in_days: 0 | 1; minute: number };

/** The wall clock: 0 is Monday, and the minute counts from midnight. */
function local(at: number): { weekday: number; minute: number } {
    const wall = new Date(wallAt(at));
    const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes();
    return { weekday: (wall.getUTCDay() + 6) % 7, minute };
}

const hoursOf = (weekday: number) => (weekday < 5 ? PEERS_WEEKDAY : PEERS_WEEKEND);

export function hoursAt(now_ms: number): Hours {
    const { weekday, minute } = local(now_ms);
    const { opens, closes } = hoursOf(weekday);
    if (opens <= minute && minute < closes) return { open: true, closes };
    const in_days = minute < opens ? 0 : 1;
    // A day of 23 or 25 hours moves the time, but not the day that comes next.
    const next = in_days === 0 ? weekday : (weekday + 1) % 7;
    return { open: false, in_days, minute: hoursOf(next).opens };
}
