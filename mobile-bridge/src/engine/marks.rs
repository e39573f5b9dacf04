//! Marks: how far I have read each room and when the server hears of it, and how far the others
//! are. It counts; whether somebody is looking, the screen says. That entries were delivered needs
//! no word: the server takes it from cursors.

use super::{
    face::{Changed, Reading, Saved, Turn, Write},
    read::{self, Greeting},
};
use roost_shared::{
    PersonId, RoomId, Seq,
    frame::{ClientFrame, MARKS_EVERY_MS},
    room::Mark,
};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
struct Room {
    read: Seq,
    /// The highest `read` that the server has told or was told on this connection.
    known: Seq,
    others: BTreeMap<PersonId, Mark>,
    /// From when on my mark may be said again, ms.
    free_at: i64,
}

/// All rooms of this phone.
#[derive(Debug)]
pub(super) struct Marks {
    me: Option<PersonId>,
    noted: bool,
    rooms: BTreeMap<RoomId, Room>,
}

impl Marks {
    pub(super) fn new(saved: &Saved) -> Marks {
        let greeting = saved.welcome.clone().and_then(read::greeting);
        let mut marks = Marks { me: None, noted: true, rooms: BTreeMap::new() };
        for (id, reading) in &saved.marks {
            marks.rooms.insert(*id, Room::new(reading));
        }
        if let Some(greeting) = greeting {
            (marks.me, marks.noted) = (greeting.me, greeting.noted);
            for id in greeting.rooms.into_keys() {
                marks.rooms.entry(id).or_default();
            }
        }
        marks
    }

    /// How far each room was read, and by whom.
    pub(super) fn readings(&self) -> impl Iterator<Item = (RoomId, Reading)> {
        self.rooms.iter().map(|(id, room)| (*id, room.reading()))
    }

    /// What the server knows, which counts when it is more, and from now on is what it knows.
    pub(super) fn welcome(&mut self, greeting: &Greeting, set_back: bool, turn: &mut Turn) {
        (self.me, self.noted) = (greeting.me, greeting.noted);
        if set_back {
            self.rooms.clear();
        }
        self.rooms.retain(|id, _| greeting.rooms.contains_key(id));
        for (id, listing) in &greeting.rooms {
            let room = self.rooms.entry(*id).or_default();
            let before = room.reading();
            room.known = listing.read;
            room.read = room.read.max(listing.read);
            // Who is not listed any more has left the room.
            room.others.retain(|person, _| listing.marks.iter().any(|m| m.person == *person));
            listing.marks.iter().for_each(|mark| room.raise(*mark));
            keep(*id, room, &before, turn);
        }
    }

    /// Somebody received or read more; or I did, on another phone.
    pub(super) fn heard(&mut self, id: RoomId, marks: &[Mark], turn: &mut Turn) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        let before = room.reading();
        for mark in marks {
            if Some(mark.person) == self.me {
                room.known = room.known.max(mark.read);
                room.read = room.read.max(mark.read);
            } else if room.others.contains_key(&mark.person) {
                // `welcome` lists everybody: whoever it did not list has left, and this was said
                // before.
                room.raise(*mark);
            }
        }
        keep(id, room, &before, turn);
    }

    /// The person has seen everything up to `seq`.
    pub(super) fn read(&mut self, id: RoomId, seq: Seq, turn: &mut Turn) {
        let Some(room) = self.rooms.get_mut(&id).filter(|_| self.noted) else { return };
        let before = room.reading();
        room.read = room.read.max(seq);
        keep(id, room, &before, turn);
    }

    /// Tells the server what it does not know yet, each room at its pace.
    pub(super) fn pump(&mut self, turn: &mut Turn) {
        for (id, room) in self.rooms.iter_mut().filter(|_| self.noted) {
            if room.read > room.known && turn.now >= room.free_at {
                room.known = room.read;
                room.free_at = turn.now + MARKS_EVERY_MS;
                turn.transmit(ClientFrame::Mark { room: *id, read: room.read });
            }
        }
    }

    /// When [`Marks::pump`] has something to say that waits for its time.
    pub(super) fn deadline(&self) -> Option<i64> {
        let behind = self.rooms.values().filter(|room| self.noted && room.read > room.known);
        behind.map(|room| room.free_at).min()
    }
}

impl Room {
    fn new(reading: &Reading) -> Room {
        let mut room = Room { read: reading.read, ..Room::default() };
        reading.others.iter().for_each(|mark| room.raise(*mark));
        room
    }

    fn reading(&self) -> Reading {
        Reading { read: self.read, others: self.others.values().copied().collect() }
    }

    /// Both parts of a mark only rise.
    fn raise(&mut self, mark: Mark) {
        let held = self.others.entry(mark.person).or_insert(mark);
        held.delivered = held.delivered.max(mark.delivered);
        held.read = held.read.max(mark.read);
    }
}

fn keep(id: RoomId, room: &Room, before: &Reading, turn: &mut Turn) {
    let reading = room.reading();
    if reading != *before {
        turn.write(Write::PutMarks { room: id, reading });
        turn.show(Changed::Room { room: id });
    }
}
