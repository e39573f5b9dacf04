//! Typing: when to say that the person writes, and whose writing is shown for how long. Nothing of
//! it is stored, and nothing of it outlives a connection.

use super::{
    face::{Changed, Turn},
    read::Greeting,
};
use roost_shared::{
    PersonId, RoomId,
    frame::{ClientFrame, TYPING_EVERY_MS, TYPING_SHOWN_MS},
};
use std::collections::{BTreeMap, BTreeSet};

/// People by room, each with the moment until which they are shown.
type Writing = BTreeMap<RoomId, BTreeMap<PersonId, i64>>;

#[derive(Debug, Default)]
pub(super) struct Typing {
    /// The rooms that tell of it.
    rooms: BTreeSet<RoomId>,
    /// From when on it may be said again in a room, ms.
    free_at: BTreeMap<RoomId, i64>,
    heard: Writing,
    /// What screens were last told.
    shown: BTreeMap<RoomId, Vec<PersonId>>,
}

impl Typing {
    pub(super) fn welcome(&mut self, greeting: &Greeting) {
        let telling = greeting.rooms.iter().filter(|(_, listing)| listing.has_typing);
        self.rooms = telling.map(|(id, _)| *id).collect();
        self.heard.retain(|id, _| self.rooms.contains(id));
        self.free_at.retain(|id, _| self.rooms.contains(id));
    }

    /// The person writes.
    pub(super) fn say(&mut self, room: RoomId, turn: &mut Turn) {
        let free = self.free_at.get(&room).is_none_or(|at| *at <= turn.now);
        if free && self.rooms.contains(&room) {
            self.free_at.insert(room, turn.now + TYPING_EVERY_MS);
            turn.transmit(ClientFrame::Typing { room });
        }
    }

    /// Somebody else writes.
    pub(super) fn heard(&mut self, room: RoomId, person: PersonId, now: i64) {
        if self.rooms.contains(&room) {
            self.heard.entry(room).or_default().insert(person, now + TYPING_SHOWN_MS);
        }
    }

    /// What they wrote is here.
    pub(super) fn arrived(&mut self, room: RoomId, authors: &[PersonId]) {
        if let Some(people) = self.heard.get_mut(&room) {
            people.retain(|person, _| !authors.contains(person));
        }
    }

    /// The connection is gone, and with it whatever would tell that somebody stopped.
    pub(super) fn forget(&mut self) {
        self.heard.clear();
    }

    /// Tells screens what is different now.
    pub(super) fn show(&mut self, turn: &mut Turn) {
        for people in self.heard.values_mut() {
            people.retain(|_, until| *until > turn.now);
        }
        self.heard.retain(|_, people| !people.is_empty());
        let now: BTreeMap<RoomId, Vec<PersonId>> =
            self.heard.iter().map(|(id, people)| (*id, people.keys().copied().collect())).collect();
        let rooms: BTreeSet<RoomId> = self.shown.keys().chain(now.keys()).copied().collect();
        for room in rooms.into_iter().filter(|room| self.shown.get(room) != now.get(room)) {
            let people = now.get(&room).cloned().unwrap_or_default();
            turn.show(Changed::Typing { room, people });
        }
        self.shown = now;
    }

    /// Who is shown as writing.
    pub(super) fn shown(&self) -> &BTreeMap<RoomId, Vec<PersonId>> {
        &self.shown
    }

    /// When somebody's writing stops being shown.
    pub(super) fn deadline(&self) -> Option<i64> {
        self.heard.values().flat_map(|people| people.values()).copied().min()
    }
}
