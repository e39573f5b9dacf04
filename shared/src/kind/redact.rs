//! Something that stands in the room is taken out of it: by its author at any time, by the hub in
//! the circle, by the liaison worker wherever they are a member. What it said, and what its changes
//! said, is kept apart for a safeguarding case.

use super::{Context, Effect, Kind, Needs, Target};
use crate::{
    card::{Card, Hidden, HiddenBy},
    entry::Draft,
    policy::{Action, Role},
    refusal::Refusal,
    room::RoomKind,
};
use serde::{Deserialize, Serialize};

/// The body of a `redact`: there is nothing to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "Record<string, never>"))]
#[serde(deny_unknown_fields)]
pub struct Redact {}

impl Kind for Redact {
    fn action(&self) -> Action {
        Action::Redact
    }

    fn needs(&self, _: &Draft) -> Needs {
        Needs::TARGET
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        let target = context.standing()?;
        capacity(context, target).map(|_| ()).ok_or(Refusal::NotPermitted)
    }

    fn effects(&self, context: &Context) -> Vec<Effect> {
        let target = context.target.as_ref().map(|target| target.id);
        target.map(|target| Effect::Blank { target }).into_iter().collect()
    }

    fn fold(&self, context: &Context, card: &mut Card) -> bool {
        let by = context.target.as_ref().and_then(|target| capacity(context, target));
        let Some(by) = by else { return false };
        *card = Card { hidden: Some(Hidden { by, at: context.at }), ..Card::default() };
        true
    }

    /// Whoever regrets what they wrote need not wait for the room to open.
    fn at_any_hour(&self) -> bool {
        true
    }
}

/// In which capacity the author of the draft may remove this, if they may.
fn capacity(context: &Context, target: &Target) -> Option<HiddenBy> {
    match (context.author.role, context.room_kind) {
        _ if context.is_own(target) => Some(HiddenBy::Author),
        (Some(Role::Liaison), _) => Some(HiddenBy::Liaison),
        (Some(Role::Hub), RoomKind::Circle) => Some(HiddenBy::Hub),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        card::{Edited, Pinned},
        context::cast::{NOW, author, entry, folded, judge, person},
    };
    use serde_json::json;

    const A_YEAR_MS: i64 = 365 * 24 * 3_600 * 1_000;

    /// About a message of the satellite's.
    fn about() -> Context {
        Context::for_tests().about("message", json!({"text": "hi"})).after_ms(A_YEAR_MS)
    }

    #[test]
    fn who_removes_whose_words_where() {
        use {Role::*, RoomKind::*};
        let table = [
            (Satellite, Circle, Ok(HiddenBy::Author)),
            (Hub, Circle, Ok(HiddenBy::Hub)),
            (Liaison, Circle, Ok(HiddenBy::Liaison)),
            (Satellite, HubLine, Ok(HiddenBy::Author)),
            (Hub, HubLine, Err(Refusal::NotPermitted)),
            (Liaison, LiaisonLine, Ok(HiddenBy::Liaison)),
            (Hub, LiaisonLine, Err(Refusal::NotPermitted)),
            (Liaison, Peers, Ok(HiddenBy::Liaison)),
            (Young, Peers, Err(Refusal::NotPermitted)),
        ];
        for (role, room_kind, expected) in table {
            let context = about().by(role).within(room_kind);
            let answer = judge("redact", &json!({}), &context)
                .map(|()| folded("redact", &json!({}), &context).hidden.unwrap().by);
            assert_eq!(answer, expected, "{role:?} in {room_kind:?}");
        }
        let mut hubs = about().by(Satellite);
        hubs.target.as_mut().unwrap().author = author(Hub).person;
        assert_eq!(judge("redact", &json!({}), &hubs), Err(Refusal::NotPermitted));
        let own = hubs.by(Hub);
        assert_eq!(folded("redact", &json!({}), &own).hidden.unwrap().by, HiddenBy::Author);
    }

    #[test]
    fn only_what_stands_and_only_once() {
        let hidden = Some(Hidden { by: HiddenBy::Author, at: 1 });
        for kind in ["gathering", "poll"] {
            let begun = Card::beginning(&json!({"of": "its kind"}));
            let standing = Context::for_tests().about(kind, json!({})).with_card(begun);
            assert_eq!(judge("redact", &json!({}), &standing), Ok(()), "{kind}");
        }
        let table = [
            (about().with_card(Card { hidden, ..Card::default() }), Refusal::TargetGone),
            (Context::for_tests(), Refusal::TargetUnknown),
            (Context::for_tests().about("gathering", json!({})), Refusal::TargetUnfit),
            (Context::for_tests().about("member", json!({})), Refusal::TargetUnfit),
        ];
        for (context, expected) in table {
            assert_eq!(judge("redact", &json!({}), &context), Err(expected), "{context:?}");
        }
    }

    #[test]
    fn nothing_of_it_stays_on_the_card() {
        let full = Card {
            edited: Some(Edited { text: "secret".to_owned(), at: 1, times: 1 }),
            pinned: Some(Pinned { by: person(1), at: 1 }),
            reactions: [(person(1), "👍".to_owned())].into(),
            state: Some(json!({"of": "its kind"})),
            ..Card::default()
        };
        let context = about().with_card(full);
        let hidden = Some(Hidden { by: HiddenBy::Author, at: NOW + A_YEAR_MS });
        let expected = Card { at_seq: context.seq, hidden, ..Card::default() };
        assert_eq!(folded("redact", &json!({}), &context), expected);
        let effects = Redact {}.effects(&context);
        assert_eq!(effects, [Effect::Blank { target: entry(3) }]);
    }
}
