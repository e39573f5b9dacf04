//! Enrolment: a link that signs one person in on one phone, once. Looking at it spends nothing; a
//! tap does. A link that is sent opens with a code besides (`verify`), one at the kitchen table
//! after a match (`table`). Whatever is wrong with a link, the answer is the same.

use super::{By, People, funnel, keys::link_token, register::check_name, session::SignIn};
use crate::{
    clock::{entropy, is_within},
    error::Result,
    store::{
        Conn,
        devices::{self, Device, NewDevice},
        enrolments::{self, Enrolment, Way},
        homes,
        people::{self, Member},
    },
};
use roost_shared::{ConstellationId, DeviceId, EnrolmentId, PersonId, Refusal, policy::Role};
use serde::Serialize;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How long an enrolment at the kitchen table lives, minutes.
const TABLE_MINUTES: i64 = 15;

/// What the page behind a link says before the tap.
#[derive(Debug, Serialize)]
pub struct Invitation {
    pub constellation: String,
    pub name: String,
    pub role: Role,
    /// The names of those who look after the constellation: the invitation is from one of them.
    pub liaisons: Vec<String>,
    pub expires_at: i64,
    /// At the kitchen table: the scan must be claimed, and confirmed by whoever invites.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub confirm: bool,
    /// It was sent: the code must be told before anything else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub code: bool,
}

/// What the inviter holds. Not `Debug`: the token is the link.
#[derive(Serialize)]
pub struct Invited {
    pub person: PersonId,
    pub enrolment: EnrolmentId,
    pub token: String,
    /// What opens it, to be told apart from it, when it is one that is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub expires_at: i64,
}

impl People {
    /// Makes a link token for a person, as the operator, who gives it from hand to hand. Their
    /// earlier, unspent ones stop working.
    ///
    /// # Errors
    /// `NotFound` when there is no such person, or they have ended.
    pub async fn enrol(&self, person: PersonId) -> Result<String> {
        Ok(self.enrol_by(person, Way::Hand).await?.token)
    }

    /// Makes a link for a person, as the operator.
    ///
    /// # Errors
    /// As [`People::enrol`].
    pub async fn enrol_by(&self, person: PersonId, way: Way) -> Result<Invited> {
        let mut conn = self.db.reader().await?;
        let found = people::whereabouts(&mut conn, person).await?.ok_or(Refusal::NotFound)?;
        let place = found.places.first().ok_or(Refusal::NotFound)?;
        drop(conn);
        let constellation = place.constellation;
        self.invite_again(By::Operator, constellation, person, way).await
    }

    /// Makes a new link for somebody who is of the constellation. The one before is dead.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`; `SecondPersonNeeded` for somebody who is suspended.
    pub async fn invite_again(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        person: PersonId,
        way: Way,
    ) -> Result<Invited> {
        let mut tx = self.db.begin().await?;
        let member = self.managed(tx.conn(), by, (constellation, person)).await?;
        let invited = self.make_link(tx.conn(), by, (constellation, &member), way).await?;
        tx.commit().await?;
        Ok(invited)
    }

    /// Makes a link, in the transaction of its caller, who has asked whether that may be.
    pub(super) async fn make_link(
        &self,
        conn: &mut Conn,
        by: By<'_>,
        (constellation, member): (ConstellationId, &Member),
        way: Way,
    ) -> Result<Invited> {
        if member.suspended {
            return Err(Refusal::SecondPersonNeeded.into());
        }
        let life = match (way, member.card.role) {
            (Way::Table, _) => TABLE_MINUTES * MINUTE_MS,
            (Way::Link | Way::Hand, Role::Young) => self.limits.enrolment_young_hours * HOUR_MS,
            (Way::Link | Way::Hand, _) => self.limits.enrolment_hours * HOUR_MS,
        };
        let (token, now, person) = (link_token(), self.now(), member.card.person);
        let enrolment = EnrolmentId::new(now, entropy());
        enrolments::revoke_open(conn, constellation, person, now).await?;
        let new = Enrolment {
            enrolment,
            constellation,
            person,
            way,
            created_at: now,
            expires_at: now + life,
            sent_at: None,
            opened_at: None,
            tries: 0,
            verified: None,
            spent: None,
            revoked_at: None,
        };
        enrolments::add(conn, &new, &self.parts.keys.enrolment_hash(&token)).await?;
        let act = ("enrolment.add", enrolment.to_string());
        self.trail(conn, Some(constellation), &by.name(), act).await?;
        let code = self.code_of(&new);
        Ok(Invited { person, enrolment, token, code, expires_at: new.expires_at })
    }

    /// Takes back the open link of a person.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`; `NothingToChange` when there is none.
    pub async fn revoke_link(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.managed(tx.conn(), by, (constellation, person)).await?;
        if !enrolments::revoke_open(tx.conn(), constellation, person, self.now()).await? {
            return Err(Refusal::NothingToChange.into());
        }
        let act = ("enrolment.revoke", person.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        tx.commit().await
    }

    /// Notes that the newest link of a person is on its way to them. Saying it twice changes
    /// nothing.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`; `NothingToChange` when no link is open.
    pub async fn note_sent(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.managed(tx.conn(), by, (constellation, person)).await?;
        let latest = enrolments::latest(tx.conn(), constellation, person).await?;
        let open = self.usable(latest).filter(|open| open.spent.is_none());
        let enrolment = open.ok_or(Refusal::NothingToChange)?.enrolment;
        if enrolments::sent(tx.conn(), constellation, enrolment, self.now()).await? {
            let act = ("enrolment.sent", enrolment.to_string());
            self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        }
        tx.commit().await
    }

    /// What a link says. Spends nothing.
    ///
    /// # Errors
    /// `EnrolmentUnusable`, whatever is wrong with it.
    pub async fn look(&self, token: &str) -> Result<Invitation> {
        let mut conn = self.db.reader().await?;
        let enrolment = self.open_link(&mut conn, token).await?;
        let Enrolment { constellation, person, .. } = enrolment;
        let everyone = people::of_constellation(&mut conn, constellation).await?;
        let liaison = |one: &&Member| one.card.role == Role::Liaison && !one.card.left;
        let liaisons = everyone.iter().filter(liaison).map(|one| one.card.name.clone()).collect();
        let person = everyone.into_iter().find(|one| one.card.person == person);
        let person = person.ok_or(Refusal::EnrolmentUnusable)?;
        let found = homes::constellation(&mut conn, constellation).await?;
        Ok(Invitation {
            constellation: found.name,
            name: person.card.name,
            role: person.card.role,
            liaisons,
            expires_at: enrolment.expires_at,
            confirm: enrolment.way == Way::Table,
            code: enrolment.way == Way::Link,
        })
    }

    /// Notes that the page of a link was opened by somebody. Spends nothing.
    ///
    /// # Errors
    /// `EnrolmentUnusable`, whatever is wrong with the link.
    pub async fn note_opened(&self, token: &str) -> Result<()> {
        // A guess must not make the log's writer wait: it is turned away by a reader.
        let mut conn = self.db.reader().await?;
        let enrolment = self.open_link(&mut conn, token).await?;
        drop(conn);
        if enrolment.opened_at.is_none() {
            let mut tx = self.db.begin().await?;
            enrolments::opened(tx.conn(), &enrolment, self.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The enrolment of a token, if it can still be accepted.
    pub(super) async fn open_link(&self, conn: &mut Conn, token: &str) -> Result<Enrolment> {
        let hash = self.parts.keys.enrolment_hash(token);
        let found = enrolments::by_token(conn, &hash).await?;
        let open = found.filter(|found| funnel::step(found, self.now()).is_open());
        Ok(open.ok_or(Refusal::EnrolmentUnusable)?)
    }

    /// Spends a link on a phone and signs it in. The same phone may repeat it while the answer may
    /// be lost.
    ///
    /// # Errors
    /// `EnrolmentUnusable`, whatever is wrong with the link; refusals of the device's name.
    pub async fn accept(&self, token: &str, device: DeviceId, device_name: &str) -> Result<SignIn> {
        let name = check_name(device_name)?;
        let hash = self.parts.keys.enrolment_hash(token);
        // As above: a reader turns guesses away.
        let mut conn = self.db.reader().await?;
        let found = enrolments::by_token(&mut conn, &hash).await?;
        drop(conn);
        self.usable(found).ok_or(Refusal::EnrolmentUnusable)?;
        let mut tx = self.db.begin().await?;
        let found = enrolments::by_token(tx.conn(), &hash).await?;
        let enrolment = self.usable(found).ok_or(Refusal::EnrolmentUnusable)?;
        let service = homes::service_of(tx.conn(), enrolment.constellation).await?;
        let service = service.ok_or(Refusal::EnrolmentUnusable)?;
        let (person, at) = (enrolment.person, self.now());
        let new = NewDevice { device, service, person, name, at };
        if enrolment.spent.is_none() {
            self.spend(tx.conn(), &enrolment, new).await?;
        }
        let signed_in = devices::one(tx.conn(), device).await?;
        let generation = self.check_spent(signed_in, &enrolment, new)?;
        tx.commit().await?;
        Ok(self.sign_in(person, device, generation))
    }

    async fn spend(
        &self,
        conn: &mut Conn,
        enrolment: &Enrolment,
        new: NewDevice<'_>,
    ) -> Result<()> {
        let meant = match enrolment.way {
            Way::Hand => true,
            Way::Link => enrolment.verified.is_some_and(|(_, device)| device == new.device),
            Way::Table => self.is_confirmed(conn, enrolment, new.device).await?,
        };
        let spent = meant
            && enrolments::spend(conn, enrolment, new.device, new.at).await?
            && (devices::add(conn, new).await? || devices::revive(conn, new).await?);
        if !spent {
            return Err(Refusal::EnrolmentUnusable.into());
        }
        let act = ("enrolment.accept", new.device.to_string());
        let actor = enrolment.person.to_string();
        self.trail(conn, Some(enrolment.constellation), &actor, act).await
    }

    fn usable(&self, found: Option<Enrolment>) -> Option<Enrolment> {
        found.filter(|found| found.revoked_at.is_none() && self.now() < found.expires_at)
    }

    /// The number of the refresh token to give out: to the phone the link was spent on, soon after,
    /// and as long as that token was not used.
    fn check_spent(
        &self,
        signed_in: Option<Device>,
        enrolment: &Enrolment,
        new: NewDevice<'_>,
    ) -> Result<i64, Refusal> {
        let (at, spent_on) = enrolment.spent.unwrap_or((new.at, new.device));
        let soon = is_within(self.limits.enrolment_repeat_s * 1_000, at, self.now());
        match signed_in {
            Some(found)
                if spent_on == new.device
                    && soon
                    && found.ended_at.is_none()
                    && found.rotated_at == at =>
            {
                Ok(found.generation)
            }
            _ => Err(Refusal::EnrolmentUnusable),
        }
    }
}
