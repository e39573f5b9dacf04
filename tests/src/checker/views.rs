//! What each phone was shown, held against the rooms: from the floor to the head, each place once,
//! in order, and the same as everybody else.

use super::{Breach, Findings, dump::Rooms};
use crate::history::Event;
use std::collections::{BTreeMap, BTreeSet};

/// One phone's view of one room.
#[derive(Default)]
struct View {
    floor: Option<i64>,
    /// The last place shown.
    last: Option<i64>,
    /// The highest place of which it was told.
    told: i64,
}

/// Judges every view.
pub(super) fn check(events: &[Event], rooms: &Rooms<'_>, found: &mut Findings) {
    let mut views: BTreeMap<(&str, &str), View> = BTreeMap::new();
    let mut gone = BTreeSet::new();
    for event in events {
        match event {
            Event::Floor { phone, room, seq } => {
                views.entry((phone, room)).or_default().floor = Some(*seq);
            }
            Event::Head { phone, room, seq } => {
                let view = views.entry((phone, room)).or_default();
                view.told = view.told.max(*seq);
            }
            Event::Saw { phone, room, id, seq, at } => {
                let view = views.entry((phone, room)).or_default();
                step(view, (phone, room), *seq, found);
                same(rooms, (phone, room), (*seq, id, *at), found);
            }
            Event::Gone { phone } => {
                gone.insert(phone.as_str());
            }
            _ => {}
        }
    }
    for ((phone, room), view) in views {
        let Some(held) = rooms.get(room) else {
            found.add(Breach::NoDump, format!("{room}, of which {phone} has a view"));
            continue;
        };
        let head = held.head();
        if view.told > head {
            let told = view.told;
            found.add(Breach::Shrunk, format!("{room}: {phone} knew of {told}, it ends at {head}"));
        }
        let reached = view.last.unwrap_or(view.floor.unwrap_or(1) - 1);
        if reached < head && !gone.contains(phone) {
            found.add(Breach::ViewShort, format!("{phone} in {room}: {reached} of {head}"));
        }
    }
}

/// The next place shown follows the last one.
fn step(view: &mut View, (phone, room): (&str, &str), seq: i64, found: &mut Findings) {
    let floor = view.floor.unwrap_or(1);
    let expected = view.last.map_or(floor, |last| last + 1);
    let shown = format!("{phone} in {room}: {seq}, where {expected} was due");
    if seq < floor {
        found.add(Breach::ViewBelowFloor, shown);
    } else if seq > expected {
        found.add(Breach::ViewGap, shown);
    } else if seq < expected {
        found.add(Breach::ViewBackwards, shown);
    }
    view.last = Some(view.last.unwrap_or(0).max(seq));
    view.told = view.told.max(seq);
}

/// What was shown is what the room holds.
fn same(
    rooms: &Rooms<'_>,
    (phone, room): (&str, &str),
    shown: (i64, &str, i64),
    found: &mut Findings,
) {
    let Some(row) = rooms.get(room).and_then(|held| held.rows.get(&shown.0)) else { return };
    if (row.id, row.at) != (shown.1, shown.2) {
        let (seq, id, at) = shown;
        let held = format!("{} at {}", row.id, row.at);
        found
            .add(Breach::ViewDiffers, format!("{phone}: {room} {seq} was {id} at {at}, is {held}"));
    }
}
