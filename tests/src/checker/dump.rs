//! What the rooms held when all was over, judged by itself: dense, once, forward in time.

use super::{Breach, Findings};
use crate::history::Event;
use std::collections::{BTreeMap, HashMap};

/// One entry of the final dump.
pub(super) struct Row<'a> {
    pub(super) id: &'a str,
    pub(super) at: i64,
    pub(super) author: Option<&'a str>,
}

/// One room when all was over.
#[derive(Default)]
pub(super) struct Room<'a> {
    /// The first row dumped at each seq.
    pub(super) rows: BTreeMap<i64, Row<'a>>,
    /// Where each id stands.
    pub(super) places: HashMap<&'a str, i64>,
}

impl Room<'_> {
    /// The highest seq; 0 when the room is empty.
    pub(super) fn head(&self) -> i64 {
        self.rows.last_key_value().map_or(0, |(seq, _)| *seq)
    }
}

/// The rooms by name.
pub(super) type Rooms<'a> = BTreeMap<&'a str, Room<'a>>;

/// Reads the dump and judges it.
pub(super) fn gather<'a>(events: &'a [Event], found: &mut Findings) -> Rooms<'a> {
    let mut rooms = Rooms::new();
    let mut first_room: HashMap<&str, &str> = HashMap::new();
    for event in events {
        let Event::Dump { room, id, seq, at, author } = event else { continue };
        let held = rooms.entry(room.as_str()).or_default();
        if let Some(elsewhere) = first_room.insert(id, room) {
            found.add(Breach::Duplicated, format!("{id} in {elsewhere} and again in {room} {seq}"));
        }
        held.places.entry(id).or_insert(*seq);
        let row = Row { id, at: *at, author: author.as_deref() };
        if held.rows.contains_key(seq) {
            found.add(Breach::SeqTwice, format!("{room} {seq} is also {id}"));
        } else {
            held.rows.insert(*seq, row);
        }
    }
    for (name, room) in &rooms {
        density(name, room, found);
    }
    rooms
}

/// Seqs are 1, 2, 3 … and times never fall.
fn density(name: &str, room: &Room<'_>, found: &mut Findings) {
    let mut expected = 1;
    let mut latest = i64::MIN;
    for (seq, row) in &room.rows {
        if *seq != expected {
            found.add(Breach::Hole, format!("{name}: {seq} follows {}", expected - 1));
        }
        if row.at < latest {
            found.add(Breach::TimeBackwards, format!("{name} {seq}: {} after {latest}", row.at));
        }
        expected = seq + 1;
        latest = latest.max(row.at);
    }
}
