//! The WebSocket protocol, version 1. `shared/PROTOCOL.md` tells it in words; vectors show each
//! frame. A frame is one JSON text message with its name in `t`. Live delivery and resume use the
//! same `page`.

use crate::{
    card::CardOf,
    entry::Entry,
    id::{ConstellationId, EntryId, Epoch, HomeId, PersonId, RoomId, Seq},
    json,
    policy::Role,
    refusal::{Refusal, Told},
    room::{Listed, Mark},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The protocol version this build speaks.
pub const VERSION: u16 = 1;

/// The largest frame a phone may send, in bytes of UTF-8.
pub const FRAME_MAX_BYTES: usize = 64 * 1024;

/// The most entries in one page.
pub const PAGE_MAX_ENTRIES: i64 = 200;

/// The most bytes of entries and cards in one page; a single larger entry still travels, with its
/// cards and alone.
pub const PAGE_MAX_BYTES: usize = 128 * 1024;

/// While somebody types, their phone says so at most this often, ms.
pub const TYPING_EVERY_MS: i64 = 3_000;

/// That somebody types is shown for this long after it was last heard, ms.
pub const TYPING_SHOWN_MS: i64 = 6_000;

/// A phone says how far it has read, and is told how far others have, at most this often, ms.
pub const MARKS_EVERY_MS: i64 = 1_000;

/// Where a phone stands in each of its rooms.
pub type Cursors = BTreeMap<RoomId, Seq>;

/// What the server said of the last entry that a phone holds of each of its rooms.
pub type Anchors = BTreeMap<RoomId, String>;

/// What a phone says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// First, within the hello time: who I am, and what I already have.
    Hello {
        v: u16,
        /// An access token. It travels nowhere else.
        token: String,
        /// The epoch the cursors belong to; cursors of another epoch count as 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        epoch: Option<Epoch>,
        #[serde(default, deserialize_with = "json::map")]
        #[cfg_attr(test, ts(type = "Record<string, number>"))]
        cursors: Cursors,
        /// Of each room the anchor of the last page that held its newest entry here.
        #[serde(
            default,
            deserialize_with = "json::map",
            skip_serializing_if = "BTreeMap::is_empty"
        )]
        #[cfg_attr(test, ts(optional, as = "Option<BTreeMap<String, String>>"))]
        anchors: Anchors,
    },
    /// Add this to a room. Answered by `ack` or `refused`.
    Append {
        room: RoomId,
        id: EntryId,
        kind: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        target: Option<EntryId>,
        #[serde(deserialize_with = "json::value")]
        #[cfg_attr(test, ts(type = "unknown"))]
        body: Value,
    },
    /// Read a room: the entries after a seq, or the last ones before it (one of the two, not both).
    /// Answered by one `page`.
    Range {
        room: RoomId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        after: Option<Seq>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        before: Option<Seq>,
        /// At most this many entries, 1 to 200; 200 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional, type = "number"))]
        limit: Option<i64>,
    },
    /// Stand here again; the server sends what follows, as after `hello`.
    Resume {
        #[serde(deserialize_with = "json::map")]
        #[cfg_attr(test, ts(type = "Record<string, number>"))]
        cursors: Cursors,
        /// As in `hello`.
        #[serde(
            default,
            deserialize_with = "json::map",
            skip_serializing_if = "BTreeMap::is_empty"
        )]
        #[cfg_attr(test, ts(optional, as = "Option<BTreeMap<String, String>>"))]
        anchors: Anchors,
    },
    /// I have read everything up to here. Only ever raises what is known; not answered.
    Mark { room: RoomId, read: Seq },
    /// I am writing something. Not answered.
    Typing { room: RoomId },
    /// The answer to a `beat`: the digest of where this phone stands.
    Beat { digest: String },
}

/// Which side of a seq to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Ascending from the entry after it.
    After(Seq),
    /// The last entries below it, told in ascending order.
    Before(Seq),
}

impl Side {
    /// From the two optional fields of a request.
    ///
    /// # Errors
    /// `FrameMalformed` unless exactly one is given, not negative and below 2^53.
    pub fn read(after: Option<Seq>, before: Option<Seq>) -> Result<Side, Refusal> {
        match (after, before) {
            (Some(seq), None) if Side::is_a_place(seq) => Ok(Side::After(seq)),
            (None, Some(seq)) if Side::is_a_place(seq) => Ok(Side::Before(seq)),
            _ => Err(Refusal::FrameMalformed),
        }
    }

    /// Within what every JSON reader takes for an integer (RFC 8259, § 6).
    fn is_a_place(seq: Seq) -> bool {
        (0..1 << 53).contains(&seq.0)
    }
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The answer to `hello`, and again whenever my rooms or their people change.
    Welcome(Box<Welcome>),
    /// Entries of a room, in order, without holes.
    Page(Page),
    /// The draft is on disk at this place. It does not move a cursor: only pages do.
    Ack {
        room: RoomId,
        id: EntryId,
        seq: Seq,
        #[cfg_attr(test, ts(type = "number"))]
        at: i64,
    },
    /// A frame was refused; the connection lives on. `room` and `id` name the draft, if it was one.
    Refused {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        room: Option<RoomId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        id: Option<EntryId>,
        #[serde(flatten)]
        told: Told,
    },
    /// Somebody has received or read more of a room; my own mark too, when another of my phones
    /// read on.
    Marks { room: RoomId, marks: Vec<Mark> },
    /// Somebody else is writing something.
    Typing { room: RoomId, person: PersonId },
    /// Heartbeat and beacon: the digest of the heads of my rooms.
    Beat { digest: String },
    /// The last frame before the server closes, and how long to stay away.
    Bye {
        #[serde(flatten)]
        told: Told,
        /// Come back after this long, ms; spread by the server so that phones do not return at
        /// once.
        #[cfg_attr(test, ts(type = "number"))]
        retry_ms: i64,
    },
}

/// Everything a phone needs to draw itself, but for the entries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Welcome {
    pub v: u16,
    pub epoch: Epoch,
    /// The server's clock, epoch ms.
    #[cfg_attr(test, ts(type = "number"))]
    pub now: i64,
    /// A `beat` comes this often, ms.
    #[cfg_attr(test, ts(type = "number"))]
    pub beat_ms: i64,
    /// Give up on the connection after this much silence, ms.
    #[cfg_attr(test, ts(type = "number"))]
    pub silence_ms: i64,
    /// After a lost connection wait this long before the first try, ms; drawn for this phone.
    #[cfg_attr(test, ts(type = "number"))]
    pub retry_ms: i64,
    pub me: PersonId,
    /// The constellations I am of: one, but for a liaison worker.
    #[serde(default)]
    pub constellations: Vec<ConstellationCard>,
    /// My rooms. A room that is not listed is wiped from the phone.
    pub rooms: Vec<Listed>,
    /// Everyone whose name may stand beside an entry or in a list.
    pub people: Vec<PersonCard>,
    pub homes: Vec<HomeCard>,
}

/// A constellation that I am of, and which of the rooms, people and homes of `welcome` are its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConstellationCard {
    pub constellation: ConstellationId,
    pub name: String,
    /// What I am there.
    pub role: Role,
    pub rooms: Vec<RoomId>,
    pub people: Vec<PersonId>,
    pub homes: Vec<HomeId>,
}

/// A person as others of the constellation see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PersonCard {
    pub person: PersonId,
    pub name: String,
    pub role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub home: Option<HomeId>,
    /// Whether they have left; of several constellations, all of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
}

/// A home as others of the constellation see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HomeCard {
    pub home: HomeId,
    pub name: String,
    pub hub: bool,
}

/// A run of entries of one room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Page {
    pub room: RoomId,
    /// The first seq it covers.
    pub from: Seq,
    /// The last seq it covers; `from - 1` when there was nothing to read.
    pub to: Seq,
    /// The room's head when it was read.
    pub head: Seq,
    /// What the room's history up to `to` is known by: `seq.chain.seal`. The phone keeps it as it
    /// came. Absent from a page without entries, and where the history is older than anchors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub anchor: Option<String>,
    /// `to - from + 1` entries, ascending.
    pub entries: Vec<Entry>,
    /// As they are now: the cards of these entries, and of those that these entries changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardOf>,
}

/// The names of the client frames, for telling an unknown frame from a malformed one.
const CLIENT_FRAMES: [&str; 7] = ["hello", "append", "range", "resume", "mark", "typing", "beat"];

/// A message that is no client frame, and what could still be made out of it: the room and the
/// draft that the refusal is to name, so that a phone knows what it waits for in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    pub refusal: Refusal,
    pub room: Option<RoomId>,
    pub id: Option<EntryId>,
}

impl ClientFrame {
    /// Reads one text message.
    ///
    /// # Errors
    /// `FrameTooLarge`, `FrameMalformed`, `FrameUnknown`; `VersionUnknown` for a `hello` of another
    /// version, whatever else it says.
    pub fn decode(text: &str) -> Result<ClientFrame, Unread> {
        if text.len() > FRAME_MAX_BYTES {
            return Err(Unread { refusal: Refusal::FrameTooLarge, room: None, id: None });
        }
        // serde would also take a list: the name first, then the fields in their order.
        if !text.trim_start().starts_with('{') {
            return Err(Unread::of(text));
        }
        serde_json::from_str(text).map_err(|_| Unread::of(text))
    }

    /// The frame as one text message.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("a frame has string keys, which always encode")
    }
}

impl Unread {
    fn of(text: &str) -> Unread {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        let field = |name: &str| value.get(name).and_then(Value::as_str);
        let refusal = match field("t") {
            Some("hello") if value.get("v").is_some_and(|v| *v != VERSION) => {
                Refusal::VersionUnknown
            }
            Some(name) if !CLIENT_FRAMES.contains(&name) => Refusal::FrameUnknown,
            _ => Refusal::FrameMalformed,
        };
        let room = field("room").and_then(|room| room.parse().ok());
        Unread { refusal, room, id: field("id").and_then(|id| id.parse().ok()) }
    }
}

impl From<Refusal> for Unread {
    fn from(refusal: Refusal) -> Unread {
        Unread { refusal, room: None, id: None }
    }
}

impl ServerFrame {
    /// The frame as one text message.
    pub fn encode(&self) -> String {
        serde_json::to_string(self).expect("a frame has string keys, which always encode")
    }
}

/// The digest of where somebody stands: 32-bit FNV-1a over a line for each room in ascending order,
/// as eight hex digits. The line is `room:seq:chain\n` with the chain of the anchor at that seq, or
/// `room:seq\n` where there is none. It finds what was missed or differs; it proves nothing.
pub fn digest<C: AsRef<str>>(stands: impl IntoIterator<Item = (RoomId, Seq, Option<C>)>) -> String {
    let mut ordered: Vec<_> = stands.into_iter().collect();
    ordered.sort_unstable_by_key(|(room, ..)| *room);
    let mut hash: u32 = 0x811c_9dc5;
    for (room, seq, chain) in ordered {
        let line = match chain {
            Some(chain) => format!("{room}:{seq}:{}\n", chain.as_ref()),
            None => format!("{room}:{seq}\n"),
        };
        for byte in line.bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    format!("{hash:08x}")
}

/// The chain of an anchor at this seq; `None` of an anchor at another one.
pub fn chain_at(anchor: &str, seq: Seq) -> Option<&str> {
    let (at, rest) = anchor.split_once('.')?;
    (at == seq.to_string()).then(|| rest.split('.').next())?
}
