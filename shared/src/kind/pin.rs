//! A message or a gathering is held at the top of its room, or let go. Who may is a row of the
//! matrix: hub and liaison worker in the circle, everybody in a line, in `peers` the liaison
//! worker.

use super::{Context, Kind, Needs};
use crate::{
    card::{Card, Pinned},
    entry::Draft,
    policy::Action,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

/// The body of a `pin`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Pin {
    pub pinned: bool,
}

impl Kind for Pin {
    fn action(&self) -> Action {
        Action::Pin
    }

    fn needs(&self, _: &Draft) -> Needs {
        Needs::TARGET
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        context.standing()?;
        context.person()?;
        if context.card.pinned.is_some() == self.pinned {
            return Err(Refusal::NothingToChange);
        }
        Ok(())
    }

    fn fold(&self, context: &Context, card: &mut Card) -> bool {
        let Some(by) = context.author.person else { return false };
        card.pinned = self.pinned.then_some(Pinned { by, at: context.at });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        card::{Hidden, HiddenBy},
        context::cast::{NOW, folded, judge, person},
        policy::Role,
        tally::tests::tea,
    };
    use serde_json::json;

    #[test]
    fn pinning_and_letting_go() {
        let message = Context::for_tests().by(Role::Hub).about("message", json!({"text": "hi"}));
        let free = Card::default();
        let held = Card { pinned: Some(Pinned { by: person(3), at: 1 }), ..Card::default() };
        let hidden = Some(Hidden { by: HiddenBy::Hub, at: 1 });
        let removed = Card { hidden, ..Card::default() };
        let table = [
            (true, free.clone(), Ok(Some(Pinned { by: person(1), at: NOW }))),
            (false, held.clone(), Ok(None)),
            (true, held, Err(Refusal::NothingToChange)),
            (false, free, Err(Refusal::NothingToChange)),
            (true, removed, Err(Refusal::TargetGone)),
        ];
        for (pinned, card, expected) in table {
            let context = message.clone().with_card(card);
            let body = json!({"pinned": pinned});
            let answer =
                judge("pin", &body, &context).map(|()| folded("pin", &body, &context).pinned);
            assert_eq!(answer, expected, "{pinned} on {:?}", context.card);
        }
    }

    #[test]
    fn only_what_stands_in_the_room_by_itself() {
        let about = |kind: &str| Context::for_tests().by(Role::Hub).about(kind, json!({}));
        let gathering = about("gathering").with_card(tea().card());
        let table = [
            (gathering, Ok(())),
            (about("gathering"), Err(Refusal::TargetUnfit)),
            (about("pin"), Err(Refusal::TargetUnfit)),
            (Context::for_tests(), Err(Refusal::TargetUnknown)),
        ];
        for (context, expected) in table {
            assert_eq!(judge("pin", &json!({"pinned": true}), &context), expected, "{context:?}");
        }
    }
}
