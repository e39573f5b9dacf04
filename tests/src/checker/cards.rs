//! What phones held of what has become of entries, against what the rooms held in the end: of every
//! entry that it was shown, a phone holds the room's card, and of no entry another.

use super::{Breach, Findings};
use crate::history::Event;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Cards by their entries.
type Cards<'a> = HashMap<&'a str, &'a str>;

/// What one phone has of one room.
#[derive(Default)]
struct Holding<'a> {
    shown: HashSet<&'a str>,
    cards: Cards<'a>,
}

/// Judges every card.
pub(super) fn check(events: &[Event], found: &mut Findings) {
    let mut rooms: BTreeMap<&str, Cards<'_>> = BTreeMap::new();
    let mut holdings: BTreeMap<(&str, &str), Holding<'_>> = BTreeMap::new();
    let mut gone = HashSet::new();
    for event in events {
        match event {
            Event::DumpCard { room, id, card } => {
                rooms.entry(room).or_default().insert(id, card);
            }
            Event::Saw { phone, room, id, .. } => {
                holdings.entry((phone, room)).or_default().shown.insert(id);
            }
            Event::Card { phone, room, id, card } => {
                holdings.entry((phone, room)).or_default().cards.insert(id, card);
            }
            Event::Gone { phone } => {
                gone.insert(phone.as_str());
            }
            _ => {}
        }
    }
    let none = Cards::new();
    for ((phone, room), Holding { shown, cards }) in holdings {
        let held = rooms.get(room).unwrap_or(&none);
        let owed = held.keys().filter(|id| shown.contains(*id) && !gone.contains(phone));
        let ids: HashSet<&str> = owed.chain(cards.keys()).copied().collect();
        for id in ids.into_iter().filter(|id| cards.get(id) != held.get(id)) {
            let (mine, is) = (cards.get(id), held.get(id));
            let what = format!("{phone}: {id} in {room} has {mine:?}, is {is:?}");
            found.add(Breach::CardDiffers, what);
        }
    }
}
