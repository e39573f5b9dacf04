//! Who is connected to this process: the outlets of each constellation's phones.

use crate::{clock::spread, limits::Limit, metrics, outlet::Outlet, store::people::Place};
use roost_shared::{ConstellationId, Refusal};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// So many phones come back in a second without one waiting for the others.
const BACK_A_SECOND: i64 = 200;
/// Over so long they are spread at most, however many they are, ms.
const SPREAD_MAX_MS: i64 = 10_000;

/// By constellation; the phone of somebody who is of several stands in each.
type Outlets = HashMap<ConstellationId, Vec<Arc<Outlet>>>;

/// The outlets of everyone who is connected, by constellation.
#[derive(Clone)]
pub struct Presence {
    here: Arc<Mutex<Here>>,
    sockets_a_person: usize,
    spread_least_ms: i64,
}

#[derive(Default)]
struct Here {
    outlets: Outlets,
    /// Phones, and the most that there have been: those who lose their connection together come
    /// back together.
    phones: usize,
    most: usize,
}

impl Presence {
    /// Nobody is here yet, and each may come with so many phones; those who come back are spread
    /// over so many milliseconds, or over more when they are many.
    pub fn new(sockets_a_person: usize, spread_least_ms: i64) -> Presence {
        Presence { here: Arc::default(), sockets_a_person, spread_least_ms }
    }

    /// Somebody is here, in all constellations that they are of. Those who were here before stay: a
    /// thief of a token cannot push its owner out.
    ///
    /// # Errors
    /// `TooMany` when this person is here with as many phones as they may.
    pub fn enter(&self, places: &[Place], outlet: &Arc<Outlet>) -> Result<(), Refusal> {
        self.with(|here| {
            let home = places.first().and_then(|place| here.outlets.get(&place.constellation));
            let theirs = |other: &&Arc<Outlet>| other.person == outlet.person;
            if home.is_some_and(|home| home.iter().filter(theirs).count() >= self.sockets_a_person)
            {
                return Err(Limit::Sockets.hit());
            }
            add(&mut here.outlets, places, outlet);
            here.phones += 1;
            here.most = here.most.max(here.phones);
            metrics::all().entered();
            Ok(())
        })
    }

    /// Somebody is of other constellations than they were.
    pub fn follow(&self, from: &[Place], to: &[Place], outlet: &Arc<Outlet>) {
        if from != to {
            self.with(|here| {
                remove(&mut here.outlets, from, outlet);
                add(&mut here.outlets, to, outlet);
            });
        }
    }

    /// Somebody who had entered has gone.
    pub fn leave(&self, places: &[Place], outlet: &Arc<Outlet>) {
        self.with(|here| {
            remove(&mut here.outlets, places, outlet);
            here.phones = here.phones.saturating_sub(1);
        });
    }

    /// After what time a phone that loses its connection is to come back: each gets its own.
    pub fn retry_ms(&self) -> i64 {
        let most = i64::try_from(self.with(|here| here.most)).unwrap_or(i64::MAX);
        let needed = most.saturating_mul(1_000) / BACK_A_SECOND;
        spread(needed.min(SPREAD_MAX_MS).max(self.spread_least_ms))
    }

    /// Every phone of a constellation looks again at its rooms, and at whether it may be here at
    /// all.
    pub fn reload(&self, constellation: ConstellationId) {
        self.with(|here| {
            here.outlets.get(&constellation).into_iter().flatten().for_each(|o| o.reload());
        });
    }

    /// Ends every connection.
    pub fn cut_all(&self, refusal: Refusal) {
        self.with(|here| here.outlets.values().flatten().for_each(|outlet| outlet.cut(refusal)));
    }

    /// How many phones are connected.
    pub fn count(&self) -> usize {
        self.with(|here| here.phones)
    }

    /// How many phones have fallen behind and not read on yet, and how many bytes wait for all.
    pub fn queued(&self) -> (usize, usize) {
        self.with(|here| {
            let phones = phones(&here.outlets);
            let waiting = phones.iter().map(|outlet| outlet.bytes()).sum();
            (phones.into_iter().filter(|outlet| outlet.is_behind()).count(), waiting)
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Here) -> T) -> T {
        // A panic elsewhere cannot leave the map half-changed, so a poisoned lock is still good.
        act(&mut self.here.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn add(all: &mut Outlets, places: &[Place], outlet: &Arc<Outlet>) {
    for place in places {
        all.entry(place.constellation).or_default().push(outlet.clone());
    }
}

fn remove(all: &mut Outlets, places: &[Place], outlet: &Arc<Outlet>) {
    for place in places {
        if let Some(outlets) = all.get_mut(&place.constellation) {
            outlets.retain(|other| !Arc::ptr_eq(other, outlet));
            if outlets.is_empty() {
                all.remove(&place.constellation);
            }
        }
    }
}

/// Every phone once, of however many constellations its person is.
fn phones(all: &Outlets) -> Vec<&Arc<Outlet>> {
    let mut phones: Vec<&Arc<Outlet>> = all.values().flatten().collect();
    phones.sort_unstable_by_key(|outlet| Arc::as_ptr(outlet));
    phones.dedup_by_key(|outlet| Arc::as_ptr(outlet));
    phones
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outlet::Inlet;
    use roost_shared::PersonId;

    /// A service of some homes is back at once; a town's phones do not come all in one second.
    #[test]
    fn the_more_phones_there_were_the_longer_they_are_spread() {
        for (phones, over_ms) in [(11, 2_000), (400, 2_000), (1_000, 5_000), (9_000, 10_000)] {
            let presence = Presence::new(8, 2_000);
            let all: Vec<_> = (0..phones)
                .map(|n| Inlet::new(PersonId::new(n, [1; 10]), 1, 1).outlet)
                .inspect(|outlet| presence.enter(&[], outlet).unwrap())
                .collect();
            all.iter().for_each(|outlet| presence.leave(&[], outlet));
            assert_eq!(presence.count(), 0);
            let waits: Vec<i64> = (0..1_000).map(|_| presence.retry_ms()).collect();
            let (least, most) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
            assert!((0..over_ms / 20).contains(least), "{phones}: {least} ms");
            assert!((over_ms * 19 / 20..over_ms + 1).contains(most), "{phones}: {most} ms");
        }
    }
}
