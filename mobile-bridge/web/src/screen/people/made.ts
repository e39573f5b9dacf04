// Links that were made since the page was opened. The server tells a link once; until the page is
// closed, whoever made it can come back to it. Never on disk.

import { signal } from "@preact/signals";
import type { Invited } from "../../core/desk.ts";

const links = signal<ReadonlyMap<string, Invited>>(new Map());

/** The link of a person, if it was made here and is the newest. */
export function madeFor(person: string, enrolment: string | undefined): Invited | undefined {
    const made = links.value.get(person);
    return made?.enrolment === enrolment ? made : undefined;
}

export function keepMade(made: Invited): void {
    links.value = new Map([...links.value, [made.person, made]]);
}

/** Whoever signs in next sees none of it. */
export function forgetMade(): void {
    links.value = new Map();
}

/** The address that a link is. */
export function addressOf(made: Invited): string {
    return `${location.origin}/join#${made.token}`;
}
