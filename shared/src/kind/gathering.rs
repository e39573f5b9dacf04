//! Something that people come to: published in the circle, changed, or called off. Without a
//! target, `details` publish a gathering; with the gathering as target, they change it, and
//! `cancelled` calls it off. Who may is a row of the matrix: hub and liaison worker.
//!
//! What a gathering is now stands in its own entry and on its card. The log keeps of a change only
//! that there was one: who came to the room after the gathering was published hears of the change
//! and not of the gathering, and a gathering that is removed leaves no word in its changes.

use super::{Body, Context, Effect, Kind, Needs};
use crate::{
    card::Card,
    entry::{Draft, Entry},
    policy::Action,
    refusal::Refusal,
    tally::{Details, GatheringState, REASON_MAX_CHARS, Status},
    text,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// The body of a `gathering`: an object with exactly one of these as its field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Gathering {
    /// All of them, as they are from now on.
    #[serde(deserialize_with = "as_said")]
    Details(Details),
    /// It does not take place.
    Cancelled(Cancelled),
    /// What the log keeps of a change. A phone does not say this: it would change nothing.
    Changed(Changed),
}

/// How it is called off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "GatheringCancelled"))]
#[serde(deny_unknown_fields)]
pub struct Cancelled {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub reason: Option<String>,
}

/// There is nothing to say: what it was changed to stands on its card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "GatheringChanged", type = "Record<string, never>"))]
#[serde(deny_unknown_fields)]
pub struct Changed {}

impl Kind for Gathering {
    const WORDS: &'static [&'static str] = &["title", "place", "note", "reason"];

    fn action(&self) -> Action {
        Action::PublishGathering
    }

    fn needs(&self, draft: &Draft) -> Needs {
        let about = draft.target.is_some();
        Needs { target: about, homes: about, ..Needs::default() }
    }

    fn check(&self) -> Result<(), Refusal> {
        match self {
            Gathering::Details(details) => details.check(),
            Gathering::Cancelled(Cancelled { reason: Some(reason) }) => {
                text::within(reason, REASON_MAX_CHARS).map_err(|_| Refusal::DetailsInvalid)
            }
            Gathering::Cancelled(Cancelled { reason: None }) | Gathering::Changed(_) => Ok(()),
        }
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        let before = context.targeted.then(|| context.state::<GatheringState>("gathering"));
        let before = before.transpose()?;
        match (before, self) {
            (None, Gathering::Details(details)) => may_start(details, context.now),
            (None, Gathering::Cancelled(_)) | (_, Gathering::Changed(_)) => {
                Err(Refusal::BodyInvalid)
            }
            (Some(before), _) if before.status == Status::Cancelled => Err(Refusal::TargetGone),
            (Some(before), _) if context.now >= before.details.ends_at => Err(Refusal::TooLate),
            (Some(_), Gathering::Cancelled(_)) => Ok(()),
            (Some(before), Gathering::Details(details)) => {
                let before = before.details;
                if details.clone().after(&before) == before {
                    Err(Refusal::NothingToChange)
                } else if details.starts_at == before.starts_at {
                    // It may have begun; its end may not be put into the past.
                    let ends_ahead = details.ends_at > context.now;
                    if ends_ahead { Ok(()) } else { Err(Refusal::DetailsInvalid) }
                } else {
                    may_start(details, context.now)
                }
            }
        }
    }

    fn effects(&self, context: &Context) -> Vec<Effect> {
        let state = GatheringState::of(&context.card);
        match (&context.target, state, self) {
            (Some(target), Some(before), Gathering::Details(details)) => {
                let details = details.clone().after(&before.details);
                let body = Body::Gathering(Gathering::Details(details)).to_text();
                vec![Effect::Revise { target: target.id, body }]
            }
            _ => Vec::new(),
        }
    }

    fn fold(&self, context: &Context, card: &mut Card) -> bool {
        let Some(mut state) = GatheringState::of(card) else { return false };
        match self.clone() {
            Gathering::Details(details) => state.change(details),
            Gathering::Cancelled(Cancelled { reason }) => state.cancel(reason),
            Gathering::Changed(_) => return false,
        }
        state.count(&context.homes);
        card.put_state(&state);
        true
    }

    fn card(&self, context: &Context) -> Option<Card> {
        match self {
            Gathering::Details(details) if !context.targeted => {
                Some(GatheringState::new(details.clone()).card())
            }
            _ => None,
        }
    }

    fn kept(&self, context: &Context) -> Option<Gathering> {
        Some(match self {
            Gathering::Details(_) if context.targeted => Gathering::Changed(Changed {}),
            Gathering::Cancelled(_) => Gathering::Cancelled(Cancelled { reason: None }),
            whole => whole.clone(),
        })
    }

    // A change too: whoever comes has to know of it.
    fn is_news(_: &Entry) -> bool {
        true
    }

    fn is_said(draft: &Draft) -> bool {
        draft.target.is_none()
    }
}

/// As a phone says it. Its state may know more of it, if a newer build wrote that.
fn as_said<'de, D: Deserializer<'de>>(given: D) -> Result<Details, D::Error> {
    let details = Details::deserialize(given)?;
    if details.more.is_empty() { Ok(details) } else { Err(D::Error::custom("a field too many")) }
}

fn may_start(details: &Details, now: i64) -> Result<(), Refusal> {
    if details.is_ahead(now) { Ok(()) } else { Err(Refusal::DetailsInvalid) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        context::cast::{NOW, entry, folded, home, judge},
        kind::Body,
        policy::Role,
        tally::{
            Answer, GATHERING_AHEAD_MS,
            tests::{HOUR_MS, given, tea},
        },
    };
    use serde_json::{Value, json};

    fn publishing() -> Context {
        Context::for_tests().by(Role::Hub)
    }

    /// About this gathering.
    fn about(state: &GatheringState) -> Context {
        let published = json!({"details": tea().details});
        publishing().about("gathering", published).with_card(state.card())
    }

    fn details(change: fn(&mut Details)) -> Value {
        let mut details = tea().details;
        change(&mut details);
        json!({"details": details})
    }

    fn moved(starts_at: i64) -> Value {
        let ends_at = starts_at.saturating_add(HOUR_MS);
        json!({"details": Details { starts_at, ends_at, ..tea().details }})
    }

    #[test]
    fn publishing_one() {
        let mut odd = details(|_| ());
        odd["details"]["colour"] = json!("blue");
        let mut both = details(|_| ());
        both["cancelled"] = json!({});
        let table = [
            (details(|_| ()), Ok(())),
            (moved(NOW), Ok(())),
            (moved(NOW - 1), Err(Refusal::DetailsInvalid)),
            (moved(i64::MIN), Err(Refusal::DetailsInvalid)),
            (moved(NOW + GATHERING_AHEAD_MS), Ok(())),
            (moved(NOW + GATHERING_AHEAD_MS + 1), Err(Refusal::DetailsInvalid)),
            (details(|it| it.title.clear()), Err(Refusal::DetailsInvalid)),
            (json!({"cancelled": {}}), Err(Refusal::BodyInvalid)),
            (json!({"changed": {}}), Err(Refusal::BodyInvalid)),
            (json!({"details": {}}), Err(Refusal::BodyInvalid)),
            (json!({}), Err(Refusal::BodyInvalid)),
            (odd, Err(Refusal::BodyInvalid)),
            (both, Err(Refusal::BodyInvalid)),
        ];
        for (body, expected) in table {
            assert_eq!(judge("gathering", &body, &publishing()), expected, "{body}");
        }
    }

    #[test]
    fn it_begins_with_a_card_and_its_change_does_not() {
        let body = Body::read("gathering", &details(|_| ())).unwrap();
        let card = body.card(&publishing()).unwrap();
        assert_eq!(card.at_seq, publishing().seq);
        assert_eq!(GatheringState::of(&card), Some(tea()));
        assert!(!body.fold(&publishing(), &mut Card::default()));
        assert_eq!(body.card(&about(&tea())), None);
    }

    #[test]
    fn changing_one() {
        let cancel = json!({"cancelled": {"reason": "The hall is flooded"}});
        let cake = details(|it| it.title = "Cake".to_owned());
        let mut off = tea();
        off.cancel(None);
        let begun = about(&tea()).after_ms(25 * HOUR_MS);
        let over = about(&tea()).after_ms(26 * HOUR_MS);
        let lost = Context { targeted: true, ..publishing() };
        let of_a_change = publishing().about("gathering", cake.clone());
        let long = json!({"cancelled": {"reason": "a".repeat(REASON_MAX_CHARS + 1)}});
        let cut = json!({"details": Details { ends_at: NOW + 25 * HOUR_MS, ..tea().details }});
        let table = [
            (&cake, about(&tea()), Ok(())),
            (&cancel, about(&tea()), Ok(())),
            (&details(|_| ()), about(&tea()), Err(Refusal::NothingToChange)),
            (&cake, about(&off), Err(Refusal::TargetGone)),
            (&cancel, about(&off), Err(Refusal::TargetGone)),
            (&cake, begun.clone(), Ok(())),
            (&cancel, begun.clone(), Ok(())),
            (&json!({"changed": {}}), about(&tea()), Err(Refusal::BodyInvalid)),
            (&cut, begun.clone(), Err(Refusal::DetailsInvalid)),
            (&moved(NOW), begun, Err(Refusal::DetailsInvalid)),
            (&cake, over.clone(), Err(Refusal::TooLate)),
            (&cancel, over, Err(Refusal::TooLate)),
            (&cake, lost, Err(Refusal::TargetUnknown)),
            (&cake, of_a_change, Err(Refusal::TargetUnfit)),
            (&cake, publishing().about("message", json!({})), Err(Refusal::TargetUnfit)),
            (&long, about(&tea()), Err(Refusal::DetailsInvalid)),
        ];
        for (body, context, expected) in table {
            assert_eq!(judge("gathering", body, &context), expected, "{body} in {context:?}");
        }
    }

    #[test]
    fn what_a_change_says_stands_at_its_target_and_not_in_the_log() {
        let cake = details(|it| it.title = "Cake".to_owned());
        let table = [
            (cake.clone(), json!({"changed": {}}), Some(cake)),
            (json!({"cancelled": {"reason": "Snow"}}), json!({"cancelled": {}}), None),
        ];
        for (said, stored, revised) in table {
            let body = Body::read("gathering", &said).unwrap();
            let kept: Value = serde_json::from_str(&body.stored(&about(&tea()))).unwrap();
            assert_eq!(kept, stored);
            let effects = body.effects(&about(&tea()));
            let revised = revised.map(|body| (entry(3), body));
            let revises = effects.first().map(|effect| match effect {
                Effect::Revise { target, body } => (*target, serde_json::from_str(body).unwrap()),
                other => panic!("{other:?}"),
            });
            assert_eq!(revises, revised, "{said}");
        }
        let published = Body::read("gathering", &details(|_| ())).unwrap();
        assert_eq!(published.stored(&publishing()), published.to_text());
        assert_eq!(published.effects(&publishing()), []);
    }

    #[test]
    fn answers_outlive_a_change() {
        let mut state = tea();
        state.answers.insert(home(1), given(Answer::Going, 4));
        let card = folded("gathering", &moved(NOW + HOUR_MS), &about(&state));
        let state = GatheringState::of(&card).unwrap();
        assert!(state.answers[&home(1)].stale);
        assert_eq!((state.revision, state.going_heads), (1, 4));
        let cancel = json!({"cancelled": {"reason": "Snow"}});
        let card = folded("gathering", &cancel, &about(&state));
        let state = GatheringState::of(&card).unwrap();
        assert_eq!((state.status, state.revision), (Status::Cancelled, 2));
        assert_eq!(state.reason.as_deref(), Some("Snow"));
    }
}
