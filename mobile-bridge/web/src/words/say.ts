// Small pieces of language that the words of several screens share.

import type { Role } from "../generated/protocol.ts";

/** What somebody is, as said after "as". */
export const AS_ROLE: Record<Role, string> = {
    admin: "a service manager",
    liaison: "the liaison worker",
    hub: "a hub home carer",
    satellite: "a satellite carer",
    young: "a young person",
};

/** What somebody is, standing alone. */
export const ROLE: Record<Role, string> = {
    admin: "Service manager",
    liaison: "Liaison worker",
    hub: "Hub carer",
    satellite: "Carer",
    young: "Young person",
};

/** "Jo, Sam and Priya". */
export function list(names: readonly string[]): string {
    const last = names.at(-1) ?? "";
    return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : last;
}

/** The liaison worker by name, where one is known. */
export function workers(names: readonly string[]): string {
    return names.length > 0 ? list(names) : "your liaison worker";
}

/** "Wren" reads as "Wren constellation"; a name that already says so is left alone. */
export function constellationWords(name: string): string {
    return /constellation/i.test(name) ? name : `${name} constellation`;
}

export function characters(count: number): string {
    return count === 1 ? "1 character" : `${count} characters`;
}

export function people(heads: number): string {
    return heads === 1 ? "1 person" : `${heads} people`;
}

/** "14 minutes", "2 hours", "3 days": as much as is left of something, never more. */
export function span(ms: number): string {
    const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
    const of = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
    if (ms < minute) return "less than a minute";
    if (ms < 2 * hour) return of(Math.floor(ms / minute), "minute");
    return ms < 2 * day ? of(Math.floor(ms / hour), "hour") : of(Math.floor(ms / day), "day");
}
