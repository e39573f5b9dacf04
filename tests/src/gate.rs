//! Keeps tests that measure time apart from those that take the whole machine. A test goes through
//! it once, at its beginning, and holds what it got to its end.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

static GATE: LazyLock<Arc<RwLock<()>>> = LazyLock::new(Arc::default);

/// For a test that expects something within about a second.
pub async fn timed() -> OwnedRwLockReadGuard<()> {
    GATE.clone().read_owned().await
}

/// For a test that keeps every core busy.
pub async fn alone() -> OwnedRwLockWriteGuard<()> {
    GATE.clone().write_owned().await
}

/// How long all but one in a hundred waited at most.
pub fn p99(mut waits: Vec<Duration>) -> Duration {
    waits.sort_unstable();
    waits[waits.len() * 99 / 100 - 1]
}
