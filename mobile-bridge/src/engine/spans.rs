//! Which entries of a room are held: a short sorted list of runs that neither touch nor overlap.
//! It knows numbers only, no entries.

use super::face::Span;
use roost_shared::Seq;
use std::collections::BTreeSet;

/// The most runs kept per room. Beyond it the run after the lowest is forgotten, to be read again.
const SPANS_MAX: usize = 32;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    /// From a store, whose list may be in any order and overlap.
    pub(super) fn new(saved: &[Span]) -> Spans {
        let mut spans = Spans::default();
        for span in saved {
            spans.add(*span);
        }
        spans
    }

    pub(super) fn as_slice(&self) -> &[Span] {
        &self.0
    }

    /// Adds a run, melting it with every run that it touches. An empty one (`to < from`) adds
    /// nothing.
    pub(super) fn add(&mut self, mut new: Span) {
        if new.to < new.from {
            return;
        }
        let touches = |old: &Span| old.from <= new.to.next() && new.from <= old.to.next();
        let (melted, mut apart): (Vec<Span>, Vec<Span>) =
            self.0.iter().partition(|old| touches(old));
        for old in melted {
            new = Span { from: new.from.min(old.from), to: new.to.max(old.to) };
        }
        let place = apart.iter().filter(|old| old.from < new.from).count();
        apart.insert(place, new);
        if apart.len() > SPANS_MAX {
            apart.remove(1);
        }
        self.0 = apart;
    }

    /// The same runs without these.
    pub(super) fn without(&self, seqs: &BTreeSet<Seq>) -> Spans {
        let mut left = Spans::default();
        for span in &self.0 {
            let mut from = span.from;
            for seq in seqs.range(span.from..=span.to) {
                left.add(Span { from, to: seq.previous() });
                from = seq.next();
            }
            left.add(Span { from, to: span.to });
        }
        left
    }

    /// Forgets everything below `floor`.
    pub(super) fn cut_below(&mut self, floor: Seq) {
        self.0.retain(|span| span.to >= floor);
        if let Some(lowest) = self.0.first_mut() {
            lowest.from = lowest.from.max(floor);
        }
    }

    pub(super) fn holds(&self, seq: Seq) -> bool {
        self.0.iter().any(|span| span.from <= seq && seq <= span.to)
    }

    /// The highest seq below which nothing from `floor` on is missing.
    pub(super) fn cursor(&self, floor: Seq) -> Seq {
        match self.0.first() {
            Some(lowest) if lowest.from <= floor => lowest.to,
            _ => floor.previous(),
        }
    }

    /// The run with the highest seqs.
    pub(super) fn newest(&self) -> Option<Span> {
        self.0.last().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(list: &[(i64, i64)]) -> Vec<Span> {
        list.iter().map(|&(from, to)| Span { from: Seq(from), to: Seq(to) }).collect()
    }

    #[test]
    fn runs_melt_when_they_touch() {
        type Table<'a> = &'a [(&'a [(i64, i64)], &'a [(i64, i64)])];
        let table: Table = &[
            (&[], &[]),
            (&[(1, 3), (4, 6)], &[(1, 6)]),
            (&[(4, 6), (1, 3)], &[(1, 6)]),
            (&[(1, 2), (4, 6)], &[(1, 2), (4, 6)]),
            (&[(1, 2), (6, 9), (4, 4), (3, 5)], &[(1, 9)]),
            (&[(5, 4)], &[]),
            (&[(1, 9), (3, 4)], &[(1, 9)]),
            (&[(3, 4), (8, 9), (1, 20)], &[(1, 20)]),
        ];
        for (added, expected) in table {
            assert_eq!(Spans::new(&spans(added)).as_slice(), spans(expected), "{added:?}");
        }
    }

    #[test]
    fn runs_are_cut_where_something_is_taken_out() {
        let held = Spans::new(&spans(&[(1, 5), (9, 9), (12, 14)]));
        let taken = [3, 4, 7, 9, 12, 14].map(Seq).into();
        assert_eq!(held.without(&taken).as_slice(), spans(&[(1, 2), (5, 5), (13, 13)]));
        assert_eq!(held.without(&BTreeSet::new()), held);
    }

    #[test]
    fn the_cursor_stands_where_the_floor_run_ends() {
        let table = [
            (&[(1, 5), (9, 12)][..], 1, 5),
            (&[(2, 5)], 1, 0),
            (&[(1, 5)], 3, 5),
            (&[(1, 5)], 7, 6),
            (&[], 4, 3),
        ];
        for (held, floor, expected) in table {
            let mut held = Spans::new(&spans(held));
            held.cut_below(Seq(floor));
            assert_eq!(held.cursor(Seq(floor)), Seq(expected), "{held:?} floor {floor}");
        }
    }

    #[test]
    fn the_list_stays_short_and_keeps_its_ends() {
        let mut held = Spans::default();
        for i in 0..100 {
            held.add(Span { from: Seq(i * 10 + 1), to: Seq(i * 10 + 2) });
        }
        assert_eq!(held.as_slice().len(), SPANS_MAX);
        assert_eq!(held.cursor(Seq(1)), Seq(2));
        assert!(held.holds(Seq(992)) && !held.holds(Seq(11)));
    }
}
