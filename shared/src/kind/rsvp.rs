//! A home's answer to a gathering. Any adult of the home gives it, the last one counts; the hub and
//! the liaison worker may give it for a home that told them.

use super::{Context, Kind, Needs};
use crate::{
    card::Card,
    entry::Draft,
    id::HomeId,
    policy::{Action, Role},
    refusal::Refusal,
    tally::{Answer, GatheringState, HEADS_MAX, HomeAnswer, Status},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The body of an `rsvp`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Rsvp {
    pub answer: Answer,
    /// How many of the home, 1 to 20; absent or 0 when not going.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub heads: Option<u8>,
    /// The home it is for, when it is not the author's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub home: Option<HomeId>,
}

impl Rsvp {
    fn heads(&self) -> u8 {
        self.heads.unwrap_or(0)
    }

    /// The home that answers.
    fn home(&self, context: &Context) -> Result<HomeId, Refusal> {
        let own = context.author.home;
        let home = self.home.or(own).ok_or(Refusal::NotPermitted)?;
        let for_others = matches!(context.author.role, Some(Role::Hub | Role::Liaison));
        if Some(home) != own && !for_others {
            return Err(Refusal::NotPermitted);
        }
        if context.homes.contains(&home) { Ok(home) } else { Err(Refusal::NotFound) }
    }
}

impl Kind for Rsvp {
    fn action(&self) -> Action {
        Action::AnswerGathering
    }

    fn needs(&self, _: &Draft) -> Needs {
        Needs { homes: true, ..Needs::TARGET }
    }

    fn check(&self) -> Result<(), Refusal> {
        let in_order = match self.answer {
            Answer::Going | Answer::Maybe => (1..=HEADS_MAX).contains(&self.heads()),
            Answer::NotGoing => self.heads() == 0,
        };
        if in_order { Ok(()) } else { Err(Refusal::BodyInvalid) }
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        let mut state: GatheringState = context.state("gathering")?;
        context.person()?;
        let home = self.home(context)?;
        // Nobody may have folded anything since a home became empty.
        state.count(&context.homes);
        if state.status == Status::Cancelled {
            return Err(Refusal::TargetGone);
        }
        if context.now >= state.details.ends_at {
            return Err(Refusal::TooLate);
        }
        let same = |given: &HomeAnswer| {
            (given.answer, given.heads, given.stale) == (self.answer, self.heads(), false)
        };
        if state.answers.get(&home).is_some_and(same) {
            return Err(Refusal::NothingToChange);
        }
        if self.answer == Answer::Going && !state.fits(home, self.heads()) {
            return Err(Refusal::NoPlaces);
        }
        Ok(())
    }

    fn fold(&self, context: &Context, card: &mut Card) -> bool {
        let state = GatheringState::of(card);
        let (Some(mut state), Some(by), Ok(home)) =
            (state, context.author.person, self.home(context))
        else {
            return false;
        };
        let (answer, heads, at) = (self.answer, self.heads(), context.at);
        let (stale, more) = (false, BTreeMap::new());
        state.answers.insert(home, HomeAnswer { answer, heads, by, at, stale, more });
        state.count(&context.homes);
        card.put_state(&state);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        context::cast::{NOW, folded, home, judge, person},
        tally::tests::{HOUR_MS, given, tea},
    };
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// Answering this gathering.
    fn to(state: &GatheringState) -> Context {
        let published = json!({"details": state.details});
        Context::for_tests().about("gathering", published).with_card(state.card())
    }

    fn going(heads: i64) -> Value {
        json!({"answer": "going", "heads": heads})
    }

    #[test]
    fn how_many() {
        let table = [
            (going(1), Ok(())),
            (going(10), Ok(())),
            (going(11), Err(Refusal::NoPlaces)),
            (going(20), Err(Refusal::NoPlaces)),
            (going(21), Err(Refusal::BodyInvalid)),
            (going(0), Err(Refusal::BodyInvalid)),
            (going(-1), Err(Refusal::BodyInvalid)),
            (going(256), Err(Refusal::BodyInvalid)),
            (going(1_000_000_000), Err(Refusal::BodyInvalid)),
            (json!({"answer": "going", "heads": 1.5}), Err(Refusal::BodyInvalid)),
            (json!({"answer": "going"}), Err(Refusal::BodyInvalid)),
            (json!({"answer": "maybe", "heads": 20}), Ok(())),
            (json!({"answer": "maybe"}), Err(Refusal::BodyInvalid)),
            (json!({"answer": "not_going"}), Ok(())),
            (json!({"answer": "not_going", "heads": 0}), Ok(())),
            (json!({"answer": "not_going", "heads": 1}), Err(Refusal::BodyInvalid)),
            (json!({"answer": "perhaps", "heads": 1}), Err(Refusal::BodyInvalid)),
            (json!({"heads": 1}), Err(Refusal::BodyInvalid)),
        ];
        for (body, expected) in table {
            assert_eq!(judge("rsvp", &body, &to(&tea())), expected, "{body}");
        }
    }

    #[test]
    fn for_which_home() {
        let of = |n: u8| json!({"answer": "going", "heads": 1, "home": home(n)});
        use Role::*;
        let table = [
            (Satellite, going(1), Ok(home(2))),
            (Satellite, of(2), Ok(home(2))),
            (Satellite, of(1), Err(Refusal::NotPermitted)),
            (Satellite, of(9), Err(Refusal::NotPermitted)),
            (Hub, going(1), Ok(home(1))),
            (Hub, of(3), Ok(home(3))),
            (Hub, of(9), Err(Refusal::NotFound)),
            (Liaison, of(3), Ok(home(3))),
            (Liaison, going(1), Err(Refusal::NotPermitted)),
        ];
        for (role, body, expected) in table {
            let context = to(&tea()).by(role);
            let answer = judge("rsvp", &body, &context).map(|()| {
                let state = GatheringState::of(&folded("rsvp", &body, &context)).unwrap();
                *state.answers.keys().next().unwrap()
            });
            assert_eq!(answer, expected, "{role:?} {body}");
        }
    }

    #[test]
    fn while_it_stands() {
        let mut off = tea();
        off.cancel(None);
        let with = |mine: HomeAnswer| {
            let mut state = tea();
            state.answers.insert(home(2), mine);
            to(&state)
        };
        let stale = HomeAnswer { stale: true, ..given(Answer::Going, 2) };
        let of_a_change = Context::for_tests().about("gathering", json!({"cancelled": {}}));
        let table = [
            (to(&tea()), Ok(())),
            (to(&tea()).after_ms(26 * HOUR_MS - 1), Ok(())),
            (to(&tea()).after_ms(26 * HOUR_MS), Err(Refusal::TooLate)),
            (to(&off), Err(Refusal::TargetGone)),
            (with(given(Answer::Going, 2)), Err(Refusal::NothingToChange)),
            (with(given(Answer::Going, 3)), Ok(())),
            (with(given(Answer::Maybe, 2)), Ok(())),
            (with(stale), Ok(())),
            (of_a_change, Err(Refusal::TargetUnfit)),
            (Context::for_tests().about("message", json!({})), Err(Refusal::TargetUnfit)),
            (Context::for_tests(), Err(Refusal::TargetUnknown)),
        ];
        for (context, expected) in table {
            assert_eq!(judge("rsvp", &going(2), &context), expected, "{context:?}");
        }
    }

    #[test]
    fn the_last_answer_counts() {
        let first = to(&tea());
        let card = folded("rsvp", &going(4), &first);
        let mut second = first.with_card(card).after_ms(5);
        second.author.person = Some(person(9));
        let card = folded("rsvp", &json!({"answer": "not_going"}), &second);
        let state = GatheringState::of(&card).unwrap();
        let last = HomeAnswer { at: NOW + 5, ..given(Answer::NotGoing, 0) };
        assert_eq!(state.answers, [(home(2), last)].into());
        assert_eq!((state.going_heads, state.homes_not), (0, 1));
    }

    #[test]
    fn a_home_that_nobody_lives_in_any_more_holds_no_places() {
        let mut state = tea();
        state.answers.insert(home(1), given(Answer::Going, 8));
        state.count(&[home(1), home(2)]);
        let both = Context { homes: vec![home(1), home(2)], ..to(&state) };
        assert_eq!(judge("rsvp", &going(3), &both), Err(Refusal::NoPlaces));
        let alone = Context { homes: vec![home(2)], ..both };
        assert_eq!(judge("rsvp", &going(3), &alone), Ok(()));
        let state = GatheringState::of(&folded("rsvp", &going(3), &alone)).unwrap();
        assert_eq!((state.going_heads, state.homes_going), (3, 1));
    }

    proptest! {
        #[test]
        fn no_answers_fill_more_than_there_is(
            steps in prop::collection::vec((1..=4u8, 0..3u8, 0..=20u8), 0..40)
        ) {
            let mut context = Context { homes: (1..=4).map(home).collect(), ..to(&tea()) };
            for (n, answer, heads) in steps {
                context.author.home = Some(home(n));
                let answer = ["going", "maybe", "not_going"][usize::from(answer)];
                let body = json!({"answer": answer, "heads": heads});
                if judge("rsvp", &body, &context).is_ok() {
                    context.card = folded("rsvp", &body, &context);
                }
                let state = GatheringState::of(&context.card).unwrap();
                let heads = state.answers.values().filter(|given| given.answer == Answer::Going);
                let heads: u32 = heads.map(|given| u32::from(given.heads)).sum();
                prop_assert_eq!(state.going_heads, heads);
                prop_assert!(heads <= 10);
            }
        }
    }
}
