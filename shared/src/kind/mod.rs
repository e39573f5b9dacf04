//! The kinds of entry. `Body` delegates, and holds what is true of every kind: what a kind needs,
//! permits, causes and folds is in its own file. To add a kind: its file, its vector in
//! `shared/vectors/`, its name three times below (`mod`, `use`, `kinds!`), and its types in
//! `golden.rs`. On the page: its folder in `web/src/kind`, and a line in `index.ts` and `rules.ts`
//! there. `tests/it/tidy` finds what was forgotten.

pub mod confirm;
pub mod edit;
pub mod gathering;
pub mod member;
pub mod message;
pub mod pin;
pub mod poll;
pub mod reaction;
pub mod redact;
pub mod rsvp;

pub use crate::context::{Author, Context, Needs, Target};
pub use confirm::Confirm;
pub use edit::Edit;
pub use gathering::Gathering;
pub use member::Member;
pub use message::Message;
pub use pin::Pin;
pub use poll::Poll;
pub use reaction::Reaction;
pub use redact::Redact;
pub use rsvp::Rsvp;

use crate::{
    card::{Card, CardOf},
    entry::{Draft, Entry},
    id::{EntryId, PersonId, Seq},
    policy::Action,
    refusal::Refusal,
    room::{self, View},
};
use serde_json::Value;

/// How often a message may be edited. Whoever looks up what it said before is told all of it at
/// once: nothing that was ever said may hide behind a further page. A gathering is not bounded so:
/// of its details that were changed more often, the first ones are told.
pub const REVISIONS_MAX: u32 = 20;

/// What an entry changes besides its own room's log. Applied by the server inside the append's
/// transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The person reads this room from `floor` on, with this view.
    Join { person: PersonId, floor: Seq, view: View },
    /// The person stops reading this room with this entry.
    Leave { person: PersonId },
    /// The body of the target is taken out of the log and kept apart for a safeguarding case.
    /// Phones and the tails of feeds forget it.
    Blank { target: EntryId },
    /// The target's stored body is replaced by this JSON text; the earlier version is kept apart,
    /// for whoever may read the entry, while it stands: the first [`REVISIONS_MAX`] of them.
    Revise { target: EntryId, body: String },
}

/// The rules of one kind: pure functions over plain values.
pub trait Kind: Clone + serde::Serialize + serde::de::DeserializeOwned {
    /// The fields of its body, at any depth, that hold words of people: by these it is found again.
    const WORDS: &'static [&'static str] = &[];

    /// Which row of the permission matrix it is.
    fn action(&self) -> Action;

    /// What must be loaded before it can be judged.
    fn needs(&self, draft: &Draft) -> Needs;

    /// Whether it is in order by itself, so far as a phone can tell before it sends.
    ///
    /// # Errors
    /// The refusal that the author hears.
    fn check(&self) -> Result<(), Refusal> {
        Ok(())
    }

    /// Whether it is legal in this state of the room. [`Body::permit`] has asked `check` before.
    ///
    /// # Errors
    /// The refusal that the author hears.
    fn permit(&self, context: &Context) -> Result<(), Refusal>;

    /// What it changes.
    fn effects(&self, _: &Context) -> Vec<Effect> {
        Vec::new()
    }

    /// Changes the card of its target, and says whether it did. A reply leaves cards alone.
    fn fold(&self, _: &Context, _: &mut Card) -> bool {
        false
    }

    /// The card that the entry itself begins with, if it begins with one.
    fn card(&self, _: &Context) -> Option<Card> {
        None
    }

    /// What of its body stays in the log, if anything does. What it says of its target stands at
    /// the target: the floors of readers and a removal reach it there, and nowhere else.
    fn kept(&self, _: &Context) -> Option<Self> {
        Some(self.clone())
    }

    /// Whether it may be said while its room is closed.
    fn at_any_hour(&self) -> bool {
        false
    }

    /// Whether an entry of this kind is something that somebody would want to hear of. Most only
    /// say something about another entry. Asked without reading the body: also what a newer build
    /// wrote is new.
    fn is_news(_: &Entry) -> bool {
        false
    }

    /// Whether a draft of this kind says something, and so gets a place of its own in the room.
    /// The others are acts: they do something to the entry that they name.
    fn is_said(_: &Draft) -> bool {
        false
    }
}

/// Reads the body of a kind. serde would take a list for the fields of a struct, in their order;
/// here what is written as an object must have come as one.
fn read<T: Kind>(body: &Value) -> Result<T, Refusal> {
    let read = T::deserialize(body).map_err(|_| Refusal::BodyInvalid)?;
    let written = serde_json::to_value(&read).map_err(|_| Refusal::BodyInvalid)?;
    if has_objects_of(body, &written) { Ok(read) } else { Err(Refusal::BodyInvalid) }
}

/// The texts within a part of a body: all of them where it stands under one of the fields.
fn gather<'b>(part: &'b Value, under: bool, fields: &[&str], words: &mut Vec<&'b str>) {
    match part {
        Value::String(text) if under => words.push(text),
        Value::Array(parts) => parts.iter().for_each(|part| gather(part, under, fields, words)),
        Value::Object(parts) => parts.iter().for_each(|(name, part)| {
            gather(part, fields.contains(&name.as_str()), fields, words);
        }),
        _ => {}
    }
}

fn has_objects_of(given: &Value, written: &Value) -> bool {
    match (given, written) {
        (Value::Object(given), Value::Object(written)) => written
            .iter()
            .all(|(name, part)| given.get(name).is_none_or(|given| has_objects_of(given, part))),
        (Value::Array(given), Value::Array(written)) => {
            given.iter().zip(written).all(|(given, part)| has_objects_of(given, part))
        }
        (_, written) => !written.is_object(),
    }
}

macro_rules! kinds {
    ($($name:literal $kind:ident),+ $(,)?) => {
        /// The body of an entry of a kind that this build knows.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Body {
            $($kind($kind),)+
        }

        impl Body {
            /// The name of every kind.
            pub const KINDS: &'static [&'static str] = &[$($name,)+];

            /// Reads a body by the kind beside it.
            ///
            /// # Errors
            /// `KindUnknown`; `BodyInvalid` for missing, unknown or ill-typed fields.
            pub fn read(kind: &str, body: &Value) -> Result<Body, Refusal> {
                match kind {
                    $($name => read(body).map(Body::$kind),)+
                    _ => Err(Refusal::KindUnknown),
                }
            }

            /// The words of people in a stored body, by the kind beside it: none of a kind that
            /// this build does not know. Of what a newer build wrote, what is known here.
            pub fn words<'b>(kind: &str, body: &'b Value) -> Vec<&'b str> {
                let fields = match kind {
                    $($name => <$kind as Kind>::WORDS,)+
                    _ => return Vec::new(),
                };
                let mut words = Vec::new();
                gather(body, false, fields, &mut words);
                words
            }

            /// The name of this body's kind.
            pub fn kind(&self) -> &'static str {
                match self { $(Body::$kind(_) => $name,)+ }
            }

            /// The body as JSON text, in the one form in which it is stored and forwarded.
            pub fn to_text(&self) -> String {
                match self { $(Body::$kind(body) => serde_json::to_string(body),)+ }
                    .expect("a body has string keys and plain values, which always encode")
            }

            /// What is stored of it as the body of its entry: the text of what is
            /// [kept](Kind::kept), or nothing.
            pub fn stored(&self, context: &Context) -> String {
                let kept = match self {
                    $(Body::$kind(body) => body.kept(context).map(Body::$kind),)+
                };
                kept.map_or_else(String::new, |body| body.to_text())
            }

            /// See [`Kind::is_news`]; of a kind that this build does not know nothing is.
            pub fn is_news(entry: &Entry) -> bool {
                match entry.kind.as_str() {
                    $($name => $kind::is_news(entry),)+
                    _ => false,
                }
            }

            /// See [`Kind::is_said`]; of a kind that this build does not know nothing is.
            pub fn is_said(draft: &Draft) -> bool {
                match draft.kind.as_str() {
                    $($name => $kind::is_said(draft),)+
                    _ => false,
                }
            }

            /// See [`Kind::action`].
            pub fn action(&self) -> Action {
                match self { $(Body::$kind(body) => body.action(),)+ }
            }

            /// See [`Kind::needs`].
            pub fn needs(&self, draft: &Draft) -> Needs {
                match self { $(Body::$kind(body) => body.needs(draft),)+ }
            }

            /// See [`Kind::check`].
            ///
            /// # Errors
            /// The refusal that the author hears.
            pub fn check(&self) -> Result<(), Refusal> {
                match self { $(Body::$kind(body) => body.check(),)+ }
            }

            /// See [`Kind::permit`]. Hours are asked here, so that no kind can forget them.
            ///
            /// # Errors
            /// The refusal that the author hears.
            pub fn permit(&self, context: &Context) -> Result<(), Refusal> {
                let at_any_hour = match self { $(Body::$kind(body) => body.at_any_hour(),)+ };
                if !at_any_hour {
                    room::open(context.room_kind, context.author.role, context.local)?;
                }
                self.check()?;
                match self { $(Body::$kind(body) => body.permit(context),)+ }
            }

            /// See [`Kind::effects`].
            pub fn effects(&self, context: &Context) -> Vec<Effect> {
                match self { $(Body::$kind(body) => body.effects(context),)+ }
            }

            /// The cards that an entry with this id and body leaves behind: its own, if it begins
            /// with one, and that of its target, if it changes it. The one place where cards are
            /// folded.
            pub fn cards(&self, id: EntryId, context: &Context) -> Vec<CardOf> {
                let own = self.card(context);
                let own = own.map(|card| CardOf { target: id, seq: context.seq, card });
                let changed = context.target.as_ref().and_then(|target| {
                    let mut card = context.card.clone();
                    let of = |card| CardOf { target: target.id, seq: target.seq, card };
                    self.fold(context, &mut card).then(|| of(card))
                });
                own.into_iter().chain(changed).collect()
            }

            /// See [`Kind::fold`]. A card that changed says with which entry.
            pub(crate) fn fold(&self, context: &Context, card: &mut Card) -> bool {
                let changed = match self { $(Body::$kind(body) => body.fold(context, card),)+ };
                if changed {
                    card.at_seq = context.seq;
                }
                changed
            }

            /// See [`Kind::card`].
            pub(crate) fn card(&self, context: &Context) -> Option<Card> {
                let card = match self { $(Body::$kind(body) => body.card(context),)+ };
                card.map(|card| Card { at_seq: context.seq, ..card })
            }
        }
    };
}

kinds! {
    "message" Message,
    "reaction" Reaction,
    "edit" Edit,
    "redact" Redact,
    "pin" Pin,
    "confirm" Confirm,
    "gathering" Gathering,
    "rsvp" Rsvp,
    "poll" Poll,
    "member" Member,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        context::cast::judge,
        policy::Role,
        room::{LocalTime, RoomKind},
    };
    use serde_json::json;

    #[test]
    fn a_body_is_read_by_its_kind() {
        let person = PersonId::new(1, [1; 10]).to_string();
        let table = [
            ("message", json!({"text": "hello"}), Ok("message")),
            ("member", json!({"person": person, "change": "joined"}), Ok("member")),
            ("redact", json!({}), Ok("redact")),
            ("message", json!({"text": "hello", "author": person}), Err(Refusal::BodyInvalid)),
            ("message", json!({"text": 5}), Err(Refusal::BodyInvalid)),
            ("message", json!({}), Err(Refusal::BodyInvalid)),
            ("message", json!("hello"), Err(Refusal::BodyInvalid)),
            ("message", json!(["hello"]), Err(Refusal::BodyInvalid)),
            ("redact", json!([]), Err(Refusal::BodyInvalid)),
            ("redact", json!(null), Err(Refusal::BodyInvalid)),
            ("member", json!({"person": person, "change": "promoted"}), Err(Refusal::BodyInvalid)),
            ("unheard_of", json!({"text": "hello"}), Err(Refusal::KindUnknown)),
            ("", json!(null), Err(Refusal::KindUnknown)),
        ];
        for (kind, body, expected) in table {
            assert_eq!(Body::read(kind, &body).map(|b| b.kind()), expected, "{kind} {body}");
        }
    }

    #[test]
    fn an_entry_is_found_by_what_people_wrote_in_it() {
        let details = json!({"title": "Tea", "type": "meet_up", "starts_at": 1, "ends_at": 2,
            "place": "Jo's house", "note": "bring cake", "of_tomorrow": "hidden"});
        let ask = json!({"ask": {"question": "Which day?", "options": ["Saturday", "Sunday"]}});
        let cancelled = json!({"cancelled": {"reason": "snow"}});
        let table = [
            ("message", json!({"text": "hello", "please_confirm": true}), vec!["hello"]),
            // An older build left them there: they are the message's.
            ("edit", json!({"text": "hello"}), vec![]),
            ("gathering", json!({"details": details}), vec!["bring cake", "Jo's house", "Tea"]),
            ("gathering", cancelled, vec!["snow"]),
            ("gathering", json!({"changed": {}}), vec![]),
            ("poll", ask, vec!["Saturday", "Sunday", "Which day?"]),
            ("poll", json!({"choose": {"option": 1}}), vec![]),
            ("reaction", json!({"emoji": "👍"}), vec![]),
            ("rsvp", json!({"answer": "going", "heads": 1}), vec![]),
            ("member", json!({"person": "text", "change": "joined"}), vec![]),
            ("unheard_of", json!({"text": "hello"}), vec![]),
            ("message", Value::Null, vec![]),
            ("message", json!({"text": 5}), vec![]),
        ];
        for (kind, body, expected) in table {
            let mut words = Body::words(kind, &body);
            words.sort_unstable_by_key(|word| word.to_lowercase());
            assert_eq!(words, expected, "{kind} {body}");
        }
    }

    #[test]
    fn young_people_hear_of_hours_whatever_they_say() {
        let closed = Some(LocalTime { weekday: 0, minute: 9 * 60 });
        let inside = Context::for_tests().within(RoomKind::Peers);
        let inside = Context { local: closed, ..inside }.about("message", json!({"text": "hi"}));
        let said = [
            ("message", json!({"text": "hello"})),
            ("reaction", json!({"emoji": "👍"})),
            ("edit", json!({"text": "hello"})),
            ("pin", json!({"pinned": true})),
            ("confirm", json!({})),
            ("rsvp", json!({"answer": "going", "heads": 1})),
            ("gathering", json!({"cancelled": {}})),
        ];
        for (kind, body) in said {
            let young = inside.clone().by(Role::Young);
            assert_eq!(judge(kind, &body, &young), Err(Refusal::RoomClosed), "{kind}");
            let liaison = inside.clone().by(Role::Liaison);
            assert_ne!(judge(kind, &body, &liaison), Err(Refusal::RoomClosed), "{kind}");
        }
        // What one said oneself can be taken back in the middle of the night.
        let mut own = inside.by(Role::Young);
        own.author.person = own.target.as_ref().unwrap().author;
        assert_eq!(judge("redact", &json!({}), &own), Ok(()));
    }
}
