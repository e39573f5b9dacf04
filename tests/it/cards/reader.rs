//! Somebody who reads a room: what a phone keeps of the pages it is given, and by which rule.

use super::model::Room;
use roost_shared::{Card, CardOf, Entry, EntryId, Seq, frame::Page};
use std::{collections::BTreeMap, sync::Arc};

/// A page of entries that stand one behind the other, and cards.
pub struct Sheet {
    pub from: Seq,
    pub entries: Vec<Arc<Entry>>,
    pub cards: Vec<Arc<CardOf>>,
}

impl From<Page> for Sheet {
    fn from(page: Page) -> Sheet {
        Sheet {
            from: page.from,
            entries: page.entries.into_iter().map(Arc::new).collect(),
            cards: page.cards.into_iter().map(Arc::new).collect(),
        }
    }
}

/// What is held of a room from a floor on.
pub struct Reader {
    pub floor: Seq,
    /// Everything from the floor up to here is held.
    pub at: Seq,
    entries: BTreeMap<Seq, Arc<Entry>>,
    cards: BTreeMap<EntryId, Arc<CardOf>>,
}

impl Reader {
    pub fn new(floor: Seq) -> Reader {
        let (entries, cards) = (BTreeMap::new(), BTreeMap::new());
        Reader { floor, at: floor.previous(), entries, cards }
    }

    /// The next page; one that leaves a gap is not taken.
    pub fn take(&mut self, sheet: Sheet) -> bool {
        if sheet.from > self.at.next() {
            return false;
        }
        self.at = sheet.entries.last().map_or(self.at, |last| last.seq.max(self.at));
        self.keep(sheet);
        true
    }

    /// A page from anywhere.
    pub fn keep(&mut self, sheet: Sheet) {
        self.entries.extend(sheet.entries.into_iter().map(|entry| (entry.seq, entry)));
        for card in sheet.cards {
            let held = self.cards.get(&card.target);
            if held.is_none_or(|held| held.card.at_seq < card.card.at_seq) {
                self.cards.insert(card.target, card);
            }
        }
    }

    /// They have left and come back: what lies below their return is gone.
    pub fn rise(&mut self, floor: Seq) {
        self.floor = floor;
        self.at = self.at.max(floor.previous());
        self.entries.retain(|seq, _| *seq >= floor);
        self.cards.retain(|_, card| card.seq >= floor);
    }

    fn card(&self, id: EntryId) -> Option<&Card> {
        self.cards.get(&id).map(|card| &card.card)
    }

    fn is_hidden(&self, id: EntryId) -> bool {
        self.card(id).is_some_and(|card| card.hidden.is_some())
    }

    /// Whether what stood there was removed, as this reader knows.
    fn is_gone(&self, entry: &Entry) -> bool {
        self.is_hidden(entry.id)
    }

    /// Panics unless this reader, who was there, shows what one shows who reads it all now.
    pub fn shows_the_same_as(&self, read: &Reader) {
        assert_eq!(self.cards, read.cards, "who was there holds the cards of who reads now");
        assert!(self.entries.keys().eq(read.entries.keys()), "and the same entries");
        for (here, there) in self.entries.values().zip(read.entries.values()) {
            let card = self.card(here.id);
            let edited = card.and_then(|card| card.edited.as_ref());
            let state = card.and_then(|card| card.state.as_ref());
            let details = state.and_then(|state| state.get("details"));
            match (edited, details) {
                _ if self.is_gone(here) => assert_eq!(there.body, None, "removed: {here:?}"),
                (Some(edited), _) => {
                    assert_eq!(there.body.as_ref().unwrap()["text"], edited.text, "{here:?}");
                }
                (_, Some(details)) => {
                    assert_eq!(there.body.as_ref().unwrap()["details"], *details, "{here:?}");
                }
                _ => assert_eq!(here.body, there.body, "{here:?}"),
            }
        }
    }

    /// Panics unless this is everything there is for somebody with this floor, and nothing else.
    pub fn is_whole(&self, room: &Room) {
        let (floor, head) = (self.floor, room.head());
        assert_eq!(self.at.max(floor.previous()), head.max(floor.previous()), "up to the head");
        let all = room.cards.values().filter(|card| card.seq >= floor);
        assert!(self.cards.values().eq(all), "{:?}\n{:?}", self.cards, room.cards);
        let above = room.log.iter().filter(|entry| entry.seq >= floor);
        assert!(self.entries.values().eq(above), "every entry from the floor on");
    }
}
