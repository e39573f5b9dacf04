// What stands under "Today", for whom, as a table.

import { expect, test } from "vitest";
import type { Unsent } from "./core/shown.ts";
import type {
    CardOf,
    ConstellationCard,
    Entry,
    GatheringState,
    HomeAnswer,
    Listed,
    PersonCard,
    Role,
    RoomKind,
} from "./generated/protocol.ts";
import {
    SHOWN_MAX,
    SOON_MS,
    todayOf,
    type Asking,
    type Held,
    type Item,
    type Place,
} from "./today.ts";

const NOW = Date.UTC(2026, 10, 23, 17, 0);
const DAY_MS = 24 * 3_600_000;
const [SAM, JO, AMARA] = ["sam", "jo", "amara"];
const [OURS, HUB, BRENNANS] = ["okafors", "hub", "brennans"];

/** Somebody lives in every home. */
const PEOPLE: ReadonlyMap<string, PersonCard> = new Map([
    [SAM, { person: SAM, name: "Sam", role: "satellite", home: OURS }],
    [JO, { person: JO, name: "Jo", role: "hub", home: HUB }],
    [AMARA, { person: AMARA, name: "Amara", role: "satellite", home: BRENNANS }],
]);

function room(kind: RoomKind, held: Partial<Held> = {}): Held {
    const listed: Listed = { room: kind, kind, title: kind, floor: 1, head: 9, view: "full" };
    return { listed, entries: [], cards: new Map(), read: 0, muted: false, ...held };
}

function constellation(role: Role, name = "Wren"): ConstellationCard {
    const homes = [OURS, HUB, BRENNANS];
    return { constellation: name, name, role, rooms: [], people: [], homes };
}

function asking(role: Role, rooms: Held[], more: Partial<Asking> = {}): Asking {
    const home = role === "satellite" ? OURS : role === "hub" ? HUB : undefined;
    const places = [{ card: constellation(role), rooms }];
    return { me: SAM, home, people: PEOPLE, places, unsent: [], now_ms: NOW, ...more };
}

type Said = { author?: string; at?: number; please_confirm?: true };

function notice(seq: number, { author = JO, at = NOW, ...body }: Said = { please_confirm: true }) {
    const text = "Keep the drive clear.";
    return { seq, id: `e${seq}`, kind: "message", author, at, body: { text, ...body } } as Entry;
}

const confirmedBy = (of: Entry, ...homes: string[]): CardOf => ({
    target: of.id,
    seq: of.seq,
    at_seq: 9,
    confirmed: Object.fromEntries(homes.map((home) => [home, { by: JO, at: 1 }])),
});

type Planned = { days?: number; status?: "open" | "cancelled"; hours?: number };

function planned(id: string, answers: Record<string, Partial<HomeAnswer>>, how: Planned = {}) {
    const { days = 3, status = "open", hours = 2 } = how;
    const starts_at = NOW + days * DAY_MS;
    const ends_at = starts_at + hours * 3_600_000;
    const state = {
        details: { title: id, type: "meet_up", starts_at, ends_at },
        status,
        answers,
    } as unknown as GatheringState;
    return { target: id, seq: 1, at_seq: 1, state } as CardOf;
}

const cards = (...all: CardOf[]) => new Map(all.map((card) => [card.target, card]));
const coming = { answer: "going", heads: 2 } as const;

/** An item in a few words: what it is, `?` where I am asked, and the homes that are missing. */
function short(item: Item): string {
    switch (item.is) {
        case "notice":
        case "gathering": {
            const name = item.is === "notice" ? item.entry.id : item.id;
            const draft = item.draft ? ` (${item.draft.state})` : "";
            return `${name}${item.asked ? "?" : ""} ${item.missing.join()}${draft}`.trim();
        }
        case "more":
            return `+${item.count}`;
        case "unread":
            return `new ${item.rooms.map(({ room, count }) => `${room.kind} ${count}`).join()}`;
        case "hours":
            return item.hours.open ? "open" : "closed";
    }
}

const told = (of: Asking) => todayOf(of).map(({ items }) => items.map(short));

test("a notice is asked of a home that has not confirmed it, and of nobody else", () => {
    const one = notice(1);
    const table: [what: string, of: Asking, told: string[][]][] = [
        ["Sam", asking("satellite", [room("circle", { entries: [one], read: 1 })]), [["e1?"]]],
        [
            "the Okafors have confirmed",
            asking("satellite", [
                room("circle", { entries: [one], cards: cards(confirmedBy(one, OURS)), read: 1 }),
            ]),
            [],
        ],
        [
            "it was Sam's own",
            asking("satellite", [
                room("circle", {
                    entries: [notice(1, { author: SAM, please_confirm: true })],
                    read: 1,
                }),
            ]),
            [],
        ],
        [
            "it asks nothing",
            asking("satellite", [room("circle", { entries: [notice(1, {})], read: 1 })]),
            [],
        ],
        [
            "it was hidden",
            asking("satellite", [
                room("circle", {
                    entries: [one],
                    cards: cards({ ...confirmedBy(one), hidden: { by: "hub" } } as CardOf),
                    read: 1,
                }),
            ]),
            [],
        ],
        [
            "the hub is asked and sees who is missing",
            asking("hub", [
                room("circle", { entries: [one], cards: cards(confirmedBy(one, OURS)), read: 1 }),
            ]),
            [["e1? brennans"]],
        ],
        [
            "the liaison worker sees who is missing and is not asked",
            asking("liaison", [
                room("circle", { entries: [one], cards: cards(confirmedBy(one, OURS)), read: 1 }),
            ]),
            [["e1 hub,brennans"]],
        ],
        [
            "everybody has confirmed",
            asking("liaison", [
                room("circle", {
                    entries: [one],
                    cards: cards(confirmedBy(one, OURS, HUB, BRENNANS)),
                    read: 1,
                }),
            ]),
            [],
        ],
        [
            "it is older than what a phone keeps",
            asking("liaison", [
                room("circle", {
                    entries: [notice(1, { at: NOW - 15 * DAY_MS, please_confirm: true })],
                    read: 1,
                }),
            ]),
            [],
        ],
    ];
    for (const [what, of, expected] of table) expect(told(of), what).toEqual(expected);
});

test("a gathering is asked about until the home has answered, then stands while it is near", () => {
    const far = SOON_MS / DAY_MS + 1;
    const table: [what: string, role: Role, card: CardOf, told: string[][]][] = [
        ["no answer", "satellite", planned("tea", {}), [["tea?"]]],
        ["no answer, far ahead", "satellite", planned("tea", {}, { days: far }), [["tea?"]]],
        ["answered", "satellite", planned("tea", { [OURS]: coming }), [["tea"]]],
        ["answered, far", "satellite", planned("tea", { [OURS]: coming }, { days: far }), []],
        [
            "asked again",
            "satellite",
            planned("tea", { [OURS]: { ...coming, stale: true } }, { days: far }),
            [["tea?"]],
        ],
        ["not coming", "satellite", planned("tea", { [OURS]: { answer: "not_going" } }), []],
        ["called off", "satellite", planned("tea", {}, { status: "cancelled" }), []],
        ["under way", "satellite", planned("tea", {}, { days: -0.05 }), [["tea?"]]],
        ["over", "satellite", planned("tea", {}, { days: -1 }), []],
        ["the hub", "hub", planned("tea", { [HUB]: coming }), [["tea okafors,brennans"]]],
        ["a liaison", "liaison", planned("tea", { [OURS]: coming }), [["tea hub,brennans"]]],
        ["a liaison, far", "liaison", planned("tea", {}, { days: far }), []],
    ];
    for (const [what, role, card, expected] of table) {
        const of = asking(role, [room("circle", { cards: cards(card) })]);
        expect(told(of), what).toEqual(expected);
    }
});

test("a home that nobody lives in is not waited for, one that somebody came to is", () => {
    const one = notice(1);
    const held = room("circle", { entries: [one], cards: cards(planned("tea", {})), read: 1 });
    const amara = PEOPLE.get(AMARA)!;
    const lived = (by: PersonCard) => new Map([...PEOPLE, [AMARA, by]]);
    const after = (people: Asking["people"]) => told(asking("hub", [held], { people }))[0];
    expect(after(PEOPLE)).toEqual(["e1? okafors,brennans", "tea? okafors,brennans"]);
    expect(after(lived({ ...amara, left: true }))).toEqual(["e1? okafors", "tea? okafors"]);
    expect(after(lived({ ...amara, role: "young" }))).toEqual(["e1? okafors", "tea? okafors"]);
    const [{ card }] = asking("hub", []).places as [Place];
    const grown = { ...card, homes: [...card.homes, "lunds"] };
    const newcomer: PersonCard = { ...amara, person: "mina", home: "lunds" };
    const places = [{ card: grown, rooms: [held] }];
    const people = new Map([...PEOPLE, ["mina", newcomer]]);
    expect(told(asking("hub", [], { places, people }))[0]).toEqual([
        "e1? okafors,brennans,lunds",
        "tea? okafors,brennans,lunds",
    ]);
});

test("what is asked comes first, soonest first, and no more than a few at once", () => {
    const all = cards(
        planned("answered", { [OURS]: coming }, { days: 1 }),
        planned("third", {}, { days: 9 }),
        planned("first", {}, { days: 2 }),
        planned("second", {}, { days: 5 }),
    );
    const of = asking("satellite", [room("circle", { cards: all })]);
    expect(told(of)).toEqual([["first?", "second?", "third?", "+1"]]);
    expect(SHOWN_MAX).toBe(3);
});

test("an answer on its way is not asked for again, and one for another home is not ours", () => {
    const draft = { room: "circle", id: "d", made_at: 1, words: undefined } as const;
    const said = (state: Unsent["state"], body: object): Unsent[] => [
        { ...draft, kind: "rsvp", target: "tea", body, state },
    ];
    const held = [room("circle", { cards: cards(planned("tea", { [HUB]: coming })) })];
    const after = (unsent: Unsent[]) => told(asking("hub", held, { unsent, home: OURS }))[0];
    const ours = { answer: "going", heads: 1 };
    expect(after(said("waiting", ours))).toEqual(["tea? brennans (waiting)"]);
    expect(after(said("refused", ours))).toEqual(["tea? brennans (refused)"]);
    expect(after(said("waiting", { ...ours, home: BRENNANS }))).toEqual(["tea? brennans"]);
});

test("what is new stands beside what is on, and is nothing to do by itself", () => {
    const fresh = [notice(1, {}), notice(2, {})];
    const line = room("hub_line", { entries: fresh, read: 1 });
    const tea = room("circle", { entries: fresh, cards: cards(planned("tea", {})), read: 0 });
    expect(told(asking("satellite", [line]))).toEqual([]);
    expect(told(asking("satellite", [tea, line]))).toEqual([["tea?", "new circle 2,hub_line 1"]]);
    const muted = { ...line, muted: true };
    expect(told(asking("satellite", [tea, muted]))).toEqual([["tea?", "new circle 2"]]);
});

test("the liaison worker's day goes by constellation, and an empty one is left out", () => {
    const place = (name: string, ...all: CardOf[]) => ({
        card: constellation("liaison", name),
        rooms: [room("circle", { cards: cards(...all) })],
    });
    const [tea, walk] = [planned("tea", {}), planned("walk", {})];
    const places = [place("Wren", tea), place("Heron"), place("Gull", walk)];
    const today = todayOf(asking("liaison", [], { places }));
    expect(today.map(({ name, items }) => [name, ...items.map(short)])).toEqual([
        ["Wren", "tea okafors,hub,brennans"],
        ["Gull", "walk okafors,hub,brennans"],
    ]);
});

test("a young person sees whether their room is open, and nothing of the adults'", () => {
    const fresh = [notice(1)];
    const rooms = [room("peers", { entries: fresh })];
    expect(told(asking("young", rooms))).toEqual([["open"]]);
    expect(told(asking("young", rooms, { now_ms: NOW + 4 * 3_600_000 }))).toEqual([["closed"]]);
    expect(told(asking("young", []))).toEqual([]);
    // Whatever a phone may hold by mistake.
    const circle = room("circle", { entries: fresh, cards: cards(planned("tea", {})) });
    expect(told(asking("young", [circle]))).toEqual([]);
    expect(told(asking("admin", [circle]))).toEqual([]);
});
