//! Time and chance. The only place that reads a clock or the system's entropy; everything else is
//! given a `Clock`, so that tests turn time by hand.

use roost_shared::room::LocalTime;
use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Where constellations are (IANA).
const ZONE_NAME: &str = "Europe/London";
/// How late [`after_in_step`] may be, ms.
const STEP_MS: u64 = 500;

/// Tells the time in epoch milliseconds. Clones share the same hands.
#[derive(Clone, Debug)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock(None)
    }

    /// A clock that stands still until it is turned.
    pub fn turned_by_hand(at_ms: i64) -> Clock {
        Clock(Some(Arc::new(AtomicI64::new(at_ms))))
    }

    /// Now, in epoch milliseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everybody else asks")]
    pub fn now(&self) -> i64 {
        match &self.0 {
            Some(hands) => hands.load(Ordering::SeqCst),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
        }
    }

    /// How long this process has been running, on a clock that never jumps; or what the hands say.
    pub fn steady(&self) -> Duration {
        match &self.0 {
            Some(hands) => {
                Duration::from_millis(u64::try_from(hands.load(Ordering::SeqCst)).unwrap_or(0))
            }
            None => beginning().elapsed(),
        }
    }

    /// Turns a clock of [`Clock::turned_by_hand`]; the machine's clock is left alone.
    pub fn turn(&self, by_ms: i64) {
        if let Some(hands) = &self.0 {
            hands.fetch_add(by_ms, Ordering::SeqCst);
        }
    }
}

/// A moment to measure from, on the clock that never jumps.
#[derive(Clone, Copy, Debug)]
pub struct Moment(tokio::time::Instant);

/// This moment.
pub fn moment() -> Moment {
    Moment(tokio::time::Instant::now())
}

impl Moment {
    /// The seconds since then.
    pub fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// Where steady time begins: the first time anybody asks.
fn beginning() -> tokio::time::Instant {
    static BEGAN: OnceLock<tokio::time::Instant> = OnceLock::new();
    *BEGAN.get_or_init(tokio::time::Instant::now)
}

/// The moment after a wait, on the clock that never jumps.
#[must_use]
pub fn after(wait_ms: u64) -> tokio::time::Instant {
    tokio::time::Instant::now() + Duration::from_millis(wait_ms)
}

/// The end of a wait at the next full step: what may be a little late is done together with what
/// else is due, since waking an idle process is dearer than the work it then does.
#[must_use]
pub fn after_in_step(wait_ms: u64) -> tokio::time::Instant {
    let began = beginning();
    let due = (after(wait_ms) - began).as_millis();
    let step = u64::try_from(due / u128::from(STEP_MS)).unwrap_or(u64::MAX / STEP_MS - 1) + 1;
    began + Duration::from_millis(step * STEP_MS)
}

/// The wall clock of a constellation at a moment, epoch ms; `None` beyond the calendar.
pub fn local(at_ms: i64) -> Option<LocalTime> {
    static ZONE: OnceLock<Option<jiff::tz::TimeZone>> = OnceLock::new();
    let zone = ZONE.get_or_init(|| jiff::tz::TimeZone::get(ZONE_NAME).ok());
    let there = jiff::Timestamp::from_millisecond(at_ms).ok()?.to_zoned(zone.clone()?);
    let weekday = u8::try_from(there.weekday().to_monday_zero_offset()).ok()?;
    let minute = u16::try_from(there.hour()).ok()? * 60 + u16::try_from(there.minute()).ok()?;
    Some(LocalTime { weekday, minute })
}

/// Bytes nobody can guess, from the operating system.
pub fn entropy<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system always has entropy after boot");
    bytes
}

/// A number below `bound`, for spreading things over time. Not for secrets.
pub fn spread(bound: i64) -> i64 {
    let chance = i64::from(u32::from_le_bytes(entropy()));
    chance % bound.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_clock_follows_summer_time() {
        for (at, weekday, minute) in [
            // Sunday 2026-11-22, 12:00 UTC, is noon in London; in July it is one o'clock.
            (1_795_348_800_000, 6, 12 * 60),
            (1_783_857_600_000, 6, 13 * 60),
            // The hour that does not exist: 2026-03-29, 01:00 UTC is 02:00.
            (1_774_746_000_000, 6, 2 * 60),
        ] {
            assert_eq!(local(at), Some(LocalTime { weekday, minute }), "{at}");
        }
        assert_eq!(local(i64::MAX), None);
    }
}
