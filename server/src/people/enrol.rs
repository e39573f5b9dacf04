//! Enrolment: a link that signs one person in on one phone, once. Looking at it spends nothing; a
//! tap does. Whatever is wrong with a link, the answer is the same.

use super::{
    OPERATOR, People, keys::link_token, register::check_name, session::SignIn, token::Bearer,
};
use crate::{
    clock::entropy,
    error::Result,
    store::{
        Conn, homes, people,
        sign_in::{self, Enrolment, NewDevice, NewEnrolment},
    },
};
use roost_shared::{DeviceId, EnrolmentId, PersonId, Refusal, policy::Role};
use serde::Serialize;

const HOUR_MS: i64 = 3_600_000;

/// What the page behind a link says before the tap.
#[derive(Debug, Serialize)]
pub struct Invitation {
    pub constellation: String,
    pub name: String,
    pub role: Role,
    pub expires_at: i64,
}

impl People {
    /// Makes a link token for a person. Their earlier, unspent ones stop working.
    ///
    /// # Errors
    /// `NotFound` when there is no such person, or they have ended.
    pub async fn enrol(&self, person: PersonId) -> Result<String> {
        let mut tx = self.db.begin().await?;
        let found = people::one(tx.conn(), person).await?.ok_or(Refusal::NotFound)?;
        if found.card.left {
            return Err(Refusal::NotFound.into());
        }
        let constellation = found.constellation;
        let hours = match found.card.role {
            Role::Young => self.limits.enrolment_young_hours,
            _ => self.limits.enrolment_hours,
        };
        let (token, now) = (link_token(), self.now());
        let enrolment = EnrolmentId::new(now, entropy());
        sign_in::revoke_open(tx.conn(), constellation, person, now).await?;
        let new = NewEnrolment {
            enrolment,
            constellation,
            person,
            token_hash: &self.parts.keys.enrolment_hash(&token),
            created_at: now,
            expires_at: now + hours * HOUR_MS,
        };
        sign_in::add_enrolment(tx.conn(), new).await?;
        let act = ("enrolment.add", enrolment.to_string());
        self.trail(tx.conn(), Some(constellation), OPERATOR, act).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// What a link says. Spends nothing.
    ///
    /// # Errors
    /// `EnrolmentUnusable`, whatever is wrong with it.
    pub async fn look(&self, token: &str) -> Result<Invitation> {
        let mut conn = self.db.reader().await?;
        let hash = self.parts.keys.enrolment_hash(token);
        let found = sign_in::by_token(&mut conn, &hash).await?;
        let enrolment = self.usable(found).ok_or(Refusal::EnrolmentUnusable)?;
        if enrolment.spent.is_some() {
            return Err(Refusal::EnrolmentUnusable.into());
        }
        let person = people::one(&mut conn, enrolment.person).await?;
        let person = person.ok_or(Refusal::EnrolmentUnusable)?;
        let constellation = homes::constellation_name(&mut conn, enrolment.constellation).await?;
        Ok(Invitation {
            constellation: constellation.unwrap_or_default(),
            name: person.card.name,
            role: person.card.role,
            expires_at: enrolment.expires_at,
        })
    }

    /// Spends a link on a phone and signs it in. The same phone may repeat it while the answer may
    /// be lost.
    ///
    /// # Errors
    /// `EnrolmentUnusable`, whatever is wrong with the link; refusals of the device's name.
    pub async fn accept(&self, token: &str, device: DeviceId, device_name: &str) -> Result<SignIn> {
        let name = check_name(device_name)?;
        let hash = self.parts.keys.enrolment_hash(token);
        // A guess must not make the log's writer wait: it is turned away by a reader.
        let mut conn = self.db.reader().await?;
        let found = sign_in::by_token(&mut conn, &hash).await?;
        drop(conn);
        self.usable(found).ok_or(Refusal::EnrolmentUnusable)?;
        let mut tx = self.db.begin().await?;
        let found = sign_in::by_token(tx.conn(), &hash).await?;
        let enrolment = self.usable(found).ok_or(Refusal::EnrolmentUnusable)?;
        let new = NewDevice { device, name, at: self.now() };
        if enrolment.spent.is_none() {
            self.spend(tx.conn(), &enrolment, new).await?;
        }
        let signed_in = sign_in::device(tx.conn(), device).await?;
        let generation = self.check_spent(signed_in, &enrolment, new)?;
        tx.commit().await?;
        let bearer = Bearer { person: enrolment.person, device };
        Ok(self.sign_in(bearer, generation))
    }

    async fn spend(
        &self,
        conn: &mut Conn,
        enrolment: &Enrolment,
        new: NewDevice<'_>,
    ) -> Result<()> {
        let spent = sign_in::spend(conn, enrolment, new.device, new.at).await?
            && (sign_in::add_device(conn, enrolment, new).await?
                || sign_in::revive_device(conn, enrolment, new).await?);
        if !spent {
            return Err(Refusal::EnrolmentUnusable.into());
        }
        let act = ("enrolment.accept", new.device.to_string());
        let actor = enrolment.person.to_string();
        self.trail(conn, Some(enrolment.constellation), &actor, act).await
    }

    fn usable(&self, found: Option<Enrolment>) -> Option<Enrolment> {
        found.filter(|found| !found.revoked && self.now() < found.expires_at)
    }

    /// The number of the refresh token to give out: to the phone the link was spent on, soon after,
    /// and as long as that token was not used.
    fn check_spent(
        &self,
        signed_in: Option<sign_in::Device>,
        enrolment: &Enrolment,
        new: NewDevice<'_>,
    ) -> Result<i64, Refusal> {
        let (at, spent_on) = enrolment.spent.unwrap_or((new.at, new.device));
        let soon = self.now() - at <= self.limits.enrolment_repeat_s * 1_000;
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
