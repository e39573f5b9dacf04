//! A sign-in: access for minutes, refresh for as long as the phone comes back, and its end.
//!
//! Refresh tokens of a device are numbered. With `generation` g, token g is the newest one given
//! out. Presenting g makes g + 1. Presenting g - 1 again repeats g, since its answer may have been
//! lost. g - 2 is forgiven for some seconds after g - 1 was used (parallel tabs). Anything older
//! means that two hold the same token, one of them a thief, and the sign-in ends.

use super::{
    People,
    token::{self, Bearer},
};
use crate::{
    clock::{entropy, is_within},
    error::Result,
    log::Who,
    store::{
        Conn,
        devices::{self, Device},
        people::Place,
        rooms,
    },
};
use roost_shared::{
    ConstellationId, DeviceId, EntryId, PersonId, Refusal, RoomId, ServiceId,
    policy::{Action, Actor, Object, Role, decide},
};
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Semaphore, SemaphorePermit};

const MINUTE_MS: i64 = 60_000;
/// So many sign-ins are renewed at once. The others wait for their turn and not for the writer: in
/// a storm of phones whoever says something would stand behind all of them (reliability, T24).
const RENEWALS: usize = 4;
/// How long they wait for it.
const RENEWAL_TURN: Duration = Duration::from_secs(20);

/// Whose turn it is to be renewed.
#[derive(Clone)]
pub(super) struct Renewing(Arc<Semaphore>);

impl Default for Renewing {
    fn default() -> Renewing {
        Renewing(Arc::new(Semaphore::new(RENEWALS)))
    }
}

impl Renewing {
    async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        let turn = tokio::time::timeout(RENEWAL_TURN, self.0.acquire()).await;
        turn.ok().and_then(std::result::Result::ok).ok_or_else(|| Refusal::Busy.into())
    }
}

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
#[derive(Clone, Debug)]
pub struct Me {
    pub service: ServiceId,
    pub person: PersonId,
    pub device: DeviceId,
    /// The count of the refresh token that their access came with.
    pub generation: i64,
    /// What they are where, oldest first; at least one, and only a liaison worker has more.
    places: Arc<[Place]>,
}

impl Me {
    /// Whose phone it is.
    pub fn bearer(&self) -> Bearer {
        Bearer { person: self.person, device: self.device, generation: self.generation }
    }

    /// What they are where.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Where they have been longest, and as what.
    pub fn home(&self) -> Place {
        self.places[0]
    }

    /// As an actor in one of their constellations.
    pub fn who_in(&self, place: Place) -> Who {
        let actor = Actor::Person { person: self.person, role: place.role };
        Who { constellation: place.constellation, actor }
    }

    /// As an actor of whom only their own things are asked.
    pub fn actor(&self) -> Actor {
        Actor::Person { person: self.person, role: self.home().role }
    }

    /// What they are in a constellation.
    pub fn role_in(&self, constellation: ConstellationId) -> Option<Role> {
        let place = self.places.iter().find(|place| place.constellation == constellation);
        place.map(|place| place.role)
    }

    /// Whether they act for the service as a whole.
    pub fn is_admin(&self) -> bool {
        self.home().role == Role::Admin
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
    /// A sign-in with this refresh token of a device.
    pub(super) fn sign_in(&self, person: PersonId, device: DeviceId, generation: i64) -> SignIn {
        let access_expires_at = self.now() + self.limits.access_minutes * MINUTE_MS;
        let bearer = Bearer { person, device, generation };
        SignIn {
            person,
            device,
            access: self.mint_access(bearer, access_expires_at),
            access_expires_at,
            refresh: Some(self.parts.keys.refresh_token(device, generation)),
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
    /// `SignInAgain` for a token that is not good, `DeviceEnded` or `SignInCopied` when the
    /// sign-in is over.
    pub async fn authenticate(&self, access: &str) -> Result<Me> {
        let bearer = self.bearer(access)?;
        self.present(&mut *self.db.reader().await?, bearer).await
    }

    /// Whom this access token names, whether or not they may still be here.
    ///
    /// # Errors
    /// `SignInAgain` for a token that is not good.
    pub fn bearer(&self, access: &str) -> Result<Bearer, Refusal> {
        token::verify(&self.parts.keys, access, self.now())
    }

    /// The person and device as they are now.
    ///
    /// # Errors
    /// `DeviceEnded` or `SignInCopied` when either has ended.
    pub async fn present(&self, conn: &mut Conn, bearer: Bearer) -> Result<Me> {
        let Bearer { person, device, generation } = bearer;
        let found = devices::present(conn, (device, generation), person).await?;
        let Some((service, places)) = found.filter(|(_, places)| !places.is_empty()) else {
            return Err(over(devices::one(conn, device).await?.as_ref()).into());
        };
        Ok(Me { service, person, device, generation, places: places.into() })
    }

    /// As whom somebody acts in a room: in its constellation, if they are of it.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn who(&self, me: &Me, room: RoomId) -> Result<Who> {
        // Elsewhere than at home is only who is of several constellations.
        if me.places.len() == 1 {
            return Ok(me.who_in(me.home()));
        }
        let mut conn = self.db.reader().await?;
        let constellation = rooms::constellation_of(&mut conn, room).await?;
        let place = me.places.iter().find(|place| Some(place.constellation) == constellation);
        Ok(me.who_in(place.copied().unwrap_or(me.home())))
    }

    /// Turns a refresh token into new access and its successor.
    ///
    /// # Errors `SignInAgain` for a text that is not ours, `DeviceEnded` when the sign-in is over
    /// or ends now.
    pub async fn refresh(&self, refresh: &str) -> Result<SignIn> {
        let presented = self.parts.keys.read_refresh_token(refresh);
        let (id, generation) = presented.ok_or(Refusal::SignInAgain)?;
        let _turn = self.renewing.turn().await?;
        let mut tx = self.db.begin().await?;
        let found = devices::one(tx.conn(), id).await?.ok_or(Refusal::SignInAgain)?;
        // A token of an earlier holder proves nothing about the present one.
        let here = devices::present(tx.conn(), (id, generation), found.person).await?;
        here.ok_or(over(Some(&found)))?;
        match self.judge(&found, generation) {
            presented @ (Presented::Newest | Presented::Ahead) => {
                if matches!(presented, Presented::Ahead) {
                    // Ours by its MAC, so it is the database that went back, not the phone ahead.
                    tracing::error!(device.id = %id, "ROLLBACK: a token of later than now");
                    crate::metrics::all().rollback();
                }
                let next = generation + 1;
                if !devices::rotate(tx.conn(), &found, next, self.now()).await? {
                    return Err(Refusal::Busy.into());
                }
                tx.commit().await?;
                Ok(self.sign_in(found.person, id, next))
            }
            Presented::Repeat => Ok(self.sign_in(found.person, id, found.generation)),
            Presented::Stolen => {
                let act = ("device.end.token_reuse", id.to_string());
                devices::copied(tx.conn(), found.service, id, self.now()).await?;
                self.end_device_of(tx, (found.service, found.person, id), act).await?;
                Err(Refusal::SignInCopied.into())
            }
        }
    }

    fn judge(&self, device: &Device, presented: i64) -> Presented {
        let grace_ms = self.limits.refresh_grace_s * 1_000;
        let in_grace = is_within(grace_ms, device.rotated_at, self.now());
        match device.generation - presented {
            0 => Presented::Newest,
            1 => Presented::Repeat,
            2 if in_grace => Presented::Repeat,
            ahead if ahead < 0 => Presented::Ahead,
            _ => Presented::Stolen,
        }
    }

    /// Ends the sign-in that this refresh token is of, where `to` takes its place.
    ///
    /// # Errors
    /// Whatever the database said; a token that is not good is nobody's.
    pub async fn give_way(&self, refresh: &str, to: DeviceId) -> Result<()> {
        let presented = self.parts.keys.read_refresh_token(refresh);
        let Some((id, generation)) = presented.filter(|(id, _)| *id != to) else { return Ok(()) };
        let mut tx = self.db.begin().await?;
        let Some(found) = devices::one(tx.conn(), id).await? else { return Ok(()) };
        if devices::present(tx.conn(), (id, generation), found.person).await?.is_none() {
            return Ok(());
        }
        let act = ("device.end.replaced", id.to_string());
        self.end_device_of(tx, (found.service, found.person, id), act).await
    }

    /// Ends my own sign-in on this phone.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn end_own(&self, me: &Me) -> Result<()> {
        decide(me.actor(), Action::OwnSession, Object::Session { of: me.person })?;
        let tx = self.db.begin().await?;
        let act = ("device.end", me.device.to_string());
        self.end_device_of(tx, (me.service, me.person, me.device), act).await
    }
}

/// Why a sign-in that is over is over, as its holder is told.
fn over(device: Option<&Device>) -> Refusal {
    match device.and_then(|device| device.copied_at) {
        Some(_) => Refusal::SignInCopied,
        None => Refusal::DeviceEnded,
    }
}
