// Typing: when to say that the person writes, and whose writing is shown for how long. Nothing of
// it is stored, and nothing of it outlives a connection.

import { TYPING_EVERY_MS, TYPING_SHOWN_MS } from "../generated/protocol.ts";
import type { Greeting } from "./read.ts";
import { compareText, type Turn } from "./turn.ts";

export class Typing {
    /** The rooms that tell of it. */
    #rooms = new Set<string>();
    /** From when on it may be said again in a room, ms. */
    #freeAt = new Map<string, number>();
    /** People by room, each with the moment until which they are shown. */
    #heard = new Map<string, Map<string, number>>();
    /** What screens were last told. */
    #shown = new Map<string, string[]>();

    welcome(greeting: Greeting): void {
        const telling = [...greeting.rooms].filter(([, listing]) => listing.hasTyping);
        this.#rooms = new Set(telling.map(([id]) => id));
        for (const map of [this.#heard, this.#freeAt]) {
            for (const id of map.keys()) if (!this.#rooms.has(id)) map.delete(id);
        }
    }

    /** The person writes. */
    say(room: string, turn: Turn): void {
        if ((this.#freeAt.get(room) ?? turn.now) > turn.now || !this.#rooms.has(room)) return;
        this.#freeAt.set(room, turn.now + TYPING_EVERY_MS);
        turn.transmit({ t: "typing", room });
    }

    /** Somebody else writes. */
    heard(room: string, person: string, now: number): void {
        if (!this.#rooms.has(room)) return;
        const people = this.#heard.get(room) ?? new Map<string, number>();
        this.#heard.set(room, people.set(person, now + TYPING_SHOWN_MS));
    }

    /** What they wrote is here. */
    arrived(room: string, authors: readonly string[]): void {
        for (const person of authors) this.#heard.get(room)?.delete(person);
    }

    /** The connection is gone, and with it whatever would tell that somebody stopped. */
    forget(): void {
        this.#heard.clear();
    }

    /** Tells screens what is different now. */
    show(turn: Turn): void {
        const now = new Map<string, string[]>();
        for (const [room, people] of this.#heard) {
            for (const [person, until] of people) if (until <= turn.now) people.delete(person);
            if (people.size > 0) now.set(room, [...people.keys()].sort(compareText));
            else this.#heard.delete(room);
        }
        for (const room of new Set([...this.#shown.keys(), ...now.keys()])) {
            const people = now.get(room) ?? [];
            // Ids hold no comma.
            if (people.join() !== (this.#shown.get(room) ?? []).join()) {
                turn.show({ t: "typing", room, people });
            }
        }
        this.#shown = now;
    }

    /** When somebody's writing stops being shown. */
    deadline(): number | undefined {
        const times = [...this.#heard.values()].flatMap((people) => [...people.values()]);
        return times.length > 0 ? Math.min(...times) : undefined;
    }
}
