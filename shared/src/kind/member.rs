//! Somebody joins a room or leaves it. Written by the service, never by a phone.

use super::{Context, Effect, Kind, Needs};
use crate::{entry::Draft, id::PersonId, policy::Action, refusal::Refusal, room::View};
use serde::{Deserialize, Serialize};

/// The body of a `member` entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub person: PersonId,
    pub change: Change,
}

/// Which way they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Joined,
    Left,
}

impl Kind for Member {
    fn action(&self) -> Action {
        Action::ChangeMembers
    }

    fn needs(&self, _: &Draft) -> Needs {
        Needs { membership_of: Some(self.person), ..Needs::default() }
    }

    fn permit(&self, context: &Context) -> Result<(), Refusal> {
        let changes_something = match self.change {
            Change::Joined => !context.is_member,
            Change::Left => context.is_member,
        };
        if context.targeted || !changes_something {
            return Err(Refusal::BodyInvalid);
        }
        Ok(())
    }

    fn effects(&self, context: &Context) -> Vec<Effect> {
        let person = self.person;
        vec![match self.change {
            Change::Joined => Effect::Join {
                person,
                floor: context.room_kind.floor_at(context.seq),
                view: View::Full,
            },
            Change::Left => Effect::Leave { person },
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::Seq, room::RoomKind};

    #[test]
    fn joining_and_leaving() {
        let person = PersonId::new(1, [1; 10]);
        let from_start = Effect::Join { person, floor: Seq(1), view: View::Full };
        let from_now = Effect::Join { person, floor: Seq(7), view: View::Full };
        use {Change::*, RoomKind::*};
        let table = [
            (Joined, Circle, false, Ok(from_start)),
            (Joined, HubLine, false, Ok(from_now.clone())),
            (Joined, LiaisonLine, false, Ok(from_now.clone())),
            (Joined, Peers, false, Ok(from_now)),
            (Joined, Circle, true, Err(Refusal::BodyInvalid)),
            (Left, Circle, true, Ok(Effect::Leave { person })),
            (Left, HubLine, false, Err(Refusal::BodyInvalid)),
        ];
        for (change, room_kind, is_member, expected) in table {
            let context = Context { is_member, ..Context::for_tests().within(room_kind) };
            let body = Member { person, change };
            let answer = body.permit(&context).map(|()| body.effects(&context).remove(0));
            assert_eq!(answer, expected, "{change:?} in {room_kind:?}, member: {is_member}");
        }
    }
}
