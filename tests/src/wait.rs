//! The only place where a test waits for time to pass: always for something, always with a
//! deadline.

use std::{
    future::Future,
    thread,
    time::{Duration, Instant},
};

/// How long it looks away between two looks.
const LOOK_MS: u64 = 5;

/// Waits until `holds`; panics with `what` when it does not within `limit`.
pub fn until(what: &str, limit: Duration, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < limit, "not within {limit:?}: {what}");
        thread::sleep(Duration::from_millis(LOOK_MS));
    }
}

/// As [`until`], where looking takes an await; gives back what was waited for.
pub async fn until_some<T, F>(what: &str, limit: Duration, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
    }
}

/// Awaits the time at which somebody is to come.
pub async fn passed(since: Instant, after: Duration) {
    tokio::time::sleep_until((since + after).into()).await;
}

/// Awaits `work`; panics with `what` when it takes longer than `limit`.
pub async fn within<T>(what: &str, limit: Duration, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => panic!("not within {limit:?}: {what}"),
    }
}
