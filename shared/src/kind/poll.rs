//! A question with answers to choose from: "Saturday or Sunday?". One kind with three bodies.
//! Without a target, `ask` puts the question; with the question as target, `choose` is a person's
//! answer, of which the last one counts, and `close` ends it. Everybody in the room sees who chose
//! what, as with a show of hands.

use super::{Context, Kind, Needs};
use crate::{
    card::Card,
    entry::{Draft, Entry},
    id::PersonId,
    policy::{Action, Role},
    refusal::Refusal,
    text,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The longest question, in Unicode scalar values.
pub const QUESTION_MAX_CHARS: usize = 200;
/// How many answers there are to choose from.
pub const OPTIONS_MIN: usize = 2;
pub const OPTIONS_MAX: usize = 8;
/// The longest of them, in Unicode scalar values.
pub const OPTION_MAX_CHARS: usize = 80;

/// The body of a `poll`: an object with exactly one of these as its field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Poll {
    #[serde(deserialize_with = "as_said")]
    Ask(Question),
    Choose(Choice),
    Close(Closed),
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Question {
    /// One line, 1 to 200 characters.
    pub question: String,
    /// 2 to 8 lines of 1 to 80 characters, no two alike.
    pub options: Vec<String>,
    /// What only a newer build knows: it stays, whatever this one folds.
    #[serde(flatten)]
    #[cfg_attr(test, ts(skip))]
    pub more: BTreeMap<String, Value>,
}

/// What somebody chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its place among the options, from 0; absent to take an answer back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub option: Option<u8>,
}

/// It is over: there is nothing to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PollClosed", type = "Record<string, never>"))]
#[serde(deny_unknown_fields)]
pub struct Closed {}

/// The part of a card that is a poll's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PollState {
    pub poll: Question,
    /// Who chose which option.
    #[cfg_attr(test, ts(type = "Record<PersonId, number>"))]
    pub choices: BTreeMap<PersonId, u8>,
    pub closed: bool,
    /// What only a newer build knows: it stays, whatever this one folds.
    #[serde(flatten)]
    #[cfg_attr(test, ts(skip))]
    pub more: BTreeMap<String, Value>,
}

impl Question {
    fn check(&self) -> Result<(), Refusal> {
        let line = |text: &str, most| text::line(text, most).map_err(|_| Refusal::DetailsInvalid);
        line(&self.question, QUESTION_MAX_CHARS)?;
        self.options.iter().try_for_each(|option| line(option, OPTION_MAX_CHARS))?;
        let different: BTreeSet<&str> = self.options.iter().map(|option| option.trim()).collect();
        let in_order = (OPTIONS_MIN..=OPTIONS_MAX).contains(&self.options.len());
        let alike = different.len() < self.options.len();
        if in_order && !alike { Ok(()) } else { Err(Refusal::DetailsInvalid) }
    }
}

impl Kind for Poll {
    const WORDS: &'static [&'static str] = &["question", "options"];

    fn action(&self) -> Action {
        Action::Post
    }

    fn needs(&self, draft: &Draft) -> Needs {
        Needs { target: draft.target.is_some(), ..Needs::default() }
    }

    fn check(&self) -> Result<(), Refusal> {
        match self {
            Poll::Ask(question) => question.check(),
            Poll::Choose(_) | Poll::Close(_) => Ok(()),
        }
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        let person = context.person()?;
        let before: PollState = match (context.targeted, self) {
            (false, Poll::Ask(_)) => return Ok(()),
            (false, _) | (true, Poll::Ask(_)) => return Err(Refusal::BodyInvalid),
            (true, _) => context.state("poll")?,
        };
        if before.closed {
            return Err(Refusal::TooLate);
        }
        match self {
            Poll::Choose(Choice { option: Some(option) })
                if usize::from(*option) >= before.poll.options.len() =>
            {
                Err(Refusal::BodyInvalid)
            }
            Poll::Choose(Choice { option }) if before.choices.get(&person) == option.as_ref() => {
                Err(Refusal::NothingToChange)
            }
            Poll::Close(_) if !may_close(context) => Err(Refusal::NotPermitted),
            _ => Ok(()),
        }
    }

    fn fold(&self, context: &Context, card: &mut Card) -> bool {
        let (Some(mut state), Some(person)) = (card.state::<PollState>(), context.author.person)
        else {
            return false;
        };
        match self {
            Poll::Choose(Choice { option: Some(option) }) => {
                state.choices.insert(person, *option);
            }
            Poll::Choose(Choice { option: None }) => {
                state.choices.remove(&person);
            }
            Poll::Close(_) => state.closed = true,
            Poll::Ask(_) => return false,
        }
        card.put_state(&state);
        true
    }

    fn card(&self, _: &Context) -> Option<Card> {
        let Poll::Ask(question) = self else { return None };
        let (poll, choices, more) = (question.clone(), BTreeMap::new(), BTreeMap::new());
        Some(Card::beginning(&PollState { poll, choices, closed: false, more }))
    }

    // An answer is none: the question counts them.
    fn is_news(entry: &Entry) -> bool {
        entry.target.is_none()
    }

    fn is_said(draft: &Draft) -> bool {
        draft.target.is_none()
    }
}

/// As a phone says it. Its state may know more of it, if a newer build wrote that.
fn as_said<'de, D: Deserializer<'de>>(given: D) -> Result<Question, D::Error> {
    let question = Question::deserialize(given)?;
    if question.more.is_empty() { Ok(question) } else { Err(D::Error::custom("a field too many")) }
}

/// Whoever asked may end it, and whoever looks after the room.
fn may_close(context: &Context) -> bool {
    let own = context.target.as_ref().is_some_and(|target| context.is_own(target));
    own || context.author.role == Some(Role::Liaison)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::cast::{folded, judge, person};
    use crate::kind::Body;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn ask() -> Value {
        json!({"ask": {"question": "Which day?", "options": ["Saturday", "Sunday"]}})
    }

    fn choose(option: impl Into<Value>) -> Value {
        json!({"choose": {"option": option.into()}})
    }

    /// About the poll of the satellite's, as it stands.
    fn about(card: Card) -> Context {
        Context::for_tests().about("poll", ask()).with_card(card)
    }

    fn fresh() -> Card {
        Body::read("poll", &ask()).unwrap().card(&Context::for_tests()).unwrap()
    }

    #[test]
    fn a_question_is_short_and_its_answers_differ() {
        let of = |question: &str, options: &[&str]| {
            let ask = json!({"question": question, "options": options});
            json!({"ask": ask})
        };
        let nine = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let long = "a".repeat(OPTION_MAX_CHARS + 1);
        let longer = "a".repeat(QUESTION_MAX_CHARS + 1);
        let mut odd = ask();
        odd["ask"]["secret"] = json!(true);
        let mut both = ask();
        both["close"] = json!({});
        let table = [
            (ask(), Ok(())),
            (of("Which?", &nine[..8]), Ok(())),
            (of("Which?", &nine), Err(Refusal::DetailsInvalid)),
            (of("Which?", &["Saturday"]), Err(Refusal::DetailsInvalid)),
            (of("Which?", &["Saturday", " Saturday "]), Err(Refusal::DetailsInvalid)),
            (of("Which?", &["Saturday", ""]), Err(Refusal::DetailsInvalid)),
            (of("Which?", &["Saturday", &long]), Err(Refusal::DetailsInvalid)),
            (of("Which\nday?", &["Saturday", "Sunday"]), Err(Refusal::DetailsInvalid)),
            (of("", &["Saturday", "Sunday"]), Err(Refusal::DetailsInvalid)),
            (of(&longer, &["Saturday", "Sunday"]), Err(Refusal::DetailsInvalid)),
            (json!({"ask": {"question": "Which?"}}), Err(Refusal::BodyInvalid)),
            (json!({}), Err(Refusal::BodyInvalid)),
            (choose(0), Err(Refusal::BodyInvalid)),
            (json!({"close": {}}), Err(Refusal::BodyInvalid)),
            (odd, Err(Refusal::BodyInvalid)),
            (both, Err(Refusal::BodyInvalid)),
        ];
        for (body, expected) in table {
            assert_eq!(judge("poll", &body, &Context::for_tests()), expected, "{body}");
        }
    }

    #[test]
    fn the_last_answer_of_a_person_counts() {
        let first = folded("poll", &choose(1), &about(fresh()));
        let by_hub = about(first.clone()).by(Role::Hub);
        let both = folded("poll", &choose(0), &by_hub);
        let state: PollState = both.state().unwrap();
        assert_eq!(state.choices, [(person(1), 0), (person(2), 1)].into());
        let changed = folded("poll", &choose(0), &about(both));
        let gone = folded("poll", &json!({"choose": {}}), &about(changed.clone()));
        assert_eq!(changed.state::<PollState>().unwrap().choices[&person(2)], 0);
        assert_eq!(gone.state::<PollState>().unwrap().choices, [(person(1), 0)].into());
    }

    #[test]
    fn while_it_is_open() {
        let chosen = folded("poll", &choose(1), &about(fresh()));
        let closed = folded("poll", &json!({"close": {}}), &about(fresh()));
        let gone = folded("redact", &json!({}), &about(fresh()));
        let close = json!({"close": {}});
        let lost = Context { targeted: true, ..Context::for_tests() };
        let of_an_answer = Context::for_tests().about("poll", choose(0));
        let table = [
            (choose(0), about(fresh()), Ok(())),
            (choose(2), about(fresh()), Err(Refusal::BodyInvalid)),
            (choose(-1), about(fresh()), Err(Refusal::BodyInvalid)),
            (choose(1_000_000_000), about(fresh()), Err(Refusal::BodyInvalid)),
            (choose("0"), about(fresh()), Err(Refusal::BodyInvalid)),
            (choose(1), about(chosen.clone()), Err(Refusal::NothingToChange)),
            (json!({"choose": {}}), about(chosen), Ok(())),
            (json!({"choose": {}}), about(fresh()), Err(Refusal::NothingToChange)),
            (choose(0), about(closed.clone()), Err(Refusal::TooLate)),
            (choose(0), about(gone), Err(Refusal::TargetGone)),
            (close.clone(), about(closed), Err(Refusal::TooLate)),
            (close.clone(), about(fresh()).by(Role::Hub), Err(Refusal::NotPermitted)),
            (close, about(fresh()).by(Role::Liaison), Ok(())),
            (ask(), about(fresh()), Err(Refusal::BodyInvalid)),
            (choose(0), lost, Err(Refusal::TargetUnknown)),
            (choose(0), of_an_answer, Err(Refusal::TargetUnfit)),
            (
                choose(0),
                Context::for_tests().about("message", json!({})),
                Err(Refusal::TargetUnfit),
            ),
        ];
        for (body, context, expected) in table {
            assert_eq!(judge("poll", &body, &context), expected, "{body} in {context:?}");
        }
    }

    proptest! {
        #[test]
        fn nobody_counts_twice(steps in prop::collection::vec((1..=4u8, 0..3u8), 0..40)) {
            let mut context = about(fresh());
            for (n, option) in steps {
                context.author.person = Some(person(n));
                let body = if option == 2 { json!({"choose": {}}) } else { choose(option) };
                let state: PollState = context.card.state().unwrap();
                let held = state.choices.get(&person(n)).copied();
                let wanted = (option != 2).then_some(option);
                prop_assert_eq!(judge("poll", &body, &context).is_ok(), held != wanted);
                if held != wanted {
                    context.card = folded("poll", &body, &context);
                }
                let state: PollState = context.card.state().unwrap();
                prop_assert_eq!(state.choices.get(&person(n)).copied(), wanted);
            }
        }
    }
}
