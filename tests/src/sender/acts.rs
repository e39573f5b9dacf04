//! What a phone says next: mostly a message, else something about what it was shown lately, be it
//! its own or another's. Only what its person may do there, so that what is refused is refused for
//! what others did meanwhile.

use crate::{dice::Dice, ids};
use roost_shared::{
    Draft, Entry, EntryId, PersonId,
    frame::Welcome,
    policy::Role,
    room::{Listed, RoomKind},
};
use serde_json::{Value, json};
use std::collections::VecDeque;

const HOUR_MS: i64 = 3_600_000;
/// So many messages back somebody still answers.
const BACK: usize = 8;

/// Refusals that tell of what others did meanwhile; with every other the phone was wronged.
pub(super) const OVERTAKEN: [&str; 4] =
    ["target_gone", "nothing_to_change", "no_places", "too_late"];

/// What a phone may say in one room, and about what.
pub(super) struct Talk {
    me: PersonId,
    room: RoomKind,
    /// Publishes gatherings, and asks homes to confirm.
    leads: bool,
    /// Speaks for a home.
    home: bool,
    now: i64,
    messages: VecDeque<Seen>,
    gathering: Option<EntryId>,
    poll: Option<Seen>,
}

/// Something that stands in the room.
#[derive(Clone, Copy)]
struct Seen {
    id: EntryId,
    own: bool,
    asks: bool,
}

type Said = (&'static str, Option<EntryId>, Value);

impl Talk {
    pub(super) fn new(welcome: &Welcome, listed: &Listed) -> Talk {
        let (me, room, now) = (welcome.me, listed.kind, welcome.now);
        let card = welcome.people.iter().find(|card| card.person == me);
        let (role, home) = card.map_or((Role::Satellite, None), |card| (card.role, card.home));
        let leads = room == RoomKind::Circle && matches!(role, Role::Hub | Role::Liaison);
        let home = room == RoomKind::Circle && home.is_some();
        let (messages, gathering, poll) = (VecDeque::new(), None, None);
        Talk { me, room, leads, home, now, messages, gathering, poll }
    }

    /// Somebody has said this.
    pub(super) fn hear(&mut self, entry: &Entry) {
        let asks = entry.body.as_ref().is_some_and(|body| body["please_confirm"] == true);
        let seen = Seen { id: entry.id, own: entry.author == Some(self.me), asks };
        match (entry.kind.as_str(), entry.target) {
            ("message", _) => {
                self.messages.push_front(seen);
                self.messages.truncate(BACK);
            }
            ("gathering", None) => self.gathering = Some(entry.id),
            ("poll", None) => self.poll = Some(seen),
            _ => {}
        }
    }

    /// What is said next.
    pub(super) fn draw(&self, dice: &mut Dice, name: &str) -> Draft {
        let text = || json!({ "text": format!("{name} says that it will be a little later") });
        let (kind, target, body) = match dice.below(4) {
            0 => self.act(dice).unwrap_or_else(|| ("message", None, text())),
            _ => ("message", None, text()),
        };
        Draft { id: ids::entry(), kind: kind.to_owned(), target, body }
    }

    /// Something else than a message, if there is what it is about.
    fn act(&self, dice: &mut Dice) -> Option<Said> {
        let any = self.one(dice, |_| true);
        let own = self.one(dice, |seen| seen.own);
        let asks = self.one(dice, |seen| seen.asks);
        let some = |kind, target: Option<EntryId>, body| Some((kind, Some(target?), body));
        match dice.below(10) {
            0 | 1 => {
                let emoji = if dice.below(2) == 0 { "👍" } else { "🎉" };
                some("reaction", any, json!({ "emoji": emoji }))
            }
            2 => some("edit", own, json!({ "text": format!("{} minutes later", dice.throw()) })),
            3 => some("redact", own, json!({})),
            4 if self.leads || self.room != RoomKind::Circle => {
                some("pin", any, json!({ "pinned": dice.below(2) == 0 }))
            }
            5 if self.leads => {
                let asks = json!({ "text": "keep the drive clear", "please_confirm": true });
                Some(("message", None, asks))
            }
            6 if self.home => some("confirm", asks, json!({})),
            7 if self.leads => Some(self.gather(dice)),
            8 if self.home => {
                let heads = 1 + dice.below(4);
                some("rsvp", self.gathering, json!({ "answer": "going", "heads": heads }))
            }
            9 => Some(self.poll(dice)),
            _ => None,
        }
    }

    /// Plans a gathering, or changes or calls off the last one.
    fn gather(&self, dice: &mut Dice) -> Said {
        let last = self.gathering.filter(|_| dice.below(4) > 0);
        if last.is_some() && dice.below(8) == 0 {
            return ("gathering", last, json!({ "cancelled": {} }));
        }
        let title = format!("Tea for {}", dice.below(100));
        let (starts_at, ends_at) = (self.now + HOUR_MS, self.now + 2 * HOUR_MS);
        let details = json!({ "title": title, "type": "meet_up", "places": 9,
            "starts_at": starts_at, "ends_at": ends_at });
        ("gathering", last, json!({ "details": details }))
    }

    /// Asks something, or answers what was asked last; who asked ends it.
    fn poll(&self, dice: &mut Dice) -> Said {
        match self.poll.filter(|_| dice.below(6) > 0) {
            Some(Seen { id, own: true, .. }) if dice.below(6) == 0 => {
                ("poll", Some(id), json!({ "close": {} }))
            }
            Some(Seen { id, .. }) => {
                ("poll", Some(id), json!({ "choose": { "option": dice.below(2) } }))
            }
            None => {
                let ask = json!({ "question": "Which day?", "options": ["Monday", "Tuesday"] });
                ("poll", None, json!({ "ask": ask }))
            }
        }
    }

    /// One of the last messages that are wanted.
    fn one(&self, dice: &mut Dice, wanted: impl Fn(&Seen) -> bool) -> Option<EntryId> {
        let wanted: Vec<EntryId> =
            self.messages.iter().filter(|seen| wanted(seen)).map(|seen| seen.id).collect();
        let place = usize::try_from(dice.below(wanted.len() as u64)).ok()?;
        wanted.get(place).copied()
    }
}
