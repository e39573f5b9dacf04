//! "We have read this": the answer of a home to a message that asks for it. The first adult of a
//! home speaks for all of them. A confirmation stays when the words are edited; both moments stand
//! on the card, so that anybody can see which came first.

use super::{Context, Kind, Needs};
use crate::{
    card::{Card, Confirmed},
    entry::Draft,
    policy::Action,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

/// The body of a `confirm`: there is nothing to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "Record<string, never>"))]
#[serde(deny_unknown_fields)]
pub struct Confirm {}

impl Kind for Confirm {
    fn action(&self) -> Action {
        Action::Confirm
    }

    fn needs(&self, _: &Draft) -> Needs {
        Needs::TARGET
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        let (_, message) = context.message()?;
        if !message.please_confirm {
            return Err(Refusal::TargetUnfit);
        }
        context.person()?;
        let home = context.author.home.ok_or(Refusal::NotPermitted)?;
        if context.card.confirmed.contains_key(&home) {
            return Err(Refusal::NothingToChange);
        }
        Ok(())
    }

    fn fold(&self, context: &Context, card: &mut Card) -> bool {
        let (Some(by), Some(home)) = (context.author.person, context.author.home) else {
            return false;
        };
        card.confirmed.insert(home, Confirmed { by, at: context.at });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        card::{Hidden, HiddenBy},
        context::cast::{NOW, folded, home, judge, person},
        policy::Role,
    };
    use serde_json::{Value, json};

    fn about(body: Value) -> Context {
        Context::for_tests().about("message", body)
    }

    #[test]
    fn a_home_confirms_once() {
        let notice = about(json!({"text": "Fire drill at 6", "please_confirm": true}));
        let first = folded("confirm", &json!({}), &notice);
        assert_eq!(first.confirmed, [(home(2), Confirmed { by: person(2), at: NOW })].into());
        let mut second_adult = notice.clone().with_card(first.clone());
        second_adult.author.person = Some(person(9));
        let other_home = notice.clone().by(Role::Hub).with_card(first);
        let hidden = Some(Hidden { by: HiddenBy::Liaison, at: 1 });
        let removed = notice.clone().with_card(Card { hidden, ..Card::default() });
        let table = [
            (second_adult, Err(Refusal::NothingToChange)),
            (other_home.clone(), Ok(())),
            (notice.by(Role::Liaison), Err(Refusal::NotPermitted)),
            (removed, Err(Refusal::TargetGone)),
            (about(json!({"text": "hi"})), Err(Refusal::TargetUnfit)),
            (Context::for_tests().about("gathering", json!({})), Err(Refusal::TargetUnfit)),
            (Context::for_tests(), Err(Refusal::TargetUnknown)),
        ];
        for (context, expected) in table {
            assert_eq!(judge("confirm", &json!({}), &context), expected, "{context:?}");
        }
        assert_eq!(folded("confirm", &json!({}), &other_home).confirmed.len(), 2);
    }
}
