//! What people do in a room, drawn from chance: mostly what is likely to be taken, so that much
//! becomes of the entries there are.

use super::model::Room;
use roost_shared::{Draft, Entry, EntryId, HomeId, PersonId, policy::Role};
use roost_tests::dice::Dice;
use serde_json::{Value, json};

const HOUR_MS: i64 = 3_600_000;
/// How far back somebody looks for something to answer.
const BACK: usize = 12;

/// Somebody who may be in the room.
#[derive(Clone, Copy, Debug)]
pub struct Player {
    pub person: PersonId,
    pub role: Role,
    pub home: Option<HomeId>,
}

/// A draft, and whose; nobody's is the service's own.
pub struct Act {
    pub by: Option<Player>,
    pub draft: Draft,
}

/// Somebody's next act at this time.
pub fn draw(dice: &mut Dice, room: &Room, players: &[Player], now: i64) -> Act {
    let mut by = pick(dice, players);
    let details = json!({"title": "Picnic", "type": "meet_up", "places": 1 + dice.below(8),
        "starts_at": now + HOUR_MS * whole(dice.below(30)),
        "ends_at": now + HOUR_MS * (31 + whole(dice.below(9)))});
    let text = json!({"text": format!("hello {}", dice.below(9))});
    let mut target = one_of(dice, room, "message");
    let (kind, body) = match dice.below(27) {
        0..=3 => {
            target = None;
            ("message", text)
        }
        4 => {
            (by, target) = (leader(dice, players), None);
            ("message", json!({"text": "hello", "please_confirm": true}))
        }
        5 => ("message", text),
        6..=8 => ("reaction", emoji(dice)),
        9..=11 => {
            by = author(dice, room, target, players).unwrap_or(by);
            ("edit", text)
        }
        12 | 13 => {
            by = author(dice, room, target, players).unwrap_or(by);
            ("redact", json!({}))
        }
        14 => ("pin", json!({"pinned": dice.below(3) > 0})),
        15 | 16 => {
            target = last(dice, room, asks_to_confirm);
            ("confirm", json!({}))
        }
        17 | 18 => {
            by = leader(dice, players);
            target = one_of(dice, room, "gathering").filter(|_| dice.below(2) == 0);
            let off = target.is_some() && dice.below(3) == 0;
            ("gathering", if off { json!({"cancelled": {}}) } else { json!({"details": details}) })
        }
        19..=21 => {
            target = one_of(dice, room, "gathering");
            ("rsvp", answer(dice))
        }
        22..=24 => {
            target = one_of(dice, room, "poll").filter(|_| dice.below(5) > 0);
            ("poll", show_of_hands(dice, target.is_some()))
        }
        _ => {
            let change = if room.members.contains_key(&by.person) { "left" } else { "joined" };
            let body = json!({"person": by.person, "change": change});
            return Act { by: None, draft: draft(dice, now, ("member", None, body)) };
        }
    };
    Act { by: Some(by), draft: draft(dice, now, (kind, target, body)) }
}

fn draft(dice: &mut Dice, now: i64, (kind, target, body): (&str, Option<EntryId>, Value)) -> Draft {
    let mut entropy = [0; 10];
    entropy[..8].copy_from_slice(&dice.throw().to_le_bytes());
    Draft { id: EntryId::new(now, entropy), kind: kind.to_owned(), target, body }
}

/// One of the last entries of this kind, and sometimes any entry at all.
fn one_of(dice: &mut Dice, room: &Room, kind: &str) -> Option<EntryId> {
    let any = dice.below(12) == 0;
    last(dice, room, |entry| any || entry.kind == kind)
}

/// One of the last entries that are wanted.
fn last(dice: &mut Dice, room: &Room, wanted: impl Fn(&Entry) -> bool) -> Option<EntryId> {
    let last = room.log.iter().rev().filter(|entry| wanted(entry)).take(BACK);
    let last: Vec<EntryId> = last.map(|entry| entry.id).collect();
    last.get(below(dice, last.len())).copied()
}

fn asks_to_confirm(entry: &Entry) -> bool {
    entry.body.as_ref().is_some_and(|body| body["please_confirm"] == true)
}

/// Who wrote it, mostly.
fn author(
    dice: &mut Dice,
    room: &Room,
    target: Option<EntryId>,
    players: &[Player],
) -> Option<Player> {
    let author = room.entry(target?)?.author.filter(|_| dice.below(5) > 0)?;
    players.iter().find(|player| player.person == author).copied()
}

fn leader(dice: &mut Dice, players: &[Player]) -> Player {
    let leads = |player: &&Player| matches!(player.role, Role::Hub | Role::Liaison);
    let leaders: Vec<Player> = players.iter().filter(leads).copied().collect();
    let anybody = leaders.is_empty() || dice.below(8) == 0;
    pick(dice, if anybody { players } else { &leaders })
}

fn emoji(dice: &mut Dice) -> Value {
    let emoji = [Some("👍"), Some("🎉"), Some("🙏"), None][below(dice, 4)];
    json!({"emoji": emoji})
}

fn answer(dice: &mut Dice) -> Value {
    match dice.below(4) {
        0 => json!({"answer": "not_going"}),
        1 => json!({"answer": "maybe", "heads": 1 + dice.below(3)}),
        _ => json!({"answer": "going", "heads": 1 + dice.below(5)}),
    }
}

fn show_of_hands(dice: &mut Dice, asked: bool) -> Value {
    match dice.below(8) {
        _ if !asked => json!({"ask": {"question": "Which day?", "options": ["One", "Two"]}}),
        0 => json!({"close": {}}),
        1 => json!({"choose": {}}),
        _ => json!({"choose": {"option": dice.below(3)}}),
    }
}

fn pick(dice: &mut Dice, players: &[Player]) -> Player {
    players[below(dice, players.len())]
}

/// A place below this one.
pub fn below(dice: &mut Dice, bound: usize) -> usize {
    usize::try_from(dice.below(bound as u64)).unwrap()
}

/// A number of something, as time is counted.
pub fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap()
}
