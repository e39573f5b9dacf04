//! The store of a phone that forgets everything when it ends. Must do exactly what `disk` does.

use super::{Account, held_of, seq_of};
use crate::{
    engine::{Saved, Write},
    error::BridgeError,
};
use roost_shared::{CardOf, Entry, EntryId, RoomId, Seq};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct Memory {
    pub(super) account: Option<Account>,
    saved: Saved,
    entries: BTreeMap<(RoomId, i64), Value>,
    cards: BTreeMap<(RoomId, EntryId), Value>,
}

impl Memory {
    pub(super) fn load(&self) -> Result<Saved, BridgeError> {
        let mut saved = self.saved.clone();
        for ((room, _), card) in &self.cards {
            saved.cards.entry(*room).or_default().push(held_of(card)?);
        }
        Ok(saved)
    }

    pub(super) fn apply(&mut self, writes: &[Write]) -> Result<(), BridgeError> {
        writes.iter().try_for_each(|write| self.apply_one(write))
    }

    fn apply_one(&mut self, write: &Write) -> Result<(), BridgeError> {
        let outbox = &mut self.saved.outbox;
        match write {
            Write::PutEntries { room, entries } => {
                for entry in entries {
                    self.entries.insert((*room, seq_of(entry)?), entry.clone());
                }
            }
            Write::PutRanges { room, ranges } => {
                self.saved.ranges.insert(*room, ranges.clone());
            }
            Write::PutAnchor { room, anchor } => {
                self.saved.anchors.insert(*room, anchor.clone());
            }
            Write::DropBelow { room, floor } => {
                self.entries.retain(|(of, seq), _| of != room || *seq >= floor.0);
                let above = |card: &Value| card["seq"].as_i64().is_some_and(|seq| seq >= floor.0);
                self.cards.retain(|(of, _), card| of != room || above(card));
            }
            Write::PutCards { room, cards } => {
                for card in cards {
                    self.cards.insert((*room, held_of(card)?.target), card.clone());
                }
            }
            Write::ForgetBody { room, seq } => self.forget_body(*room, *seq),
            Write::PutMarks { room, reading } => {
                self.saved.marks.insert(*room, reading.clone());
            }
            Write::PutOutbox { item } => {
                outbox.retain(|old| old.draft.id != item.draft.id);
                outbox.push(item.clone());
                outbox.sort_by_key(|item| item.order);
            }
            Write::DropOutbox { id } => outbox.retain(|item| item.draft.id != *id),
            Write::WipeRoom { room } => {
                self.saved.ranges.remove(room);
                self.saved.anchors.remove(room);
                self.saved.marks.remove(room);
                self.entries.retain(|(of, _), _| of != room);
                self.cards.retain(|(of, _), _| of != room);
            }
            Write::WipeEntries => self.wipe_entries(),
            Write::PutEpoch { epoch } => self.saved.epoch = Some(*epoch),
            Write::PutWelcome { welcome } => self.saved.welcome = Some(welcome.clone()),
            Write::WipeAll => {
                self.wipe_entries();
                self.saved = Saved::default();
                self.account.iter_mut().for_each(|account| account.refresh = None);
            }
        }
        Ok(())
    }

    fn wipe_entries(&mut self) {
        self.saved.ranges.clear();
        self.saved.anchors.clear();
        self.saved.marks.clear();
        self.entries.clear();
        self.cards.clear();
    }

    fn forget_body(&mut self, room: RoomId, seq: Seq) {
        let entry = self.entries.get_mut(&(room, seq.0)).and_then(Value::as_object_mut);
        entry.map(|fields| fields.remove("body"));
    }

    pub(super) fn cards(&self, room: RoomId) -> Result<Vec<CardOf>, BridgeError> {
        let of_room = self.cards.iter().filter(|((of, _), _)| *of == room);
        let read = of_room.map(|(_, card)| CardOf::deserialize(card).map_err(BridgeError::store));
        let mut cards: Vec<CardOf> = read.collect::<Result<_, _>>()?;
        cards.sort_by_key(|card| card.seq);
        Ok(cards)
    }

    pub(super) fn entries(
        &self,
        room: RoomId,
        after: Seq,
        limit: i64,
    ) -> Result<Vec<Entry>, BridgeError> {
        let run = self.entries.range((room, after.0 + 1)..=(room, i64::MAX));
        run.take(usize::try_from(limit).unwrap_or(0))
            .map(|(_, entry)| Entry::deserialize(entry).map_err(BridgeError::store))
            .collect()
    }
}
