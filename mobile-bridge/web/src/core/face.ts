// What goes into the engine and what comes out: plain values (tag `t`), the same as in the Rust
// core's `engine/face.rs`, because transcripts of them are replayed here. Nothing here decides
// anything.

import type {
    CardOf,
    ClientFrame,
    Draft,
    Entry,
    Mark,
    Refusal,
    Welcome,
} from "../generated/protocol.ts";

/** Everything that can happen to a phone. */
export type Input =
    /** Be connected from now on. */
    | { t: "start" }
    /** The answer to `need_token`. */
    | { t: "token"; access: string }
    /** No token: the sign-in is over (`final`), or the network was in the way. */
    | { t: "token_refused"; final: boolean }
    /** The answer to `open`. */
    | { t: "opened" }
    /** One text message of the open connection. */
    | { t: "frame"; text: string }
    /** The connection ended, or could not be opened; 1006 (RFC 6455) when nobody said why. */
    | { t: "closed"; code: number }
    /** The moment of the last `timer` output has come. Early or late is harmless. */
    | { t: "timer" }
    /** The app became visible, or the network came back. */
    | { t: "wake" }
    /** The person wrote something, at this moment by the phone's clock, epoch ms. */
    | { t: "send"; room: string; draft: Draft; made_at: number }
    /** The person drops a draft that is not on its way. */
    | { t: "discard"; id: string }
    /** The person wants a refused draft to be tried again, or one that was asked about to go. */
    | { t: "retry"; id: string }
    /** The person scrolled to the top of what is held. */
    | { t: "older"; room: string }
    /** Everything up to here stands on an unlocked, visible screen. */
    | { t: "read"; room: string; seq: number }
    /** The person is writing in this room. May be said at every key. */
    | { t: "typing"; room: string }
    /** Be disconnected from now on. */
    | { t: "stop" };

/**
 * What the driver is to do, in this order; all `write`s of one step are one transaction, and are
 * on disk before anything after them happens.
 */
export type Output =
    | { t: "write"; write: Write }
    /** A draft that was not taken into the outbox, and why. */
    | { t: "rejected"; id: string; code: Refusal }
    /** Drop the connection, or the attempt at one. Nothing more is heard of it. */
    | { t: "close" }
    /** Fetch an access token: answered by `token` or `token_refused`. */
    | { t: "need_token" }
    /** Open a connection: answered by `opened` or `closed`. */
    | { t: "open" }
    | { t: "transmit"; frame: ClientFrame }
    /** Replaces the one alarm: `timer` at this moment (epoch ms), or never. */
    | { t: "timer"; at: number | null }
    /** Something that a screen may show is different now. */
    | { t: "changed"; what: Changed };

/** One change of what the phone keeps. */
export type Write =
    /** Keep these entries, as they came, by `seq`; none of them was held before. */
    | { t: "put_entries"; room: string; entries: Entry[] }
    /** The runs of entries that are held now. */
    | { t: "put_ranges"; room: string; ranges: Span[] }
    /** What the server said of the newest entry that is held now, as it came. */
    | { t: "put_anchor"; room: string; anchor: string }
    /** Forget the entries of a room below its floor, and their cards. */
    | { t: "drop_below"; room: string; floor: number }
    /** Keep these cards, as they came, by `target`; each is newer than the one held. */
    | { t: "put_cards"; room: string; cards: CardOf[] }
    /** The entry at `seq` was removed: forget its body. */
    | { t: "forget_body"; room: string; seq: number }
    /** How far I and the others have read this room. */
    | { t: "put_marks"; room: string; reading: Reading }
    | { t: "put_outbox"; item: OutboxItem }
    | { t: "drop_outbox"; id: string }
    /** Forget the room's entries, ranges, anchor, cards and marks: it is no longer ours. */
    | { t: "wipe_room"; room: string }
    /**
     * Forget all entries, ranges, anchors, cards and marks, but not the outbox: the server's
     * history was set back.
     */
    | { t: "wipe_entries" }
    | { t: "put_epoch"; epoch: string }
    /** The last `welcome`, as it came, so that a phone without a network can draw itself. */
    | { t: "put_welcome"; welcome: Welcome }
    /** Forget everything: the sign-in is over. */
    | { t: "wipe_all" };

/** What a screen should look at again. */
export type Changed =
    | { t: "rooms" }
    | { t: "room"; room: string }
    | { t: "outbox"; room: string }
    /** Who is writing there now; never stored, so it comes whole. */
    | { t: "typing"; room: string; people: string[] }
    | { t: "connection"; state: State };

/** How the phone stands with the server. */
export type State =
    | { t: "stopped" }
    /** The next try is at `until` (epoch ms), after `attempt` failures in a row. */
    | { t: "waiting"; until: number; attempt: number }
    | { t: "fetching_token" }
    | { t: "opening" }
    /** `hello` is sent, `welcome` has not come. */
    | { t: "greeting" }
    | { t: "live" }
    | { t: "signed_out" };

/** A run of entries without holes, both ends included. */
export type Span = { from: number; to: number };

/** A draft on its way. */
export type OutboxItem = {
    /** Its place in the outbox; grows with every draft. */
    order: number;
    room: string;
    draft: Draft;
    /** When the person last said that it should go, by the phone's clock, epoch ms. */
    kept_at: number;
    /** How often the server broke the connection while this was in flight. */
    strikes: number;
    state: ItemState;
};

/**
 * How far a draft has come. `in_flight` is never written down: after a restart it is `queued`.
 */
export type ItemState =
    | { t: "queued" }
    /** Transmitted; tried again at `until` (epoch ms) if nothing is heard of it. */
    | { t: "in_flight"; until: number }
    /** On the server's disk at this place; leaves the outbox when its entry arrives. */
    | { t: "sent"; seq: number }
    /** The server asked to try again at `until`, epoch ms. */
    | { t: "later"; until: number }
    /** Not sent in a day: the person is asked whether it should still go. Not sent meanwhile. */
    | { t: "asking" }
    /** Not sent, and why. The words are kept until the person decides. */
    | { t: "refused"; code: string; words: string };

/** What the engine remembers of a card that the store holds. */
export type HeldCard = {
    target: string;
    /** The place of the target. */
    seq: number;
    at_seq: number;
    /** The target was removed. */
    hidden: boolean;
};

/** How far a room has been read: by me on any phone, and by the others where that is told. */
export type Reading = {
    read: number;
    /** In ascending order of person. */
    others: Mark[];
};

/** What the phone kept from before, as its store read it. */
export type Saved = {
    epoch?: string | null;
    welcome?: Welcome | null;
    ranges?: Record<string, Span[]>;
    anchors?: Record<string, string>;
    outbox?: OutboxItem[];
    cards?: Record<string, HeldCard[]>;
    marks?: Record<string, Reading>;
};
