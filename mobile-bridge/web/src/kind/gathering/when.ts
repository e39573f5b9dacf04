// When a gathering is, in the words and the zone of this phone, and the text that date fields of
// a form hold.

const DAY = new Intl.DateTimeFormat(undefined, {
    weekday: "long",
    day: "numeric",
    month: "long",
});
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** "Saturday 28 November, 14:00 – 16:00", with the last day too when it is another one. */
export function whenWords(starts_at: number, ends_at: number): string {
    const [first, last] = [DAY.format(starts_at), DAY.format(ends_at)];
    const [from, to] = [TIME.format(starts_at), TIME.format(ends_at)];
    return first === last ? `${first}, ${from} – ${to}` : `${first}, ${from} – ${last}, ${to}`;
}

/** As `<input type="datetime-local">` wants it: the clock of this phone. */
export function toField(at: number): string {
    const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
    return local.toISOString().slice(0, 16);
}

/** Epoch ms, or nothing for a field that is not filled in. */
export function fromField(field: string): number | undefined {
    const at = new Date(field).getTime();
    return field === "" || Number.isNaN(at) ? undefined : at;
}
