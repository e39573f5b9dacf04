// How screens reach the rest: what is shown, and the few things a person can do.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Desk } from "./core/desk.ts";
import type { Link } from "./core/link.ts";
import type { Page } from "./core/page.ts";
import type { Answer, Becomes } from "./core/session.ts";
import type { Shown } from "./core/shown.ts";
import type { Known } from "./core/store.ts";
import type { Side } from "./core/surroundings.ts";
import type { Entry } from "./generated/protocol.ts";

/** What a search found, newest first; when there is more to look at, `before` is where to go on. */
export type Found = { entries: Entry[]; more: boolean; before?: number };

/** What an entry said for a while, from `at` on (epoch ms). */
export type Version = { at: number; body: unknown };

/** Everything a person can do here. The driver does it; tests give their own. */
export interface Acts {
    /** Finds out again whether this browser is signed in. */
    open(): Promise<void>;
    /** What is asked on the page of a link. */
    link: Link;
    join(token: string, device_name: string): Promise<Answer<unknown>>;
    /** Signs in with a code of another phone. */
    redeem(code: string, device_name: string, as: Becomes): Promise<Answer<unknown>>;
    signOut(): Promise<Answer<true>>;
    /** Keeps a draft in the outbox; it goes out by itself. */
    send(room: string, kind: string, body: unknown, target?: string): void;
    /** Tries a refused draft once more. */
    retry(id: string): void;
    remove(id: string): void;
    /** Asks for what stands above or below a seq; above all there is, if none is given. */
    more(room: string, side: Side, seq: number | undefined): void;
    /** Brings an entry with what stands around it; whether it came. */
    reach(room: string, seq: number): Promise<boolean>;
    /** One entry, from wherever it can be had. */
    entry(room: string, seq: number): Promise<Entry | undefined>;
    /** Everything up to here stands on a visible screen. */
    read(room: string, seq: number): void;
    /** The person is writing; may be said at every key. */
    typing(room: string): void;
    /** Looks for words in a room, below a seq if one is given. */
    search(room: string, query: string, before?: number): Promise<Answer<Found>>;
    /** What an entry said before it was edited, the oldest first. */
    versions(room: string, entry: string): Promise<Answer<{ versions: Version[] }>>;
    /** Keeps what is known of the person's settings, for when there is no signal. */
    keepSettings(settings: Known): void;
    /** What is asked of the page itself. */
    page: Pick<Page, "missed" | "again" | "useNewer">;
    /** A gathering as a file for the phone's calendar. */
    calendar(room: string, gathering: string): Promise<Answer<Blob>>;
}

export interface Roost {
    shown: Shown;
    acts: Acts;
    desk: Desk;
}

export const RoostContext = createContext<Roost | undefined>(undefined);

export function useRoost(): Roost {
    const roost = useContext(RoostContext);
    if (!roost) throw new Error("a screen stands inside RoostContext");
    return roost;
}
