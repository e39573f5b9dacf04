//! Who may: one function, `decide`, behind every door (HTTP, socket, command line). Default is no.
//! Whether an act is legal in the present state of things is not asked here but in a kind's
//! `permit`.

use crate::{id::PersonId, refusal::Refusal, room::View};
use serde::{Deserialize, Serialize};

/// What a person is in a constellation. Fixed when they are enrolled, never changed in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the service's Roost; sees no content.
    Admin,
    /// The liaison worker: a social worker of the fostering service.
    Liaison,
    /// An adult of the hub home.
    Hub,
    /// An adult of a satellite home.
    Satellite,
    /// A young person.
    Young,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] =
        [Role::Admin, Role::Liaison, Role::Hub, Role::Satellite, Role::Young];

    /// As stored and as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Liaison => "liaison",
            Role::Hub => "hub",
            Role::Satellite => "satellite",
            Role::Young => "young",
        }
    }

    /// The inverse of [`Role::as_str`].
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The person at the machine's own command line.
    Operator,
    /// A signed-in person.
    Person { person: PersonId, role: Role },
}

/// What is asked. A kind names the action it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read the entries of a room.
    ReadRoom,
    /// Say something in a room.
    Post,
    /// Put somebody into a room or take them out.
    ChangeMembers,
    /// Create a service, constellation, home or person; invite; end a person or a device.
    RunService,
    /// See or end one's own sign-in.
    OwnSession,
    /// List, name or end one's own phones, and where they are pushed to.
    OwnDevices,
    /// See who belongs to a constellation or a room: names and homes.
    SeeMembers,
    /// Invite adults and young people, send the invitation again, move, suspend or end them and
    /// their phones.
    ManageMembers,
    /// Create or end a liaison worker. It needs a second admin, which is not asked here.
    ManageLiaisons,
    /// End somebody's sign-ins at once, for somebody's safety. To undo it needs a second person.
    Suspend,
}

/// What it is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A room, and how the actor is a member of it (`None`: not, or it does not exist).
    Room { member: Option<View> },
    /// The sign-in of a person.
    Session { of: PersonId },
    /// The people of a constellation, and whether it is one of the actor's own; of an admin's, all
    /// of their service are.
    Constellation { mine: bool },
    /// The service as a whole.
    Service,
}

/// Whether `actor` may do `action` to `object`.
///
/// # Errors
/// `NotFound` where even the existence of the object is none of the actor's business, else
/// `NotPermitted` (reliability, authorisation matrix: `∅` and `–`).
pub fn decide(actor: Actor, action: Action, object: Object) -> Result<(), Refusal> {
    match (actor, action, object) {
        (Actor::Operator, Action::RunService, Object::Service) => Ok(()),
        (Actor::Operator, Action::ChangeMembers, Object::Room { .. }) => Ok(()),
        // The operator has no content access: reading or posting is for members.
        (Actor::Operator, ..) => Err(Refusal::NotPermitted),

        (Actor::Person { .. }, Action::ReadRoom | Action::Post, Object::Room { member }) => {
            member.map(|_| ()).ok_or(Refusal::NotFound)
        }
        (Actor::Person { .. }, Action::ChangeMembers, Object::Room { member }) => {
            Err(member.map_or(Refusal::NotFound, |_| Refusal::NotPermitted))
        }
        (
            Actor::Person { person, .. },
            Action::OwnSession | Action::OwnDevices,
            Object::Session { of },
        ) => {
            if person == of {
                Ok(())
            } else {
                Err(Refusal::NotFound)
            }
        }
        (Actor::Person { .. }, _, Object::Constellation { mine: false }) => Err(Refusal::NotFound),
        (Actor::Person { role: Role::Young, .. }, _, Object::Constellation { .. }) => {
            Err(Refusal::NotFound)
        }
        (Actor::Person { role, .. }, action, Object::Constellation { .. }) => {
            let may = match action {
                Action::SeeMembers => true,
                Action::ManageMembers => role == Role::Liaison,
                Action::Suspend => matches!(role, Role::Liaison | Role::Admin),
                Action::ManageLiaisons => role == Role::Admin,
                _ => false,
            };
            if may { Ok(()) } else { Err(Refusal::NotPermitted) }
        }
        (Actor::Person { .. }, ..) => Err(Refusal::NotPermitted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions() {
        let jo = PersonId::new(1, [1; 10]);
        let sam = PersonId::new(1, [2; 10]);
        let inside = Object::Room { member: Some(View::Full) };
        let outside = Object::Room { member: None };
        for role in Role::ALL {
            let person = Actor::Person { person: jo, role };
            let table = [
                (person, Action::ReadRoom, inside, Ok(())),
                (person, Action::Post, inside, Ok(())),
                (person, Action::ReadRoom, outside, Err(Refusal::NotFound)),
                (person, Action::Post, outside, Err(Refusal::NotFound)),
                (person, Action::ChangeMembers, inside, Err(Refusal::NotPermitted)),
                (person, Action::ChangeMembers, outside, Err(Refusal::NotFound)),
                (person, Action::RunService, Object::Service, Err(Refusal::NotPermitted)),
                (person, Action::OwnSession, Object::Session { of: jo }, Ok(())),
                (person, Action::OwnSession, Object::Session { of: sam }, Err(Refusal::NotFound)),
                (Actor::Operator, Action::RunService, Object::Service, Ok(())),
                (Actor::Operator, Action::ChangeMembers, outside, Ok(())),
                (Actor::Operator, Action::ReadRoom, inside, Err(Refusal::NotPermitted)),
                (Actor::Operator, Action::Post, outside, Err(Refusal::NotPermitted)),
            ];
            for (actor, action, object, expected) in table {
                assert_eq!(decide(actor, action, object), expected, "{role:?} {action:?}");
            }
        }
    }
}
