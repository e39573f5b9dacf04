//! The people of a constellation, as the liaison worker looks after them: add a home, invite
//! somebody into one, move them, end them, take them back. What they may read follows by `seats`.

use super::{
    By, People,
    agreement::{self, Agreement},
    enrol::Invited,
    register::{NewPerson, check_name},
};
use crate::{
    clock::entropy,
    error::Result,
    log::Written,
    store::{
        Conn, Tx, agreements, devices,
        enrolments::{self, Way},
        handovers, homes,
        people::{self, Member},
    },
};
use roost_shared::{
    ConstellationId, EntryId, HomeId, PersonId, Refusal, ServiceId,
    frame::{HomeCard, PersonCard},
    policy::{Action, Role},
    room::RoomKind,
};

impl People {
    /// Adds a home with its lines: to the hub (unless it is the hub) and to the liaison worker.
    /// People who belong in them join.
    ///
    /// # Errors `NotFound` for an unknown constellation, `BodyInvalid` for a second hub; refusals
    /// of the name.
    pub async fn add_home_by(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        name: &str,
        hub: bool,
    ) -> Result<HomeId> {
        let mut tx = self.db.begin().await?;
        self.may(tx.conn(), by, Action::ManageMembers, constellation).await?;
        let name = check_name(name)?;
        let home = HomeId::new(self.now(), entropy());
        let card = HomeCard { home, name: name.to_owned(), hub };
        if !homes::add_home(tx.conn(), constellation, &card, self.now()).await? {
            return Err(Refusal::BodyInvalid.into());
        }
        let kinds = [(!hub).then_some(RoomKind::HubLine), Some(RoomKind::LiaisonLine)];
        for kind in kinds.into_iter().flatten() {
            self.add_room(&mut tx, constellation, kind, Some(home)).await?;
        }
        let act = ("home.add", home.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        let everyone = people::of_constellation(tx.conn(), constellation).await?;
        let cards: Vec<PersonCard> = everyone.into_iter().map(|member| member.card).collect();
        let written = self.seat(&mut tx, constellation, &cards).await?;
        self.finish(tx, constellation, written).await?;
        Ok(home)
    }

    /// Adds an adult or a young person and makes their link.
    ///
    /// # Errors `NotFound` for an unknown constellation or home, `NotPermitted`, `BodyInvalid` for
    /// a role that does not fit the home, `AgreementNeeded` for a young person; refusals of names.
    pub async fn invite(
        &self,
        by: By<'_>,
        new: &NewPerson<'_>,
        agreement: Option<&Agreement>,
    ) -> Result<Invited> {
        let constellation = new.constellation;
        let mut tx = self.db.begin().await?;
        let service = self.may_manage(tx.conn(), by, constellation, new.role).await?;
        if matches!((by, new.role), (By::Person(_), Role::Liaison | Role::Admin)) {
            return Err(Refusal::SecondPersonNeeded.into());
        }
        let (card, written) = self.admit(&mut tx, (by, service), new).await?;
        self.record_agreement(tx.conn(), by, (constellation, &card), agreement).await?;
        let member = Member { card, suspended: false };
        let of = (constellation, &member);
        let invited = self.make_link(tx.conn(), by, of, Way::Link).await?;
        self.finish(tx, constellation, written).await?;
        Ok(invited)
    }

    /// A new person's rows and seats.
    pub(super) async fn admit(
        &self,
        tx: &mut Tx,
        (by, service): (By<'_>, ServiceId),
        new: &NewPerson<'_>,
    ) -> Result<(PersonCard, Vec<Written>)> {
        let name = check_name(new.name)?;
        let constellation = new.constellation;
        let all = homes::of_constellation(tx.conn(), constellation).await?;
        check_home(new.role, new.home, &all)?;
        let person = PersonId::new(self.now(), entropy());
        let (role, home) = (new.role, new.home);
        let card = PersonCard { person, name: name.to_owned(), role, home, left: false };
        people::add(tx.conn(), service, (person, name), self.now()).await?;
        people::add_place(tx.conn(), constellation, &card, self.now()).await?;
        let act = ("person.add", person.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        let written = self.seat(tx, constellation, std::slice::from_ref(&card)).await?;
        Ok((card, written))
    }

    /// Keeps what was agreed for a young person. Nobody else has such a thing.
    async fn record_agreement(
        &self,
        conn: &mut Conn,
        by: By<'_>,
        (constellation, card): (ConstellationId, &PersonCard),
        agreement: Option<&Agreement>,
    ) -> Result<()> {
        let agreement = match (card.role, agreement) {
            (Role::Young, Some(agreement)) => agreement,
            (Role::Young, None) => return Err(Refusal::AgreementNeeded.into()),
            (_, None) => return Ok(()),
            (_, Some(_)) => return Err(Refusal::BodyInvalid.into()),
        };
        let now = self.now();
        agreement::check(agreement, now)?;
        let id = EntryId::new(now, entropy()).to_string();
        let act = ("agreement.add", id.clone());
        let new = agreements::NewAgreement {
            id,
            constellation,
            person: card.person,
            band: agreement.band.as_str(),
            agreed_by: check_name(&agreement.agreed_by)?,
            capacity: agreement.capacity.as_str(),
            delegated: agreement.delegated,
            agreed_at: agreement.agreed_at,
            recorded_at: now,
            recorded_by: &by.name(),
        };
        agreements::add(conn, new).await?;
        self.trail(conn, Some(constellation), &by.name(), act).await
    }

    /// Somebody of the constellation whom they may manage, and who has not left.
    pub(super) async fn managed(
        &self,
        conn: &mut Conn,
        by: By<'_>,
        (constellation, person): (ConstellationId, PersonId),
    ) -> Result<Member> {
        let member = self.managed_once(conn, by, (constellation, person)).await?;
        if member.card.left { Err(Refusal::NotFound.into()) } else { Ok(member) }
    }

    /// As [`People::managed`], whether or not they have left. Who may not manage anybody hears the
    /// same of somebody who is there and of nobody.
    async fn managed_once(
        &self,
        conn: &mut Conn,
        by: By<'_>,
        (constellation, person): (ConstellationId, PersonId),
    ) -> Result<Member> {
        let found = people::one(conn, constellation, person).await?;
        let role = found.as_ref().map_or(Role::Satellite, |member| member.card.role);
        self.may_manage(conn, by, constellation, role).await?;
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    /// Moves somebody to another home; their rooms follow.
    ///
    /// # Errors `NotFound`, `NotPermitted`, `BodyInvalid` for a home that does not fit their role,
    /// `NothingToChange`.
    pub async fn move_home(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        person: PersonId,
        home: HomeId,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let Member { mut card, .. } = self.managed(tx.conn(), by, (constellation, person)).await?;
        let all = homes::of_constellation(tx.conn(), constellation).await?;
        check_home(card.role, Some(home), &all)?;
        if card.home == Some(home) {
            return Err(Refusal::NothingToChange.into());
        }
        card.home = Some(home);
        let written = self.seat(&mut tx, constellation, &[card]).await?;
        if !people::move_to(tx.conn(), constellation, person, Some(home)).await? {
            return Err(Refusal::NotFound.into());
        }
        let act = ("person.move", person.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        self.finish(tx, constellation, written).await
    }

    /// Ends somebody's place: no room and no invitation there works any more, and with their last
    /// place ends every phone. What they wrote stays.
    ///
    /// # Errors
    /// `NotFound` when they are not there or have ended already; `NotPermitted`.
    pub async fn end_member(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let Member { mut card, .. } = self.managed(tx.conn(), by, (constellation, person)).await?;
        card.left = true;
        // The rooms' locks come first, as in every append.
        let written = self.seat(&mut tx, constellation, &[card]).await?;
        if !people::end(tx.conn(), constellation, person, self.now()).await? {
            return Err(Refusal::NotFound.into());
        }
        // ChainKeys before phones: whoever accepts one meanwhile is waited for, and then seen.
        enrolments::revoke_open(tx.conn(), constellation, person, self.now()).await?;
        let left = people::whereabouts(tx.conn(), person).await?.ok_or(Refusal::NotFound)?;
        if left.places.is_empty() {
            handovers::drop_open(tx.conn(), left.service, person).await?;
            devices::end_all(tx.conn(), left.service, person, self.now()).await?;
        }
        let act = ("person.end", person.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        // Their phones may be known by another constellation only.
        let places = self.places_of(tx.conn(), person).await?;
        self.finish_in(tx, &places, written).await
    }

    /// Takes somebody back who had ended, as what they were, and makes their link. They read from
    /// their return on.
    ///
    /// # Errors `NotFound` unless they had ended, `NotPermitted`, `BodyInvalid`, `AgreementNeeded`,
    /// `SecondPersonNeeded` for a liaison worker or somebody who is suspended.
    pub async fn take_back(
        &self,
        by: By<'_>,
        (constellation, person): (ConstellationId, PersonId),
        home: Option<HomeId>,
        agreement: Option<&Agreement>,
    ) -> Result<Invited> {
        let mut tx = self.db.begin().await?;
        let mut member = self.managed_once(tx.conn(), by, (constellation, person)).await?;
        if !member.card.left {
            return Err(Refusal::NothingToChange.into());
        }
        if matches!(member.card.role, Role::Liaison | Role::Admin) {
            return Err(Refusal::SecondPersonNeeded.into());
        }
        let all = homes::of_constellation(tx.conn(), constellation).await?;
        check_home(member.card.role, home, &all)?;
        (member.card.left, member.card.home) = (false, home);
        let cards = std::slice::from_ref(&member.card);
        let written = self.seat(&mut tx, constellation, cards).await?;
        if !people::bring_back(tx.conn(), constellation, person, home).await? {
            return Err(Refusal::NotFound.into());
        }
        self.record_agreement(tx.conn(), by, (constellation, &member.card), agreement).await?;
        let act = ("person.return", person.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        let of = (constellation, &member);
        let invited = self.make_link(tx.conn(), by, of, Way::Link).await?;
        self.finish(tx, constellation, written).await?;
        Ok(invited)
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
