//! The kinds of entry. `Body` only delegates: what a kind needs, permits and causes is in its own
//! file. To add a kind: its file, its vector in `shared/vectors/`, one line in `kinds!` below.

pub mod member;
pub mod message;

pub use member::Member;
pub use message::Message;

use crate::{
    entry::Draft,
    id::{PersonId, Seq},
    policy::Action,
    refusal::Refusal,
    room::{RoomKind, View},
};
use serde_json::Value;

/// What the server loads before it asks a kind to `permit`. The server never names a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The entry that the draft's `target` names.
    pub target: bool,
    /// How this person is a member of the room now.
    pub membership_of: Option<PersonId>,
}

/// What was loaded, and what is known of the room: everything `permit` and `effects` may look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    pub room_kind: RoomKind,
    /// The place the entry gets if it is permitted.
    pub seq: Seq,
    /// Whether the draft names a target.
    pub targeted: bool,
    /// The target, if it was needed, exists in this room and lies at or above the author's floor.
    pub target: Option<Target>,
    /// Whether the person of `Needs::membership_of` is a member now.
    pub is_member: bool,
}

/// The entry that a draft answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub seq: Seq,
    pub kind: String,
}

/// What an entry changes besides its own room's log. Applied by the server inside the append's
/// transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The person reads this room from `floor` on, with this view.
    Join { person: PersonId, floor: Seq, view: View },
    /// The person stops reading this room with this entry.
    Leave { person: PersonId },
}

/// The rules of one kind: pure functions over plain values.
pub trait Kind: serde::Serialize + serde::de::DeserializeOwned {
    /// Which row of the permission matrix it is.
    fn action(&self) -> Action;

    /// What must be loaded before it can be judged.
    fn needs(&self, draft: &Draft) -> Needs;

    /// Whether it is legal in this state of the room.
    ///
    /// # Errors
    /// The refusal that the author hears.
    fn permit(&self, context: &Context) -> Result<(), Refusal>;

    /// What it changes.
    fn effects(&self, context: &Context) -> Vec<Effect>;
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
                    $($name => serde::Deserialize::deserialize(body)
                        .map(Body::$kind)
                        .map_err(|_| Refusal::BodyInvalid),)+
                    _ => Err(Refusal::KindUnknown),
                }
            }

            /// The name of this body's kind.
            pub fn kind(&self) -> &'static str {
                match self { $(Body::$kind(_) => $name,)+ }
            }

            /// The body as JSON text, in the one form that is stored and forwarded.
            pub fn to_text(&self) -> String {
                match self { $(Body::$kind(body) => serde_json::to_string(body),)+ }
                    .expect("a body has string keys and plain values, which always encode")
            }

            /// See [`Kind::action`].
            pub fn action(&self) -> Action {
                match self { $(Body::$kind(body) => body.action(),)+ }
            }

            /// See [`Kind::needs`].
            pub fn needs(&self, draft: &Draft) -> Needs {
                match self { $(Body::$kind(body) => body.needs(draft),)+ }
            }

            /// See [`Kind::permit`].
            ///
            /// # Errors
            /// The refusal that the author hears.
            pub fn permit(&self, context: &Context) -> Result<(), Refusal> {
                match self { $(Body::$kind(body) => body.permit(context),)+ }
            }

            /// See [`Kind::effects`].
            pub fn effects(&self, context: &Context) -> Vec<Effect> {
                match self { $(Body::$kind(body) => body.effects(context),)+ }
            }
        }
    };
}

kinds! {
    "message" Message,
    "member" Member,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_is_read_by_its_kind() {
        let person = PersonId::new(1, [1; 10]).to_string();
        let table = [
            ("message", json!({"text": "hello"}), Ok("message")),
            ("member", json!({"person": person, "change": "joined"}), Ok("member")),
            ("message", json!({"text": "hello", "author": person}), Err(Refusal::BodyInvalid)),
            ("message", json!({"text": 5}), Err(Refusal::BodyInvalid)),
            ("message", json!({}), Err(Refusal::BodyInvalid)),
            ("message", json!("hello"), Err(Refusal::BodyInvalid)),
            ("member", json!({"person": person, "change": "promoted"}), Err(Refusal::BodyInvalid)),
            ("poll", json!({"text": "hello"}), Err(Refusal::KindUnknown)),
            ("", json!(null), Err(Refusal::KindUnknown)),
        ];
        for (kind, body, expected) in table {
            assert_eq!(Body::read(kind, &body).map(|b| b.kind()), expected, "{kind} {body}");
        }
    }
}
