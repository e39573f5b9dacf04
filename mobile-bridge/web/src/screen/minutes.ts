// Minutes of the day as people and `<input type="time">` write them: "07:30".

export function clockOf(minutes: number): string {
    const two = (value: number) => `${value}`.padStart(2, "0");
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The minute of the day, or nothing for a field that is not filled in. */
export function minutesOf(field: string): number | undefined {
    const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(field);
    return found ? Number(found[1]) * 60 + Number(found[2]) : undefined;
}
