//! Which rooms a constellation has, and who belongs to each. A rule here is the only reason anybody
//! is a member.

use crate::{
    id::{HomeId, RoomId, Seq},
    policy::Role,
};
use serde::{Deserialize, Serialize};

/// What a room is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// The constellation's chat: every adult.
    Circle,
    /// A private line between the adults of a satellite home and the adults of the hub.
    HubLine,
    /// A private line between the adults of a home, the hub's included, and the liaison worker.
    LiaisonLine,
}

impl RoomKind {
    /// As stored and as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            RoomKind::Circle => "circle",
            RoomKind::HubLine => "hub_line",
            RoomKind::LiaisonLine => "liaison_line",
        }
    }

    /// The inverse of [`RoomKind::as_str`].
    pub fn parse(text: &str) -> Option<RoomKind> {
        [RoomKind::Circle, RoomKind::HubLine, RoomKind::LiaisonLine]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// Whether a newcomer reads the room from its beginning, or only from their own arrival.
    pub fn floor_at(self, joined: Seq) -> Seq {
        match self {
            RoomKind::Circle => Seq(1),
            RoomKind::HubLine | RoomKind::LiaisonLine => joined,
        }
    }
}

/// What a member is shown of each entry. Fixed in the membership, not derived from the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Everything.
    Full,
}

/// Whether a person with this role and home belongs to a room of this kind that is about
/// `room_home`. (behaviours, "Private lines": satellite with hub, home with liaison; never
/// satellite with satellite.)
pub fn belongs(
    role: Role,
    home: Option<HomeId>,
    kind: RoomKind,
    room_home: Option<HomeId>,
) -> bool {
    let of_this_home = home.is_some() && home == room_home;
    match (kind, role) {
        (_, Role::Admin | Role::Young) => false,
        (RoomKind::Circle, Role::Liaison | Role::Hub | Role::Satellite) => true,
        (RoomKind::HubLine, Role::Hub) => true,
        (RoomKind::HubLine, Role::Satellite) => of_this_home,
        (RoomKind::HubLine, Role::Liaison) => false,
        (RoomKind::LiaisonLine, Role::Liaison) => true,
        (RoomKind::LiaisonLine, Role::Hub | Role::Satellite) => of_this_home,
    }
}

/// The facts a room's title is made of.
pub struct Named<'a> {
    pub constellation: &'a str,
    pub hub_home: &'a str,
    /// The home the line is about; empty for the circle.
    pub home: &'a str,
}

/// What a room is called on the phone of a person with this role.
pub fn title(kind: RoomKind, role: Role, named: &Named<'_>) -> String {
    match (kind, role) {
        (RoomKind::Circle, _) => named.constellation.to_owned(),
        (RoomKind::HubLine, Role::Hub) | (RoomKind::LiaisonLine, Role::Liaison) => {
            named.home.to_owned()
        }
        (RoomKind::HubLine, _) => format!("The hub · {}", named.hub_home),
        (RoomKind::LiaisonLine, _) => "Our liaison worker".to_owned(),
    }
}

/// A room as its member sees it in `welcome`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Listed {
    pub room: RoomId,
    pub kind: RoomKind,
    pub title: String,
    /// The lowest seq this member may read.
    pub floor: Seq,
    /// The last seq given.
    pub head: Seq,
    pub view: View,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_belongs_where() {
        let ours = Some(HomeId::new(1, [1; 10]));
        let theirs = Some(HomeId::new(1, [2; 10]));
        use {Role::*, RoomKind::*};
        let table = [
            (Hub, ours, Circle, None, true),
            (Satellite, ours, Circle, None, true),
            (Liaison, None, Circle, None, true),
            (Young, ours, Circle, None, false),
            (Admin, None, Circle, None, false),
            (Satellite, ours, HubLine, ours, true),
            (Satellite, ours, HubLine, theirs, false),
            (Hub, ours, HubLine, theirs, true),
            (Liaison, None, HubLine, theirs, false),
            (Young, ours, HubLine, ours, false),
            (Satellite, ours, LiaisonLine, ours, true),
            (Satellite, ours, LiaisonLine, theirs, false),
            (Hub, ours, LiaisonLine, ours, true),
            (Hub, ours, LiaisonLine, theirs, false),
            (Liaison, None, LiaisonLine, theirs, true),
            (Admin, None, LiaisonLine, theirs, false),
            (Satellite, None, LiaisonLine, None, false),
        ];
        for (role, home, kind, room_home, expected) in table {
            assert_eq!(belongs(role, home, kind, room_home), expected, "{role:?} in {kind:?}");
        }
    }

    #[test]
    fn a_line_is_called_after_the_other_end() {
        let named = Named { constellation: "Wren", hub_home: "Jo's house", home: "The Okafors" };
        assert_eq!(title(RoomKind::HubLine, Role::Hub, &named), "The Okafors");
        assert_eq!(title(RoomKind::HubLine, Role::Satellite, &named), "The hub · Jo's house");
        assert_eq!(title(RoomKind::LiaisonLine, Role::Hub, &named), "Our liaison worker");
        assert_eq!(title(RoomKind::LiaisonLine, Role::Liaison, &named), "The Okafors");
        assert_eq!(title(RoomKind::Circle, Role::Liaison, &named), "Wren");
    }
}
