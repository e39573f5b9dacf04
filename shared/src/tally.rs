//! What a gathering is and who comes: the state on its card. Plain counting, the same whoever asks;
//! who may change what is judged in `kind/gathering.rs` and `kind/rsvp.rs`.
//!
//! A newer build may have written the state, while servers of both stand over one database. What it
//! added is kept in `more` and counted by nobody here; a state that cannot be read at all is folded
//! by nobody here either.

use crate::{
    card::Card,
    frame::PersonCard,
    id::{HomeId, PersonId},
    policy::Role,
    refusal::Refusal,
    text,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The longest title, one line, in Unicode scalar values.
pub const TITLE_MAX_CHARS: usize = 80;
/// The longest place, one line, in Unicode scalar values.
pub const PLACE_MAX_CHARS: usize = 120;
/// The longest note, in Unicode scalar values.
pub const NOTE_MAX_CHARS: usize = 1_000;
/// The longest reason for calling it off, in Unicode scalar values.
pub const REASON_MAX_CHARS: usize = 300;
/// The longest gathering, ms: 31 days, so a summer camp but no mistyped year.
pub const GATHERING_MAX_MS: i64 = 31 * 24 * 3_600 * 1_000;
/// How far ahead a gathering may start, ms: two years.
pub const GATHERING_AHEAD_MS: i64 = 2 * 366 * 24 * 3_600 * 1_000;
/// The most places a gathering may have.
pub const PLACES_MAX: u32 = 500;
/// The most heads one home may bring.
pub const HEADS_MAX: u8 = 20;

/// What, when and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "GatheringDetails"))]
pub struct Details {
    pub title: String,
    #[serde(rename = "type")]
    pub sort: Sort,
    /// Epoch ms.
    #[cfg_attr(test, ts(type = "number"))]
    pub starts_at: i64,
    /// Epoch ms, after `starts_at`.
    #[cfg_attr(test, ts(type = "number"))]
    pub ends_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub note: Option<String>,
    /// How many heads fit; absent: as many as come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub places: Option<u32>,
    /// What only a newer build knows: it stays, whatever this one folds.
    #[serde(flatten)]
    #[cfg_attr(test, ts(skip))]
    pub more: BTreeMap<String, Value>,
}

/// What sort of gathering it is (behaviours, "Events").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "GatheringType"))]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    MeetUp,
    SupportGroup,
    Training,
    Planning,
    ChildrensActivity,
}

/// The state of a gathering, on its card. Only [`GatheringState::count`] writes what follows from
/// the answers. Which homes have not answered is not in it: homes come and go without an entry
/// here, so whoever shows that looks at the homes of the moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GatheringState {
    pub details: Details,
    /// How often it was changed or called off; `SEQUENCE` in a calendar (RFC 5545).
    pub revision: u32,
    pub status: Status,
    /// Why it was called off, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub reason: Option<String>,
    #[cfg_attr(test, ts(type = "Record<HomeId, HomeAnswer>"))]
    pub answers: BTreeMap<HomeId, HomeAnswer>,
    pub going_heads: u32,
    pub maybe_heads: u32,
    pub homes_going: u32,
    pub homes_not: u32,
    /// What only a newer build knows: it stays, whatever this one folds.
    #[serde(flatten)]
    #[cfg_attr(test, ts(skip))]
    pub more: BTreeMap<String, Value>,
}

/// Whether it takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "GatheringStatus"))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Open,
    Cancelled,
}

/// What a home says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Going,
    Maybe,
    NotGoing,
}

/// The last answer of a home, and who gave it when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HomeAnswer {
    pub answer: Answer,
    /// How many of them; 0 when not going.
    pub heads: u8,
    pub by: PersonId,
    /// Epoch ms.
    #[cfg_attr(test, ts(type = "number"))]
    pub at: i64,
    /// Given for another time or place: still counted, and asked to be confirmed again.
    pub stale: bool,
    /// What only a newer build knows: it stays, whatever this one folds.
    #[serde(flatten)]
    #[cfg_attr(test, ts(skip))]
    pub more: BTreeMap<String, Value>,
}

impl Details {
    /// Whether they are in order by themselves, whatever the time is.
    ///
    /// # Errors
    /// `DetailsInvalid`.
    pub fn check(&self) -> Result<(), Refusal> {
        let lasts = self.ends_at.saturating_sub(self.starts_at);
        let in_order = text::line(&self.title, TITLE_MAX_CHARS).is_ok()
            && self.place.as_ref().is_none_or(|it| text::line(it, PLACE_MAX_CHARS).is_ok())
            && self.note.as_ref().is_none_or(|it| text::within(it, NOTE_MAX_CHARS).is_ok())
            && self.places.is_none_or(|places| (1..=PLACES_MAX).contains(&places))
            && lasts > 0
            && lasts <= GATHERING_MAX_MS;
        if in_order { Ok(()) } else { Err(Refusal::DetailsInvalid) }
    }

    /// As those of a gathering that had others before.
    pub(crate) fn after(self, before: &Details) -> Details {
        Details { more: before.more.clone(), ..self }
    }

    /// Whether it starts between now and two years ahead.
    pub(crate) fn is_ahead(&self, now: i64) -> bool {
        (0..=GATHERING_AHEAD_MS).contains(&self.starts_at.saturating_sub(now))
    }
}

impl GatheringState {
    /// As it is published: nobody has answered.
    pub(crate) fn new(details: Details) -> GatheringState {
        GatheringState {
            details,
            revision: 0,
            status: Status::Open,
            reason: None,
            answers: BTreeMap::new(),
            going_heads: 0,
            maybe_heads: 0,
            homes_going: 0,
            homes_not: 0,
            more: BTreeMap::new(),
        }
    }

    /// The state on this card, if it is the card of a gathering.
    pub fn of(card: &Card) -> Option<GatheringState> {
        card.state()
    }

    /// The card a gathering begins with.
    pub(crate) fn card(&self) -> Card {
        Card::beginning(self)
    }

    /// Other details. Whoever meant to come is asked again when time or place moved.
    pub(crate) fn change(&mut self, details: Details) {
        let moved = |details: &Details| (details.starts_at, details.ends_at, details.place.clone());
        if moved(&details) != moved(&self.details) {
            let comers = self.answers.values_mut().filter(|given| given.answer != Answer::NotGoing);
            comers.for_each(|given| given.stale = true);
        }
        self.details = details.after(&self.details);
        self.revision = self.revision.saturating_add(1);
    }

    /// It does not take place.
    pub(crate) fn cancel(&mut self, reason: Option<String>) {
        self.status = Status::Cancelled;
        self.reason = reason;
        self.revision = self.revision.saturating_add(1);
    }

    /// Whether this many heads of a home fit. A home that brings no more than it had said always
    /// fits, so that a gathering whose places were cut can only become less full.
    pub(crate) fn fits(&self, home: HomeId, heads: u8) -> bool {
        let before = self.answers.get(&home).filter(|given| given.answer == Answer::Going);
        let before = before.map_or(0, |given| given.heads);
        let after = self.going_heads.saturating_sub(u32::from(before)) + u32::from(heads);
        heads <= before || self.details.places.is_none_or(|places| after <= places)
    }

    /// Counts anew, over the homes that are asked now: one that nobody lives in holds no places.
    pub(crate) fn count(&mut self, homes: &[HomeId]) {
        self.answers.retain(|home, _| homes.contains(home));
        let of = |answer| self.answers.values().filter(move |given| given.answer == answer);
        let heads = |answer| of(answer).map(|given| u32::from(given.heads)).sum();
        let homes_that = |answer| u32::try_from(of(answer).count()).unwrap_or(u32::MAX);
        let (going_heads, maybe_heads) = (heads(Answer::Going), heads(Answer::Maybe));
        let (homes_going, homes_not) = (homes_that(Answer::Going), homes_that(Answer::NotGoing));
        (self.going_heads, self.maybe_heads) = (going_heads, maybe_heads);
        (self.homes_going, self.homes_not) = (homes_going, homes_not);
    }
}

/// The homes of which something is asked, in ascending order: those in which an adult lives. In one
/// that everybody has left, or that nobody has come to yet, there is nobody to say anything.
pub fn asked<'p>(people: impl IntoIterator<Item = &'p PersonCard>) -> Vec<HomeId> {
    let adults = people.into_iter().filter(|card| !card.left && card.role != Role::Young);
    let homes: BTreeSet<HomeId> = adults.filter_map(|card| card.home).collect();
    homes.into_iter().collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::context::cast::{NOW, home, person};

    pub(crate) const HOUR_MS: i64 = 3_600_000;

    /// Tea tomorrow, for up to ten.
    pub(crate) fn tea() -> GatheringState {
        let details = Details {
            title: "Tea".to_owned(),
            sort: Sort::MeetUp,
            starts_at: NOW + 24 * HOUR_MS,
            ends_at: NOW + 26 * HOUR_MS,
            place: Some("Jo's house".to_owned()),
            note: None,
            places: Some(10),
            more: BTreeMap::new(),
        };
        GatheringState::new(details)
    }

    pub(crate) fn given(answer: Answer, heads: u8) -> HomeAnswer {
        HomeAnswer { answer, heads, by: person(9), at: NOW, stale: false, more: BTreeMap::new() }
    }

    #[test]
    fn details_in_order() {
        let with = |change: fn(&mut Details)| {
            let mut details = tea().details;
            change(&mut details);
            details
        };
        let table = [
            (with(|_| ()), true),
            (with(|it| it.title = "🐦".repeat(TITLE_MAX_CHARS)), true),
            (with(|it| it.title = "a".repeat(TITLE_MAX_CHARS + 1)), false),
            (with(|it| it.title = " ".to_owned()), false),
            (with(|it| it.title = "a\nb".to_owned()), false),
            (with(|it| it.place = Some("a".repeat(PLACE_MAX_CHARS))), true),
            (with(|it| it.place = Some("a".repeat(PLACE_MAX_CHARS + 1))), false),
            (with(|it| it.place = Some(String::new())), false),
            (with(|it| it.note = Some("bring\nshoes".to_owned())), true),
            (with(|it| it.note = Some("a".repeat(NOTE_MAX_CHARS + 1))), false),
            (with(|it| it.note = Some("\u{7}".to_owned())), false),
            (with(|it| it.places = None), true),
            (with(|it| it.places = Some(PLACES_MAX)), true),
            (with(|it| it.places = Some(PLACES_MAX + 1)), false),
            (with(|it| it.places = Some(0)), false),
            (with(|it| it.ends_at = it.starts_at), false),
            (with(|it| it.ends_at = it.starts_at + GATHERING_MAX_MS), true),
            (with(|it| it.ends_at = it.starts_at + GATHERING_MAX_MS + 1), false),
            (with(|it| (it.starts_at, it.ends_at) = (i64::MIN, i64::MAX)), false),
        ];
        for (details, passes) in table {
            let expected = if passes { Ok(()) } else { Err(Refusal::DetailsInvalid) };
            assert_eq!(details.check(), expected, "{details:?}");
        }
    }

    #[test]
    fn counting() {
        use Answer::*;
        let all = [home(1), home(2), home(3)];
        let mut state = tea();
        let steps = [
            // home, answer, heads; going heads, maybe heads, homes going, homes not
            (1, Going, 4, [4, 0, 1, 0]),
            (2, Maybe, 2, [4, 2, 1, 0]),
            (3, NotGoing, 0, [4, 2, 1, 1]),
            (2, Going, 3, [7, 0, 2, 1]),
            (1, NotGoing, 0, [3, 0, 1, 2]),
        ];
        for (n, answer, heads, sums) in steps {
            state.answers.insert(home(n), given(answer, heads));
            state.count(&all);
            let counted =
                [state.going_heads, state.maybe_heads, state.homes_going, state.homes_not];
            assert_eq!(counted, sums, "home {n} {answer:?}");
        }
        state.count(&[home(1), home(4)]);
        assert_eq!((state.going_heads, state.answers.len()), (0, 1), "home 2 has left");
    }

    #[test]
    fn homes_that_are_asked() {
        let one = |n, role, lives: Option<u8>, left| {
            let (person, name) = (person(n), "somebody".to_owned());
            PersonCard { person, name, role, home: lives.map(home), left }
        };
        let people = [
            one(1, Role::Hub, Some(3), false),
            one(2, Role::Hub, Some(3), false),
            one(3, Role::Satellite, Some(1), true),
            one(4, Role::Satellite, Some(1), false),
            one(5, Role::Satellite, Some(2), true),
            one(6, Role::Young, Some(4), false),
            one(7, Role::Liaison, None, false),
        ];
        assert_eq!(asked(&people), [home(1), home(3)]);
    }

    #[test]
    fn places() {
        let table = [
            // places, others going, mine before, mine now
            (Some(10), 6, None, 4, true),
            (Some(10), 6, None, 5, false),
            (Some(10), 6, Some(2), 4, true),
            (Some(10), 6, Some(2), 5, false),
            // Cut below what was promised: fewer and as many may come, more may not.
            (Some(5), 6, Some(3), 3, true),
            (Some(5), 6, Some(3), 2, true),
            (Some(5), 6, Some(3), 4, false),
            (None, 6, None, 20, true),
        ];
        for (places, others, before, now, fits) in table {
            let mut state = tea();
            state.details.places = places;
            state.answers.insert(home(1), given(Answer::Going, others));
            let before = before.map(|heads| given(Answer::Going, heads));
            state.answers.extend(before.map(|mine| (home(2), mine)));
            state.count(&[home(1), home(2)]);
            assert_eq!(state.fits(home(2), now), fits, "{now} of {places:?}");
        }
    }

    #[test]
    fn who_is_asked_again() {
        let with = |change: fn(&mut Details)| {
            let mut state = tea();
            state.answers.insert(home(1), given(Answer::Going, 2));
            state.answers.insert(home(2), given(Answer::Maybe, 1));
            state.answers.insert(home(3), given(Answer::NotGoing, 0));
            let mut details = state.details.clone();
            change(&mut details);
            state.change(details);
            assert_eq!(state.revision, 1);
            [1, 2, 3].map(|n| state.answers[&home(n)].stale)
        };
        let (again, kept) = ([true, true, false], [false; 3]);
        assert_eq!(with(|it| it.starts_at += 1), again);
        assert_eq!(with(|it| it.ends_at += 1), again);
        assert_eq!(with(|it| it.place = None), again);
        assert_eq!(with(|it| it.title = "Cake".to_owned()), kept);
        assert_eq!(with(|it| it.places = None), kept);
    }
}
