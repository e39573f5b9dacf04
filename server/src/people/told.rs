//! What of a constellation somebody is told in `welcome`: its rooms that are theirs, and the people
//! and homes whose names they may see. Pure functions over what was read.

use crate::{
    marks,
    store::{marks::Stand, people::Place, rooms::Mine},
};
use roost_shared::{
    Epoch, PersonId,
    frame::{ConstellationCard, HomeCard, PersonCard},
    policy::Role,
    room::{Listed, Named, RoomKind, title},
};

/// The names of a constellation, and the epoch of its service.
pub struct Names {
    pub epoch: Epoch,
    pub constellation: String,
    pub people: Vec<PersonCard>,
    pub homes: Vec<HomeCard>,
}

/// The lists of a `welcome`, one constellation after the other.
#[derive(Default)]
pub struct Told {
    pub constellations: Vec<ConstellationCard>,
    pub rooms: Vec<Listed>,
    pub people: Vec<PersonCard>,
    pub homes: Vec<HomeCard>,
}

impl Told {
    /// Adds what one constellation has to tell: my rooms there, and the marks in them that I may
    /// see. Somebody who is of several is told once.
    pub fn add<'m>(
        &mut self,
        (me, place): (PersonId, Place),
        names: &Names,
        rooms: impl Iterator<Item = &'m Mine>,
        stand: &[Stand],
    ) {
        let listed: Vec<Listed> = rooms.map(|mine| listed(mine, me, names, stand)).collect();
        let in_peers = listed.iter().any(|listed| listed.kind == RoomKind::Peers);
        let people = visible_people((me, place.role), names, in_peers);
        let homes = if place.role == Role::Young { &[][..] } else { &names.homes };
        self.constellations.push(ConstellationCard {
            constellation: place.constellation,
            name: names.constellation.clone(),
            role: place.role,
            rooms: listed.iter().map(|listed| listed.room).collect(),
            people: people.iter().map(|card| card.person).collect(),
            homes: homes.iter().map(|home| home.home).collect(),
        });
        self.rooms.extend(listed);
        self.homes.extend_from_slice(homes);
        for card in people {
            match self.people.iter_mut().find(|known| known.person == card.person) {
                Some(known) => known.left &= card.left,
                None => self.people.push(card),
            }
        }
    }
}

fn listed(mine: &Mine, me: PersonId, names: &Names, stand: &[Stand]) -> Listed {
    let home_name = |wanted: &dyn Fn(&&HomeCard) -> bool| {
        names.homes.iter().find(wanted).map_or("", |home| home.name.as_str())
    };
    let named = Named {
        constellation: &names.constellation,
        hub_home: home_name(&|home| home.hub),
        home: home_name(&|home| Some(home.home) == mine.home),
    };
    let here = stand.iter().filter(|stand| stand.room == mine.room);
    let (own, others): (Vec<&Stand>, Vec<&Stand>) = here.partition(|it| it.mark.person == me);
    let receipts = own.iter().all(|own| own.receipts);
    Listed {
        room: mine.room,
        kind: mine.kind,
        title: title(mine.kind, mine.role, &named),
        read: mine.read,
        marks: others.iter().map(|it| marks::shown(it.mark, receipts && it.receipts)).collect(),
        floor: mine.membership.floor,
        head: mine.head.seq,
        view: mine.membership.view,
    }
}

/// Adults see the adults of their constellation, but for the admin, who says nothing there; a young
/// person sees themselves and the liaison worker, and once their room is open the others in it, but
/// not where they live; an adult does not see which young people have a sign-in, but for the
/// liaison worker.
fn visible_people((me, role): (PersonId, Role), names: &Names, in_peers: bool) -> Vec<PersonCard> {
    let visible = |card: &&PersonCard| {
        card.person == me
            || match role {
                Role::Liaison => true,
                Role::Young => card.role == Role::Liaison || in_peers && card.role == Role::Young,
                Role::Admin => false,
                Role::Hub | Role::Satellite => !matches!(card.role, Role::Young | Role::Admin),
            }
    };
    let mut cards: Vec<PersonCard> = names.people.iter().filter(visible).cloned().collect();
    if role == Role::Young {
        let others = cards.iter_mut().filter(|card| card.person != me);
        others.for_each(|card| card.home = None);
    }
    cards
}
