//! What a phone keeps: entries, cards, ranges, marks, outbox, epoch, the last `welcome`, and its
//! account. It does as the engine's writes say, in their order, all of a step or none; it decides
//! nothing.

mod disk;
mod memory;

use crate::{
    engine::{HeldCard, Saved, Write},
    error::BridgeError,
};
use disk::Disk;
use memory::Memory;
use roost_shared::{CardOf, DeviceId, Entry, RoomId, Seq};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How this phone is known to a server. `refresh` is absent while nobody is signed in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    pub base: String,
    pub device: DeviceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<String>,
}

/// A phone's store.
pub struct Store(Kept);

enum Kept {
    Disk(Disk),
    Memory(Box<Memory>),
}

impl Store {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// `Store`.
    pub async fn open(path: &Path) -> Result<Store, BridgeError> {
        Ok(Store(Kept::Disk(Disk::open(path).await?)))
    }

    /// A store that is gone with the process: for load tests, where a thousand files would be
    /// measured.
    pub fn in_memory() -> Store {
        Store(Kept::Memory(Box::default()))
    }

    /// What the engine needs to begin.
    ///
    /// # Errors
    /// `Store`.
    pub async fn load(&mut self) -> Result<Saved, BridgeError> {
        match &mut self.0 {
            Kept::Disk(disk) => disk.load().await,
            Kept::Memory(memory) => memory.load(),
        }
    }

    /// Does what one step of the engine wrote. Afterwards it is on disk.
    ///
    /// # Errors
    /// `Store`, and then none of it is done.
    pub async fn apply(&mut self, writes: &[Write]) -> Result<(), BridgeError> {
        match &mut self.0 {
            _ if writes.is_empty() => Ok(()),
            Kept::Disk(disk) => disk.apply(writes).await,
            Kept::Memory(memory) => memory.apply(writes),
        }
    }

    /// At most `limit` entries of a room above `after`, ascending. Those above a gap are among
    /// them.
    ///
    /// # Errors
    /// `Store`, also for an entry that this build cannot read.
    pub async fn entries(
        &mut self,
        room: RoomId,
        after: Seq,
        limit: i64,
    ) -> Result<Vec<Entry>, BridgeError> {
        match &mut self.0 {
            Kept::Disk(disk) => disk.entries(room, after, limit).await,
            Kept::Memory(memory) => memory.entries(room, after, limit),
        }
    }

    /// The cards of a room, in ascending order of their targets' places; those of entries that are
    /// not held are among them.
    ///
    /// # Errors
    /// `Store`, also for a card that this build cannot read.
    pub async fn cards(&mut self, room: RoomId) -> Result<Vec<CardOf>, BridgeError> {
        match &mut self.0 {
            Kept::Disk(disk) => disk.cards(room).await,
            Kept::Memory(memory) => memory.cards(room),
        }
    }

    /// Who this phone is.
    ///
    /// # Errors
    /// `Store`.
    pub async fn account(&mut self) -> Result<Option<Account>, BridgeError> {
        match &mut self.0 {
            Kept::Disk(disk) => disk.account().await,
            Kept::Memory(memory) => Ok(memory.account.clone()),
        }
    }

    /// Keeps who this phone is.
    ///
    /// # Errors
    /// `Store`.
    pub async fn put_account(&mut self, account: &Account) -> Result<(), BridgeError> {
        match &mut self.0 {
            Kept::Disk(disk) => disk.put_account(account).await,
            Kept::Memory(memory) => {
                memory.account = Some(account.clone());
                Ok(())
            }
        }
    }
}

/// The place of a raw entry. The engine writes none without.
fn seq_of(entry: &serde_json::Value) -> Result<i64, BridgeError> {
    entry["seq"].as_i64().ok_or_else(|| BridgeError::store("an entry without its seq"))
}

/// What the engine wants back of a raw card. The engine writes none that lacks it.
fn held_of(card: &serde_json::Value) -> Result<HeldCard, BridgeError> {
    let of = |name: &str| serde_json::from_value(card[name].clone()).map_err(BridgeError::store);
    let target = serde_json::from_value(card["target"].clone()).map_err(BridgeError::store)?;
    let hidden = !card["hidden"].is_null();
    Ok(HeldCard { target, seq: of("seq")?, at_seq: of("at_seq")?, hidden })
}

#[cfg(test)]
mod tests;
