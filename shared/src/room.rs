//! Which rooms a constellation has, who belongs to each, and when it is open. A rule here is the
//! only reason anybody is a member.

use crate::{
    id::{HomeId, PersonId, RoomId, Seq},
    policy::Role,
    refusal::Refusal,
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
    /// The young people of the constellation, and the liaison worker who looks after the room.
    Peers,
}

impl RoomKind {
    /// Every kind.
    pub const ALL: [RoomKind; 4] =
        [RoomKind::Circle, RoomKind::HubLine, RoomKind::LiaisonLine, RoomKind::Peers];

    /// As stored and as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            RoomKind::Circle => "circle",
            RoomKind::HubLine => "hub_line",
            RoomKind::LiaisonLine => "liaison_line",
            RoomKind::Peers => "peers",
        }
    }

    /// The inverse of [`RoomKind::as_str`].
    pub fn parse(text: &str) -> Option<RoomKind> {
        RoomKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a newcomer reads the room from its beginning, or only from their own arrival.
    pub fn floor_at(self, joined: Seq) -> Seq {
        match self {
            RoomKind::Circle => Seq(1),
            RoomKind::HubLine | RoomKind::LiaisonLine | RoomKind::Peers => joined,
        }
    }

    /// Whether somebody of this role can be in a room of this kind at all. A membership that
    /// says otherwise is a mistake, and `policy::decide` gives it nothing.
    pub fn seats(self, role: Role) -> bool {
        match self {
            RoomKind::Circle | RoomKind::LiaisonLine => {
                matches!(role, Role::Liaison | Role::Hub | Role::Satellite)
            }
            RoomKind::HubLine => matches!(role, Role::Hub | Role::Satellite),
            RoomKind::Peers => matches!(role, Role::Liaison | Role::Young),
        }
    }

    /// Whether members see how far the others have received and read. Only where few talk to few;
    /// never among young people (behaviours, "Receipts" and "Young people's rooms").
    pub fn has_marks(self) -> bool {
        matches!(self, RoomKind::HubLine | RoomKind::LiaisonLine)
    }

    /// Whether members see that somebody is writing.
    pub fn has_typing(self) -> bool {
        !matches!(self, RoomKind::Peers)
    }

    /// Whether the room keeps, for a member of this role, how far they have read, and so can say
    /// how much is new. Not for young people: nothing is noted on when they look.
    pub fn counts_unread(self, role: Role) -> bool {
        role != Role::Young
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

/// The constellation's wall clock. Given by the server, which knows the time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// 0 is Monday, 6 is Sunday.
    pub weekday: u8,
    /// Of the day, from midnight: 0 to 1,439.
    pub minute: u16,
}

/// From when to when young people may write, in minutes of the day: `opens <= minute < closes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub opens: u16,
    pub closes: u16,
}

/// 15:30 to 20:30, after school.
pub const PEERS_WEEKDAY: Hours = Hours { opens: 15 * 60 + 30, closes: 20 * 60 + 30 };

/// 10:00 to 20:30, on Saturday and Sunday.
pub const PEERS_WEEKEND: Hours = Hours { opens: 10 * 60, closes: 20 * 60 + 30 };

/// Whether somebody of this role may write into a room of this kind at this time. Adults always
/// may; a young person only within hours, and not when the time is unknown.
///
/// # Errors
/// `RoomClosed`.
pub fn open(kind: RoomKind, role: Option<Role>, local: Option<LocalTime>) -> Result<(), Refusal> {
    if kind != RoomKind::Peers || role != Some(Role::Young) {
        return Ok(());
    }
    let now = local.ok_or(Refusal::RoomClosed)?;
    let today = if now.weekday < 5 { PEERS_WEEKDAY } else { PEERS_WEEKEND };
    if (today.opens..today.closes).contains(&now.minute) {
        Ok(())
    } else {
        Err(Refusal::RoomClosed)
    }
}

/// Whether a person with this role and home belongs to a room of this kind that is about
/// `room_home`. (behaviours, "Private lines": satellite with hub, home with liaison; never
/// satellite with satellite. "Young people's rooms": no carer, ever.)
pub fn belongs(
    role: Role,
    home: Option<HomeId>,
    kind: RoomKind,
    room_home: Option<HomeId>,
) -> bool {
    let of_this_home = home.is_some() && home == room_home;
    kind.seats(role)
        && match (kind, role) {
            (RoomKind::Circle | RoomKind::Peers, _) => true,
            (RoomKind::HubLine, Role::Hub) | (RoomKind::LiaisonLine, Role::Liaison) => true,
            (RoomKind::HubLine | RoomKind::LiaisonLine, _) => of_this_home,
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
        (RoomKind::Peers, Role::Young) => "Our room".to_owned(),
        (RoomKind::Peers, _) => "Young people's room".to_owned(),
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
    /// How far I have read, on any of my phones; does not travel while it is 0.
    #[serde(default, skip_serializing_if = "Seq::is_zero")]
    pub read: Seq,
    /// How far each of the others is, in a room that has marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// How far somebody is in a room. Both only ever rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Mark {
    pub person: PersonId,
    /// A phone of theirs holds everything up to here.
    pub delivered: Seq,
    /// They had everything up to here on an unlocked, visible screen.
    pub read: Seq,
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
            (Young, ours, LiaisonLine, ours, false),
            (Young, ours, Peers, None, true),
            (Young, None, Peers, None, true),
            (Liaison, None, Peers, None, true),
            (Hub, ours, Peers, None, false),
            (Satellite, ours, Peers, ours, false),
            (Admin, None, Peers, None, false),
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
        assert_eq!(title(RoomKind::Peers, Role::Liaison, &named), "Young people's room");
        assert_eq!(title(RoomKind::Peers, Role::Young, &named), "Our room");
    }

    #[test]
    fn what_a_room_tells_of_its_members() {
        use RoomKind::*;
        let table = [
            // kind, marks, typing, floor of somebody who joins with entry 7
            (Circle, false, true, Seq(1)),
            (HubLine, true, true, Seq(7)),
            (LiaisonLine, true, true, Seq(7)),
            (Peers, false, false, Seq(7)),
        ];
        for (kind, marks, typing, floor) in table {
            assert_eq!(kind.has_marks(), marks, "{kind:?}");
            assert_eq!(kind.has_typing(), typing, "{kind:?}");
            assert_eq!(kind.floor_at(Seq(7)), floor, "{kind:?}");
            assert_eq!(RoomKind::parse(kind.as_str()), Some(kind));
            for role in Role::ALL {
                assert_eq!(kind.counts_unread(role), role != Role::Young, "{role:?} in {kind:?}");
            }
        }
        assert_eq!(RoomKind::parse("lounge"), None);
    }

    #[test]
    fn young_people_write_within_hours() {
        let at =
            |weekday, hour: u16, minute| Some(LocalTime { weekday, minute: hour * 60 + minute });
        let table = [
            (at(0, 15, 29), false),
            (at(0, 15, 30), true),
            (at(4, 20, 29), true),
            (at(4, 20, 30), false),
            (at(4, 10, 0), false),
            (at(5, 9, 59), false),
            (at(5, 10, 0), true),
            (at(6, 20, 29), true),
            (at(6, 20, 30), false),
            (at(2, 0, 0), false),
            (at(2, 23, 59), false),
            (None, false),
        ];
        for (local, writes) in table {
            let expected = if writes { Ok(()) } else { Err(Refusal::RoomClosed) };
            assert_eq!(open(RoomKind::Peers, Some(Role::Young), local), expected, "{local:?}");
            assert_eq!(open(RoomKind::Peers, Some(Role::Liaison), local), Ok(()), "{local:?}");
            assert_eq!(open(RoomKind::Peers, None, local), Ok(()), "{local:?}");
            assert_eq!(open(RoomKind::Circle, Some(Role::Hub), local), Ok(()), "{local:?}");
        }
    }
}
