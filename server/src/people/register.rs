//! The register: services, constellations, homes and people, as the operator writes them down.

use super::{By, OPERATOR, People};
use crate::{
    clock::entropy,
    error::Result,
    store::{
        Tx, devices,
        homes::{self, NewService},
        meta, people, time,
    },
};
use roost_shared::{
    ConstellationId, Epoch, HomeId, PersonId, Refusal, ServiceId,
    frame::PersonCard,
    policy::{Action, Actor, Object, Role, decide},
    room::RoomKind,
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
                for member in people::of_constellation(&mut conn, constellation).await? {
                    let card = member.card;
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
                for member in people::of_constellation(&mut conn, constellation).await? {
                    let PersonCard { person, name, role, left, .. } = &member.card;
                    let left = if *left { ", ended" } else { "" };
                    let out = if member.suspended { ", suspended" } else { "" };
                    let role = role.as_str();
                    lines.push(format!("person        {person}      {name} ({role}{left}{out})"));
                    for device in devices::of_person(&mut conn, service, *person).await? {
                        let ended = if device.ended_at.is_some() { " (ended)" } else { "" };
                        let (id, name) = (device.device, &device.name);
                        lines.push(format!("device        {id}        {name}{ended}"));
                    }
                }
            }
        }
        Ok(lines)
    }

    /// The database's clock is right, whatever time this house kept until now: the only way in
    /// which its time goes back. What it says, epoch ms. A running server follows with its next
    /// look at that clock.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn accept_clock(&self) -> Result<i64> {
        let (now, _) = self.db.time(self.parts.clock.wall_by_hand()).await?;
        let mut tx = self.begin_operator_act().await?;
        time::accept(tx.conn(), now).await?;
        // The row stands at the time that was kept, and names the one that was accepted.
        self.trail(tx.conn(), None, OPERATOR, ("clock.accept", now.to_string())).await?;
        tx.commit().await?;
        Ok(now)
    }

    /// Adds a fostering service.
    ///
    /// # Errors
    /// `NameInvalid`.
    pub async fn add_service(&self, name: &str) -> Result<ServiceId> {
        let name = check_name(name)?;
        let at = self.now();
        let (service, epoch) = (ServiceId::new(at, entropy()), Epoch::new(at, entropy()));
        let mut tx = self.begin_operator_act().await?;
        homes::add_service(tx.conn(), NewService { service, name, at, epoch }).await?;
        self.trail(tx.conn(), None, OPERATOR, ("service.add", service.to_string())).await?;
        tx.commit().await?;
        Ok(service)
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

    /// Adds a home with its lines, as the operator.
    ///
    /// # Errors
    /// As [`People::add_home_by`].
    pub async fn add_home(
        &self,
        constellation: ConstellationId,
        name: &str,
        hub: bool,
    ) -> Result<HomeId> {
        self.add_home_by(By::Operator, constellation, name, hub).await
    }

    /// Adds a person and seats them in every room they belong in, as the operator. Nobody has
    /// agreed to anything, and no link is made.
    ///
    /// # Errors `NotFound` for an unknown constellation or home, `BodyInvalid` for a role that does
    /// not fit the home; refusals of the name.
    pub async fn add_person(&self, new: NewPerson<'_>) -> Result<PersonId> {
        let mut tx = self.begin_operator_act().await?;
        let service = homes::service_of(tx.conn(), new.constellation).await?;
        let service = service.ok_or(Refusal::NotFound)?;
        let (card, written) = self.admit(&mut tx, (By::Operator, service), &new).await?;
        self.finish(tx, new.constellation, written).await?;
        Ok(card.person)
    }

    /// Gives a liaison worker a further constellation of their service, as the operator.
    ///
    /// # Errors `NotFound` for an unknown constellation, or somebody who is no liaison worker of
    /// its service; `NothingToChange` for one who is there already.
    pub async fn add_liaison(
        &self,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<()> {
        let mut tx = self.begin_operator_act().await?;
        let service = homes::service_of(tx.conn(), constellation).await?;
        let of = (service.ok_or(Refusal::NotFound)?, constellation, person);
        let written = self.place_liaison(&mut tx, of).await?;
        let act = ("liaison.add", person.to_string());
        self.trail(tx.conn(), Some(constellation), OPERATOR, act).await?;
        let places = self.places_of(tx.conn(), person).await?;
        self.finish_in(tx, &places, written).await
    }

    /// Ends a person wherever they are, as the operator.
    ///
    /// # Errors
    /// `NotFound` when they are nowhere, or have ended already.
    pub async fn end_person(&self, person: PersonId) -> Result<()> {
        let mut conn = self.db.reader().await?;
        let found = people::whereabouts(&mut conn, person).await?;
        drop(conn);
        let places = found.map(|found| found.places).filter(|places| !places.is_empty());
        for place in places.ok_or(Refusal::NotFound)? {
            self.end_member(By::Operator, place.constellation, person).await?;
        }
        Ok(())
    }

    async fn begin_operator_act(&self) -> Result<Tx> {
        decide(Actor::Operator, Action::RunService, Object::Service)?;
        self.db.begin().await
    }
}

/// A name that may stand on a screen: one line, not empty, at most [`NAME_MAX_CHARS`].
pub(super) fn check_name(name: &str) -> Result<&str> {
    let name = name.trim();
    text::line(name, NAME_MAX_CHARS).map_err(|_| Refusal::NameInvalid)?;
    Ok(name)
}
