// When a gathering is, in the words of this phone and by the constellation's clock, and the text
// that date fields of a form hold.

import { words } from "../../words.ts";
import { instantOf, isElsewhere, wallAt, ZONE } from "../zone.ts";

const DAY = new Intl.DateTimeFormat(undefined, {
    timeZone: ZONE,
    weekday: "long",
    day: "numeric",
    month: "long",
});
const TIME = new Intl.DateTimeFormat(undefined, {
    timeZone: ZONE,
    hour: "2-digit",
    minute: "2-digit",
});

/**
 * "Saturday 28 November, 14:00 – 16:00", with the last day too when it is another one, and with
 * whose time it is where the phone's own clock shows another.
 */
export function whenWords(starts_at: number, ends_at: number): string {
    const [first, last] = [DAY.format(starts_at), DAY.format(ends_at)];
    const [from, to] = [TIME.format(starts_at), TIME.format(ends_at)];
    const said =
        first === last ? `${first}, ${from} – ${to}` : `${first}, ${from} – ${last}, ${to}`;
    const elsewhere = isElsewhere(starts_at) || isElsewhere(ends_at);
    return elsewhere ? words.moment.atHome(said) : said;
}

/** As `<input type="datetime-local">` wants it. */
export function toField(at: number): string {
    return new Date(wallAt(at)).toISOString().slice(0, 16);
}

/** Epoch ms, or nothing for a field that is not filled in. */
export function fromField(field: string): number | undefined {
    const wall = Date.parse(`${field}Z`);
    return Number.isNaN(wall) ? undefined : instantOf(wall);
}
