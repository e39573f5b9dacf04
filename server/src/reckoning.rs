//! How a house reckons the time: pure, so that every jump of a wall clock can be tried in a table.
//!
//! Time is the database's at the start, and from then on counted by a steady clock. The database's
//! clock is looked at again and again, only to tell when the two part; nothing follows it but by
//! [`SLEW_MS`] a look.

/// How far the database's clock may lie from the time that is kept, ms.
pub const SKEW_MAX_MS: i64 = 2_000;
/// How much of a skew below that is made up for in one sample, ms: 500 parts in a million of the
/// time between two samples, as fast as clocks are slewed anywhere.
pub const SLEW_MS: i64 = 5;
/// The last commit's time is written down with the first commit that lies further ahead than this,
/// ms: what is written down lies at most so much behind the last commit, and a busy house writes it
/// once a second.
pub const NOTE_MS: i64 = 1_000;

/// What the database holds of the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The latest time of a commit that was written down, epoch ms; 0 before the first.
    pub noted: i64,
    /// How often the operator said that the database's clock is right.
    pub accepted: i64,
}

/// One look at the database.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// What its clock said, epoch ms.
    pub told: i64,
    pub note: Note,
    /// Steady time before it was asked and after it answered, ms.
    pub steady: (i64, i64),
}

/// How the time that is kept and the database's clock stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Agree,
    /// The database's clock has jumped since the start.
    Jumped,
    /// At the start it lay before the last commit.
    StartedBefore,
}

/// What a look showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How far the database's clock lies ahead of the time that was kept, ms.
    pub skew_ms: i64,
    /// How they stand from now on, if that is another way than before.
    pub change: Option<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    To(Standing),
    /// The operator said that the database's clock is right, and the time is set by it.
    Accepted,
}

/// The time that is kept.
#[derive(Clone, Debug)]
pub struct Reckoning {
    /// What is added to steady time, ms.
    offset: i64,
    /// Time stands here until it has come past it, epoch ms: it never runs backwards.
    floor: i64,
    standing: Standing,
    note: Note,
}

impl Reckoning {
    /// By a wall clock alone, before a database was looked at.
    pub fn new(wall: i64, steady: i64) -> Reckoning {
        let standing = Standing::Agree;
        Reckoning { offset: wall - steady, floor: i64::MIN, standing, note: Note::default() }
    }

    /// Now, in epoch ms.
    pub fn now(&self, steady: i64) -> i64 {
        self.floor.max(self.offset.saturating_add(steady))
    }

    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// A process starts on what this look found. Where the database's clock lies before the last
    /// commit, time goes on from that commit: what had expired stays so.
    pub fn start(&mut self, look: Look) -> Sample {
        let Look { told, note, steady: (_, steady) } = look;
        let before = told < note.noted - SKEW_MAX_MS;
        // No commit lies further ahead than this: the next note would have been written with it.
        self.floor = note.noted + NOTE_MS;
        self.offset = if before { self.floor - steady } else { told - steady };
        self.standing = if before { Standing::StartedBefore } else { Standing::Agree };
        self.note = note;
        let change = before.then_some(Change::To(self.standing));
        Sample { skew_ms: told - self.now(steady), change }
    }

    /// Looks again.
    pub fn sample(&mut self, look: Look) -> Sample {
        let Look { told, note, steady: (before, after) } = look;
        let (first, last) = (self.now(before), self.now(after));
        // How long the answer took says nothing about the clocks.
        let skew_ms = if told < first { told - first } else { (told - last).max(0) };
        if note.accepted != self.note.accepted {
            (self.offset, self.floor) = (told - after, told);
            (self.standing, self.note) = (Standing::Agree, note);
            return Sample { skew_ms, change: Some(Change::Accepted) };
        }
        self.note.noted = self.note.noted.max(note.noted);
        let was = self.standing;
        // A clock that was known to be behind has been set right.
        let caught_up = was == Standing::StartedBefore && skew_ms >= 0;
        if caught_up {
            (self.offset, self.standing) = (told - after, Standing::Agree);
        } else if skew_ms.abs() <= SKEW_MAX_MS {
            self.standing = Standing::Agree;
            self.floor = last;
            self.offset += skew_ms.clamp(-SLEW_MS, SLEW_MS);
        } else if was == Standing::Agree {
            self.standing = Standing::Jumped;
        }
        let change = (was != self.standing).then_some(Change::To(self.standing));
        Sample { skew_ms, change }
    }

    /// What a commit has to write down now, if anything.
    pub fn due(&self, steady: i64) -> Option<Note> {
        let noted = self.now(steady);
        (noted > self.note.noted + NOTE_MS).then_some(Note { noted, ..self.note })
    }

    /// A commit has written this down.
    pub fn noted(&mut self, note: Note) {
        if note.accepted == self.note.accepted {
            self.note.noted = self.note.noted.max(note.noted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_310_400_000;
    const HOUR_MS: i64 = 3_600_000;
    const DAYS_400_MS: i64 = 400 * 24 * HOUR_MS;

    fn look(told: i64, steady: i64, note: Note) -> Look {
        Look { told, note, steady: (steady, steady) }
    }

    /// One that has begun at `NOW`, where steady time was 0, in a house without a commit.
    fn begun() -> Reckoning {
        let mut reckoning = Reckoning::new(NOW, 0);
        let seen = reckoning.start(look(NOW, 0, Note::default()));
        assert_eq!(seen, Sample { skew_ms: 0, change: None });
        reckoning
    }

    #[test]
    fn no_jump_is_followed_and_each_is_told_once() {
        for jump in [2_001, -2_001, 2 * HOUR_MS, -5 * HOUR_MS, DAYS_400_MS, -DAYS_400_MS] {
            let mut reckoning = begun();
            let mut changes = Vec::new();
            for (steady, by) in [(10_000, jump), (20_000, jump), (30_000, 0), (40_000, 0)] {
                let told = NOW + steady + by;
                let seen = reckoning.sample(look(told, steady, Note::default()));
                assert_eq!((seen.skew_ms, reckoning.now(steady)), (by, NOW + steady), "{jump}");
                changes.extend(seen.change);
            }
            let wanted = [Change::To(Standing::Jumped), Change::To(Standing::Agree)];
            assert_eq!(changes, wanted, "{jump}");
        }
    }

    #[test]
    fn a_small_skew_is_made_up_for_and_never_backwards() {
        for (skew, after_one) in [(1, 1), (-1, 0), (2_000, 5), (-2_000, 0), (3, 3)] {
            let mut reckoning = begun();
            let mut latest = NOW;
            for sample in 1..=500 {
                let steady = sample * 10_000;
                let seen = reckoning.sample(look(NOW + steady + skew, steady, Note::default()));
                assert_eq!(seen.change, None);
                if sample == 1 {
                    assert_eq!(reckoning.now(steady), NOW + steady + after_one, "{skew}");
                }
                assert!(reckoning.now(steady) >= latest);
                latest = reckoning.now(steady);
            }
            assert_eq!(reckoning.now(5_010_000), NOW + 5_010_000 + skew);
        }
    }

    #[test]
    fn a_slow_answer_is_no_skew() {
        let mut reckoning = begun();
        let slow = |told| Look { told, note: Note::default(), steady: (10_000, 19_000) };
        for (told, skew_ms) in [(10_000, 0), (15_000, 0), (19_000, 0), (9_999, -1), (19_002, 2)] {
            assert_eq!(reckoning.sample(slow(NOW + told)).skew_ms, skew_ms, "{told}");
            reckoning = begun();
        }
    }

    #[test]
    fn a_start_goes_on_from_the_last_commit() {
        let note = Note { noted: NOW, accepted: 3 };
        let table = [
            (HOUR_MS, Standing::Agree, HOUR_MS),
            (0, Standing::Agree, NOTE_MS),
            (-SKEW_MAX_MS, Standing::Agree, NOTE_MS),
            (-SKEW_MAX_MS - 1, Standing::StartedBefore, NOTE_MS),
            (-DAYS_400_MS, Standing::StartedBefore, NOTE_MS),
        ];
        for (told, standing, now) in table {
            let mut reckoning = Reckoning::new(0, 7);
            reckoning.start(look(NOW + told, 7, note));
            assert_eq!((reckoning.standing(), reckoning.now(7)), (standing, NOW + now), "{told}");
            // Within tolerance it waits for the clock; else it goes on by itself.
            let waits = if standing == Standing::Agree { NOW + told } else { NOW + now };
            let later = waits + HOUR_MS;
            assert_eq!(reckoning.now(7 + HOUR_MS), later, "{told}");
        }
    }

    #[test]
    fn quick_restarts_do_not_run_ahead() {
        let (mut note, mut reckoning) = (Note { noted: NOW, accepted: 0 }, begun());
        for _ in 0..100 {
            reckoning.start(look(NOW + 10, 10, note));
            note = reckoning.due(10).unwrap_or(note);
        }
        assert_eq!(reckoning.now(10), NOW + NOTE_MS);
    }

    #[test]
    fn a_clock_set_right_ends_a_start_before_the_last_commit() {
        let note = Note { noted: NOW, accepted: 0 };
        for right in [-NOTE_MS, 0, HOUR_MS, DAYS_400_MS] {
            let mut reckoning = Reckoning::new(0, 0);
            reckoning.start(look(NOW - 5 * HOUR_MS, 0, note));
            let seen = reckoning.sample(look(NOW - 5 * HOUR_MS + 10_000, 10_000, note));
            assert_eq!((seen.change, reckoning.standing()), (None, Standing::StartedBefore));
            let kept = reckoning.now(20_000);
            let seen = reckoning.sample(look(kept + right, 20_000, note));
            assert_eq!(seen.change, Some(Change::To(Standing::Agree)), "{right}");
            assert_eq!(reckoning.now(20_000), kept + right.max(0), "{right}");
        }
    }

    #[test]
    fn only_the_operator_sets_it_back_and_once() {
        let mut reckoning = begun();
        reckoning.noted(Note { noted: NOW, accepted: 0 });
        let earlier = NOW - DAYS_400_MS;
        let told = Note { noted: earlier, accepted: 1 };
        let seen = reckoning.sample(look(earlier + 10_000, 10_000, told));
        assert_eq!(seen.change, Some(Change::Accepted));
        assert_eq!(reckoning.now(10_000), earlier + 10_000);
        let again = reckoning.sample(look(earlier + 20_000, 20_000, told));
        assert_eq!(again, Sample { skew_ms: 0, change: None });
        // A commit that began before it writes nothing down.
        reckoning.noted(Note { noted: NOW, accepted: 0 });
        let due = Note { noted: earlier + 20_000, accepted: 1 };
        assert_eq!(reckoning.due(20_000), Some(due));
    }

    #[test]
    fn the_last_commit_is_written_down_once_a_second() {
        let mut reckoning = begun();
        let mut count = 0;
        for steady in (0..10_000).step_by(100) {
            if let Some(note) = reckoning.due(steady) {
                assert_eq!(note, Note { noted: NOW + steady, accepted: 0 });
                reckoning.noted(note);
                count += 1;
            }
        }
        assert_eq!(count, 10);
    }
}
