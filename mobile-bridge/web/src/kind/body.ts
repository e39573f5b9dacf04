// Small readers that the rules of kinds are made of. They take a body as the contract does: an
// object, and no field that it does not know.

type Fields = Record<string, unknown>;

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The fields of an object that has no others than these. */
export function fieldsOf(value: unknown, known: readonly string[]): Fields | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.keys(value).every((name) => known.includes(name)) ? (value as Fields) : undefined;
}

export function isId(value: unknown): value is string {
    return typeof value === "string" && ID.test(value);
}

/** A whole number within these bounds. */
export function isInt(value: unknown, least: number, most: number): value is number {
    return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** What may be left out is `undefined` or `null`, as the contract reads it. */
export function isOptional<T>(
    value: unknown,
    is: (value: unknown) => value is T,
): value is T | undefined | null {
    return value === undefined || value === null || is(value);
}

export function isString(value: unknown): value is string {
    return typeof value === "string";
}
