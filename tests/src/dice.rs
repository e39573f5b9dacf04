//! Chance that can be repeated: a run prints its seed, and `ROOST_SEED` plays it again.

use crate::ids;
use std::env;

/// A stream of numbers that follow from a seed (SplitMix64). For plans, never for secrets.
#[derive(Clone, Debug)]
pub struct Dice {
    /// What replays it.
    pub seed: u64,
    state: u64,
}

impl Dice {
    /// From `ROOST_SEED`, or else from chance.
    pub fn thrown() -> Dice {
        let given = env::var("ROOST_SEED").ok().and_then(|text| text.parse().ok());
        Dice::of(given.unwrap_or_else(|| u64::from_le_bytes(ids::entropy())))
    }

    /// The stream of this seed.
    pub fn of(seed: u64) -> Dice {
        Dice { seed, state: seed }
    }

    /// The next number.
    pub fn throw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.throw() % bound.max(1)
    }
}
