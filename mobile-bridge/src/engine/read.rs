//! Reads what the server says, by hand and leniently: unknown fields are kept, unknown frames are
//! nothing, and only the fields the engine needs must be well-formed. It judges no content.
//! By hand, not by serde, so that the TypeScript engine can obey the very same rules.

use super::face::HeldCard;
use roost_shared::{
    EntryId, Epoch, PersonId, RoomId, Seq,
    refusal::Class,
    room::{Mark, RoomKind},
};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fmt::Display, str::FromStr};

/// The largest integer that JavaScript keeps exactly, 2^53 - 1. Larger ones are malformed.
const INT_MAX: i64 = (1 << 53) - 1;

/// The longest anchor that is kept, in bytes.
const ANCHOR_MAX: usize = 64;

/// A server frame, as far as the engine looks at it.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    Welcome(Greeting),
    Page(Page),
    Ack {
        room: RoomId,
        id: EntryId,
        seq: Seq,
    },
    Refused {
        room: Option<RoomId>,
        id: Option<EntryId>,
        no: No,
    },
    Marks {
        room: RoomId,
        marks: Vec<Mark>,
    },
    Typing {
        room: RoomId,
        person: PersonId,
    },
    Beat {
        digest: String,
    },
    Bye {
        no: No,
        retry_ms: i64,
    },
    /// Unknown or malformed: a sign of life, and nothing else.
    Noise,
}

#[derive(Debug, PartialEq)]
pub(super) struct Greeting {
    pub(super) epoch: Epoch,
    pub(super) silence_ms: i64,
    pub(super) retry_ms: i64,
    pub(super) rooms: BTreeMap<RoomId, Listing>,
    pub(super) me: Option<PersonId>,
    /// Whether my reading is noted: nothing is, on when a young person looks.
    pub(super) noted: bool,
    /// The whole frame without its `t`.
    pub(super) raw: Value,
}

/// One of my rooms, as far as the engine looks at it.
#[derive(Debug, PartialEq)]
pub(super) struct Listing {
    pub(super) floor: Seq,
    pub(super) head: Seq,
    /// Whether people there see that somebody is writing.
    pub(super) has_typing: bool,
    pub(super) read: Seq,
    pub(super) marks: Vec<Mark>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub(super) room: RoomId,
    pub(super) from: Seq,
    pub(super) to: Seq,
    pub(super) head: Seq,
    pub(super) anchor: Option<String>,
    /// As they came; entry number i has seq `from + i`.
    pub(super) entries: Vec<Value>,
    pub(super) ids: Vec<EntryId>,
    /// Each with what the engine looks at. Those that cannot be read are left out: a card moves
    /// no cursor.
    pub(super) cards: Vec<(HeldCard, Value)>,
}

impl Page {
    /// Who wrote what of it stands above `head`.
    pub(super) fn authors_above(&self, head: Seq) -> Vec<PersonId> {
        let numbered = (self.from.0..).map(Seq).zip(&self.entries);
        let new = numbered.filter(|(seq, _)| *seq > head);
        new.filter_map(|(_, entry)| id(entry.as_object()?, "author")).collect()
    }
}

/// A refusal (`Told` of the contract), whose code may be one that this build does not know.
#[derive(Debug, PartialEq)]
pub(super) struct No {
    pub(super) code: String,
    pub(super) class: Class,
    pub(super) words: String,
    pub(super) after_ms: i64,
}

pub(super) type Fields = Map<String, Value>;

/// Reads one text message.
pub(super) fn frame(text: &str) -> Heard {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(text) else { return Heard::Noise };
    let Some(Value::String(name)) = fields.remove("t") else { return Heard::Noise };
    let heard = match name.as_str() {
        "welcome" => greeting(Value::Object(fields)).map(Heard::Welcome),
        "page" => page(fields).map(Heard::Page),
        "ack" => ack(&fields),
        "refused" => refused(&fields),
        "marks" => heard_marks(&fields),
        "typing" => typing(&fields),
        "beat" => words(&fields, "digest").map(|digest| Heard::Beat { digest }),
        "bye" => bye(&fields),
        _ => None,
    };
    heard.unwrap_or(Heard::Noise)
}

/// Reads a `welcome` without its `t`, from the wire or from the store.
pub(super) fn greeting(raw: Value) -> Option<Greeting> {
    let fields = raw.as_object()?;
    let mut rooms = BTreeMap::new();
    for listed in fields.get("rooms")?.as_array()? {
        let listed = listed.as_object()?;
        rooms.insert(id(listed, "room")?, listing(listed)?);
    }
    let me = id(fields, "me");
    Some(Greeting {
        epoch: id(fields, "epoch")?,
        silence_ms: int(fields, "silence_ms")?,
        retry_ms: int(fields, "retry_ms")?,
        rooms,
        me,
        noted: !is_young(fields, me),
        raw,
    })
}

fn listing(fields: &Fields) -> Option<Listing> {
    let (floor, head) = (int(fields, "floor")?, int(fields, "head")?);
    if floor < 1 || head < 0 {
        return None;
    }
    let kind = words(fields, "kind").and_then(|kind| RoomKind::parse(&kind));
    Some(Listing {
        floor: Seq(floor),
        head: Seq(head),
        has_typing: kind.is_some_and(RoomKind::has_typing),
        read: if absent(fields, "read") { Seq::ZERO } else { place(fields, "read")? },
        marks: if absent(fields, "marks") { Vec::new() } else { marks(fields)? },
    })
}

/// Whether the server that sent this entry did not know its kind: it has no moment and no body.
pub(super) fn is_bare(entry: &Value) -> bool {
    ["at", "body"].iter().all(|name| entry.get(name).is_none())
}

fn is_young(fields: &Fields, me: Option<PersonId>) -> bool {
    let people = fields.get("people").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut mine = people.iter().filter_map(Value::as_object).filter(|card| {
        let person: Option<PersonId> = id(card, "person");
        person.is_some() && person == me
    });
    mine.any(|card| words(card, "role").as_deref() == Some("young"))
}

fn heard_marks(fields: &Fields) -> Option<Heard> {
    Some(Heard::Marks { room: id(fields, "room")?, marks: marks(fields)? })
}

fn marks(fields: &Fields) -> Option<Vec<Mark>> {
    let mark = |value: &Value| {
        let fields = value.as_object()?;
        Some(Mark {
            person: id(fields, "person")?,
            delivered: place(fields, "delivered")?,
            read: place(fields, "read")?,
        })
    };
    fields.get("marks")?.as_array()?.iter().map(mark).collect()
}

fn typing(fields: &Fields) -> Option<Heard> {
    Some(Heard::Typing { room: id(fields, "room")?, person: id(fields, "person")? })
}

fn page(mut fields: Fields) -> Option<Page> {
    let room = id(&fields, "room")?;
    let (from, to, head) = (int(&fields, "from")?, int(&fields, "to")?, int(&fields, "head")?);
    let Some(Value::Array(entries)) = fields.remove("entries") else { return None };
    // All or nothing: a page with one bad entry would leave a hole that looks like none.
    if from < 1 || head < 0 || i64::try_from(entries.len()).ok()? != to - from + 1 {
        return None;
    }
    let ids = (from..=to)
        .zip(&entries)
        .map(|(seq, entry)| entry_id(entry, seq))
        .collect::<Option<_>>()?;
    let cards = match fields.remove("cards") {
        Some(Value::Array(cards)) => cards,
        _ => Vec::new(),
    };
    let cards = cards.into_iter().filter_map(|raw| Some((card(&raw)?, raw))).collect();
    let anchor = words(&fields, "anchor").filter(|text| is_anchor(text));
    Some(Page { room, from: Seq(from), to: Seq(to), head: Seq(head), anchor, entries, ids, cards })
}

/// Kept and given back as it came, so it is bounded, and of letters that are one byte each.
fn is_anchor(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=ANCHOR_MAX).contains(&text.len()) && text.bytes().all(plain)
}

fn card(raw: &Value) -> Option<HeldCard> {
    let fields = raw.as_object()?;
    let (seq, at_seq) = (place(fields, "seq")?, place(fields, "at_seq")?);
    Some(HeldCard { target: id(fields, "target")?, seq, at_seq, hidden: !absent(fields, "hidden") })
}

/// The id of an entry that stands at `seq` and says what kind it is.
fn entry_id(entry: &Value, seq: i64) -> Option<EntryId> {
    let fields = entry.as_object()?;
    words(fields, "kind")?;
    if int(fields, "seq")? == seq { id(fields, "id") } else { None }
}

fn ack(fields: &Fields) -> Option<Heard> {
    let seq = int(fields, "seq")?;
    (seq >= 1).then_some(())?;
    Some(Heard::Ack { room: id(fields, "room")?, id: id(fields, "id")?, seq: Seq(seq) })
}

fn refused(fields: &Fields) -> Option<Heard> {
    let room = if absent(fields, "room") { None } else { Some(id(fields, "room")?) };
    let draft = if absent(fields, "id") { None } else { Some(id(fields, "id")?) };
    Some(Heard::Refused { room, id: draft, no: no(fields)? })
}

fn bye(fields: &Fields) -> Option<Heard> {
    Some(Heard::Bye { no: no(fields)?, retry_ms: int(fields, "retry_ms")? })
}

fn no(fields: &Fields) -> Option<No> {
    let class = match words(fields, "class")?.as_str() {
        "final" => Class::Final,
        "later" => Class::Later,
        "sign_in_again" => Class::SignInAgain,
        _ => return None,
    };
    let after_ms = if absent(fields, "after_ms") { 0 } else { int(fields, "after_ms")? };
    Some(No { code: words(fields, "code")?, class, words: words(fields, "words")?, after_ms })
}

fn absent(fields: &Fields, name: &str) -> bool {
    fields.get(name).is_none_or(Value::is_null)
}

fn int(fields: &Fields, name: &str) -> Option<i64> {
    fields.get(name)?.as_i64().filter(|n| (-INT_MAX..=INT_MAX).contains(n))
}

/// An integer that can be a place in a log, or 0 for none.
fn place(fields: &Fields, name: &str) -> Option<Seq> {
    int(fields, name).filter(|n| *n >= 0).map(Seq)
}

fn words(fields: &Fields, name: &str) -> Option<String> {
    fields.get(name)?.as_str().map(str::to_owned)
}

/// An identity in its one spelling: lower case, with hyphens.
pub(super) fn id<T: FromStr + Display>(fields: &Fields, name: &str) -> Option<T> {
    let text = fields.get(name)?.as_str()?;
    text.parse::<T>().ok().filter(|id| id.to_string() == text)
}
