//! Other words for a message of one's own, for a short while. The earlier ones are kept apart, and
//! told to those who may read the message.

use super::{Body, Context, Effect, Kind, Message, Needs, REVISIONS_MAX};
use crate::{
    card::{Card, Edited},
    entry::Draft,
    policy::Action,
    refusal::Refusal,
    text,
};
use serde::{Deserialize, Serialize};

/// How long after it was committed a message may be edited, ms (behaviours, "Edit and delete").
pub const EDIT_MS: i64 = 15 * 60 * 1_000;

/// How far the clocks of two instances may differ, ms: a message from another one may lie so far
/// ahead. One that lies further ahead was said before a wrong clock was set right, and nobody knows
/// how long ago.
const APART_MS: i64 = 60 * 1_000;

/// The body of an `edit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What stands there from now on; see [`text::check`].
    pub text: String,
}

impl Kind for Edit {
    fn action(&self) -> Action {
        Action::Edit
    }

    fn needs(&self, _: &Draft) -> Needs {
        Needs { said_at: true, ..Needs::TARGET }
    }

    fn check(&self) -> Result<(), Refusal> {
        text::check(&self.text)
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        let (target, message) = context.message()?;
        if !context.is_own(target) {
            return Err(Refusal::NotPermitted);
        }
        let age = target.said_at.map(|said_at| context.now.saturating_sub(said_at));
        let in_time = age.is_some_and(|age| (-APART_MS..=EDIT_MS).contains(&age));
        if !in_time || times(&context.card) >= REVISIONS_MAX {
            return Err(Refusal::TooLate);
        }
        if message.text == self.text {
            return Err(Refusal::NothingToChange);
        }
        Ok(())
    }

    fn effects(&self, context: &Context) -> Vec<Effect> {
        let Ok((target, message)) = context.message() else { return Vec::new() };
        let body = Body::Message(Message { text: self.text.clone(), ..message });
        vec![Effect::Revise { target: target.id, body: body.to_text() }]
    }

    fn fold(&self, context: &Context, card: &mut Card) -> bool {
        let (text, at, times) = (self.text.clone(), context.at, times(card).saturating_add(1));
        card.edited = Some(Edited { text, at, times });
        true
    }

    /// The words are the message's from now on.
    fn kept(&self, _: &Context) -> Option<Edit> {
        None
    }
}

/// How often a message was edited.
fn times(card: &Card) -> u32 {
    card.edited.as_ref().map_or(0, |edited| edited.times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        card::{Hidden, HiddenBy},
        context::cast::{NOW, entry, folded, judge},
        policy::Role,
    };
    use serde_json::json;

    fn about_own() -> Context {
        Context::for_tests().about("message", json!({"text": "hi", "please_confirm": true}))
    }

    #[test]
    fn own_words_for_a_short_while() {
        let hidden = Some(Hidden { by: HiddenBy::Author, at: 1 });
        let removed = about_own().with_card(Card { hidden, ..Card::default() });
        let often = |times| {
            let edited = Some(Edited { text: "hi!".to_owned(), at: NOW, times });
            about_own().with_card(Card { edited, ..Card::default() })
        };
        let mut unsigned = about_own();
        unsigned.author.person = None;
        unsigned.target.as_mut().unwrap().author = None;
        let ahead = |ms| Context { at: NOW + EDIT_MS + 1, ..about_own().after_ms(ms) };
        let table = [
            ("hello", ahead(0), Ok(())),
            ("hello", ahead(EDIT_MS + 1), Err(Refusal::TooLate)),
            ("hello", about_own().after_ms(-APART_MS), Ok(())),
            ("hello", about_own().after_ms(-APART_MS - 1), Err(Refusal::TooLate)),
            ("hello", about_own(), Ok(())),
            ("hello", about_own().after_ms(EDIT_MS), Ok(())),
            ("hello", about_own().after_ms(EDIT_MS + 1), Err(Refusal::TooLate)),
            ("hello", often(REVISIONS_MAX - 1), Ok(())),
            ("hello", often(REVISIONS_MAX), Err(Refusal::TooLate)),
            ("hello", about_own().by(Role::Hub), Err(Refusal::NotPermitted)),
            ("hello", about_own().by(Role::Liaison), Err(Refusal::NotPermitted)),
            ("hello", unsigned, Err(Refusal::NotPermitted)),
            ("hello", removed, Err(Refusal::TargetGone)),
            ("hello", Context::for_tests(), Err(Refusal::TargetUnknown)),
            ("hello", Context::for_tests().about("edit", json!({})), Err(Refusal::TargetUnfit)),
            ("hi", about_own(), Err(Refusal::NothingToChange)),
            ("", about_own(), Err(Refusal::TextEmpty)),
            ("\u{7}", about_own(), Err(Refusal::TextUnprintable)),
        ];
        for (text, context, expected) in table {
            let answer = judge("edit", &json!({"text": text}), &context);
            assert_eq!(answer, expected, "{text:?} in {context:?}");
        }
    }

    #[test]
    fn the_words_change_and_the_rest_stays() {
        let context = about_own().after_ms(5);
        let body = Edit { text: "hello".to_owned() };
        let revised = r#"{"text":"hello","please_confirm":true}"#.to_owned();
        let expected = Effect::Revise { target: entry(3), body: revised };
        assert_eq!(body.effects(&context), [expected]);
        assert_eq!(
            Body::Edit(body).stored(&context),
            "",
            "they stand in the message, not here too"
        );
        let once = folded("edit", &json!({"text": "hello"}), &context);
        let again = folded("edit", &json!({"text": "hello!"}), &context.with_card(once));
        let edited = Edited { text: "hello!".to_owned(), at: NOW + 5, times: 2 };
        assert_eq!(again.edited, Some(edited));
    }
}
