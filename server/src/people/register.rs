//! The register: services, constellations, homes and people, and the rooms that follow from them.
//! Rooms and memberships are not chosen here: `roost_shared::room::belongs` says who belongs where.

use super::{OPERATOR, People};
use crate::{
    clock::entropy,
    error::{Error, Result},
    log::{Batch, Drafted, Who, Written},
    store::{Tx, homes, meta, people, rooms, sign_in},
};
use roost_shared::{
    ConstellationId, Draft, EntryId, HomeId, PersonId, Refusal, RoomId, ServiceId,
    frame::{HomeCard, PersonCard},
    kind::{Body, Member, member::Change},
    policy::{Action, Actor, Object, Role, decide},
    room::{RoomKind, belongs},
    text,
};

/// The longest name of a person, home, constellation, service or device, characters.
pub const NAME_MAX_CHARS: usize = 60;

/// A person to add.
pub struct NewPerson<'a> {
    pub constellation: ConstellationId,
    /// The household; nobody but a liaison worker or an admin is without one.
    pub home: Option<HomeId>,
    pub role: Role,
    pub name: &'a str,
}

/// A person as the operator sees them.
#[derive(Clone, Debug)]
pub struct Enlisted {
    pub constellation: ConstellationId,
    pub card: PersonCard,
    /// The name of their home.
    pub home: Option<String>,
}

impl People {
    /// Everyone of every constellation, in the order in which they were added.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn roll(&self) -> Result<Vec<Enlisted>> {
        let mut conn = self.db.reader().await?;
        let mut roll = Vec::new();
        for (service, _) in homes::services(&mut conn).await? {
            for (constellation, _) in homes::constellations(&mut conn, service).await? {
                let all = homes::of_constellation(&mut conn, constellation).await?;
                for card in people::of_constellation(&mut conn, constellation).await? {
                    let home = all.iter().find(|home| Some(home.home) == card.home);
                    let home = home.map(|home| home.name.clone());
                    roll.push(Enlisted { constellation, card, home });
                }
            }
        }
        Ok(roll)
    }

    /// The whole register as indented lines: kind, id, name. For the operator's eyes.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn register(&self) -> Result<Vec<String>> {
        let mut conn = self.db.reader().await?;
        let mut lines = Vec::new();
        for (service, name) in homes::services(&mut conn).await? {
            lines.push(format!("service       {service}  {name}"));
            for (constellation, name) in homes::constellations(&mut conn, service).await? {
                lines.push(format!("constellation {constellation}    {name}"));
                for home in homes::of_constellation(&mut conn, constellation).await? {
                    let hub = if home.hub { " (hub)" } else { "" };
                    lines.push(format!("home          {}      {}{hub}", home.home, home.name));
                }
                for card in people::of_constellation(&mut conn, constellation).await? {
                    let (role, left) = (card.role.as_str(), if card.left { ", ended" } else { "" });
                    let PersonCard { person, name, .. } = &card;
                    lines.push(format!("person        {person}      {name} ({role}{left})"));
                    for device in sign_in::devices_of(&mut conn, constellation, *person).await? {
                        let ended = if device.ended_at.is_some() { " (ended)" } else { "" };
                        let (id, name) = (device.device, &device.name);
                        lines.push(format!("device        {id}        {name}{ended}"));
                    }
                }
            }
        }
        Ok(lines)
    }

    /// Adds a fostering service.
    ///
    /// # Errors
    /// `NameInvalid`.
    pub async fn add_service(&self, name: &str) -> Result<ServiceId> {
        let name = check_name(name)?;
        let id = ServiceId::new(self.now(), entropy());
        let mut tx = self.begin_operator_act().await?;
        homes::add_service(tx.conn(), id, name, self.now()).await?;
        self.trail(tx.conn(), None, OPERATOR, ("service.add", id.to_string())).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Adds a constellation with its circle.
    ///
    /// # Errors
    /// `NotFound` for an unknown service; `NameInvalid`.
    pub async fn add_constellation(
        &self,
        service: ServiceId,
        name: &str,
    ) -> Result<ConstellationId> {
        let name = check_name(name)?;
        let at = self.now();
        let constellation = ConstellationId::new(at, entropy());
        let mut tx = self.begin_operator_act().await?;
        if !homes::service_exists(tx.conn(), service).await? {
            return Err(Refusal::NotFound.into());
        }
        let new = homes::NewConstellation { constellation, service, name, at };
        homes::add_constellation(tx.conn(), new).await?;
        self.add_room(&mut tx, constellation, RoomKind::Circle, None).await?;
        let act = ("constellation.add", constellation.to_string());
        self.trail(tx.conn(), Some(constellation), OPERATOR, act).await?;
        meta::touch(tx.conn(), constellation).await?;
        tx.commit().await?;
        Ok(constellation)
    }

    /// Adds a home with its lines: to the hub (unless it is the hub) and to the liaison worker.
    /// People who belong in them join.
    ///
    /// # Errors `NotFound` for an unknown constellation, `BodyInvalid` for a second hub; refusals
    /// of the name.
    pub async fn add_home(
        &self,
        constellation: ConstellationId,
        name: &str,
        hub: bool,
    ) -> Result<HomeId> {
        let name = check_name(name)?;
        let home = HomeId::new(self.now(), entropy());
        let mut tx = self.begin_operator_act().await?;
        if homes::constellation_name(tx.conn(), constellation).await?.is_none() {
            return Err(Refusal::NotFound.into());
        }
        let card = HomeCard { home, name: name.to_owned(), hub };
        if !homes::add_home(tx.conn(), constellation, &card, self.now()).await? {
            return Err(Refusal::BodyInvalid.into());
        }
        let kinds = [(!hub).then_some(RoomKind::HubLine), Some(RoomKind::LiaisonLine)];
        for kind in kinds.into_iter().flatten() {
            self.add_room(&mut tx, constellation, kind, Some(home)).await?;
        }
        let act = ("home.add", home.to_string());
        self.trail(tx.conn(), Some(constellation), OPERATOR, act).await?;
        let everyone = people::of_constellation(tx.conn(), constellation).await?;
        let written = self.seat(&mut tx, constellation, &everyone).await?;
        self.finish(tx, constellation, written).await?;
        Ok(home)
    }

    /// Adds a person and seats them in every room they belong in.
    ///
    /// # Errors `NotFound` for an unknown constellation or home, `BodyInvalid` for a role that does
    /// not fit the home; refusals of the name.
    pub async fn add_person(&self, new: NewPerson<'_>) -> Result<PersonId> {
        let name = check_name(new.name)?;
        let constellation = new.constellation;
        let mut tx = self.begin_operator_act().await?;
        if homes::constellation_name(tx.conn(), constellation).await?.is_none() {
            return Err(Refusal::NotFound.into());
        }
        let all = homes::of_constellation(tx.conn(), constellation).await?;
        check_home(new.role, new.home, &all)?;
        let person = PersonId::new(self.now(), entropy());
        let (role, home) = (new.role, new.home);
        let card = PersonCard { person, name: name.to_owned(), role, home, left: false };
        people::add(tx.conn(), constellation, &card, self.now()).await?;
        let act = ("person.add", person.to_string());
        self.trail(tx.conn(), Some(constellation), OPERATOR, act).await?;
        let written = self.seat(&mut tx, constellation, &[card]).await?;
        self.finish(tx, constellation, written).await?;
        Ok(person)
    }

    /// Ends a person: no room, no device and no invitation of theirs works any more. What they
    /// wrote stays.
    ///
    /// # Errors
    /// `NotFound` when they are not there or have ended already.
    pub async fn end_person(&self, person: PersonId) -> Result<()> {
        let mut tx = self.begin_operator_act().await?;
        let found = people::one(tx.conn(), person).await?.ok_or(Refusal::NotFound)?;
        let constellation = found.constellation;
        // The rooms' locks come first, as in every append.
        let rooms = rooms::of_person(tx.conn(), constellation, person).await?;
        let parts = self.parts.clone();
        let mut batch = Batch::new(&mut tx, &parts);
        batch.lock(rooms.iter().map(|mine| (mine.room, constellation))).await?;
        for mine in rooms {
            self.change(&mut batch, (constellation, mine.room), person, Change::Left).await?;
        }
        if !people::end(batch.conn(), constellation, person, self.now()).await? {
            return Err(Refusal::NotFound.into());
        }
        sign_in::end_devices_of(batch.conn(), constellation, person, self.now()).await?;
        sign_in::revoke_open(batch.conn(), constellation, person, self.now()).await?;
        let act = ("person.end", person.to_string());
        self.trail(batch.conn(), Some(constellation), OPERATOR, act).await?;
        let written = batch.finish().await?;
        self.finish(tx, constellation, written).await
    }

    async fn begin_operator_act(&self) -> Result<Tx> {
        decide(Actor::Operator, Action::RunService, Object::Service)?;
        self.db.begin().await
    }

    async fn add_room(
        &self,
        tx: &mut Tx,
        constellation: ConstellationId,
        kind: RoomKind,
        home: Option<HomeId>,
    ) -> Result<()> {
        let at = self.now();
        let room = rooms::Room { room: RoomId::new(at, entropy()), constellation, kind, home };
        rooms::add(tx.conn(), &room, at).await
    }

    /// Seats these people in the rooms they belong in and are not yet a member of.
    async fn seat(
        &self,
        tx: &mut Tx,
        constellation: ConstellationId,
        people: &[PersonCard],
    ) -> Result<Vec<Written>> {
        let rooms = rooms::of_constellation(tx.conn(), constellation).await?;
        let parts = self.parts.clone();
        let mut batch = Batch::new(tx, &parts);
        batch.lock(rooms.iter().map(|room| (room.room, constellation))).await?;
        for room in &rooms {
            for card in people.iter().filter(|card| !card.left) {
                let seat = rooms::Seat { constellation, room: room.room, person: card.person };
                let here = rooms::member(batch.conn(), seat).await?.is_some();
                if !here && belongs(card.role, card.home, room.kind, room.home) {
                    let place = (constellation, room.room);
                    self.change(&mut batch, place, card.person, Change::Joined).await?;
                }
            }
        }
        batch.finish().await
    }

    async fn change(
        &self,
        batch: &mut Batch<'_>,
        (constellation, room): (ConstellationId, RoomId),
        person: PersonId,
        change: Change,
    ) -> Result<()> {
        let body = Body::Member(Member { person, change });
        let draft = Draft {
            id: EntryId::new(self.now(), entropy()),
            kind: body.kind().to_owned(),
            target: None,
            body: serde_json::from_str(&body.to_text())
                .map_err(|e| Error::internal("a member body does not read back", e))?,
        };
        let who = Who { constellation, actor: Actor::Operator };
        for answer in batch.append(&[Drafted { who, room, draft: &draft }]).await? {
            answer?;
        }
        Ok(())
    }

    /// Commits a change of people, then tells the feeds and every phone of the constellation.
    pub(super) async fn finish(
        &self,
        mut tx: Tx,
        constellation: ConstellationId,
        written: Vec<Written>,
    ) -> Result<()> {
        meta::touch(tx.conn(), constellation).await?;
        tx.commit().await?;
        self.parts.bus.forget(&written);
        self.parts.bus.wrote(written);
        self.parts.bus.changed(constellation);
        Ok(())
    }
}

/// A name that may stand on a screen: one line, not empty, at most [`NAME_MAX_CHARS`].
pub(super) fn check_name(name: &str) -> Result<&str> {
    let name = name.trim();
    let one_line = !name.contains(['\n', '\t']);
    if text::check(name).is_ok() && name.chars().count() <= NAME_MAX_CHARS && one_line {
        Ok(name)
    } else {
        Err(Refusal::NameInvalid.into())
    }
}

fn check_home(role: Role, home: Option<HomeId>, all: &[HomeCard]) -> Result<(), Refusal> {
    let home = match home {
        Some(id) => Some(all.iter().find(|card| card.home == id).ok_or(Refusal::NotFound)?),
        None => None,
    };
    let fits = match role {
        Role::Hub => home.is_some_and(|home| home.hub),
        Role::Satellite => home.is_some_and(|home| !home.hub),
        Role::Young => home.is_some(),
        Role::Liaison | Role::Admin => home.is_none(),
    };
    if fits { Ok(()) } else { Err(Refusal::BodyInvalid) }
}
