//! The store of a phone that forgets everything when it ends. Must do exactly what `disk` does.

use super::{Account, seq_of};
use crate::{
    engine::{Saved, Write},
    error::BridgeError,
};
use roost_shared::{Entry, RoomId, Seq};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct Memory {
    pub(super) account: Option<Account>,
    saved: Saved,
    entries: BTreeMap<(RoomId, i64), Value>,
}

impl Memory {
    pub(super) fn saved(&self) -> &Saved {
        &self.saved
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
            Write::DropBelow { room, floor } => {
                self.entries.retain(|(of, seq), _| of != room || *seq >= floor.0);
            }
            Write::PutOutbox { item } => {
                outbox.retain(|old| old.draft.id != item.draft.id);
                outbox.push(item.clone());
                outbox.sort_by_key(|item| item.order);
            }
            Write::DropOutbox { id } => outbox.retain(|item| item.draft.id != *id),
            Write::WipeRoom { room } => {
                self.saved.ranges.remove(room);
                self.entries.retain(|(of, _), _| of != room);
            }
            Write::WipeEntries => {
                self.saved.ranges.clear();
                self.entries.clear();
            }
            Write::PutEpoch { epoch } => self.saved.epoch = Some(*epoch),
            Write::PutWelcome { welcome } => self.saved.welcome = Some(welcome.clone()),
            Write::WipeAll => {
                self.saved = Saved::default();
                self.entries.clear();
                self.account.iter_mut().for_each(|account| account.refresh = None);
            }
        }
        Ok(())
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
