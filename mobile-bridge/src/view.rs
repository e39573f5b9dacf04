//! What a screen can see of a phone at one moment, without asking its store.

use crate::engine::{ItemState, OutboxItem, Place, Reading, State};
use roost_shared::{
    EntryId, PersonId, RoomId, Seq,
    frame::PersonCard,
    room::{Listed, Mark},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// One moment of a phone.
#[derive(Clone, Debug)]
pub struct View {
    pub state: State,
    /// How far each room has been read.
    pub places: BTreeMap<RoomId, Place>,
    /// How far I and the others have read each room.
    pub readings: BTreeMap<RoomId, Reading>,
    /// Who is writing now, in rooms where somebody is.
    pub typing: BTreeMap<RoomId, Vec<PersonId>>,
    /// Drafts on their way, in the order they were written.
    pub outbox: Vec<OutboxItem>,
    /// The last `welcome`.
    pub told: Arc<Told>,
}

/// The last `welcome`, as far as this build can read it; empty before the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub me: Option<PersonId>,
    pub rooms: Vec<Listed>,
    pub people: Vec<PersonCard>,
}

impl Told {
    /// What cannot be read is left out, not invented: a room of a kind from the future, say.
    pub(crate) fn read(welcome: &Value) -> Told {
        let me = serde_json::from_value(welcome["me"].clone()).ok();
        Told { me, rooms: readable(&welcome["rooms"]), people: readable(&welcome["people"]) }
    }
}

fn readable<T: DeserializeOwned>(list: &Value) -> Vec<T> {
    let items = list.as_array().map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|item| serde_json::from_value(item.clone()).ok()).collect()
}

impl View {
    /// Whether the phone is connected and greeted.
    pub fn is_live(&self) -> bool {
        self.state == State::Live
    }

    /// The last seq of a room below which nothing is missing; 0 for a room that is not ours.
    pub fn cursor(&self, room: RoomId) -> Seq {
        self.places.get(&room).map_or(Seq::ZERO, |place| place.cursor)
    }

    /// How far I have read a room, on any phone.
    pub fn read(&self, room: RoomId) -> Seq {
        self.readings.get(&room).map_or(Seq::ZERO, |reading| reading.read)
    }

    /// How far somebody else is in a room, if that is told.
    pub fn mark(&self, room: RoomId, person: PersonId) -> Option<Mark> {
        let others = &self.readings.get(&room)?.others;
        others.iter().find(|mark| mark.person == person).copied()
    }

    /// Me, where it is noted how far I have read.
    pub(crate) fn counts_unread(&self, room: RoomId) -> Option<PersonId> {
        let me = self.told.me?;
        let role = self.told.people.iter().find(|card| card.person == me)?.role;
        let listed = self.told.rooms.iter().find(|listed| listed.room == room)?;
        listed.kind.counts_unread(role).then_some(me)
    }

    /// Whether every entry that this phone knows to exist is on it.
    pub fn is_caught_up(&self) -> bool {
        self.places.values().all(|place| place.cursor >= place.head)
    }

    /// Where a draft stands; nothing when its entry is in the room, or it was never taken.
    pub fn draft(&self, id: EntryId) -> Option<&ItemState> {
        self.outbox.iter().find(|item| item.draft.id == id).map(|item| &item.state)
    }

    /// Whether nothing is left in the outbox.
    pub fn all_sent(&self) -> bool {
        self.outbox.is_empty()
    }
}
