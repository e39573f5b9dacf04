//! From the log to the feeds: what was written, and whose rooms changed. Within this process
//! entries travel in hand; what another process wrote (the command line) is found by a pulse in the
//! database. One task delivers, so every phone sees a room's entries in the order of its log; it
//! never waits for the database. What needs the database is done beside it, by the watcher and by
//! the feeds' repair.

use crate::{
    error::Result,
    feed::Feeds,
    log::Written,
    presence::Presence,
    store::{Db, meta},
};
use roost_shared::{ConstellationId, Refusal};
use std::{collections::BTreeSet, time::Duration};
use tokio::sync::mpsc;

/// Commits that may wait for delivery before the writer waits too.
const QUEUE: usize = 64;
/// How often the database is asked whether another process changed anything.
const PULSE: Duration = Duration::from_millis(250);
/// After so many failed pulses (10 s) nobody can say who may still be here, and every phone is sent
/// off.
const BLIND_PULSES_MAX: u32 = 40;

enum Event {
    Wrote(Vec<Written>),
    /// People or rooms of this constellation changed.
    Changed(ConstellationId),
    /// This constellation's rooms may hold more than was handed over.
    Look(ConstellationId),
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
            self.say(Event::Wrote(written)).await;
        }
    }

    /// After a commit that changed who somebody is: their phones look again.
    pub async fn changed(&self, constellation: ConstellationId) {
        self.say(Event::Changed(constellation)).await;
    }

    /// After commits whose outcome was unknown: the feeds look for themselves.
    pub async fn look(&self, constellation: ConstellationId) {
        self.say(Event::Look(constellation)).await;
    }

    /// For the watcher, which must end with the house.
    pub fn downgrade(&self) -> WeakBus {
        WeakBus(self.0.downgrade())
    }

    /// Whether somebody still delivers.
    pub fn is_alive(&self) -> bool {
        !self.0.is_closed()
    }

    async fn say(&self, event: Event) {
        // A closed bus means that the process is ending; the entries are on disk.
        let _ = self.0.send(event).await;
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
                    feeds.deliver(one);
                }
                for constellation in reload {
                    presence.reload(constellation);
                }
            }
            Event::Changed(constellation) => {
                presence.reload(constellation);
                feeds.look(constellation);
            }
            Event::Look(constellation) => feeds.look(constellation),
        }
    }
}

/// A bus that does not keep the deliveries going by itself.
pub struct WeakBus(mpsc::WeakSender<Event>);

/// Watches the pulse, from this count on, until the bus is gone: what another process changed is
/// known here within [`PULSE`].
pub async fn watch(db: Db, weak: WeakBus, presence: Presence, mut seen: i64) {
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
                    bus.changed(constellation).await;
                }
            }
            Err(_) if db.is_closed() => return,
            Err(error) => {
                blind += 1;
                tracing::warn!(%error, pulses = blind, "the pulse could not be read");
                if blind >= BLIND_PULSES_MAX {
                    presence.cut_all(Refusal::StoreUnavailable);
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
