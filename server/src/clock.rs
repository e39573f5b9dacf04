//! Time and chance. The only place that reads a clock or the system's entropy; everything else is
//! given a `Clock`, so that tests turn time by hand.

use crate::reckoning::{Look, Note, Reckoning, Sample, Standing};
use roost_shared::room::LocalTime;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Where constellations are (IANA).
const ZONE_NAME: &str = "Europe/London";
/// How late [`after_in_step`] may be, ms.
const STEP_MS: u64 = 500;

/// Tells the time in epoch milliseconds, as [`Reckoning`] keeps it: no wall clock that jumps moves
/// it. Clones share it.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    hands: Option<Hands>,
    reckoning: Mutex<Reckoning>,
}

/// What a test turns, epoch ms.
#[derive(Debug)]
struct Hands {
    wall: AtomicI64,
    steady: AtomicI64,
}

impl Clock {
    /// The machine's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the Clock that everybody else asks")]
    pub fn system() -> Clock {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let reckoning = Reckoning::new(whole_ms(wall), whole_ms(beginning().elapsed()));
        Clock(Arc::new(Kept { hands: None, reckoning: Mutex::new(reckoning) }))
    }

    /// A clock that stands still until it is turned.
    pub fn turned_by_hand(at_ms: i64) -> Clock {
        let hands = Hands { wall: AtomicI64::new(at_ms), steady: AtomicI64::new(at_ms) };
        let reckoning = Mutex::new(Reckoning::new(at_ms, at_ms));
        Clock(Arc::new(Kept { hands: Some(hands), reckoning }))
    }

    /// Now, in epoch milliseconds. It never runs backwards, but when the operator says so.
    pub fn now(&self) -> i64 {
        self.reckoning().now(self.steady_ms())
    }

    /// How long this process has been running, on a clock that never jumps; or what the hands say.
    pub fn steady(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.steady_ms()).unwrap_or(0))
    }

    fn steady_ms(&self) -> i64 {
        match &self.0.hands {
            Some(hands) => hands.steady.load(Ordering::SeqCst),
            None => whole_ms(beginning().elapsed()),
        }
    }

    /// Lets time pass by a clock of [`Clock::turned_by_hand`]; the machine's is left alone.
    pub fn turn(&self, by_ms: i64) {
        if let Some(hands) = &self.0.hands {
            hands.steady.fetch_add(by_ms, Ordering::SeqCst);
            hands.wall.fetch_add(by_ms, Ordering::SeqCst);
        }
    }

    /// Sets the wall clock of a clock of [`Clock::turned_by_hand`] to another time, while none
    /// passes.
    pub fn jump(&self, by_ms: i64) {
        if let Some(hands) = &self.0.hands {
            hands.wall.fetch_add(by_ms, Ordering::SeqCst);
        }
    }

    /// The wall clock that is turned by hand; it stands in for the database's.
    pub(crate) fn wall_by_hand(&self) -> Option<i64> {
        self.0.hands.as_ref().map(|hands| hands.wall.load(Ordering::SeqCst))
    }

    /// Whether the database's clock agrees with the time that is kept.
    pub fn agrees(&self) -> bool {
        self.reckoning().standing() == Standing::Agree
    }

    /// Starts from the time that the database told, or from the last commit if that is later.
    pub(crate) fn start(&self, (told, note): (i64, Note)) -> Sample {
        let steady = self.steady_ms();
        self.reckoning().start(Look { told, note, steady: (steady, steady) })
    }

    /// Compares the time that the database told, when it was asked at this steady time.
    pub(crate) fn sample(&self, asked: Duration, (told, note): (i64, Note)) -> Sample {
        let steady = (whole_ms(asked), self.steady_ms());
        self.reckoning().sample(Look { told, note, steady })
    }

    /// What a commit has to write down of the time, if anything.
    pub(crate) fn due(&self) -> Option<Note> {
        self.reckoning().due(self.steady_ms())
    }

    /// A commit has written it down.
    pub(crate) fn noted(&self, note: Note) {
        self.reckoning().noted(note);
    }

    fn reckoning(&self) -> MutexGuard<'_, Reckoning> {
        self.0.reckoning.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// How far the clocks of two instances may differ, ms.
pub const APART_MS: i64 = 60_000;

/// Whether a moment lies at most so long ago. One that lies further ahead than instances differ
/// does not: it was written down before the operator set a wrong clock right.
pub fn is_within(length_ms: i64, since: i64, now: i64) -> bool {
    (-APART_MS..=length_ms).contains(&now.saturating_sub(since))
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

/// A moment, epoch ms, as a `Date` header tells it (RFC 9110 § 5.6.7); `None` beyond the calendar.
pub fn http_date(at_ms: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(at_ms).ok()?;
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&moment).ok()
}

/// A moment, epoch ms, as an operator reads it: RFC 3339, in UTC.
pub fn utc(at_ms: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(at_ms);
    moment.map_or_else(|_| at_ms.to_string(), |moment| moment.to_string())
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
    fn a_date_is_told_as_http_tells_it() {
        let date = Some("Sun, 22 Nov 2026 12:00:00 GMT".to_owned());
        assert_eq!(http_date(1_795_348_800_999), date);
        assert_eq!(http_date(i64::MAX), None);
    }

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
