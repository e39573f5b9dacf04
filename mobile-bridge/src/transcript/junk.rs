//! What a transcript is salted with: texts at the edge of the rules, frames that no good server
//! sends, drafts that must not pass. Everything is drawn from dice and nothing is judged here.

use super::{dice::Dice, model::Model};
use crate::engine::ItemState;
use roost_shared::{Draft, EntryId, Refusal, RoomId, Seq, refusal::Told, text::TEXT_MAX_CHARS};
use serde_json::{Value, json};

/// Texts at the edge: what is blank or a control character differs between languages.
const TEXTS: [&str; 16] = [
    "Is anyone free for a cuppa?",
    "On my way",
    "two\nlines\tand a tab",
    "👩‍👧‍👦",
    "<b>\"quoted\" \\ & 'all'</b>",
    "é\u{301} \u{200f}mixed",
    "",
    " \n\t ",
    "\u{a0}\u{3000}",
    "\u{feff}",
    "\u{200b}",
    "nul \0 byte",
    "next line \u{85}",
    "carriage\r\nreturn",
    "\u{2028}",
    "delete \u{7f}",
];

/// Messages that are no JSON, no object, or no frame.
const NOISE: [&str; 12] = [
    "",
    "{",
    "null",
    "[]",
    "5",
    "{}x",
    "{\"t\":5}",
    "{\"t\":null}",
    "{\"t\":\"weather\",\"of\":\"tomorrow\"}",
    "{\"t\":\"page\"}",
    "{\"t\":\"beat\",\"digest\":7}",
    "{\"t\":\"weather\",\"t\":\"beat\",\"digest\":\"00000000\"}",
];

/// A message that passes.
pub(super) fn message(dice: &mut Dice, at: i64, text: &str) -> Draft {
    let id = EntryId::new(at, dice.bytes());
    Draft { id, kind: "message".to_owned(), target: None, body: json!({"text": text}) }
}

/// Mostly a message that passes.
pub(super) fn draft(dice: &mut Dice, at: i64) -> Draft {
    let choice = if dice.chance(70) { 6 } else { TEXTS.len() };
    let text = TEXTS[dice.below(choice)];
    let mut draft = message(dice, at, text);
    match dice.below(60) {
        0 => draft.kind = "poll".to_owned(),
        1 => draft.body = json!({"text": 5}),
        2 => draft.body = json!({"text": "hello", "colour": "blue"}),
        3 => draft.body = json!("hello"),
        4 => draft.body = json!({}),
        5 => draft.body = json!({"text": "a".repeat(TEXT_MAX_CHARS + dice.below(2))}),
        6 => draft.body = json!({"text": "🐦".repeat(TEXT_MAX_CHARS + dice.below(2))}),
        _ => {}
    }
    draft
}

/// How far a draft may have come when the phone was last switched off.
pub(super) fn item_state(dice: &mut Dice, now: i64, head: i64) -> ItemState {
    let words = "Kept from before.".to_owned();
    match dice.below(8) {
        0 => ItemState::InFlight { until: now + 5 },
        1 => ItemState::Sent { seq: Seq(dice.between(1, head + 2)) },
        2 => ItemState::Later { until: now + dice.between(-500, 5_000) },
        3 => ItemState::Later { until: now + 9_000_000 },
        4 => ItemState::Refused { code: "text_too_long".to_owned(), words },
        _ => ItemState::Queued,
    }
}

/// `refused` with a known or unknown code.
pub(super) fn refusal(dice: &mut Dice, room: Option<RoomId>, id: Option<EntryId>) -> String {
    let mut frame = told(dice);
    frame["t"] = json!("refused");
    frame["room"] = json!(room);
    if id.is_some() || dice.chance(50) {
        frame["id"] = json!(id);
    }
    frame.to_string()
}

/// `bye`, sometimes with a wait that must be bounded.
pub(super) fn bye(dice: &mut Dice) -> String {
    let mut frame = told(dice);
    frame["t"] = json!("bye");
    frame["retry_ms"] = json!(*dice.pick(&[0, 300, 2_500, 900_000, -4]).unwrap_or(&0));
    frame.to_string()
}

fn told(dice: &mut Dice) -> Value {
    let refusal = *dice.pick(Refusal::ALL).unwrap_or(&Refusal::Busy);
    let mut told = json!(Told::from(refusal));
    match dice.below(12) {
        0 => told["code"] = json!("a_code_from_the_future"),
        1 => told["class"] = json!("a_class_from_the_future"),
        2 => told["after_ms"] = json!(99_000_000),
        3 => told["after_ms"] = Value::Null,
        4 => told["code"] = Value::Null,
        _ => {}
    }
    told
}

/// A page that was true once: any run of the log, told with an old head.
pub(super) fn stale_page(dice: &mut Dice, model: &Model, room: RoomId) -> String {
    page(dice, model, room).to_string()
}

fn page(dice: &mut Dice, model: &Model, room: RoomId) -> Value {
    let log = model.rooms.get(&room).map_or(&[][..], |room| &room.log);
    let start = dice.below(log.len() + 1);
    let end = (start + dice.below(6)).min(log.len());
    json!({
        "t": "page", "room": room, "from": start + 1, "to": end, "head": end + dice.below(3),
        "entries": &log[start..end], "note": "fields from the future are no harm",
    })
}

/// A page with one thing wrong.
pub(super) fn bent_page(dice: &mut Dice, model: &Model, room: RoomId) -> String {
    let mut page = page(dice, model, room);
    match dice.below(12) {
        0 => page["from"] = json!(0),
        1 => page["to"] = json!(3),
        2 => page["to"] = json!("3"),
        3 => page["head"] = json!(-1),
        4 => page["head"] = json!(9_007_199_254_740_993_i64),
        5 => page["head"] = json!(1.5),
        6 => page["room"] = json!(room.to_string().to_uppercase()),
        7 => page["entries"] = Value::Null,
        8 => bend_entry(&mut page, "seq", json!(77)),
        9 => bend_entry(&mut page, "id", json!("not an id")),
        10 => bend_entry(&mut page, "kind", Value::Null),
        _ => bend_entry(&mut page, "kind", json!("poll")),
    }
    page.to_string()
}

fn bend_entry(page: &mut Value, field: &str, value: Value) {
    if let Some(entry) = page["entries"].get_mut(0) {
        entry[field] = value;
    }
}

/// A well-formed frame that answers nothing.
pub(super) fn stray(dice: &mut Dice, room: RoomId, id: Option<EntryId>) -> String {
    let id = id.unwrap_or_else(|| EntryId::new(1, dice.bytes()));
    let frame = match dice.below(5) {
        0 => json!({"t": "ack", "room": room, "id": id, "seq": dice.between(1, 30), "at": 5}),
        1 => json!({"t": "ack", "room": room, "id": id, "seq": 0, "at": 5}),
        2 => json!({"t": "beat", "digest": "0badbeef"}),
        3 => json!({"t": "welcome", "rooms": [{"room": room, "floor": 0, "head": 4}]}),
        _ => json!({"t": "page", "room": room, "from": 4, "to": 3, "head": 3, "entries": []}),
    };
    frame.to_string()
}

pub(super) fn noise(dice: &mut Dice) -> String {
    (*dice.pick(&NOISE).unwrap_or(&"")).to_owned()
}
