//! What one person cannot do alone: make a liaison worker, and lift a suspension. One proposes,
//! another confirms within a week. To suspend takes one, since minutes may matter.

use super::{By, People, enrol::Invited, register::check_name};
use crate::{
    clock::entropy,
    error::{Error, Result},
    log::Written,
    store::{
        Conn, Tx, devices,
        enrolments::{self, Way},
        handovers, homes,
        people::{self, Member},
        proposals::{self, Proposal, What},
    },
};
use roost_shared::{
    ConstellationId, EntryId, PersonId, Refusal, ServiceId,
    frame::PersonCard,
    policy::{Action, Role},
};
use serde::Serialize;

/// How long a proposal waits for a second person, ms.
const LIFE_MS: i64 = 7 * 24 * 3_600_000;

/// What waits for a second person.
#[derive(Clone, Debug, Serialize)]
pub struct Proposed {
    pub proposal: EntryId,
    pub what: What,
    /// Whom it is about, if they are here already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    pub name: String,
    pub created_at: i64,
    pub expires_at: i64,
    /// Whether the one who asks proposed it, and so cannot confirm it.
    pub mine: bool,
}

/// Who is to become a liaison worker.
#[derive(Clone, Copy)]
pub enum Candidate<'a> {
    /// Somebody new.
    Named(&'a str),
    /// Somebody who is a liaison worker of another constellation of the service.
    Here(PersonId),
}

/// What was confirmed.
#[derive(Serialize)]
pub struct Confirmed {
    pub person: PersonId,
    /// The link of somebody new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited: Option<Invited>,
}

impl People {
    /// Suspends somebody at once, everywhere: their phones, links and codes end. They stay a member
    /// of their rooms, and nobody is told.
    ///
    /// # Errors `NotFound`, `NotPermitted`, also for oneself and for a liaison worker who would
    /// suspend an admin; `NothingToChange`.
    pub async fn suspend(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let (service, _) = self.may_hold(tx.conn(), by, (constellation, person)).await?;
        if matches!(by, By::Person(me) if me.person == person) {
            return Err(Refusal::NotPermitted.into());
        }
        if !people::suspend(tx.conn(), service, person, self.now()).await? {
            return Err(Refusal::NothingToChange.into());
        }
        let places = self.places_of(tx.conn(), person).await?;
        // ChainKeys before phones: whoever accepts one meanwhile is waited for, and then seen.
        for place in &places {
            enrolments::revoke_open(tx.conn(), *place, person, self.now()).await?;
        }
        handovers::drop_open(tx.conn(), service, person).await?;
        devices::end_all(tx.conn(), service, person, self.now()).await?;
        let act = ("person.suspend", person.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        self.finish_in(tx, &places, Vec::new()).await
    }

    /// The service, and somebody who has not left, whom they may suspend and let back: an admin is
    /// an admin's to hold.
    async fn may_hold(
        &self,
        conn: &mut Conn,
        by: By<'_>,
        (constellation, person): (ConstellationId, PersonId),
    ) -> Result<(ServiceId, Member)> {
        let service = self.may(conn, by, Action::Suspend, constellation).await?;
        let member = people::one(conn, constellation, person).await?;
        let member = member.filter(|one| !one.card.left).ok_or(Refusal::NotFound)?;
        if member.card.role == Role::Admin {
            self.may(conn, by, Action::ManageLiaisons, constellation).await?;
        }
        Ok((service, member))
    }

    /// Proposes to lift a suspension. What another has proposed already is theirs to confirm.
    ///
    /// # Errors `NotFound`, `NotPermitted`, also for a liaison worker who would lift an admin's;
    /// `NothingToChange` for somebody who is not suspended; `SecondPersonNeeded` when they have
    /// proposed it themselves.
    pub async fn propose_lift(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<Proposed> {
        let mut tx = self.db.begin().await?;
        let (_, member) = self.may_hold(tx.conn(), by, (constellation, person)).await?;
        if !member.suspended {
            return Err(Refusal::NothingToChange.into());
        }
        let open = proposals::open(tx.conn(), constellation, self.now()).await?;
        let same = |one: &&Proposal| one.what == What::Lift && one.person == Some(person);
        if let Some(earlier) = open.iter().find(same) {
            return if earlier.proposed_by == by.name() {
                Err(Refusal::SecondPersonNeeded.into())
            } else {
                Ok(told(earlier, by))
            };
        }
        let new = self.proposal((What::Lift, constellation), (Some(person), &member.card.name), by);
        self.propose(tx, by, new).await
    }

    /// Proposes a liaison worker.
    ///
    /// # Errors `NotFound` for a constellation or somebody who is none of theirs, `NotPermitted`;
    /// `NothingToChange` for somebody who is one there already; refusals of the name.
    pub async fn propose_liaison(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        candidate: Candidate<'_>,
    ) -> Result<Proposed> {
        let mut tx = self.db.begin().await?;
        let service = self.may(tx.conn(), by, Action::ManageLiaisons, constellation).await?;
        let (person, name) = match candidate {
            Candidate::Named(name) => (None, check_name(name)?.to_owned()),
            Candidate::Here(person) => {
                let of = (service, constellation, person);
                (Some(person), self.liaison_elsewhere(&mut tx, of).await?)
            }
        };
        let new = self.proposal((What::Liaison, constellation), (person, &name), by);
        self.propose(tx, by, new).await
    }

    /// The name of somebody who is a liaison worker of the service, and not there.
    async fn liaison_elsewhere(
        &self,
        tx: &mut Tx,
        (service, there, person): (ServiceId, ConstellationId, PersonId),
    ) -> Result<String> {
        let found = people::whereabouts(tx.conn(), person).await?;
        let found = found.filter(|found| found.service == service).ok_or(Refusal::NotFound)?;
        let place = found.places.iter().find(|place| place.role == Role::Liaison);
        let place = place.ok_or(Refusal::NotFound)?;
        if found.places.iter().any(|place| place.constellation == there) {
            return Err(Refusal::NothingToChange.into());
        }
        let member = people::one(tx.conn(), place.constellation, person).await?;
        Ok(member.ok_or(Refusal::NotFound)?.card.name)
    }

    fn proposal(
        &self,
        (what, constellation): (What, ConstellationId),
        (person, name): (Option<PersonId>, &str),
        by: By<'_>,
    ) -> Proposal {
        let now = self.now();
        Proposal {
            proposal: EntryId::new(now, entropy()),
            constellation,
            what,
            person,
            name: name.to_owned(),
            proposed_by: by.name(),
            created_at: now,
            expires_at: now + LIFE_MS,
        }
    }

    async fn propose(&self, mut tx: Tx, by: By<'_>, new: Proposal) -> Result<Proposed> {
        proposals::add(tx.conn(), &new).await?;
        let what = match new.what {
            What::Liaison => "liaison.propose",
            What::Lift => "lift.propose",
        };
        let act = (what, new.proposal.to_string());
        self.trail(tx.conn(), Some(new.constellation), &by.name(), act).await?;
        tx.commit().await?;
        Ok(told(&new, by))
    }

    /// What waits for a second person in a constellation, as far as the one who asks could be it.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`.
    pub async fn proposals(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
    ) -> Result<Vec<Proposed>> {
        let mut conn = self.db.reader().await?;
        self.may(&mut conn, by, Action::Suspend, constellation).await?;
        let mut mine = Vec::new();
        for one in proposals::open(&mut conn, constellation, self.now()).await? {
            if self.is_theirs(&mut conn, by, &one).await? {
                mine.push(told(&one, by));
            }
        }
        Ok(mine)
    }

    /// Whether a proposal is one that they could confirm, had another made it: what is about a
    /// liaison worker or an admin is for admins. That it is not theirs is no failure; that the
    /// database does not answer is one.
    async fn is_theirs(&self, conn: &mut Conn, by: By<'_>, one: &Proposal) -> Result<bool> {
        let whom = match (one.what, one.person) {
            (What::Lift, Some(person)) => people::one(conn, one.constellation, person).await?,
            _ => None,
        };
        let lifts_an_admin = whom.is_some_and(|whom| whom.card.role == Role::Admin);
        let action = match one.what {
            What::Lift if !lifts_an_admin => Action::Suspend,
            What::Lift | What::Liaison => Action::ManageLiaisons,
        };
        match self.may(conn, by, action, one.constellation).await {
            Ok(_) => Ok(true),
            Err(Error::Refused(Refusal::NotPermitted)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Confirms what somebody else proposed, and does it.
    ///
    /// # Errors `NotFound` for a proposal that is not open or not theirs to see, `NotPermitted`,
    /// `SecondPersonNeeded` for their own.
    pub async fn confirm(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        proposal: EntryId,
    ) -> Result<Confirmed> {
        let mut tx = self.db.begin().await?;
        let service = self.may(tx.conn(), by, Action::Suspend, constellation).await?;
        let open = proposals::open(tx.conn(), constellation, self.now()).await?;
        let found = open.into_iter().find(|one| one.proposal == proposal);
        let found = found.ok_or(Refusal::NotFound)?;
        if !self.is_theirs(tx.conn(), by, &found).await? {
            // Whoever could not confirm it does not learn that there is such a proposal.
            return Err(Refusal::NotFound.into());
        }
        if found.proposed_by == by.name() {
            return Err(Refusal::SecondPersonNeeded.into());
        }
        if !proposals::confirm(tx.conn(), &found, &by.name(), self.now()).await? {
            return Err(Refusal::NotFound.into());
        }
        let what = match found.what {
            What::Liaison => "liaison.confirm",
            What::Lift => "lift.confirm",
        };
        let act = (what, proposal.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        let (person, written, invited) = match (found.what, found.person) {
            (What::Lift, person) => {
                let person = person.ok_or(Refusal::NotFound)?;
                if !people::lift(tx.conn(), service, person).await? {
                    return Err(Refusal::NothingToChange.into());
                }
                (person, Vec::new(), None)
            }
            (What::Liaison, Some(person)) => {
                let of = (service, constellation, person);
                (person, self.place_liaison(&mut tx, of).await?, None)
            }
            (What::Liaison, None) => {
                let (home, role, name) = (None, Role::Liaison, found.name.as_str());
                let new = super::register::NewPerson { constellation, home, role, name };
                let (card, written) = self.admit(&mut tx, (by, service), &new).await?;
                let member = Member { card, suspended: false };
                let of = (constellation, &member);
                let invited = self.make_link(tx.conn(), by, of, Way::Link).await?;
                (invited.person, written, Some(invited))
            }
        };
        // All their phones look again: somebody may be of more constellations from now on.
        let places = self.places_of(tx.conn(), person).await?;
        self.finish_in(tx, &places, written).await?;
        Ok(Confirmed { person, invited })
    }

    /// A place as liaison worker for somebody who is one elsewhere.
    pub(super) async fn place_liaison(
        &self,
        tx: &mut Tx,
        (service, constellation, person): (ServiceId, ConstellationId, PersonId),
    ) -> Result<Vec<Written>> {
        let name = self.liaison_elsewhere(tx, (service, constellation, person)).await?;
        let card = PersonCard { person, name, role: Role::Liaison, home: None, left: false };
        let earlier = people::one(tx.conn(), constellation, person).await?;
        let placed = match earlier {
            None => people::add_place(tx.conn(), constellation, &card, self.now()).await?,
            Some(member) if member.card.role == Role::Liaison => {
                people::bring_back(tx.conn(), constellation, person, None).await?
            }
            Some(_) => false,
        };
        if !placed || homes::service_of(tx.conn(), constellation).await? != Some(service) {
            return Err(Refusal::NothingToChange.into());
        }
        self.seat(tx, constellation, &[card]).await
    }
}

fn told(proposal: &Proposal, by: By<'_>) -> Proposed {
    let Proposal { proposal: id, what, person, name, proposed_by, created_at, expires_at, .. } =
        proposal;
    Proposed {
        proposal: *id,
        what: *what,
        person: *person,
        name: name.clone(),
        created_at: *created_at,
        expires_at: *expires_at,
        mine: *proposed_by == by.name(),
    }
}
