//! From the log to the feeds: what was written, and whose rooms changed. Within this process
//! entries travel in hand; what another process wrote (the command line) is found by a pulse in the
//! database. One task delivers, so every phone sees a room's entries in the order of its log.

use crate::{
    error::Result,
    feed::Feeds,
    log::Written,
    presence::Presence,
    store::{Db, meta},
};
use roost_shared::ConstellationId;
use std::{collections::BTreeSet, time::Duration};
use tokio::sync::mpsc;

/// Commits that may wait for delivery before the writer waits too.
const QUEUE: usize = 64;
/// How often the database is asked whether another process changed anything.
const PULSE: Duration = Duration::from_millis(250);

enum Event {
    Wrote(Vec<Written>),
    /// Another process changed people or rooms of this constellation.
    Changed(ConstellationId),
}

/// Where the log says what it wrote.
#[derive(Clone)]
pub struct Bus(mpsc::Sender<Event>);

/// The other end, until [`deliver`] takes it.
pub struct Deliveries(mpsc::Receiver<Event>);

/// A bus and its other end.
pub fn open() -> (Bus, Deliveries) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Bus(sender), Deliveries(receiver))
}

impl Bus {
    /// After a commit: hand over what it wrote.
    pub async fn wrote(&self, written: Vec<Written>) {
        if !written.is_empty() {
            // A closed bus means that the process is ending; the entries are on disk.
            let _ = self.0.send(Event::Wrote(written)).await;
        }
    }

    /// For the watcher, which must end with the house.
    pub fn downgrade(&self) -> WeakBus {
        WeakBus(self.0.downgrade())
    }

    /// After a commit that changed who somebody is: their phones look again.
    pub async fn changed(&self, constellation: ConstellationId) {
        let _ = self.0.send(Event::Changed(constellation)).await;
    }
}

/// Delivers until every `Bus` is gone.
pub async fn deliver(mut deliveries: Deliveries, feeds: Feeds, presence: Presence) {
    while let Some(event) = deliveries.0.recv().await {
        match event {
            Event::Wrote(written) => {
                let mut reload = BTreeSet::new();
                for one in written {
                    if one.members_changed {
                        reload.insert(one.constellation);
                    }
                    feeds.deliver(one).await;
                }
                for constellation in reload {
                    presence.reload(constellation);
                }
            }
            Event::Changed(constellation) => {
                presence.reload(constellation);
                feeds.catch_up(constellation).await;
            }
        }
    }
}

/// A bus that does not keep the deliveries going by itself.
pub struct WeakBus(mpsc::WeakSender<Event>);

/// Watches the pulse, from this count on, until the bus is gone: what another process changed is
/// known here within [`PULSE`].
pub async fn watch(db: Db, weak: WeakBus, mut seen: i64) {
    let mut ticks = tokio::time::interval(PULSE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(bus) = weak.0.upgrade().map(Bus) else { return };
        if let Err(error) = look(&db, &bus, &mut seen).await {
            if db.is_closed() {
                return;
            }
            tracing::warn!(%error, "the pulse could not be read");
        }
    }
}

async fn look(db: &Db, bus: &Bus, seen: &mut i64) -> Result<()> {
    let mut conn = db.reader().await?;
    for (constellation, count) in meta::changed_since(&mut conn, *seen).await? {
        *seen = count;
        bus.changed(constellation).await;
    }
    Ok(())
}

/// The pulse now, to watch from.
///
/// # Errors
/// Whatever the database said.
pub async fn pulse(db: &Db) -> Result<i64> {
    let mut conn = db.reader().await?;
    meta::pulse(&mut conn).await
}
