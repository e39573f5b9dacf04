//! One emoji of one person on a message or a gathering. A new one replaces it, none takes it back.

use super::{Context, Kind, Needs};
use crate::{card::Card, entry::Draft, policy::Action, refusal::Refusal};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// What people can react with, exactly as written here. Few, so that they mean the same to all.
pub const EMOJI: [&str; 7] = ["👍", "❤️", "😂", "😮", "😢", "🙏", "🎉"];

/// The body of a `reaction`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// `null` takes mine back; it must be said, a body without it is not a reaction.
    #[serde(deserialize_with = "Option::deserialize")]
    pub emoji: Option<Emoji>,
}

/// One of [`EMOJI`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "(typeof EMOJI)[number]"))]
#[serde(transparent)]
pub struct Emoji(&'static str);

impl Emoji {
    /// As written in [`EMOJI`].
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The inverse of [`Emoji::as_str`].
    pub fn parse(text: &str) -> Option<Emoji> {
        EMOJI.into_iter().find(|emoji| *emoji == text).map(Emoji)
    }
}

impl<'de> Deserialize<'de> for Emoji {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Emoji, D::Error> {
        let text = String::deserialize(from)?;
        Emoji::parse(&text).ok_or_else(|| D::Error::custom("not one of the emoji"))
    }
}

impl Kind for Reaction {
    fn action(&self) -> Action {
        Action::React
    }

    fn needs(&self, _: &Draft) -> Needs {
        Needs::TARGET
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        context.standing()?;
        let mine = context.card.reactions.get(&context.person()?);
        if mine.map(String::as_str) == self.emoji.map(Emoji::as_str) {
            return Err(Refusal::NothingToChange);
        }
        Ok(())
    }

    fn fold(&self, context: &Context, card: &mut Card) -> bool {
        let Some(person) = context.author.person else { return false };
        match self.emoji {
            Some(emoji) => card.reactions.insert(person, emoji.as_str().to_owned()),
            None => card.reactions.remove(&person),
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        card::{Hidden, HiddenBy},
        context::cast::{author, folded, judge, person},
        kind::Author,
        policy::Role,
    };
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn about_message(card: Card) -> Context {
        Context::for_tests().about("message", json!({"text": "hi"})).with_card(card)
    }

    fn mine(emoji: &str) -> Card {
        let person = author(Role::Satellite).person.unwrap();
        Card { reactions: BTreeMap::from([(person, emoji.to_owned())]), ..Card::default() }
    }

    #[test]
    fn one_each_and_only_what_changes_something() {
        let none = json!(null);
        let table = [
            (json!("👍"), Card::default(), Ok(())),
            (json!("❤️"), mine("👍"), Ok(())),
            (none.clone(), mine("👍"), Ok(())),
            (json!("👍"), mine("👍"), Err(Refusal::NothingToChange)),
            (none, Card::default(), Err(Refusal::NothingToChange)),
            (json!("🦊"), Card::default(), Err(Refusal::BodyInvalid)),
            (json!("👍👍"), Card::default(), Err(Refusal::BodyInvalid)),
            (json!(""), Card::default(), Err(Refusal::BodyInvalid)),
            (json!("\u{2764}"), Card::default(), Err(Refusal::BodyInvalid)),
            (json!(1), Card::default(), Err(Refusal::BodyInvalid)),
        ];
        for (emoji, card, expected) in table {
            let body = json!({"emoji": emoji});
            assert_eq!(judge("reaction", &body, &about_message(card)), expected, "{emoji}");
        }
        let unsaid = judge("reaction", &json!({}), &about_message(Card::default()));
        assert_eq!(unsaid, Err(Refusal::BodyInvalid));
    }

    #[test]
    fn only_on_what_stands_there() {
        let hidden = Some(Hidden { by: HiddenBy::Hub, at: 1 });
        let plain = Context::for_tests();
        let on = |kind: &str, body: Value| Context::for_tests().about(kind, body);
        let mut service = about_message(Card::default());
        service.author = Author::default();
        let table = [
            (plain.clone(), Err(Refusal::TargetUnknown)),
            (Context { targeted: true, ..plain }, Err(Refusal::TargetUnknown)),
            (about_message(Card { hidden, ..Card::default() }), Err(Refusal::TargetGone)),
            (on("member", json!({})), Err(Refusal::TargetUnfit)),
            (on("reaction", json!({})), Err(Refusal::TargetUnfit)),
            (on("of_tomorrow", json!({})), Err(Refusal::TargetUnfit)),
            (on("gathering", json!({"cancelled": {}})), Err(Refusal::TargetUnfit)),
            (service, Err(Refusal::NotPermitted)),
        ];
        for (context, expected) in table {
            let answer = judge("reaction", &json!({"emoji": "🎉"}), &context);
            assert_eq!(answer, expected, "{context:?}");
        }
    }

    #[test]
    fn the_card_holds_one_a_person() {
        let jo = about_message(mine("👍")).by(Role::Hub);
        let both = folded("reaction", &json!({"emoji": "🙏"}), &jo);
        let expected = [(person(1), "🙏".to_owned()), (person(2), "👍".to_owned())];
        assert_eq!(both.reactions, BTreeMap::from(expected));
        let back = folded("reaction", &json!({"emoji": null}), &jo.with_card(both));
        assert_eq!(back.reactions, mine("👍").reactions);
    }
}
