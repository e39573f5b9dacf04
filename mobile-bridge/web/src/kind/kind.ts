// What the page knows of a kind of entry. One folder per kind, one line in `index.ts`.

import type { ComponentType } from "preact";
import type { PersonCard } from "../generated/protocol.ts";

/** The names and the reader, which every kind needs to put an entry into words. */
export interface Around {
    me: string | undefined;
    people: ReadonlyMap<string, PersonCard>;
}

export interface Kind {
    /** Whether it stands in the room as something a person says; otherwise it is a quiet line. */
    said: boolean;
    /** One line of plain text for the list of rooms and for quotes; `undefined` if unreadable. */
    line(body: unknown, around: Around): string | undefined;
    /** The body as it stands in the room. */
    View: ComponentType<{ body: unknown; around: Around }>;
}

/** The name to show for a person, also for one this phone has no card of. */
export function nameOf(person: string | undefined, around: Around, missing: string): string {
    return (person && around.people.get(person)?.name) || missing;
}
