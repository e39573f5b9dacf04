//! From the log to the feeds: what was written, and whose rooms changed. Within this process
//! entries travel in hand, on the thread that wrote them: telling the feeds never waits. What
//! another process wrote (the command line) is found by a pulse in the database. What needs the
//! database is done beside it, by the watcher and by the feeds' repair.

use crate::{
    error::Result,
    feed::Feeds,
    log::Written,
    presence::Presence,
    store::{Db, meta},
};
use roost_shared::{ConstellationId, Refusal};
use std::{
    collections::BTreeSet,
    sync::{Arc, Weak},
    time::Duration,
};

/// How often the database is asked whether another process changed anything.
const PULSE: Duration = Duration::from_millis(250);
/// After so many failed pulses (10 s) nobody can say who may still be here, and every phone is sent
/// off.
const BLIND_PULSES_MAX: u32 = 40;

/// Where the log says what it wrote. Cheap to clone.
#[derive(Clone)]
pub struct Bus(Arc<Inner>);

struct Inner {
    feeds: Feeds,
    presence: Presence,
}

impl Bus {
    /// A bus to these feeds and phones.
    pub fn new(feeds: Feeds, presence: Presence) -> Bus {
        Bus(Arc::new(Inner { feeds, presence }))
    }

    /// After a commit and before anybody hears of it: old entries that it changed are forgotten.
    pub fn forget(&self, written: &[Written]) {
        for one in written.iter().filter(|one| one.rewrote) {
            self.0.feeds.forget(one.room);
        }
    }

    /// After a commit: tells everybody who reads these rooms here.
    pub fn wrote(&self, written: Vec<Written>) {
        let mut reload = BTreeSet::new();
        for one in written {
            if one.members_changed {
                reload.insert(one.constellation);
            }
            self.0.feeds.deliver(one);
        }
        for constellation in reload {
            self.0.presence.reload(constellation);
        }
    }

    /// After a commit that changed who somebody is: their phones look again.
    pub fn changed(&self, constellation: ConstellationId) {
        self.0.presence.reload(constellation);
        self.0.feeds.look(constellation);
    }

    /// After commits whose outcome was unknown: the feeds look for themselves.
    pub fn look(&self, constellation: ConstellationId) {
        self.0.feeds.look(constellation);
    }

    /// For the watcher, which must end with the house.
    pub fn downgrade(&self) -> WeakBus {
        WeakBus(Arc::downgrade(&self.0))
    }
}

/// A bus that does not keep the house standing by itself.
pub struct WeakBus(Weak<Inner>);

/// Watches the pulse, from this count on, until the bus is gone: what another process changed is
/// known here within [`PULSE`].
pub async fn watch(db: Db, weak: WeakBus, mut seen: i64) {
    let mut ticks = tokio::time::interval(PULSE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut blind = 0;
    loop {
        ticks.tick().await;
        let Some(bus) = weak.0.upgrade().map(Bus) else { return };
        match changes(&db, &mut seen).await {
            Ok(constellations) => {
                blind = 0;
                for constellation in constellations {
                    bus.changed(constellation);
                }
            }
            Err(_) if db.is_closed() => return,
            Err(error) => {
                blind += 1;
                tracing::warn!(%error, pulses = blind, "the pulse could not be read");
                if blind >= BLIND_PULSES_MAX {
                    bus.0.presence.cut_all(Refusal::StoreUnavailable);
                }
            }
        }
    }
}

async fn changes(db: &Db, seen: &mut i64) -> Result<Vec<ConstellationId>> {
    let mut conn = db.watcher().await?;
    let mut constellations = Vec::new();
    for (constellation, count) in meta::changed_since(&mut conn, *seen).await? {
        *seen = count;
        constellations.push(constellation);
    }
    Ok(constellations)
}

/// The pulse now, to watch from.
///
/// # Errors
/// Whatever the database said.
pub async fn pulse(db: &Db) -> Result<i64> {
    let mut conn = db.reader().await?;
    meta::pulse(&mut conn).await
}
