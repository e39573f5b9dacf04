//! The oracle of every fault run: reads a history and proves that nothing was lost, doubled, put in
//! another order, left out or set back (reliability, invariants I1 to I5), or names what was.
//! It shares no code with the server or the bridge, and is itself tested on broken histories.

mod cards;
mod drafts;
mod dump;
mod views;

use crate::history::Event;
use std::fmt;

/// A promise that a history shows to be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breach {
    /// I1: an acknowledged draft is not in the room.
    Lost,
    /// I1: an acknowledged draft stands at another place, or another time, than was acknowledged.
    Moved,
    /// I1: what was refused for good is in the room all the same.
    KeptThoughRefused,
    /// I2: one id stands at two places.
    Duplicated,
    /// I2: two answers to the same draft differ.
    AnsweredTwice,
    /// I2: an entry is there that nobody sent.
    Invented,
    /// I2: an entry is there under another author than the one who sent it.
    Misattributed,
    /// I3: a seq is missing between 1 and the head.
    Hole,
    /// I3: a seq was given to two entries.
    SeqTwice,
    /// I3: two drafts of one phone stand in the order in which they were not sent.
    Reordered,
    /// I3: a draft stands below an entry that was known before it was sent.
    Backdated,
    /// I4: a phone was shown an entry, but not the one before it.
    ViewGap,
    /// I4: a phone was shown the same place twice, or an earlier one later.
    ViewBackwards,
    /// I4: a phone was shown something else than what the room holds.
    ViewDiffers,
    /// I4: a phone was never shown the end of the room.
    ViewShort,
    /// I4: a phone was shown what lies below its floor.
    ViewBelowFloor,
    /// I4: of an entry that it was shown, a phone holds another card than the room.
    CardDiffers,
    /// I5: somebody was told of entries that the room no longer has.
    Shrunk,
    /// I5: an entry is earlier than the one below it.
    TimeBackwards,
    /// The history proves nothing: a phone sent a second draft before the first was answered.
    Overlap,
    /// The history proves nothing: an answer to something never asked.
    Unasked,
    /// The history proves nothing: a room without a final dump.
    NoDump,
}

/// One breach, and where it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub breach: Breach,
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.breach, self.what)
    }
}

/// Collects what the parts find.
#[derive(Default)]
struct Findings(Vec<Violation>);

impl Findings {
    fn add(&mut self, breach: Breach, what: String) {
        self.0.push(Violation { breach, what });
    }
}

/// Everything that this history shows to be broken; nothing, when all promises were kept.
pub fn check(events: &[Event]) -> Vec<Violation> {
    let mut found = Findings::default();
    let rooms = dump::gather(events, &mut found);
    let drafts = drafts::gather(events, &mut found);
    drafts::check(&drafts, &rooms, &mut found);
    views::check(events, &rooms, &mut found);
    cards::check(events, &mut found);
    found.0
}
