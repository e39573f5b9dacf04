//! How much one connection, one person, one sign-in and one network may ask for, by name; what goes
//! over it hears `too_many`. The only folder that names `governor`.
//! - `few`: buckets by key, and no more than so many;
//! - `guesses`: failures to prove oneself, and how they are slowed;
//! - `connections`: how many there may be, and which makes way;
//! - `search`: what searching may cost.

pub mod connections;
mod few;
mod guesses;
mod search;

pub use search::Searching;

use crate::{clock::Clock, config, error::Result, metrics};
use few::Keyed;
use governor::{
    NotUntil, Quota, RateLimiter,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use guesses::Guesses;
use roost_shared::{
    DeviceId, PersonId, Refusal,
    frame::{ClientFrame, Unread},
};
use std::{
    future::Future,
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Weak},
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
    /// Uses of one sign-in, one link or one code.
    SignIns,
    /// Failures to prove oneself, of one network.
    Guesses,
    /// Failures to prove oneself, of everybody: those for which there was no room to wait.
    GuessesOfAll,
    /// Look-ups of networks whose failures are spent: those for which there was no room to wait.
    Lookups,
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
    pub const ALL: [Limit; 12] = [
        Limit::Frames,
        Limit::Sockets,
        Limit::Requests,
        Limit::SignIns,
        Limit::Guesses,
        Limit::GuessesOfAll,
        Limit::Lookups,
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
            Limit::SignIns => "sign_ins",
            Limit::Guesses => "guesses",
            Limit::GuessesOfAll => "guesses_of_all",
            Limit::Lookups => "lookups",
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
    requests: Keyed<PersonId>,
    /// The same by sign-in, for those of whom it is not known yet whether they are still here.
    asked: Keyed<DeviceId>,
    /// Refresh tokens that are ours, by sign-in and count: also those that are worth nothing more.
    tokens: Keyed<(DeviceId, i64)>,
    sign_ins: Keyed<DeviceId>,
    /// Links and codes that were good, by a hash that nobody outside can foresee.
    secrets: Keyed<u64>,
    hasher: RandomState,
    guesses: Guesses,
    reports: Bucket,
    searches: search::Searches,
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, Steady, NoOpMiddleware<Duration>>;

impl Limits {
    /// The limits of the configuration, on this clock; from now on the quiet are forgotten.
    pub fn start(limits: &config::Limits, clock: &Clock) -> Limits {
        let made = Limits::new(limits, clock);
        tokio::spawn(prune(Arc::downgrade(&made.0)));
        made
    }

    fn new(limits: &config::Limits, clock: &Clock) -> Limits {
        let steady = Steady(clock.clone());
        let searching = steady.clone();
        let requests = quota(limits.requests_a_minute, limits.requests_burst);
        let sign_ins = quota(limits.sign_ins_a_minute, limits.sign_ins_burst);
        let reports = Quota::per_minute(REPORTS_A_MINUTE);
        Limits(Arc::new(Inner {
            clock: clock.clone(),
            frames: quota(limits.frames_a_minute, limits.frames_burst),
            requests: Keyed::new(requests, limits.remembered, &steady),
            asked: Keyed::new(requests, limits.remembered, &steady),
            tokens: Keyed::new(sign_ins, limits.remembered, &steady),
            sign_ins: Keyed::new(sign_ins, limits.remembered, &steady),
            secrets: Keyed::new(sign_ins, limits.remembered, &steady),
            hasher: RandomState::new(),
            guesses: Guesses::new(limits, &steady),
            reports: RateLimiter::direct_with_clock(reports, steady),
            searches: search::Searches::new(limits, &searching),
        }))
    }

    /// What one new connection may say.
    pub fn frames(&self) -> Frames {
        let steady = Steady(self.0.clock.clone());
        Frames(RateLimiter::direct_with_clock(self.0.frames, steady))
    }

    /// What a caller hears whose token is none of ours: `guess`, or that it was too much. May take
    /// its time.
    pub async fn failed(&self, from: Option<IpAddr>, guess: Refusal) -> Refusal {
        self.0.guesses.failed(from, guess).await
    }

    /// Does something by a link or a code that has to be looked up. Nobody who has one is refused
    /// for what others do; `guess` is what is told to whoever has none.
    ///
    /// # Errors
    /// Those of `act`; `TooMany` in place of `guess`, and for a link or code that was used too
    /// often.
    pub async fn by_secret<T>(
        &self,
        from: Option<IpAddr>,
        (secret, guess): (&str, Refusal),
        act: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        // Only what was good is counted there: what is made up fills nothing, and learns nothing.
        let key = self.0.hasher.hash_one(secret);
        if self.0.secrets.is_spent(&key) {
            return Err(Limit::SignIns.hit().into());
        }
        let done = self.0.guesses.look_up(from, guess, act).await?;
        self.0.secrets.take(&key);
        Ok(done)
    }

    /// Does something by a refresh token that is ours. What an earlier holder of the sign-in tries
    /// is counted by their token alone: only what was good counts for the sign-in.
    ///
    /// # Errors
    /// Those of `act`; `TooMany`.
    pub async fn by_token<T>(
        &self,
        (device, generation): (DeviceId, i64),
        act: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let token = (device, generation);
        if self.0.sign_ins.is_spent(&device) || !self.0.tokens.take(&token) {
            return Err(Limit::SignIns.hit().into());
        }
        let done = act.await?;
        self.0.sign_ins.take(&device);
        Ok(done)
    }

    /// A request, or a `hello`, by a sign-in that is ours, before it is looked up: whoever has
    /// ended may ask no more often than others, and uses up nothing but their own.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn asked(&self, device: DeviceId) -> Result<(), Refusal> {
        if self.0.asked.take(&device) { Ok(()) } else { Err(Limit::Requests.hit()) }
    }

    /// A request, or a `hello`, of somebody who is signed in.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn request(&self, person: PersonId) -> Result<(), Refusal> {
        if self.0.requests.take(&person) { Ok(()) } else { Err(Limit::Requests.hit()) }
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

async fn prune(limits: Weak<Inner>) {
    let mut ticks = tokio::time::interval(PRUNE);
    loop {
        ticks.tick().await;
        let Some(limits) = limits.upgrade() else { return };
        limits.requests.prune();
        limits.asked.prune();
        limits.tokens.prune();
        limits.sign_ins.prune();
        limits.secrets.prune();
        limits.guesses.prune();
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

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
