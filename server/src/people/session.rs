//! A sign-in: access for minutes, refresh for as long as the phone comes back, and its end.
//!
//! Refresh tokens of a device are numbered. With `generation` g, token g is the newest one given
//! out. Presenting g makes g + 1. A token is used when it is presented, or when the access that
//! came with it first is. Presenting g - 1 repeats g while g was not used, since its answer may
//! have been lost, and for some seconds after that (parallel tabs); g - 2 is forgiven for as long
//! after the first use of g - 1. Later, and of any older one, it means that two hold the same
//! token, one of them a thief, and the sign-in ends.
//!
//! Only a row says that a sign-in is over. One that is ours and has no row was forgotten by the
//! database: that is an alarm, and its phone comes back later, with everything it keeps.

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
        devices::{self, Device, Present, Standing, Use},
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

/// Whose refresh token it is: one that we made.
#[derive(Clone, Copy, Debug)]
pub struct Holder {
    pub device: DeviceId,
    pub generation: i64,
}

/// What a presented refresh token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presented {
    /// The newest: make its successor.
    Newest,
    /// Its answer may have been lost, or another tab was faster: the newest is the one to hold.
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

    /// Whether we made this access token, be it that it has run out.
    pub fn has_made(&self, access: &str) -> bool {
        token::is_ours(&self.parts.keys, access)
    }

    /// Whose refresh token this is.
    ///
    /// # Errors
    /// `SignInAgain` for a text that is not ours.
    pub fn holder(&self, refresh: &str) -> Result<Holder, Refusal> {
        let (device, generation) =
            self.parts.keys.read_refresh_token(refresh).ok_or(Refusal::SignInAgain)?;
        Ok(Holder { device, generation })
    }

    /// The person and device as they are now. Notes that their access is used.
    ///
    /// # Errors
    /// `DeviceEnded` or `SignInCopied` when either has ended; `StoreUnavailable` when the database
    /// has forgotten them.
    pub async fn present(&self, conn: &mut Conn, bearer: Bearer) -> Result<Me> {
        let Bearer { person, device, generation } = bearer;
        let found = devices::present(conn, (device, generation), person).await?;
        let Some(Present { service, places, is_first_use }) = found else {
            let found = devices::one(conn, device).await?.filter(|found| found.person == person);
            return Err(why_gone(conn, (device, generation), found.as_ref()).await?.into());
        };
        if is_first_use {
            self.uses.note(Use { service, device, generation, at: self.now() });
        }
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
    /// # Errors
    /// `DeviceEnded` or `SignInCopied` when the sign-in is over or ends now; `StoreUnavailable`
    /// when the database has forgotten it.
    pub async fn refresh(&self, holder: Holder) -> Result<SignIn> {
        let Holder { device: id, generation } = holder;
        // What waits for its turn was presented before.
        let presented_at = self.now();
        let _turn = self.renewing.turn().await?;
        let mut tx = self.db.begin().await?;
        let found = devices::one(tx.conn(), id).await?;
        let Some(mut found) = found else { return Err(forgotten(id).into()) };
        found.used_at = found.used_at.or_else(|| self.uses.of(id, found.generation));
        // A token of an earlier holder proves nothing about the present one.
        if devices::present(tx.conn(), (id, generation), found.person).await?.is_none() {
            return Err(why_gone(tx.conn(), (id, generation), Some(&found)).await?.into());
        }
        let grace_ms = self.limits.refresh_grace_s * 1_000;
        match judge(&found, generation, (grace_ms, presented_at)) {
            presented @ (Presented::Newest | Presented::Ahead) => {
                if presented == Presented::Ahead {
                    // Ours by its MAC, so it is the database that went back, not the phone ahead.
                    tracing::error!(device.id = %id, "ROLLBACK: a token of later than now");
                    crate::metrics::all().rollback();
                }
                let (next, now) = (generation + 1, self.now());
                let used_at = found.used_at.unwrap_or(now);
                if !devices::rotate(tx.conn(), &found, (next, used_at), now).await? {
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

    /// Ends the sign-in that this refresh token is of, where `to` takes its place.
    ///
    /// # Errors
    /// Whatever the database said; a token that is not good is nobody's.
    pub async fn give_way(&self, refresh: &str, to: DeviceId) -> Result<()> {
        let holder = self.holder(refresh).ok().filter(|holder| holder.device != to);
        let Some(Holder { device: id, generation }) = holder else { return Ok(()) };
        let mut tx = self.db.begin().await?;
        let Some(found) = devices::one(tx.conn(), id).await? else {
            forgotten(id);
            return Ok(());
        };
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

/// What it means that this refresh token is presented. A successor that was first used longer ago
/// than the grace has made it a token that nobody should hold any more.
fn judge(device: &Device, presented: i64, (grace_ms, at): (i64, i64)) -> Presented {
    let successor_used_at = match device.generation - presented {
        0 => return Presented::Newest,
        1 => device.used_at,
        // Before that was written down, it was used when it made its successor.
        2 => Some(device.former_used_at.unwrap_or(device.rotated_at)),
        behind if behind < 0 => return Presented::Ahead,
        _ => return Presented::Stolen,
    };
    match successor_used_at {
        Some(used_at) if !is_within(grace_ms, used_at, at) => Presented::Stolen,
        _ => Presented::Repeat,
    }
}

/// Why whoever holds a sign-in of ours is not here, as they are told.
async fn why_gone(
    conn: &mut Conn,
    (id, generation): (DeviceId, i64),
    device: Option<&Device>,
) -> Result<Refusal> {
    let Some(device) = device else { return Ok(forgotten(id)) };
    if device.copied_at.is_some() {
        return Ok(Refusal::SignInCopied);
    }
    let is_over = device.ended_at.is_some() || generation < device.first;
    Ok(match devices::standing(conn, device).await? {
        _ if is_over => Refusal::DeviceEnded,
        Standing::Out => Refusal::DeviceEnded,
        // Somebody has come back since it was looked.
        Standing::Here => Refusal::Busy,
        Standing::Missing => forgotten(id),
    })
}

/// A sign-in of ours is not in the database: that is not the one it was given by. Its phone keeps
/// what it has, and tries again.
fn forgotten(device: DeviceId) -> Refusal {
    tracing::error!(device.id = %device, "ROLLBACK? a sign-in of ours is not in this database");
    crate::metrics::all().rollback();
    Refusal::StoreUnavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(used_at: Option<i64>, former_used_at: Option<i64>) -> Device {
        Device {
            device: DeviceId::new(1, [1; 10]),
            service: ServiceId::new(1, [2; 10]),
            person: PersonId::new(1, [3; 10]),
            name: "A phone".to_owned(),
            generation: 5,
            first: 1,
            rotated_at: 1_000,
            used_at,
            former_used_at,
            created_at: 0,
            ended_at: None,
            copied_at: None,
        }
    }

    #[test]
    fn a_token_is_good_until_ten_seconds_after_its_successor_was_used() {
        use Presented::{Ahead, Newest, Repeat, Stolen};
        let table = [
            (5, None, None, 99_999, Newest),
            (6, None, None, 99_999, Ahead),
            (4, None, None, 99_999, Repeat),
            (4, Some(2_000), None, 12_000, Repeat),
            (4, Some(2_000), None, 12_001, Stolen),
            // Used while a clock was wrong that has been set right since.
            (4, Some(9_000_000), None, 12_001, Stolen),
            (3, None, Some(900), 10_900, Repeat),
            (3, None, Some(900), 10_901, Stolen),
            (3, None, None, 11_000, Repeat),
            (3, None, None, 11_001, Stolen),
            (2, None, None, 1_000, Stolen),
            (2, Some(1_000), Some(1_000), 1_000, Stolen),
        ];
        for (presented, used_at, former, now, expected) in table {
            let found = judge(&device(used_at, former), presented, (10_000, now));
            assert_eq!(found, expected, "{presented} at {now}, {used_at:?}, {former:?}");
        }
    }
}
