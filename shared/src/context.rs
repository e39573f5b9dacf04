//! What a kind may look at when it judges a draft: the room, the author, the moment, and what the
//! server loaded because the kind's [`Needs`] asked for it.

use crate::{
    card::Card,
    id::{EntryId, HomeId, PersonId, Seq},
    kind::{Body, Message},
    policy::Role,
    refusal::Refusal,
    room::{LocalTime, RoomKind},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What the server loads before it asks a kind to `permit`. The server never names a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The entry that the draft's `target` names, and its card.
    pub target: bool,
    /// When the target was said.
    pub said_at: bool,
    /// How this person is a member of the room now.
    pub membership_of: Option<PersonId>,
    /// The homes of the room's constellation.
    pub homes: bool,
}

impl Needs {
    /// Only the target and its card.
    pub const TARGET: Needs =
        Needs { target: true, said_at: false, membership_of: None, homes: false };
}

/// Everything that `permit`, `effects`, `fold` and `card` may look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    pub room_kind: RoomKind,
    /// The place the entry gets if it is permitted.
    pub seq: Seq,
    /// What time it is, epoch ms: every rule goes by this.
    pub now: i64,
    /// What the entry will say of its time, epoch ms. It keeps the room's order, and so it may lie
    /// ahead of `now`: nothing is judged by it.
    pub at: i64,
    pub author: Author,
    /// The constellation's wall clock at `now`. Without it a room with hours is closed.
    pub local: Option<LocalTime>,
    /// Whether the draft names a target.
    pub targeted: bool,
    /// The target, if it was needed, exists in this room and lies at or above the author's floor.
    pub target: Option<Target>,
    /// The target's card, the default one when there is none.
    pub card: Card,
    /// Whether the person of `Needs::membership_of` is a member now.
    pub is_member: bool,
    /// The homes of the constellation that are [asked](crate::tally::asked), if they were needed.
    pub homes: Vec<HomeId>,
}

/// Who wrote the draft; all absent when Roost itself does, on behalf of the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Author {
    pub person: Option<PersonId>,
    pub role: Option<Role>,
    pub home: Option<HomeId>,
}

/// The entry that a draft answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub id: EntryId,
    pub seq: Seq,
    pub kind: String,
    pub author: Option<PersonId>,
    /// The `now` of when it was committed, epoch ms, if it was needed.
    pub said_at: Option<i64>,
    /// Its body as it stands now; absent when it was removed.
    pub body: Option<Value>,
}

impl Context {
    /// The target, whatever it is, unless it was removed.
    ///
    /// # Errors
    /// `TargetUnknown`, `TargetGone`.
    pub(crate) fn present(&self) -> Result<&Target, Refusal> {
        let target = self.target.as_ref().ok_or(Refusal::TargetUnknown)?;
        if target.body.is_none() || self.card.hidden.is_some() {
            return Err(Refusal::TargetGone);
        }
        Ok(target)
    }

    /// The target, which must be something that stands in the room by itself: a message, or what
    /// began with a state of its own, and no entry that only says something about another one.
    ///
    /// # Errors
    /// `TargetUnknown`, `TargetUnfit`, `TargetGone`.
    pub(crate) fn standing(&self) -> Result<&Target, Refusal> {
        let target = self.target.as_ref().ok_or(Refusal::TargetUnknown)?;
        // The change of a gathering is a `gathering` too, but has no state of its own. Of a kind
        // that this build does not know nobody can say what may be done with it.
        let known = Body::KINDS.contains(&target.kind.as_str());
        let began = known && (self.card.state.is_some() || self.card.hidden.is_some());
        if target.kind == "message" || began { self.present() } else { Err(Refusal::TargetUnfit) }
    }

    /// The target, which must be a message, and what it says now.
    ///
    /// # Errors
    /// `TargetUnknown`, `TargetUnfit`, `TargetGone`.
    pub(crate) fn message(&self) -> Result<(&Target, Message), Refusal> {
        let target = self.target.as_ref().ok_or(Refusal::TargetUnknown)?;
        if target.kind != "message" {
            return Err(Refusal::TargetUnfit);
        }
        let target = self.present()?;
        match Body::read(&target.kind, target.body.as_ref().unwrap_or(&Value::Null)) {
            Ok(Body::Message(message)) => Ok((target, message)),
            _ => Err(Refusal::TargetUnfit),
        }
    }

    /// The state of the target, which must be of this kind and have begun with one.
    ///
    /// # Errors
    /// `TargetUnknown`, `TargetUnfit`, `TargetGone`.
    pub(crate) fn state<T: DeserializeOwned>(&self, kind: &str) -> Result<T, Refusal> {
        let target = self.target.as_ref().ok_or(Refusal::TargetUnknown)?;
        if target.kind != kind {
            return Err(Refusal::TargetUnfit);
        }
        if self.card.hidden.is_some() {
            return Err(Refusal::TargetGone);
        }
        self.card.state().ok_or(Refusal::TargetUnfit)
    }

    /// The person who wrote the draft.
    ///
    /// # Errors
    /// `NotPermitted` when it was the service: it has no voice of its own.
    pub(crate) fn person(&self) -> Result<PersonId, Refusal> {
        self.author.person.ok_or(Refusal::NotPermitted)
    }

    /// Whether the author of the draft wrote the target.
    pub(crate) fn is_own(&self, target: &Target) -> bool {
        self.author.person.is_some() && self.author.person == target.author
    }
}

/// People and moments for the tables of tests.
#[cfg(test)]
pub(crate) mod cast {
    use super::*;

    /// Wednesday, 16:00 where the constellation is; everything in tests happens around it.
    pub(crate) const NOW: i64 = 1_795_622_400_000;
    pub(crate) const OPEN: LocalTime = LocalTime { weekday: 2, minute: 16 * 60 };

    pub(crate) fn person(n: u8) -> PersonId {
        PersonId::new(1, [n; 10])
    }

    pub(crate) fn home(n: u8) -> HomeId {
        HomeId::new(1, [n; 10])
    }

    pub(crate) fn entry(n: u8) -> EntryId {
        EntryId::new(1, [n; 10])
    }

    /// One person of each role: the hub's home is 1, the satellite's 2.
    pub(crate) fn author(role: Role) -> Author {
        let (n, home_of) = match role {
            Role::Hub => (1, Some(home(1))),
            Role::Satellite => (2, Some(home(2))),
            Role::Liaison => (3, None),
            Role::Young => (4, Some(home(1))),
            Role::Admin => (5, None),
        };
        Author { person: Some(person(n)), role: Some(role), home: home_of }
    }

    /// What a draft with this body hears.
    pub(crate) fn judge(kind: &str, body: &Value, context: &Context) -> Result<(), Refusal> {
        Body::read(kind, body)?.permit(context)
    }

    /// The target's card after this entry.
    pub(crate) fn folded(kind: &str, body: &Value, context: &Context) -> Card {
        let body = Body::read(kind, body).unwrap();
        body.permit(context).unwrap();
        let mut card = context.card.clone();
        assert!(body.fold(context, &mut card), "{kind} changes the card");
        assert_eq!(card.at_seq, context.seq);
        card
    }

    impl Context {
        /// The satellite writes entry 7 of the circle, about nothing.
        pub(crate) fn for_tests() -> Context {
            Context {
                room_kind: RoomKind::Circle,
                seq: Seq(7),
                now: NOW,
                at: NOW,
                author: author(Role::Satellite),
                local: Some(OPEN),
                targeted: false,
                target: None,
                card: Card::default(),
                is_member: false,
                homes: vec![home(1), home(2), home(3)],
            }
        }

        pub(crate) fn by(self, role: Role) -> Context {
            Context { author: author(role), ..self }
        }

        pub(crate) fn within(self, room_kind: RoomKind) -> Context {
            Context { room_kind, ..self }
        }

        pub(crate) fn after_ms(self, ms: i64) -> Context {
            Context { now: NOW + ms, at: NOW + ms, ..self }
        }

        /// About entry 3, written by the satellite at `NOW`.
        pub(crate) fn about(self, kind: &str, body: Value) -> Context {
            let (author, kind) = (Some(person(2)), kind.to_owned());
            let (id, seq, said_at) = (entry(3), Seq(3), Some(NOW));
            let target = Target { id, seq, kind, author, said_at, body: Some(body) };
            Context { targeted: true, target: Some(target), ..self }
        }

        pub(crate) fn with_card(self, card: Card) -> Context {
            Context { card, ..self }
        }
    }
}
