//! The card of an entry: what has become of it through the entries that target it. Folded once, on
//! the server, inside the append; a phone only keeps the newest. Nothing is judged here: that is
//! `permit`, in each kind's file.

use crate::id::{EntryId, HomeId, PersonId, Seq};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;

/// One per target. Empty parts do not travel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Card {
    /// The last entry folded in; a phone replaces a card only by one with a higher `at_seq`.
    pub at_seq: Seq,
    /// Who reacted with what. Read as any text, so that a phone survives the emoji of a newer
    /// build.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(test, ts(type = "Record<PersonId, string>"))]
    pub reactions: BTreeMap<PersonId, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub edited: Option<Edited>,
    /// When there, the entry is removed and no other part is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub hidden: Option<Hidden>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub pinned: Option<Pinned>,
    /// The homes that confirmed, each by the first of its adults who did.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(test, ts(type = "Record<HomeId, Confirmed>"))]
    pub confirmed: BTreeMap<HomeId, Confirmed>,
    /// The part of the entry's own kind: of a `gathering`, a [`crate::tally::GatheringState`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "unknown"))]
    pub state: Option<Value>,
    /// The parts that only a newer build knows. While servers of both builds stand over one
    /// database, the older one folds into the card and must not lose them.
    #[serde(flatten)]
    #[cfg_attr(test, ts(skip))]
    pub more: BTreeMap<String, Value>,
}

/// The words that stand there now, and how often they were changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Edited {
    pub text: String,
    /// Epoch ms. A confirmation from before it was of earlier words.
    #[cfg_attr(test, ts(type = "number"))]
    pub at: i64,
    pub times: u32,
}

/// An entry was removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Hidden {
    pub by: HiddenBy,
    /// Epoch ms.
    #[cfg_attr(test, ts(type = "number"))]
    pub at: i64,
}

/// In which capacity it was removed; not who, so that nobody is shown up by their own mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum HiddenBy {
    Author,
    Hub,
    Liaison,
}

/// An entry is held at the top of its room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Pinned {
    pub by: PersonId,
    /// Epoch ms.
    #[cfg_attr(test, ts(type = "number"))]
    pub at: i64,
}

/// A home has read and understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Confirmed {
    pub by: PersonId,
    /// Epoch ms.
    #[cfg_attr(test, ts(type = "number"))]
    pub at: i64,
}

/// A card as it travels in pages, beside the entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CardOf {
    pub target: EntryId,
    /// The place of the target.
    pub seq: Seq,
    #[serde(flatten)]
    pub card: Card,
}

impl Card {
    /// A card that begins with the part of its own kind.
    pub fn beginning<T: Serialize>(state: &T) -> Card {
        let mut card = Card::default();
        card.put_state(state);
        card
    }

    /// The part of the entry's own kind, if there is one and it is a `T`.
    pub fn state<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(self.state.as_ref()?).ok()
    }

    /// Replaces the part of the entry's own kind.
    pub fn put_state<T: Serialize>(&mut self, state: &T) {
        let state = serde_json::to_value(state)
            .expect("a state has string keys and plain values, which always encode");
        self.state = Some(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        context::{
            Context,
            cast::{self, folded, home, judge},
        },
        kind::{Body, Effect},
        policy::Role,
        refusal::Refusal,
        tally::{
            Answer,
            tests::{given, tea},
        },
    };
    use serde_json::json;

    #[test]
    fn what_is_empty_does_not_travel() {
        let target = EntryId::new(1, [1; 10]);
        let bare = CardOf { target, seq: Seq(4), card: Card::default() };
        let mut full = bare.clone();
        full.card = Card {
            at_seq: Seq(9),
            reactions: BTreeMap::from([(cast::person(1), "👍".to_owned())]),
            hidden: Some(Hidden { by: HiddenBy::Hub, at: 5 }),
            confirmed: BTreeMap::from([(cast::home(1), Confirmed { by: cast::person(1), at: 6 })]),
            state: Some(json!({"of": "its kind"})),
            ..Card::default()
        };
        let table = [
            (&bare, json!({"target": target, "seq": 4, "at_seq": 0})),
            (
                &full,
                json!({
                    "target": target, "seq": 4, "at_seq": 9,
                    "reactions": {cast::person(1).to_string(): "👍"},
                    "hidden": {"by": "hub", "at": 5},
                    "confirmed": {cast::home(1).to_string(): {"by": cast::person(1), "at": 6}},
                    "state": {"of": "its kind"},
                }),
            ),
        ];
        for (card, told) in table {
            assert_eq!(serde_json::to_value(card).unwrap(), told);
            assert_eq!(serde_json::from_str::<CardOf>(&told.to_string()).unwrap(), *card);
        }
    }

    #[test]
    fn a_newer_card_is_still_read_and_told_whole() {
        let newer = json!({"target": EntryId::new(1, [1; 10]), "seq": 2, "at_seq": 3,
            "starred": true, "reactions": {cast::person(1).to_string(): "🦊"}});
        let card: CardOf = serde_json::from_value(newer.clone()).unwrap();
        assert_eq!((card.card.at_seq, card.card.reactions.len()), (Seq(3), 1));
        assert_eq!(serde_json::to_value(card).unwrap(), newer);
    }

    #[test]
    fn a_state_is_read_by_its_own_type_only() {
        let card = Card::beginning(&vec![1, 2]);
        assert_eq!(card.state::<Vec<i64>>(), Some(vec![1, 2]));
        assert_eq!(card.state::<String>(), None);
        assert_eq!(Card::default().state::<Vec<i64>>(), None);
    }

    /// What a newer build wrote into the states of a gathering and of a poll, wherever it could.
    fn tomorrows() -> [(&'static str, Value, Vec<String>); 2] {
        let mut tea = tea();
        tea.answers.insert(home(1), given(Answer::Going, 2));
        let poll = json!({"poll": {"question": "Which day?", "options": ["1", "2"]},
            "choices": {}, "closed": false});
        let answer = format!("/answers/{}", home(1));
        let mut states = [
            ("gathering", json!(tea), ["", "/details", &answer].map(str::to_owned).to_vec()),
            ("poll", poll, ["", "/poll"].map(str::to_owned).to_vec()),
        ];
        for (_, state, places) in &mut states {
            for place in places {
                state.pointer_mut(place).unwrap()["tomorrow"] = json!({"of": ["a newer build"]});
            }
        }
        states
    }

    #[test]
    fn what_tomorrow_knows_of_a_state_stays_whatever_is_folded_today() {
        let cake = |title: &str| {
            let mut details = json!(tea().details);
            details["title"] = json!(title);
            json!({ "details": details })
        };
        let acts = [
            ("gathering", "rsvp", json!({"answer": "going", "heads": 1})),
            ("gathering", "gathering", cake("Cake")),
            ("gathering", "gathering", json!({"cancelled": {}})),
            ("poll", "poll", json!({"choose": {"option": 1}})),
            ("poll", "poll", json!({"close": {}})),
        ];
        for (of, state, places) in tomorrows() {
            let by = if of == "poll" { Role::Liaison } else { Role::Hub };
            let card = Card { state: Some(state.clone()), ..Card::default() };
            let about = Context::for_tests().by(by).about(of, json!({})).with_card(card);
            for (_, kind, body) in acts.iter().filter(|(on, ..)| *on == of) {
                // The hub speaks for a home that has not answered yet.
                let mut context = about.clone();
                context.author.home = Some(home(2));
                let card = folded(kind, body, &context);
                let folded = card.state.as_ref().unwrap();
                for place in &places {
                    let at = format!("{place}/tomorrow");
                    assert_eq!(folded.pointer(&at), state.pointer(&at), "{kind} {body}: {place}");
                }
                assert_ne!(folded, &state);
                for effect in Body::read(kind, body).unwrap().effects(&context) {
                    let Effect::Revise { body, .. } = effect else { panic!("{effect:?}") };
                    assert!(body.contains("tomorrow"), "{body}");
                }
            }
            let same = judge("gathering", &cake("Tea"), &about);
            let unfit = if of == "poll" { Refusal::TargetUnfit } else { Refusal::NothingToChange };
            assert_eq!(same, Err(unfit), "what it does not know is no change");
        }
    }

    #[test]
    fn a_state_that_today_cannot_read_is_left_alone() {
        let [(_, mut state, _), _] = tomorrows();
        state["status"] = json!("postponed");
        let card = Card { state: Some(state), ..Card::default() };
        let about = Context::for_tests().by(Role::Hub).about("gathering", json!({}));
        let about = about.with_card(card);
        for (kind, body) in [
            ("rsvp", json!({"answer": "going", "heads": 1})),
            ("gathering", json!({"cancelled": {}})),
        ] {
            assert_eq!(judge(kind, &body, &about), Err(Refusal::TargetUnfit), "{kind}");
        }
    }
}
