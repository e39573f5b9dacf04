//! What searching may cost: one search at a time a person, so many entries a minute, and so many
//! slices at once in the house.

use super::{Limit, Limits, Steady, few::Keyed, quota};
use crate::config;
use roost_shared::{PersonId, Refusal};
use std::{
    collections::HashSet,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// What the house remembers of searches.
pub(super) struct Searches {
    entries: Keyed<PersonId>,
    /// Who is searching.
    under_way: Mutex<HashSet<PersonId>>,
    /// Whoever waits gets a turn in the order in which they asked.
    turns: Semaphore,
}

/// A person's search, until it is dropped.
pub struct Searching {
    limits: Limits,
    person: PersonId,
}

impl Searches {
    pub(super) fn new(limits: &config::Limits, clock: &Steady) -> Searches {
        let entries = quota(limits.search_entries_a_minute, limits.search_entries_a_minute);
        Searches {
            entries: Keyed::new(entries, limits.remembered, clock),
            under_way: Mutex::default(),
            turns: Semaphore::new(limits.searches_at_once),
        }
    }

    /// Forgets whoever has been quiet.
    pub(super) fn prune(&self) {
        self.entries.prune();
    }

    fn under_way(&self) -> MutexGuard<'_, HashSet<PersonId>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Limits {
    /// A person begins to search.
    ///
    /// # Errors
    /// `Busy` while another search of theirs is under way: it is over in a moment.
    pub fn search(&self, person: PersonId) -> Result<Searching, Refusal> {
        if !self.0.searches.under_way().insert(person) {
            return Err(Limit::Searches.hit_as(Refusal::Busy));
        }
        Ok(Searching { limits: self.clone(), person })
    }
}

impl Searching {
    /// Waits for a turn at reading so many entries, and counts them.
    ///
    /// # Errors
    /// `TooMany` when this person has read as many as they may for now.
    pub async fn turn(&self, entries: NonZeroU32) -> Result<SemaphorePermit<'_>, Refusal> {
        let Searches { entries: read, turns, .. } = &self.limits.0.searches;
        if !read.take_many(&self.person, entries) {
            return Err(Limit::SearchEntries.hit());
        }
        turns.acquire().await.map_err(|_| Refusal::Draining)
    }
}

impl Drop for Searching {
    fn drop(&mut self) {
        self.limits.0.searches.under_way().remove(&self.person);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, clock::Clock};
    use futures_util::FutureExt;
    use std::path::Path;

    const SLICE: NonZeroU32 = NonZeroU32::new(100).unwrap();

    fn limits() -> (Limits, Clock) {
        let mut limits = Config::in_folder(Path::new("unused")).limits;
        limits.search_entries_a_minute = NonZeroU32::new(300).unwrap();
        limits.searches_at_once = 1;
        let clock = Clock::turned_by_hand(1_795_310_400_000);
        (Limits::new(&limits, &clock), clock)
    }

    fn people() -> (PersonId, PersonId) {
        (PersonId::new(1, [1; 10]), PersonId::new(1, [2; 10]))
    }

    #[test]
    fn a_person_searches_one_thing_at_a_time() {
        let ((limits, _), (jo, sam)) = (limits(), people());
        let first = limits.search(jo).unwrap();
        assert_eq!(limits.search(jo).err(), Some(Refusal::Busy));
        assert!(limits.search(sam).is_ok());
        drop(first);
        assert!(limits.search(jo).is_ok());
    }

    #[test]
    fn entries_are_counted_by_person() {
        let ((limits, clock), (jo, sam)) = (limits(), people());
        let (mine, theirs) = (limits.search(jo).unwrap(), limits.search(sam).unwrap());
        let passed = |searching: &Searching| {
            (0..10).filter(|_| searching.turn(SLICE).now_or_never().unwrap().is_ok()).count()
        };
        assert_eq!((passed(&mine), passed(&theirs)), (3, 3));
        clock.turn(20_000);
        assert_eq!(passed(&mine), 1, "a third of a minute, a third of the entries");
        let more = NonZeroU32::new(301).unwrap();
        let refused = theirs.turn(more).now_or_never().unwrap();
        assert_eq!(refused.err(), Some(Refusal::TooMany), "more than there ever is");
    }

    #[test]
    fn the_house_reads_for_one_at_a_time() {
        let ((limits, _), (jo, sam)) = (limits(), people());
        let (mine, theirs) = (limits.search(jo).unwrap(), limits.search(sam).unwrap());
        let turn = mine.turn(SLICE).now_or_never().unwrap();
        assert!(theirs.turn(SLICE).now_or_never().is_none(), "it waits");
        drop(turn);
        assert!(theirs.turn(SLICE).now_or_never().unwrap().is_ok());
    }
}
