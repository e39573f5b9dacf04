//! What was sent and what was answered, held against the rooms.
//!
//! A draft whose outcome its phone never learnt may be in the room or not, once. Two orders bind: a
//! phone's own drafts in a room stand as they were sent, and a draft stands above everything
//! anybody knew of in that room when it was sent.

use super::{Breach, Findings, dump::Rooms};
use crate::history::{Event, owner};
use std::collections::{BTreeMap, HashMap};

/// One draft through all its attempts.
struct Draft<'a> {
    id: &'a str,
    room: &'a str,
    phone: &'a str,
    /// The highest seq of its room that anybody knew of when it was first sent.
    above: i64,
    answer: Option<(i64, i64)>,
    refused: bool,
    /// Given up with its outcome unknown while the phone went on: it may have been taken later.
    loose: bool,
}

/// The drafts in the order of their first attempts.
#[derive(Default)]
pub(super) struct Drafts<'a> {
    all: Vec<Draft<'a>>,
    by_id: HashMap<&'a str, usize>,
    /// The draft that a phone waits for in a room.
    waiting: HashMap<(&'a str, &'a str), usize>,
    /// The last draft that a phone sent in a room.
    last: HashMap<(&'a str, &'a str), usize>,
    known: HashMap<&'a str, i64>,
}

/// Reads what was asked and answered.
pub(super) fn gather<'a>(events: &'a [Event], found: &mut Findings) -> Drafts<'a> {
    let mut drafts = Drafts::default();
    for event in events {
        match event {
            Event::Invoke { phone, room, id } => drafts.invoke(phone, room, id, found),
            Event::Ok { phone, room, id, seq, at } => {
                drafts.know(room, *seq);
                if let Some(draft) = drafts.answered((phone, room), id, found) {
                    let first = *draft.answer.get_or_insert((*seq, *at));
                    if first != (*seq, *at) || draft.refused {
                        found.add(Breach::AnsweredTwice, format!("{id} in {room}, now {seq}"));
                    }
                }
            }
            Event::Refused { phone, room, id } => {
                if let Some(draft) = drafts.answered((phone, room), id, found) {
                    draft.refused = true;
                    if draft.answer.is_some() {
                        found.add(Breach::AnsweredTwice, format!("{id} in {room}, now refused"));
                    }
                }
            }
            Event::Info { phone, room, id } => {
                drafts.answered((phone, room), id, found);
            }
            Event::Saw { room, seq, .. } | Event::Head { room, seq, .. } => drafts.know(room, *seq),
            Event::Floor { .. }
            | Event::Gone { .. }
            | Event::Card { .. }
            | Event::DumpCard { .. }
            | Event::Dump { .. } => {}
        }
    }
    drafts
}

impl<'a> Drafts<'a> {
    fn know(&mut self, room: &'a str, seq: i64) {
        let known = self.known.entry(room).or_default();
        *known = seq.max(*known);
    }

    fn invoke(&mut self, phone: &'a str, room: &'a str, id: &'a str, found: &mut Findings) {
        let place = *self.by_id.entry(id).or_insert_with(|| {
            let above = self.known.get(room).copied().unwrap_or(0);
            let answer = None;
            self.all.push(Draft { id, room, phone, above, answer, refused: false, loose: false });
            self.all.len() - 1
        });
        let here = (phone, room);
        if let Some(other) = self.waiting.insert(here, place).filter(|other| *other != place) {
            let before = self.all[other].id;
            found
                .add(Breach::Overlap, format!("{phone} sent {id} to {room} before {before} ended"));
        }
        if let Some(before) = self.last.insert(here, place).filter(|before| *before != place) {
            let before = &mut self.all[before];
            before.loose = before.answer.is_none() && !before.refused;
        }
    }

    /// The draft that an answer is for.
    fn answered(
        &mut self,
        here: (&'a str, &'a str),
        id: &'a str,
        found: &mut Findings,
    ) -> Option<&mut Draft<'a>> {
        let draft = self.by_id.get(id).map(|place| &mut self.all[*place]);
        let Some(draft) = draft.filter(|draft| (draft.phone, draft.room) == here) else {
            found.add(Breach::Unasked, format!("{} in {} heard of {id}", here.0, here.1));
            return None;
        };
        if self.waiting.get(&here).is_some_and(|place| self.by_id.get(id) == Some(place)) {
            self.waiting.remove(&here);
        }
        Some(draft)
    }
}

/// Holds every draft against the rooms, and every entry against the drafts.
pub(super) fn check(drafts: &Drafts<'_>, rooms: &Rooms<'_>, found: &mut Findings) {
    let mut highest: BTreeMap<(&str, &str), (i64, &str)> = BTreeMap::new();
    for draft in &drafts.all {
        let Draft { id, room, .. } = draft;
        let Some(held) = rooms.get(room) else {
            found.add(Breach::NoDump, format!("{room}, to which {id} was sent"));
            continue;
        };
        let place = held.places.get(id).copied();
        match (draft.answer, place) {
            (Some((seq, _)), None) if seq > held.head() => {
                found.add(Breach::Shrunk, format!("{room} ends at {}", held.head()));
                found.add(Breach::Lost, format!("{id}, acknowledged as {room} {seq}"));
            }
            (Some((seq, _)), None) => {
                found.add(Breach::Lost, format!("{id}, acknowledged as {room} {seq}"));
            }
            (Some((seq, at)), Some(place)) => {
                let dumped = held.rows.get(&place).map_or(at, |row| row.at);
                if (seq, at) != (place, dumped) {
                    let told = format!("{id} in {room}: acknowledged {seq} at {at}");
                    found.add(Breach::Moved, format!("{told}, now {place} at {dumped}"));
                }
            }
            (None, _) => {}
        }
        let Some(place) = place else { continue };
        if draft.refused {
            found.add(Breach::KeptThoughRefused, format!("{id} stands in {room} at {place}"));
        }
        if place <= draft.above {
            let known = draft.above;
            found.add(Breach::Backdated, format!("{id} in {room} at {place}, {known} was known"));
        }
        if draft.loose {
            continue;
        }
        let before = highest.entry((draft.phone, room)).or_insert((0, ""));
        if place < before.0 {
            let (seq, other) = *before;
            found.add(Breach::Reordered, format!("{room}: {id} at {place}, {other} at {seq}"));
        } else {
            *before = (place, id);
        }
    }
    authors(drafts, rooms, found);
}

/// Every authored entry was sent, to this room, by its author.
fn authors(drafts: &Drafts<'_>, rooms: &Rooms<'_>, found: &mut Findings) {
    for (room, held) in rooms {
        for (seq, row) in &held.rows {
            let Some(author) = row.author else { continue };
            let draft = drafts.by_id.get(row.id).map(|place| &drafts.all[*place]);
            match draft.filter(|draft| draft.room == *room) {
                None => found.add(Breach::Invented, format!("{} in {room} at {seq}", row.id)),
                Some(draft) if owner(draft.phone) != author => {
                    let sent = format!("{} in {room} at {seq} by {author}", row.id);
                    found.add(Breach::Misattributed, format!("{sent}, sent by {}", draft.phone));
                }
                Some(_) => {}
            }
        }
    }
}
