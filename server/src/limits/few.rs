//! Buckets by key, at most so many: those that come when it is full share one, and whoever has been
//! quiet is forgotten. So nobody can fill it by asking.

use super::Steady;
use governor::{
    Quota, RateLimiter,
    clock::Clock as _,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};
use std::{
    collections::HashMap,
    hash::Hash,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A bucket for each key.
pub(super) struct Keyed<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, Few<K>, Steady, NoOpMiddleware<Duration>>,
    levels: Few<K>,
    clock: Steady,
    /// When the levels are counted from.
    began: Duration,
    /// How far a level may lie ahead of now before its bucket is spent.
    ahead: Duration,
}

impl<K: Hash + Eq + Clone> Keyed<K> {
    /// Buckets of this quota for at most `most` keys.
    pub(super) fn new(quota: Quota, most: usize, clock: &Steady) -> Keyed<K> {
        let levels = Few::most(most);
        Keyed {
            limiter: RateLimiter::new(quota, levels.clone(), clock.clone()),
            levels,
            clock: clock.clone(),
            began: clock.now(),
            ahead: quota.replenish_interval() * (quota.burst_size().get() - 1),
        }
    }

    /// Takes one out of the bucket of this key; false when it is spent.
    pub(super) fn take(&self, key: &K) -> bool {
        self.limiter.check_key(key).is_ok()
    }

    /// Takes so many out of the bucket of this key; false when it does not hold them.
    pub(super) fn take_many(&self, key: &K, count: NonZeroU32) -> bool {
        matches!(self.limiter.check_key_n(key, count), Ok(Ok(())))
    }

    /// Whether the bucket of this key is spent, without taking anything out of it.
    pub(super) fn is_spent(&self, key: &K) -> bool {
        let Some(level) = self.levels.level(key) else { return false };
        let now = self.clock.now().saturating_sub(self.began);
        now < Duration::from(level).saturating_sub(self.ahead)
    }

    /// Forgets whoever has been quiet.
    pub(super) fn prune(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.limiter.len()
    }
}

/// The level of each bucket, as governor counts them.
struct Few<K>(Arc<Inner<K>>);

struct Inner<K> {
    most: usize,
    buckets: Mutex<Buckets<K>>,
}

struct Buckets<K> {
    known: HashMap<K, Nanos>,
    rest: Option<Nanos>,
}

impl<K> Clone for Few<K> {
    fn clone(&self) -> Few<K> {
        Few(Arc::clone(&self.0))
    }
}

impl<K: Hash + Eq> Few<K> {
    fn most(most: usize) -> Few<K> {
        let buckets = Mutex::new(Buckets { known: HashMap::new(), rest: None });
        Few(Arc::new(Inner { most, buckets }))
    }

    fn buckets(&self) -> MutexGuard<'_, Buckets<K>> {
        self.0.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn level(&self, key: &K) -> Option<Nanos> {
        let buckets = self.buckets();
        let shared = if buckets.known.len() >= self.0.most { buckets.rest } else { None };
        buckets.known.get(key).copied().or(shared)
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
        let full = known.len() >= self.0.most;
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
