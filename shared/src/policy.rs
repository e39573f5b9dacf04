//! Who may: one function, `decide`, behind every door (HTTP, socket, command line). Default is no.
//! Whether an act is legal in the present state of things is not asked here but in a kind's
//! `permit`.

use crate::{
    id::PersonId,
    refusal::Refusal,
    room::{RoomKind, View},
};
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

/// Declares the actions and their list, so that no test forgets one.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// What is asked. A kind names the action it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)+
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Action] = &[$(Action::$name,)+];
        }
    };
}

actions! {
    /// Read the entries of a room and their cards.
    ReadRoom,
    /// Look for words in a room.
    Search,
    /// Note how far one has read a room.
    MarkRoom,
    /// Say something in a room, and be seen typing.
    Post,
    /// Put an emoji on an entry.
    React,
    /// Change one's own words.
    Edit,
    /// Remove one's own words, or hide another's; whose is asked in `permit`.
    Redact,
    /// Hold an entry at the top of its room.
    Pin,
    /// Say for one's home that it has read something.
    Confirm,
    /// Publish, change or call off a gathering.
    PublishGathering,
    /// Answer a gathering.
    AnswerGathering,
    /// Put somebody into a room or take them out.
    ChangeMembers,
    /// Create a service, constellation, home or person; invite; end a person or a device.
    RunService,
    /// See or end one's own sign-in.
    OwnSession,
    /// List, name or end one's own phones, and where they are pushed to.
    OwnDevices,
    /// See and set what is one's own to set: quiet hours, which rooms are muted,
    /// and whether others see how far one has read.
    OwnSettings,
    /// Mute a room for oneself.
    Mute,
    /// See who belongs to a constellation or a room: names and homes.
    SeeMembers,
    /// Invite adults and young people, send the invitation again, move or end them.
    ManageMembers,
    /// Create or end a liaison worker. It needs a second admin, which is not asked here.
    ManageLiaisons,
    /// End somebody's sign-ins at once, for somebody's safety. To undo it needs a second person.
    Suspend,
    /// See on which phones somebody else is signed in, and end it there.
    EndPhones,
    /// See when somebody else's phones were last here.
    SeeLastHere,
}

/// What it is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A room, and how the actor is a member of it (`None`: not, or it does not exist; then the
    /// kind does not matter).
    Room { member: Option<View>, kind: RoomKind },
    /// The sign-in, the phones and the settings of a person.
    Session { of: PersonId },
    /// The people of a constellation, and whether it is one of the actor's own; of an admin's, all
    /// of their service are.
    Constellation { mine: bool },
    /// The phones of somebody of this role, in a constellation of the actor's own.
    Phones { of: Role },
    /// The service as a whole.
    Service,
}

/// Whether `actor` may do `action` to `object`.
///
/// # Errors
/// `NotFound` where even the existence of the object is none of the actor's business, else
/// `NotPermitted` (reliability, authorisation matrix: `∅` and `–`).
pub fn decide(actor: Actor, action: Action, object: Object) -> Result<(), Refusal> {
    let (person, role) = match actor {
        Actor::Operator => return permitted(by_operator(action, object)),
        Actor::Person { person, role } => (person, role),
    };
    match object {
        Object::Room { member: None, .. } => Err(Refusal::NotFound),
        // A membership that no rule gives is a mistake, and opens nothing.
        Object::Room { kind, .. } if !kind.seats(role) => Err(Refusal::NotFound),
        Object::Room { kind, .. } => permitted(in_room(role, action, kind)),
        Object::Session { of } if of != person => Err(Refusal::NotFound),
        Object::Session { .. } => permitted(matches!(
            action,
            Action::OwnSession | Action::OwnDevices | Action::OwnSettings
        )),
        Object::Constellation { mine: false } => Err(Refusal::NotFound),
        Object::Constellation { .. } | Object::Service if role == Role::Young => {
            Err(Refusal::NotFound)
        }
        Object::Phones { of } if role == Role::Young || hides(of, role) => Err(Refusal::NotFound),
        Object::Phones { of } => permitted(of_phones(role, action, of)),
        Object::Constellation { .. } => permitted(in_constellation(role, action)),
        Object::Service => permitted(role == Role::Admin && action == Action::ManageLiaisons),
    }
}

fn permitted(yes: bool) -> Result<(), Refusal> {
    if yes { Ok(()) } else { Err(Refusal::NotPermitted) }
}

/// The operator has no content access: reading or posting is for members.
fn by_operator(action: Action, object: Object) -> bool {
    matches!(
        (action, object),
        (Action::RunService, Object::Service) | (Action::ChangeMembers, Object::Room { .. })
    )
}

/// Of a member whose role has a seat in this kind of room.
fn in_room(role: Role, action: Action, kind: RoomKind) -> bool {
    use Action::*;
    let leads = matches!(role, Role::Hub | Role::Liaison);
    let adult = role != Role::Young;
    match action {
        ReadRoom | Search | SeeMembers | Post | React | Edit | Redact | Mute => true,
        MarkRoom => kind.counts_unread(role),
        Pin => match kind {
            RoomKind::Circle => leads,
            RoomKind::HubLine | RoomKind::LiaisonLine => true,
            RoomKind::Peers => adult,
        },
        Confirm => kind == RoomKind::Circle && matches!(role, Role::Hub | Role::Satellite),
        PublishGathering => kind == RoomKind::Circle && leads,
        AnswerGathering => kind == RoomKind::Circle && adult,
        ChangeMembers | RunService | OwnSession | OwnDevices | OwnSettings | ManageMembers
        | ManageLiaisons | Suspend | EndPhones | SeeLastHere => false,
    }
}

/// Where a young person is signed in, their liaison worker alone may know. To an admin, who is not
/// told which young people there are, it does not exist; for somebody's safety they suspend, which
/// ends every sign-in and tells nothing.
fn hides(of: Role, from: Role) -> bool {
    of == Role::Young && from != Role::Liaison
}

/// Of the phones of somebody whom they may know. A liaison worker ends any in the constellation but
/// an admin's: admins hold each other, and the operator holds both. When a phone was last here is a
/// piece of somebody's day, for whoever looks after them and nobody else; of a young person's, for
/// nobody.
fn of_phones(role: Role, action: Action, of: Role) -> bool {
    let (liaison, admin) = (role == Role::Liaison, role == Role::Admin);
    match action {
        Action::EndPhones => admin || liaison && of != Role::Admin,
        Action::SeeLastHere => match of {
            Role::Admin | Role::Liaison => admin,
            Role::Hub | Role::Satellite => liaison,
            Role::Young => false,
        },
        _ => false,
    }
}

/// Of an adult, in a constellation of their own.
fn in_constellation(role: Role, action: Action) -> bool {
    match action {
        Action::SeeMembers => true,
        Action::ManageMembers => role == Role::Liaison,
        Action::Suspend => matches!(role, Role::Liaison | Role::Admin),
        Action::ManageLiaisons => role == Role::Admin,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row per action: Y permitted, - `NotPermitted`, 0 `NotFound`; the columns are
    /// `Role::ALL`: admin, liaison, hub, satellite, young. An action without a row is `none`.
    fn holds(object: Object, none: &str, rows: &[(Action, &str)]) {
        let me = PersonId::new(1, [1; 10]);
        for action in Action::ALL {
            let cells = rows.iter().find(|(of, _)| of == action).map_or(none, |(_, cells)| cells);
            for (role, cell) in Role::ALL.into_iter().zip(cells.chars()) {
                let expected = match cell {
                    'Y' => Ok(()),
                    '-' => Err(Refusal::NotPermitted),
                    _ => Err(Refusal::NotFound),
                };
                let actor = Actor::Person { person: me, role };
                let answer = decide(actor, *action, object);
                assert_eq!(answer, expected, "{role:?} {action:?} {object:?}");
            }
        }
    }

    fn inside(kind: RoomKind) -> Object {
        Object::Room { member: Some(View::Full), kind }
    }

    #[test]
    fn of_a_member_in_each_room() {
        use Action::*;
        let shared = [ReadRoom, Search, SeeMembers, Post, React, Edit, Redact, MarkRoom, Mute];
        let all = |cells: &'static str| shared.map(|action| (action, cells));
        let with = |cells, more: &[(Action, &'static str)]| [&all(cells)[..], more].concat();
        let circle = [
            (Pin, "0YY-0"),
            (Confirm, "0-YY0"),
            (PublishGathering, "0YY-0"),
            (AnswerGathering, "0YYY0"),
        ];
        holds(inside(RoomKind::Circle), "0---0", &with("0YYY0", &circle));
        holds(inside(RoomKind::HubLine), "00--0", &with("00YY0", &[(Pin, "00YY0")]));
        holds(inside(RoomKind::LiaisonLine), "0---0", &with("0YYY0", &[(Pin, "0YYY0")]));
        let peers = [&[(Pin, "0Y00-"), (MarkRoom, "0Y00-")][..], &all("0Y00Y")].concat();
        holds(inside(RoomKind::Peers), "0-00-", &peers);
    }

    #[test]
    fn of_everything_else() {
        use Action::*;
        let mine = Object::Session { of: PersonId::new(1, [1; 10]) };
        let anothers = Object::Session { of: PersonId::new(1, [2; 10]) };
        let own = [OwnSession, OwnDevices, OwnSettings].map(|action| (action, "YYYYY"));
        holds(mine, "-----", &own);
        holds(anothers, "00000", &[]);
        for kind in RoomKind::ALL {
            holds(Object::Room { member: None, kind }, "00000", &[]);
        }
        let people = [
            (SeeMembers, "YYYY0"),
            (ManageMembers, "-Y--0"),
            (ManageLiaisons, "Y---0"),
            (Suspend, "YY--0"),
        ];
        holds(Object::Constellation { mine: true }, "----0", &people);
        holds(Object::Constellation { mine: false }, "00000", &[]);
        holds(Object::Service, "----0", &[(ManageLiaisons, "Y---0")]);
    }

    #[test]
    fn of_the_phones_of_others() {
        let phones = |of, none, end, see| {
            let rows = [(Action::EndPhones, end), (Action::SeeLastHere, see)];
            holds(Object::Phones { of }, none, &rows);
        };
        phones(Role::Admin, "----0", "Y---0", "Y---0");
        phones(Role::Liaison, "----0", "YY--0", "Y---0");
        phones(Role::Hub, "----0", "YY--0", "-Y--0");
        phones(Role::Satellite, "----0", "YY--0", "-Y--0");
        phones(Role::Young, "0-000", "0Y000", "0-000");
    }

    #[test]
    fn of_the_operator() {
        let mine = Object::Session { of: PersonId::new(1, [1; 10]) };
        let outside = Object::Room { member: None, kind: RoomKind::Circle };
        let constellation = Object::Constellation { mine: true };
        let phones = Object::Phones { of: Role::Young };
        let inside = inside(RoomKind::Peers);
        let objects = [inside, outside, mine, constellation, phones, Object::Service];
        for object in objects {
            for action in Action::ALL {
                let is_room = matches!(object, Object::Room { .. });
                let may = (*action == Action::RunService && object == Object::Service)
                    || (*action == Action::ChangeMembers && is_room);
                let expected = if may { Ok(()) } else { Err(Refusal::NotPermitted) };
                assert_eq!(decide(Actor::Operator, *action, object), expected, "{action:?}");
            }
        }
    }
}
