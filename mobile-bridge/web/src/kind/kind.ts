// What the page knows of a kind of entry. One folder per kind, one line in `index.ts`.

import type { ComponentType } from "preact";
import type { Shown } from "../core/shown.ts";
import type { CardOf, Entry, HomeCard, Listed, PersonCard, Role } from "../generated/protocol.ts";

/** Who reads, where, and the names that every kind needs to put an entry into words. */
export interface Around {
    me: string | undefined;
    role: Role | undefined;
    /** My home, if I have one. */
    home: string | undefined;
    people: ReadonlyMap<string, PersonCard>;
    homes: readonly HomeCard[];
    /** The room that is open. */
    listed: Listed | undefined;
}

/** An entry, or a draft that is to become one. */
export type Piece = Pick<Entry, "kind" | "body"> & Partial<Entry>;

/** As something a person says, as a quiet line, or not at all: its target shows it. */
export type Stands = "said" | "line" | "silent";

export interface Kind {
    stands(piece: Piece): Stands;
    /** Whether it is something that somebody would want to hear of: `Kind::is_news`. */
    isNews(piece: Piece): boolean;
    /** One line of plain text for the list of rooms and for quotes; `undefined` if unreadable. */
    line(body: unknown, around: Around): string | undefined;
    /** All of its words as they stand now, for another app; quiet lines have none to take along. */
    text?(piece: Piece, card: CardOf | undefined): string | undefined;
    /** The body as it stands in the room; silent kinds are never asked for it. */
    View: ComponentType<ViewProps>;
}

export type ViewProps = { entry: Piece; card: CardOf | undefined; around: Around };

/** Before anybody is known. */
export const NOBODY: Around = {
    me: undefined,
    role: undefined,
    home: undefined,
    people: new Map(),
    homes: [],
    listed: undefined,
};

export function aroundOf(shown: Shown, room?: string): Around {
    const [me, people] = [shown.me.value, shown.people.value];
    const mine = me === undefined ? undefined : people.get(me);
    const listed = shown.rooms.value.find((each) => each.room === room);
    // Of several constellations, a room knows the homes of its own.
    const own = shown.constellations.value.find(({ rooms }) => room && rooms.includes(room))?.homes;
    const homes = shown.homes.value.filter(({ home }) => own?.includes(home) ?? true);
    return { me, role: mine?.role, home: mine?.home, people, homes, listed };
}

/** The name to show for a person, also for one this phone has no card of. */
export function nameOf(person: string | undefined, around: Around, missing: string): string {
    return (person && around.people.get(person)?.name) || missing;
}

export function homeName(home: string, around: Around, missing: string): string {
    return around.homes.find((each) => each.home === home)?.name ?? missing;
}

/** Those of these homes that are asked for something: the port of `asked` in `tally.rs`. */
export function askedOf(homes: readonly string[], people: Around["people"]): readonly string[] {
    const adults = [...people.values()].filter(({ left, role }) => !left && role !== "young");
    const lived = new Set(adults.map(({ home }) => home));
    return homes.filter((home) => lived.has(home));
}

/** A kind that stands nowhere by itself: what it changes shows it. */
export function silent(line: Kind["line"]): Kind {
    return { stands: () => "silent", isNews: () => false, line, View: () => null };
}
