// The clock of a constellation. What homes agree on is told by it, wherever a phone is: who plans
// tea for four o'clock from a beach in Spain means four o'clock at home. The phone is not told
// which clock it is; it takes that of its default.

export const ZONE = "Europe/London";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const CLOCK = new Intl.DateTimeFormat("en-GB", {
    timeZone: ZONE,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
});

/** What the clock shows at an instant, to the minute: as the instant at which UTC shows it. */
export function wallAt(at: number): number {
    const parts = new Map(CLOCK.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const [year, month, day, hour, minute] = (
        ["year", "month", "day", "hour", "minute"] as const
    ).map((name) => parts.get(name)!) as [number, number, number, number, number];
    return Date.UTC(year, month - 1, day, hour, minute);
}

/** When the clock shows this: of two times the first; an hour that is skipped counts on. */
export function instantOf(wall: number): number {
    const before = wall - aheadAt(wall - DAY_MS);
    const after = wall - aheadAt(wall + DAY_MS);
    return wallAt(before) !== wall && wallAt(after) === wall ? after : before;
}

/** Whether the phone's own clock shows another time. */
export function isElsewhere(at: number): boolean {
    return new Date(at).getTimezoneOffset() * -MINUTE_MS !== aheadAt(at);
}

function aheadAt(at: number): number {
    return wallAt(at) - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
