//! Real time for the driver. The engine never comes here: it is told the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Epoch milliseconds that never go back: the wall clock is read once, a steady clock counts on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began_ms: i64,
    began: Instant,
}

impl Clock {
    pub(crate) fn start() -> Clock {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the phone reads a wall clock"
        )]
        let now = SystemTime::now();
        // A phone whose clock stands before 1970 counts from there: only its own times look odd.
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let began_ms = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX / 2);
        Clock { began_ms, began: Instant::now() }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        let passed = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX / 2);
        self.began_ms.saturating_add(passed)
    }

    /// When it will be `at_ms`; never before that, so that an alarm does not ring early.
    pub(crate) fn instant(&self, at_ms: i64) -> Instant {
        let ahead = u64::try_from(at_ms.saturating_sub(self.began_ms)).unwrap_or(0);
        self.began + Duration::from_millis(ahead)
    }
}
