//! How much one connection, one person and one address may ask for, by name; what goes over it
//! hears `too_many`. `governor` is named here and below only. Nothing holds more than so many keys,
//! and whoever has been quiet is forgotten: nobody can fill it by asking.

pub mod connections;
mod search;

pub use search::Searching;

use crate::{clock::Clock, config, metrics};
use governor::{
    NotUntil, Quota, RateLimiter,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed, StateStore, keyed::ShrinkableKeyedStateStore},
};
use roost_shared::{
    PersonId, Refusal,
    frame::{ClientFrame, Unread},
};
use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

/// How often those who have been quiet are forgotten.
const PRUNE: Duration = Duration::from_secs(30);

/// How many reports of browsers are heard a minute, of everybody: what is wrong with a page is
/// wrong on every phone, and nobody waits for an answer.
const REPORTS_A_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("it is not zero");

/// What can be too much. The names of the metric `roost_limited`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Frames of one connection.
    Frames,
    /// Connections of one person.
    Sockets,
    /// HTTP requests and hellos of one person.
    Requests,
    /// Tries to sign in, of one address.
    Attempts,
    /// Tries to sign in, of everybody.
    AttemptsOfAll,
    /// Reports of browsers, of everybody.
    Reports,
    /// Connections of one address without a phone.
    ConnectionsAnAddress,
    /// Connections of everybody.
    Connections,
    /// Searches of one person at once.
    Searches,
    /// Entries that one person's searches read.
    SearchEntries,
}

impl Limit {
    pub const ALL: [Limit; 10] = [
        Limit::Frames,
        Limit::Sockets,
        Limit::Requests,
        Limit::Attempts,
        Limit::AttemptsOfAll,
        Limit::Reports,
        Limit::ConnectionsAnAddress,
        Limit::Connections,
        Limit::Searches,
        Limit::SearchEntries,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Limit::Frames => "frames",
            Limit::Sockets => "sockets",
            Limit::Requests => "requests",
            Limit::Attempts => "attempts",
            Limit::AttemptsOfAll => "attempts_of_all",
            Limit::Reports => "reports",
            Limit::ConnectionsAnAddress => "connections_an_address",
            Limit::Connections => "connections",
            Limit::Searches => "searches",
            Limit::SearchEntries => "search_entries",
        }
    }

    /// The refusal, counted.
    pub fn hit(self) -> Refusal {
        self.hit_as(Refusal::TooMany)
    }

    /// The same where another refusal says better what to do.
    fn hit_as(self, refusal: Refusal) -> Refusal {
        metrics::all().limited(self);
        refusal
    }
}

/// The limits that are shared by the doors. Cheap to clone.
#[derive(Clone)]
pub struct Limits(Arc<Inner>);

struct Inner {
    clock: Clock,
    frames: Quota,
    attempts: Keyed<IpAddr>,
    attempts_of_all: Bucket,
    requests: Keyed<PersonId>,
    reports: Bucket,
    searches: search::Searches,
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, Steady, NoOpMiddleware<Duration>>;
type Keyed<K> = RateLimiter<K, Few<K>, Steady, NoOpMiddleware<Duration>>;

impl Limits {
    /// The limits of the configuration, on this clock; from now on the quiet are forgotten.
    pub fn start(limits: &config::Limits, clock: &Clock) -> Limits {
        let made = Limits::new(limits, clock);
        tokio::spawn(prune(Arc::downgrade(&made.0)));
        made
    }

    fn new(limits: &config::Limits, clock: &Clock) -> Limits {
        let steady = || Steady(clock.clone());
        let attempts = quota(limits.attempts_a_minute, limits.attempts_burst);
        let of_all = quota(limits.attempts_of_all_a_minute, limits.attempts_of_all_burst);
        let requests = quota(limits.requests_a_minute, limits.requests_burst);
        Limits(Arc::new(Inner {
            clock: clock.clone(),
            frames: quota(limits.frames_a_minute, limits.frames_burst),
            attempts: RateLimiter::new(attempts, Few::most(limits.remembered), steady()),
            attempts_of_all: RateLimiter::direct_with_clock(of_all, steady()),
            requests: RateLimiter::new(requests, Few::most(limits.remembered), steady()),
            reports: RateLimiter::direct_with_clock(Quota::per_minute(REPORTS_A_MINUTE), steady()),
            searches: search::Searches::new(limits, clock),
        }))
    }

    /// What one new connection may say.
    pub fn frames(&self) -> Frames {
        let steady = Steady(self.0.clock.clone());
        Frames(RateLimiter::direct_with_clock(self.0.frames, steady))
    }

    /// A try to sign in, before anything is looked up: a good token and a guess hear the same.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn attempt(&self, from: Option<IpAddr>) -> Result<(), Refusal> {
        if let Some(from) = from {
            let one = self.0.attempts.check_key(&neighbourhood(from));
            within(one, Limit::Attempts)?;
        }
        within(self.0.attempts_of_all.check(), Limit::AttemptsOfAll)
    }

    /// A request, or a `hello`, of somebody who is signed in.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn request(&self, person: PersonId) -> Result<(), Refusal> {
        within(self.0.requests.check_key(&person), Limit::Requests)
    }

    /// A report of a browser.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn report(&self) -> Result<(), Refusal> {
        within(self.0.reports.check(), Limit::Reports)
    }
}

/// What one connection may say.
pub struct Frames(Bucket);

impl Frames {
    /// Lets a frame pass, or puts `too_many` in its place, with the room and the draft that it
    /// named.
    ///
    /// **An alert is never throttled.** A frame that raises one must pass here before the bucket is
    /// asked, whatever its author has said before; that is why this looks at frames that are read
    /// already.
    ///
    /// # Errors
    /// `TooMany`, and what was wrong with the frame before.
    pub fn admit(&self, frame: Result<ClientFrame, Unread>) -> Result<ClientFrame, Unread> {
        let Err(refusal) = self.count() else { return frame };
        let (room, id) = match &frame {
            Ok(ClientFrame::Append { room, id, .. }) => (Some(*room), Some(*id)),
            Ok(ClientFrame::Range { room, .. }) => (Some(*room), None),
            Ok(_) => (None, None),
            Err(unread) => (unread.room, unread.id),
        };
        Err(Unread { refusal, room, id })
    }

    /// Counts a frame that has nothing for us to read: a ping, a pong, a part of another frame.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn count(&self) -> Result<(), Refusal> {
        within(self.0.check(), Limit::Frames)
    }
}

/// A bucket of `burst` that fills with so many a minute.
fn quota(a_minute: NonZeroU32, burst: NonZeroU32) -> Quota {
    Quota::per_minute(a_minute).allow_burst(burst)
}

fn within(checked: Result<(), NotUntil<Duration>>, limit: Limit) -> Result<(), Refusal> {
    checked.map_err(|_| limit.hit())
}

/// What counts as one address: whoever has an IPv6 address has the 2^64 beside it too.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            IpAddr::V6(network.into())
        }
    }
}

async fn prune(limits: Weak<Inner>) {
    let mut ticks = tokio::time::interval(PRUNE);
    loop {
        ticks.tick().await;
        let Some(limits) = limits.upgrade() else { return };
        limits.attempts.retain_recent();
        limits.attempts.shrink_to_fit();
        limits.requests.retain_recent();
        limits.requests.shrink_to_fit();
        limits.searches.prune();
    }
}

/// The house's clock as governor reads it.
#[derive(Clone)]
struct Steady(Clock);

impl governor::clock::Clock for Steady {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.steady()
    }
}

/// Buckets by key, at most so many: those that come when it is full share one.
struct Few<K> {
    most: usize,
    buckets: Mutex<Buckets<K>>,
}

struct Buckets<K> {
    known: HashMap<K, Nanos>,
    rest: Option<Nanos>,
}

impl<K> Few<K> {
    fn most(most: usize) -> Few<K> {
        Few { most, buckets: Mutex::new(Buckets { known: HashMap::new(), rest: None }) }
    }

    fn buckets(&self) -> MutexGuard<'_, Buckets<K>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone> StateStore for Few<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, judge: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut buckets = self.buckets();
        let Buckets { known, rest } = &mut *buckets;
        let full = known.len() >= self.most;
        match known.get_mut(key) {
            Some(level) => {
                let (verdict, after) = judge(Some(*level))?;
                *level = after;
                Ok(verdict)
            }
            None if full => {
                let (verdict, after) = judge(*rest)?;
                *rest = Some(after);
                Ok(verdict)
            }
            None => {
                let (verdict, after) = judge(None)?;
                known.insert(key.clone(), after);
                Ok(verdict)
            }
        }
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Few<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        self.buckets().known.retain(|_, level| *level > drop_below);
    }

    fn shrink_to_fit(&self) {
        self.buckets().known.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.buckets().known.len()
    }

    fn is_empty(&self) -> bool {
        self.buckets().known.is_empty()
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
