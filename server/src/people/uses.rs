//! When a sign-in was first used. Every request would know, so it is noted once for each refresh
//! token: gathered in memory, and written together at most once a second. What is lost with a
//! process leaves the token before it good for longer, and never for a shorter time.

use super::People;
use crate::{
    error::Result,
    store::devices::{self, Use},
};
use roost_shared::DeviceId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// How often they are written.
const EVERY: Duration = Duration::from_secs(1);
/// First uses that may wait to be written. One more is noted with the next request.
const WAITING_MAX: usize = 100_000;

/// First uses that are not written yet.
#[derive(Clone, Default)]
pub(super) struct Uses(Arc<Inner>);

#[derive(Default)]
struct Inner {
    waiting: Mutex<HashMap<DeviceId, Use>>,
    work: Notify,
}

impl Uses {
    /// The first of a token counts.
    pub(super) fn note(&self, new: Use) {
        let mut waiting = self.waiting();
        let full = waiting.len() >= WAITING_MAX;
        match waiting.get_mut(&new.device) {
            Some(known) if known.generation >= new.generation => return,
            Some(known) => *known = new,
            None if full => return,
            None => {
                waiting.insert(new.device, new);
            }
        }
        drop(waiting);
        self.0.work.notify_one();
    }

    /// When this token of a device was first used, as far as that waits to be written.
    pub(super) fn of(&self, device: DeviceId, generation: i64) -> Option<i64> {
        let waiting = self.waiting();
        let known = waiting.get(&device).filter(|known| known.generation == generation);
        known.map(|known| known.at)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<DeviceId, Use>> {
        // A panic elsewhere leaves at worst a use that is noted again.
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl People {
    /// Writes first uses down, for as long as the database is open.
    pub async fn keep_uses(self) {
        while !self.db.is_closed() {
            let _ = tokio::time::timeout(EVERY, self.uses.0.work.notified()).await;
            if let Err(error) = self.write_uses().await
                && !self.db.is_closed()
            {
                tracing::warn!(%error, "first uses of sign-ins were not kept");
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Writes what waits now. It stands in memory until it is on disk.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn write_uses(&self) -> Result<()> {
        let mut uses: Vec<Use> = self.uses.waiting().values().copied().collect();
        if uses.is_empty() {
            return Ok(());
        }
        // In one order, so that two instances do not wait for each other.
        uses.sort_by_key(|one| one.device);
        let mut tx = self.db.begin().await?;
        devices::used(tx.conn(), &uses).await?;
        tx.commit().await?;
        let mut waiting = self.uses.waiting();
        for written in uses {
            if waiting.get(&written.device) == Some(&written) {
                waiting.remove(&written.device);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roost_shared::ServiceId;

    #[test]
    fn the_first_use_of_the_newest_token_is_remembered() {
        let (uses, service) = (Uses::default(), ServiceId::new(1, [1; 10]));
        let (sams, amaras) = (DeviceId::new(1, [2; 10]), DeviceId::new(1, [3; 10]));
        for (device, generation, at) in
            [(sams, 1, 10), (sams, 1, 20), (sams, 2, 30), (sams, 1, 40), (amaras, 5, 50)]
        {
            uses.note(Use { service, device, generation, at });
        }
        assert_eq!(
            (uses.of(sams, 1), uses.of(sams, 2), uses.of(amaras, 5)),
            (None, Some(30), Some(50))
        );
    }
}
