//! A sign-in: access for minutes, refresh for as long as the phone comes back, and its end.
//!
//! Refresh tokens of a device are numbered. With `generation` g, token g is the newest one given
//! out. Presenting g makes g + 1. Presenting g - 1 again repeats g, since its answer may have been
//! lost. g - 2 is forgiven for some seconds after g - 1 was used (parallel tabs). Anything older
//! means that two hold the same token, one of them a thief, and the sign-in ends.

use super::{
    OPERATOR, People,
    token::{self, Bearer},
};
use crate::{
    clock::entropy,
    error::Result,
    store::sign_in::{self, Device},
};
use roost_shared::{
    ConstellationId, DeviceId, EntryId, PersonId, Refusal,
    policy::{Action, Actor, Object, Role, decide},
};
use serde::Serialize;

const MINUTE_MS: i64 = 60_000;

/// What a phone holds after signing in. Not `Debug`: it is all that it takes to be this person.
#[derive(Serialize)]
pub struct SignIn {
    pub person: PersonId,
    pub device: DeviceId,
    pub access: String,
    pub access_expires_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh: Option<String>,
}

/// A signed-in person, as they are now.
#[derive(Clone, Copy, Debug)]
pub struct Me {
    pub constellation: ConstellationId,
    pub person: PersonId,
    pub device: DeviceId,
    pub role: Role,
}

impl Me {
    /// Whose phone it is.
    pub fn bearer(&self) -> Bearer {
        Bearer { person: self.person, device: self.device }
    }

    /// As an actor in their constellation.
    pub fn who(&self) -> crate::log::Who {
        let actor = Actor::Person { person: self.person, role: self.role };
        crate::log::Who { constellation: self.constellation, actor }
    }
}

/// What a presented refresh token means.
enum Presented {
    /// The newest: make its successor.
    Newest,
    /// Its answer may have been lost, or another tab was faster: this successor is still the one to
    /// hold.
    Repeat,
    /// Somebody else has used it.
    Stolen,
    /// We made it, and do not remember: the database was set back.
    Ahead,
}

impl People {
    pub(super) fn sign_in(&self, bearer: Bearer, generation: i64) -> SignIn {
        let now = self.now();
        let access_expires_at = now + self.limits.access_minutes * MINUTE_MS;
        SignIn {
            person: bearer.person,
            device: bearer.device,
            access: self.mint_access(bearer, access_expires_at),
            access_expires_at,
            refresh: Some(self.parts.keys.refresh_token(bearer.device, generation)),
        }
    }

    /// An access token until `expires_at`.
    pub fn mint_access(&self, bearer: Bearer, expires_at: i64) -> String {
        let now = self.now();
        let jti = EntryId::new(now, entropy()).to_string();
        token::mint(&self.parts.keys, bearer, now, expires_at, jti)
    }

    /// Who holds this access token, if they and their device may still be here.
    ///
    /// # Errors
    /// `SignInAgain` for a token that is not good, `DeviceEnded` when the sign-in is over.
    pub async fn authenticate(&self, access: &str) -> Result<Me> {
        let bearer = token::verify(&self.parts.keys, access, self.now())?;
        self.present(bearer).await
    }

    /// The person and device as they are now.
    ///
    /// # Errors
    /// `DeviceEnded` when either has ended.
    pub async fn present(&self, bearer: Bearer) -> Result<Me> {
        let mut conn = self.db.reader().await?;
        let Bearer { person, device } = bearer;
        let found = sign_in::present(&mut conn, device, person).await?;
        let (constellation, role) = found.ok_or(Refusal::DeviceEnded)?;
        Ok(Me { constellation, person, device, role })
    }

    /// Turns a refresh token into new access and its successor.
    ///
    /// # Errors `SignInAgain` for a text that is not ours, `DeviceEnded` when the sign-in is over
    /// or ends now.
    pub async fn refresh(&self, refresh: &str) -> Result<SignIn> {
        let presented = self.parts.keys.read_refresh_token(refresh);
        let (id, generation) = presented.ok_or(Refusal::SignInAgain)?;
        let mut tx = self.db.begin().await?;
        let found = sign_in::device(tx.conn(), id).await?.ok_or(Refusal::SignInAgain)?;
        if found.ended_at.is_some() {
            return Err(Refusal::DeviceEnded.into());
        }
        let bearer = Bearer { person: found.person, device: id };
        match self.judge(&found, generation) {
            presented @ (Presented::Newest | Presented::Ahead) => {
                if matches!(presented, Presented::Ahead) {
                    // Ours by its MAC, so it is the database that went back, not the phone ahead.
                    tracing::error!(device.id = %id, "ROLLBACK: a token of later than now");
                    crate::metrics::all().rollback();
                }
                let next = generation + 1;
                if !sign_in::rotate(tx.conn(), &found, next, self.now()).await? {
                    return Err(Refusal::Busy.into());
                }
                tx.commit().await?;
                Ok(self.sign_in(bearer, next))
            }
            Presented::Repeat => Ok(self.sign_in(bearer, found.generation)),
            Presented::Stolen => {
                let constellation = found.constellation;
                sign_in::end_device(tx.conn(), constellation, id, self.now()).await?;
                let act = ("device.end.token_reuse", id.to_string());
                self.trail(tx.conn(), Some(constellation), &found.person.to_string(), act).await?;
                self.finish(tx, constellation, Vec::new()).await?;
                Err(Refusal::DeviceEnded.into())
            }
        }
    }

    fn judge(&self, device: &Device, presented: i64) -> Presented {
        let in_grace = self.now() - device.rotated_at <= self.limits.refresh_grace_s * 1_000;
        match device.generation - presented {
            0 => Presented::Newest,
            1 => Presented::Repeat,
            2 if in_grace => Presented::Repeat,
            ahead if ahead < 0 => Presented::Ahead,
            _ => Presented::Stolen,
        }
    }

    /// Ends my own sign-in on this phone.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn end_own(&self, me: &Me) -> Result<()> {
        let actor = Actor::Person { person: me.person, role: me.role };
        decide(actor, Action::OwnSession, Object::Session { of: me.person })?;
        self.end(me.constellation, me.device, &me.person.to_string()).await
    }

    /// Ends the sign-in on any phone, as the operator.
    ///
    /// # Errors
    /// `NotFound` when there is no such device or it has ended already.
    pub async fn end_device(&self, device: DeviceId) -> Result<()> {
        decide(Actor::Operator, Action::RunService, Object::Service)?;
        let mut conn = self.db.reader().await?;
        let found = sign_in::device(&mut conn, device).await?.ok_or(Refusal::NotFound)?;
        drop(conn);
        self.end(found.constellation, device, OPERATOR).await
    }

    async fn end(
        &self,
        constellation: ConstellationId,
        device: DeviceId,
        actor: &str,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        if !sign_in::end_device(tx.conn(), constellation, device, self.now()).await? {
            return Err(Refusal::NotFound.into());
        }
        let act = ("device.end", device.to_string());
        self.trail(tx.conn(), Some(constellation), actor, act).await?;
        self.finish(tx, constellation, Vec::new()).await
    }
}
