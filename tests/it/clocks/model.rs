//! What time it is: a model that counts what has passed, and knows nothing of how the house does.

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How near to the moment at which an answer changes nobody can say which it is, ms: what is
/// written down of the time lags a second behind, at each restart.
const EDGE_MS: i64 = 15_000;
/// What the house takes for no skew, ms.
const TOLERATED_MS: i64 = 2_000;

/// The time, and what the wall clock shows.
#[derive(Clone, Debug)]
pub struct Time {
    /// As everybody on earth has it, epoch ms.
    pub truth: i64,
    /// As the house is to have it: but for what passed while it was down behind a wrong clock, the
    /// same.
    pub kept: i64,
    /// How far the wall clock is from the truth, ms.
    pub wrong_by: i64,
    /// When the house last judged something in a transaction, by its own time.
    pub committed: i64,
    /// Whether it started before that, and knows.
    pub before: bool,
}

impl Time {
    pub fn new(now: i64) -> Time {
        Time { truth: now, kept: now, wrong_by: 0, committed: now, before: false }
    }

    pub fn wall(&self) -> i64 {
        self.truth + self.wrong_by
    }

    pub fn pass(&mut self, ms: i64) {
        self.truth += ms;
        self.kept += ms;
    }

    /// The house looked at its wall clock: one that was known to be behind, and no longer is, is
    /// right.
    pub fn look(&mut self) {
        if self.before && self.wall() >= self.kept {
            (self.kept, self.before) = (self.wall(), false);
        }
    }

    /// The house was down for so long.
    pub fn restart(&mut self, down_ms: i64) {
        self.truth += down_ms;
        self.before = self.wall() < self.committed - TOLERATED_MS;
        self.kept = self.wall().max(self.committed);
    }

    /// The operator says that the wall clock is right, and so it is.
    pub fn accept(&mut self) {
        (self.truth, self.kept) = (self.wall(), self.wall());
        (self.wrong_by, self.before) = (0, false);
    }

    /// Whether the house must be ready after it looked.
    pub fn agrees(&self) -> Option<bool> {
        let apart = (self.wall() - self.kept).abs();
        let sure = !(TOLERATED_MS / 2..EDGE_MS).contains(&apart);
        sure.then_some(apart < TOLERATED_MS)
    }

    /// What a rule says now, where that does not hang on seconds.
    pub fn sure(&self, rule: impl Fn(i64) -> bool) -> Option<bool> {
        let [early, now, late] = [-EDGE_MS, 0, EDGE_MS].map(|by| rule(self.kept + by));
        (early == now && now == late).then_some(now)
    }
}

/// Whether young people may write to each other at this moment, in London: 15:30 to 20:30, at the
/// weekend from 10:00.
pub fn is_open(at: i64) -> bool {
    let there = at + if is_summer(at) { HOUR_MS } else { 0 };
    // 1970 began on a Thursday; 0 is Monday.
    let weekday = (there.div_euclid(DAY_MS) + 3).rem_euclid(7);
    let minute = there.rem_euclid(DAY_MS) / MINUTE_MS;
    let opens = if weekday < 5 { 15 * 60 + 30 } else { 10 * 60 };
    (opens..20 * 60 + 30).contains(&minute)
}

/// From one o'clock UTC on the last Sunday of March to the same of October.
fn is_summer(at: i64) -> bool {
    let year = year_of(at);
    (change(year, 3)..change(year, 10)).contains(&at)
}

/// When the clocks change in this month of 31 days.
pub fn change(year: i64, month: i64) -> i64 {
    let last = days(year, month, 31);
    let since_sunday = (last + 4).rem_euclid(7);
    (last - since_sunday) * DAY_MS + HOUR_MS
}

pub fn year_of(at: i64) -> i64 {
    let near = 1970 + at.div_euclid(DAY_MS) / 366;
    (near..).take_while(|year| days(*year, 1, 1) * DAY_MS <= at).last().unwrap_or(near)
}

/// Days from 1970 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leaps + (153 * month + 2) / 5 + day - 1 - 719_468
}
