//! What a transcript is salted with: texts at the edge of the rules, frames that no good server
//! sends, drafts that must not pass. Everything is drawn from dice and nothing is judged here.

use super::{
    dice::Dice,
    model::{Model, ModelRoom},
};
use crate::engine::{HeldCard, ItemState, Reading};
use roost_shared::{
    Draft, EntryId, PersonId, Refusal, RoomId, Seq,
    kind::poll::QUESTION_MAX_CHARS,
    kind::reaction::EMOJI,
    refusal::Told,
    room::Mark,
    tally::{GATHERING_MAX_MS, REASON_MAX_CHARS, TITLE_MAX_CHARS},
    text::TEXT_MAX_CHARS,
};
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
        0 => draft.kind = "unheard_of".to_owned(),
        1 => draft.body = json!({"text": 5}),
        2 => draft.body = json!({"text": "hello", "colour": "blue"}),
        3 => draft.body = json!("hello"),
        4 => draft.body = json!({}),
        5 => draft.body = json!({"text": "a".repeat(TEXT_MAX_CHARS + dice.below(2))}),
        6 => draft.body = json!({"text": "🐦".repeat(TEXT_MAX_CHARS + dice.below(2))}),
        7..=14 => return odd(dice, at),
        _ => {}
    }
    draft
}

/// A reaction, an edit or a redaction that passes.
pub(super) fn act(dice: &mut Dice, at: i64, target: EntryId) -> Draft {
    let (kind, body) = match dice.below(6) {
        0 => ("redact", json!({})),
        1 | 2 => ("edit", json!({"text": "in other words"})),
        3 => ("reaction", json!({"emoji": null})),
        _ => ("reaction", json!({"emoji": dice.pick(&EMOJI)})),
    };
    let id = EntryId::new(at, dice.bytes());
    Draft { id, kind: kind.to_owned(), target: Some(target), body }
}

/// What a phone may have kept: something said, or something done to the last entry.
pub(super) fn kept(dice: &mut Dice, at: i64, last: Option<EntryId>) -> Draft {
    match last.filter(|_| dice.chance(30)) {
        Some(target) => act(dice, at, target),
        None => message(dice, at, "from last time"),
    }
}

/// A draft of any kind, whose body is at the edge of what passes.
pub(super) fn odd(dice: &mut Dice, at: i64) -> Draft {
    let of = |length: usize| "é".repeat(length);
    let near = dice.below(2);
    let details = json!({
        "title": of(TITLE_MAX_CHARS + near * dice.below(2)), "type": "training",
        "starts_at": 5_000, "ends_at": 5_000 + [1, 0, GATHERING_MAX_MS, GATHERING_MAX_MS + 1]
            [dice.below(4)],
        "place": (*dice.pick(&["Jo's house", " ", "one\nline", "\u{2028}"]).unwrap_or(&"")),
        "places": dice.between(0, 2) * 250 + dice.between(0, 1),
    });
    let table = [
        ("gathering", json!({"details": details})),
        ("gathering", json!({"details": {"title": "Tea", "type": "party"}})),
        ("gathering", json!({"cancelled": {"reason": of(REASON_MAX_CHARS + near)}})),
        ("gathering", json!({"cancelled": {}, "details": {}})),
        ("rsvp", json!({"answer": "going", "heads": dice.between(-1, 22)})),
        ("rsvp", json!({"answer": "not_going", "heads": near, "home": null})),
        ("rsvp", json!({"answer": "maybe"})),
        (
            "poll",
            json!({"ask": {"question": of(QUESTION_MAX_CHARS + near), "options": ["a", "b"]}}),
        ),
        ("poll", json!({"ask": {"question": "a?", "options": ["a", near, "a"]}})),
        ("poll", json!({"choose": {"option": dice.between(-1, 257)}})),
        ("poll", json!({"close": {}, "choose": {}})),
        ("reaction", json!({"emoji": "❤️"})),
        ("reaction", json!({"emoji": "\u{2764}"})),
        ("reaction", json!({})),
        ("reaction", json!({"emoji": 5})),
        ("edit", json!({"text": TEXTS[dice.below(TEXTS.len())]})),
        ("pin", json!({"pinned": true})),
        ("pin", json!({"pinned": null})),
        ("confirm", json!({})),
        ("confirm", json!([])),
        ("redact", json!({"why": "typo"})),
        ("message", json!({"text": "read this", "please_confirm": near == 0})),
        ("message", json!({"text": "read this", "please_confirm": null})),
        ("member", json!({"person": EntryId::new(at, dice.bytes()), "change": "left"})),
    ];
    let (kind, body) = table[dice.below(table.len())].clone();
    Draft { id: EntryId::new(at, dice.bytes()), kind: kind.to_owned(), target: None, body }
}

/// What a phone may have kept of a room's cards: some, and some of them as they were.
pub(super) fn held_cards(dice: &mut Dice, room: &ModelRoom) -> Vec<HeldCard> {
    let mut held = Vec::new();
    for (target, card) in &room.cards {
        let seq = |name: &str| card[name].as_i64().unwrap_or(0);
        let old = i64::from(dice.chance(50));
        let hidden = old == 0 && !card["hidden"].is_null();
        let (seq, at_seq) = (Seq(seq("seq")), Seq(seq("at_seq") - old));
        if dice.chance(60) {
            held.push(HeldCard { target: *target, seq, at_seq, hidden });
        }
    }
    held
}

/// How far a phone may have known a room to be read.
pub(super) fn reading(dice: &mut Dice, room: &ModelRoom) -> Reading {
    let head = i64::try_from(room.log.len()).unwrap_or(0);
    let read = Seq(if dice.chance(50) { dice.between(0, head) } else { 0 });
    let person = PersonId::new(1, [u8::try_from(dice.below(3)).unwrap_or(0); 10]);
    let mark = Mark { person, delivered: read, read: Seq(dice.between(0, head)) };
    Reading { read, others: if dice.chance(40) { vec![mark] } else { Vec::new() } }
}

/// Marks and typing that are not in order, or of a room that tells of neither.
pub(super) fn odd_marks(dice: &mut Dice, room: RoomId, me: PersonId) -> String {
    let person = PersonId::new(dice.between(1, 3), [1; 10]);
    let mark = |read: Value| json!({"person": person, "delivered": 2, "read": read});
    let frame = match dice.below(8) {
        0 => json!({"t": "marks", "room": room, "marks": [mark(json!(1)), mark(json!(-1))]}),
        1 => json!({"t": "marks", "room": room, "marks": [mark(json!("4"))]}),
        2 => json!({"t": "marks", "room": room, "marks": {}}),
        3 => json!({"t": "marks", "room": room}),
        4 => json!({"t": "marks", "room": room, "marks": [mark(json!(3)), mark(json!(9))]}),
        5 => json!({"t": "typing", "room": room, "person": "Jo"}),
        6 => json!({"t": "typing", "room": room, "person": me}),
        _ => json!({"t": "typing", "room": RoomId::new(1, dice.bytes()), "person": person}),
    };
    frame.to_string()
}

/// How far a draft may have come when the phone was last switched off.
pub(super) fn item_state(dice: &mut Dice, now: i64, head: i64) -> ItemState {
    let words = "Kept from before.".to_owned();
    match dice.below(9) {
        0 => ItemState::InFlight { until: now + 5 },
        1 => ItemState::Sent { seq: Seq(dice.between(1, head + 2)) },
        2 => ItemState::Later { until: now + dice.between(-500, 5_000) },
        3 => ItemState::Later { until: now + 9_000_000 },
        4 => ItemState::Asking,
        5 => ItemState::Refused { code: "text_too_long".to_owned(), words },
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
    let mut page = json!({
        "t": "page", "room": room, "from": start + 1, "to": end, "head": end + dice.below(3),
        "entries": &log[start..end], "note": "fields from the future are no harm",
    });
    match dice.below(6) {
        0 => page["anchor"] = json!("9.told.before"),
        1 => page["anchor"] = json!("an anchor, but not as it is written"),
        2 => page["anchor"] = json!(9),
        3 => page["anchor"] = json!("x".repeat(65)),
        _ => {}
    }
    // As it was before something was removed.
    for entry in page["entries"].as_array_mut().into_iter().flatten() {
        if entry["body"].is_null() {
            entry["body"] = json!({"text": "words that are gone"});
        }
    }
    if let Some(room) = model.rooms.get(&room).filter(|_| dice.chance(60)) {
        let cards = room.cards.values().filter(|_| dice.chance(30)).cloned();
        page["cards"] = cards.collect();
    }
    page
}

/// A page with one thing wrong.
pub(super) fn bent_page(dice: &mut Dice, model: &Model, room: RoomId) -> String {
    let mut page = page(dice, model, room);
    match dice.below(14) {
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
        11 => page["cards"] = bent_cards(dice),
        _ => bend_entry(&mut page, "kind", json!("unheard_of")),
    }
    page.to_string()
}

/// Cards of which some cannot be read; they must not take the others with them.
fn bent_cards(dice: &mut Dice) -> Value {
    let target = EntryId::new(1, dice.bytes());
    let card = |seq: Value, at_seq: Value| json!({"target": target, "seq": seq, "at_seq": at_seq});
    let good = card(json!(1), json!(dice.between(1, 40)));
    match dice.below(6) {
        0 => json!({}),
        1 => json!([5, good]),
        2 => json!([card(json!(1.5), json!(2)), good]),
        3 => json!([card(json!(-1), json!(2)), good]),
        4 => json!([{"seq": 1, "at_seq": 2}, good, good]),
        _ => json!([card(json!(2), Value::Null), good]),
    }
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
