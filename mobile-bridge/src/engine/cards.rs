//! Which cards of a room are held, and of what. Holds numbers: the cards themselves go to the store
//! as they came. Nothing is folded here; that is the server's.

use super::{face::HeldCard, read};
use roost_shared::{EntryId, Seq};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(super) struct Cards(BTreeMap<EntryId, HeldCard>);

impl Cards {
    /// From a store.
    pub(super) fn new(saved: &[HeldCard]) -> Cards {
        Cards(saved.iter().map(|card| (card.target, *card)).collect())
    }

    /// Takes what is newer than what is held, whether its target is held or not. Returns the cards
    /// to be kept, and those whose target was removed by them.
    pub(super) fn take(
        &mut self,
        cards: Vec<(HeldCard, Value)>,
        floor: Seq,
    ) -> (Vec<Value>, Vec<HeldCard>) {
        let (mut new, mut removed) = (Vec::new(), Vec::new());
        for (card, raw) in cards {
            let held = self.0.get(&card.target);
            if card.seq < floor || held.is_some_and(|held| held.at_seq >= card.at_seq) {
                continue;
            }
            if card.hidden && !held.is_some_and(|held| held.hidden) {
                removed.push(card);
            }
            self.0.insert(card.target, card);
            new.push(raw);
        }
        (new, removed)
    }

    /// Takes the body out of an entry that was removed: a page may be older than the card.
    pub(super) fn strip(&self, entry: &mut Value) {
        let Some(fields) = entry.as_object_mut() else { return };
        let card = read::id(fields, "id").and_then(|id| self.0.get(&id));
        if card.is_some_and(|card| card.hidden) {
            fields.remove("body");
        }
    }

    /// Forgets the cards of what lies below `floor`.
    pub(super) fn cut_below(&mut self, floor: Seq) {
        self.0.retain(|_, card| card.seq >= floor);
    }
}
