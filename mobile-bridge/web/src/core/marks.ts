// Marks: how far I have read each room and when the server hears of it, and how far the others
// are. It counts; whether somebody is looking, the screen says. That entries were delivered needs
// no word: the server takes it from cursors.

import { MARKS_EVERY_MS, type Mark } from "../generated/protocol.ts";
import type { Reading, Saved } from "./face.ts";
import { savedGreeting, type Greeting } from "./read.ts";
import { compareText, type Turn } from "./turn.ts";

class Room {
    read: number;
    /** The highest `read` that the server has told or was told on this connection. */
    known = 0;
    others = new Map<string, Mark>();
    /** From when on my mark may be said again, ms. */
    free_at = 0;

    constructor({ read, others }: Reading = { read: 0, others: [] }) {
        this.read = read;
        for (const mark of others) this.raise(mark);
    }

    reading(): Reading {
        const others = [...this.others.values()];
        others.sort((a, b) => compareText(a.person, b.person));
        return { read: this.read, others };
    }

    /** Both parts of a mark only rise. */
    raise({ person, delivered, read }: Mark): void {
        const held = this.others.get(person);
        this.others.set(person, {
            person,
            delivered: Math.max(held?.delivered ?? 0, delivered),
            read: Math.max(held?.read ?? 0, read),
        });
    }
}

/** All rooms of this phone. */
export class Marks {
    #me: string | undefined;
    #noted = true;
    #rooms = new Map<string, Room>();

    constructor(saved: Saved) {
        for (const [id, reading] of Object.entries(saved.marks ?? {})) {
            this.#rooms.set(id, new Room(reading));
        }
        const greeting = saved.welcome ? savedGreeting(saved.welcome) : undefined;
        if (!greeting) return;
        this.#me = greeting.me;
        this.#noted = greeting.noted;
        for (const id of greeting.rooms.keys()) {
            if (!this.#rooms.has(id)) this.#rooms.set(id, new Room());
        }
    }

    /** What the server knows, which counts when it is more, and from now on is what it knows. */
    welcome(greeting: Greeting, setBack: boolean, turn: Turn): void {
        this.#me = greeting.me;
        this.#noted = greeting.noted;
        const held = setBack ? new Map<string, Room>() : this.#rooms;
        this.#rooms = new Map();
        for (const [id, { read, marks }] of greeting.rooms) {
            const room = held.get(id) ?? new Room();
            this.#rooms.set(id, room);
            const before = room.reading();
            room.known = read;
            room.read = Math.max(room.read, read);
            // Who is not listed any more has left the room.
            const listed = new Set(marks.map((mark) => mark.person));
            for (const person of room.others.keys()) {
                if (!listed.has(person)) room.others.delete(person);
            }
            for (const mark of marks) room.raise(mark);
            keep(id, room, before, turn);
        }
    }

    /** Somebody received or read more; or I did, on another phone. */
    heard(id: string, marks: readonly Mark[], turn: Turn): void {
        const room = this.#rooms.get(id);
        if (!room) return;
        const before = room.reading();
        for (const mark of marks) {
            if (mark.person === this.#me) {
                room.known = Math.max(room.known, mark.read);
                room.read = Math.max(room.read, mark.read);
            } else if (room.others.has(mark.person)) {
                // `welcome` lists everybody: whoever it did not list has left, and this was said
                // before.
                room.raise(mark);
            }
        }
        keep(id, room, before, turn);
    }

    /** The person has seen everything up to `seq`. */
    read(id: string, seq: number, turn: Turn): void {
        const room = this.#rooms.get(id);
        if (!room || !this.#noted) return;
        const before = room.reading();
        room.read = Math.max(room.read, seq);
        keep(id, room, before, turn);
    }

    /** Tells the server what it does not know yet, each room at its pace. */
    pump(turn: Turn): void {
        for (const [id, room] of this.#behind()) {
            if (turn.now < room.free_at) continue;
            room.known = room.read;
            room.free_at = turn.now + MARKS_EVERY_MS;
            turn.transmit({ t: "mark", room: id, read: room.read });
        }
    }

    /** When `pump` has something to say that waits for its time. */
    deadline(): number | undefined {
        const times = this.#behind().map(([, room]) => room.free_at);
        return times.length > 0 ? Math.min(...times) : undefined;
    }

    /** In ascending order of id. */
    #behind(): [string, Room][] {
        const behind = [...this.#rooms].filter(([, room]) => room.read > room.known);
        return this.#noted ? behind.sort(([a], [b]) => compareText(a, b)) : [];
    }
}

function keep(id: string, room: Room, before: Reading, turn: Turn): void {
    const reading = room.reading();
    const same = (mark: Mark, at: number) => {
        const old = before.others[at];
        return (
            old?.person === mark.person &&
            old.delivered === mark.delivered &&
            old.read === mark.read
        );
    };
    const unchanged =
        reading.read === before.read &&
        reading.others.length === before.others.length &&
        reading.others.every(same);
    if (unchanged) return;
    turn.write({ t: "put_marks", room: id, reading });
    turn.show({ t: "room", room: id });
}
