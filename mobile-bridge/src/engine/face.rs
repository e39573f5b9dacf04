//! What goes into the engine and what comes out: plain values that travel as JSON (tag `t`),
//! because transcripts of them are replayed by the TypeScript engine. Nothing here decides
//! anything.

use roost_shared::{
    Draft, EntryId, Epoch, PersonId, Refusal, RoomId, Seq,
    frame::{Anchors, ClientFrame},
    room::Mark,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that can happen to a phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Input {
    /// Be connected from now on.
    Start,
    /// The answer to `need_token`.
    Token { access: String },
    /// No token: the sign-in is over (`final`), or it is not known just now, or the network was in
    /// the way.
    TokenRefused {
        #[serde(rename = "final")]
        is_final: bool,
    },
    /// The answer to `open`.
    Opened,
    /// One text message of the open connection.
    Frame { text: String },
    /// The connection ended, or could not be opened; 1006 (RFC 6455) when nobody said why.
    Closed { code: u16 },
    /// The moment of the last `timer` output has come. Early or late is harmless.
    Timer,
    /// The app became visible, or the network came back.
    Wake,
    /// The person wrote something, at this moment by the phone's clock, epoch ms.
    Send { room: RoomId, draft: Draft, made_at: i64 },
    /// The person drops a draft that is not on its way.
    Discard { id: EntryId },
    /// The person wants a refused draft to be tried again, or one that was asked about to go.
    Retry { id: EntryId },
    /// The person scrolled to the top of what is held.
    Older { room: RoomId },
    /// Everything up to here stands on an unlocked, visible screen.
    Read { room: RoomId, seq: Seq },
    /// The person is writing in this room. May be said at every key.
    Typing { room: RoomId },
    /// Be disconnected from now on.
    Stop,
}

/// What the driver is to do, in this order; all `write`s of one step are one transaction, and are
/// on disk before anything after them happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Output {
    Write {
        write: Write,
    },
    /// A draft that was not taken into the outbox, and why.
    Rejected {
        id: EntryId,
        code: Refusal,
    },
    /// Drop the connection, or the attempt at one. Nothing more is heard of it.
    Close,
    /// Fetch an access token: answered by `token` or `token_refused`.
    NeedToken,
    /// Open a connection: answered by `opened` or `closed`.
    Open,
    Transmit {
        frame: ClientFrame,
    },
    /// Replaces the one alarm: `timer` at this moment (epoch ms), or never.
    Timer {
        at: Option<i64>,
    },
    /// Something that a screen may show is different now.
    Changed {
        what: Changed,
    },
}

/// One change of what the phone keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Write {
    /// Keep these entries, as they came, by `seq`; none of them was held before.
    PutEntries {
        room: RoomId,
        entries: Vec<Value>,
    },
    /// The runs of entries that are held now.
    PutRanges {
        room: RoomId,
        ranges: Vec<Span>,
    },
    /// What the server said of the newest entry that is held now, as it came.
    PutAnchor {
        room: RoomId,
        anchor: String,
    },
    /// Forget the entries of a room below its floor, and their cards.
    DropBelow {
        room: RoomId,
        floor: Seq,
    },
    /// Keep these cards, as they came, by `target`; each is newer than the one held.
    PutCards {
        room: RoomId,
        cards: Vec<Value>,
    },
    /// The entry at `seq` was removed: forget its body.
    ForgetBody {
        room: RoomId,
        seq: Seq,
    },
    /// How far I and the others have read this room.
    PutMarks {
        room: RoomId,
        reading: Reading,
    },
    PutOutbox {
        item: OutboxItem,
    },
    DropOutbox {
        id: EntryId,
    },
    /// Forget the room's entries, ranges, anchor, cards and marks: it is no longer ours.
    WipeRoom {
        room: RoomId,
    },
    /// Forget all entries, ranges, anchors, cards and marks, but not the outbox: the server's
    /// history was set back.
    WipeEntries,
    PutEpoch {
        epoch: Epoch,
    },
    /// The last `welcome`, as it came, so that a phone without a network can draw itself.
    PutWelcome {
        welcome: Value,
    },
    /// Forget everything: the sign-in is over.
    WipeAll,
}

/// What a screen should look at again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Changed {
    Rooms,
    Room {
        room: RoomId,
    },
    Outbox {
        room: RoomId,
    },
    /// Who is writing there now; never stored, so it comes whole.
    Typing {
        room: RoomId,
        people: Vec<PersonId>,
    },
    Connection {
        state: State,
    },
}

/// How the phone stands with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum State {
    Stopped,
    /// The next try is at `until` (epoch ms), after `attempt` failures in a row.
    Waiting {
        until: i64,
        attempt: u32,
    },
    FetchingToken,
    Opening,
    /// `hello` is sent, `welcome` has not come.
    Greeting,
    Live,
    SignedOut,
}

/// A run of entries without holes, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub from: Seq,
    pub to: Seq,
}

/// A draft on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// Its place in the outbox; grows with every draft.
    pub order: i64,
    pub room: RoomId,
    pub draft: Draft,
    /// When the person last said that it should go, by the phone's clock, epoch ms.
    pub kept_at: i64,
    /// How often the server broke the connection while this was in flight.
    pub strikes: u32,
    pub state: ItemState,
}

/// How far a draft has come. `in_flight` is never written down: after a restart it is `queued`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ItemState {
    Queued,
    /// Transmitted; tried again at `until` (epoch ms) if nothing is heard of it.
    InFlight {
        until: i64,
    },
    /// On the server's disk at this place; leaves the outbox when its entry arrives.
    Sent {
        seq: Seq,
    },
    /// The server asked to try again at `until`, epoch ms.
    Later {
        until: i64,
    },
    /// Not sent in a day: the person is asked whether it should still go. Not sent meanwhile.
    Asking,
    /// Not sent, and why. The words are kept until the person decides.
    Refused {
        code: String,
        words: String,
    },
}

/// What the engine remembers of a card that the store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCard {
    pub target: EntryId,
    /// The place of the target.
    pub seq: Seq,
    pub at_seq: Seq,
    /// The target was removed.
    pub hidden: bool,
}

/// How far a room has been read: by me on any phone, and by the others where that is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub read: Seq,
    /// In ascending order of person.
    pub others: Vec<Mark>,
}

/// What the phone kept from before, as its store read it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Saved {
    pub epoch: Option<Epoch>,
    pub welcome: Option<Value>,
    pub ranges: BTreeMap<RoomId, Vec<Span>>,
    pub anchors: Anchors,
    pub outbox: Vec<OutboxItem>,
    pub cards: BTreeMap<RoomId, Vec<HeldCard>>,
    pub marks: BTreeMap<RoomId, Reading>,
}

/// One step in the making: collects outputs so that they come out in the one order that is safe:
/// first what must be on disk, then what goes out, then what is shown.
pub(super) struct Turn {
    pub(super) now: i64,
    writes: Vec<Output>,
    acts: Vec<Output>,
    changed: BTreeSet<Changed>,
}

impl Turn {
    pub(super) fn at(now: i64) -> Turn {
        Turn { now, writes: Vec::new(), acts: Vec::new(), changed: BTreeSet::new() }
    }

    pub(super) fn write(&mut self, write: Write) {
        self.writes.push(Output::Write { write });
    }

    pub(super) fn act(&mut self, output: Output) {
        self.acts.push(output);
    }

    pub(super) fn transmit(&mut self, frame: ClientFrame) {
        self.act(Output::Transmit { frame });
    }

    pub(super) fn show(&mut self, what: Changed) {
        self.changed.insert(what);
    }

    pub(super) fn into_outputs(self) -> Vec<Output> {
        let shown = self.changed.into_iter().map(|what| Output::Changed { what });
        self.writes.into_iter().chain(self.acts).chain(shown).collect()
    }
}
