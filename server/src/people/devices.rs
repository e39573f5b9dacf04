//! Where somebody is signed in: the list of one's own phones, and ending one of them. Whose phones
//! a liaison worker or an admin may know and end is decided in `policy`; the operator ends any.

use super::{By, People, session::Me};
use crate::{
    error::Result,
    store::{
        Tx,
        devices::{self, Device},
    },
};
use roost_shared::{
    ConstellationId, DeviceId, PersonId, Refusal, ServiceId,
    policy::{Action, Actor, Object, decide},
};
use serde::Serialize;

/// A phone in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Phone {
    pub device: DeviceId,
    pub name: String,
    pub created_at: i64,
    /// When it last got new access, at most ten minutes before it was last here: for its person,
    /// and for whoever looks after them unless they are young.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<i64>,
    /// Whether it is the one that asks.
    pub this: bool,
}

impl People {
    /// My own phones, oldest first; those that have ended are not there.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn my_devices(&self, me: &Me) -> Result<Vec<Phone>> {
        decide(me.actor(), Action::OwnDevices, Object::Session { of: me.person })?;
        let mut conn = self.db.reader().await?;
        let all = devices::of_person(&mut conn, me.service, me.person).await?;
        let live = all.into_iter().filter(|device| device.ended_at.is_none());
        Ok(live.map(|device| phone(device, me, true)).collect())
    }

    /// The phones of somebody of a constellation.
    ///
    /// # Errors
    /// `NotFound`, also when they have left it; `NotPermitted`.
    pub async fn devices_of(
        &self,
        me: &Me,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<Vec<Phone>> {
        let mut conn = self.db.reader().await?;
        let by = By::Person(me);
        let (service, of) = self.may_with_phones(&mut conn, by, (constellation, person)).await?;
        let sees = |actor| decide(actor, Action::SeeLastHere, Object::Phones { of }).is_ok();
        let seen = person == me.person || by.actor_in(constellation, service).is_some_and(sees);
        let all = devices::of_person(&mut conn, service, person).await?;
        let live = all.into_iter().filter(|device| device.ended_at.is_none());
        Ok(live.map(|device| phone(device, me, seen)).collect())
    }

    /// Ends one of my own phones.
    ///
    /// # Errors
    /// `NotFound` when it is none of mine, or has ended already.
    pub async fn end_my_device(&self, me: &Me, device: DeviceId) -> Result<()> {
        decide(me.actor(), Action::OwnDevices, Object::Session { of: me.person })?;
        let tx = self.db.begin().await?;
        let act = ("device.end", device.to_string());
        self.end_device_of(tx, (me.service, me.person, device), act).await
    }

    /// Ends a phone of somebody of a constellation.
    ///
    /// # Errors
    /// `NotFound`, also when it has ended already; `NotPermitted`.
    pub async fn end_device_in(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        (person, device): (PersonId, DeviceId),
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let (service, _) = self.may_with_phones(tx.conn(), by, (constellation, person)).await?;
        let act = ("device.end", device.to_string());
        self.end_device_as(tx, (service, person, device), &by.name(), act).await
    }

    /// Ends the sign-in on any phone, as the operator.
    ///
    /// # Errors
    /// `NotFound` when there is no such device or it has ended already.
    pub async fn end_device(&self, device: DeviceId) -> Result<()> {
        decide(Actor::Operator, Action::RunService, Object::Service)?;
        let mut tx = self.db.begin().await?;
        let found = devices::one(tx.conn(), device).await?.ok_or(Refusal::NotFound)?;
        let act = ("device.end", device.to_string());
        self.end_device_as(tx, (found.service, found.person, device), super::OPERATOR, act).await
    }

    /// A device of a person ends by their own doing.
    pub(super) async fn end_device_of(
        &self,
        tx: Tx,
        of: (ServiceId, PersonId, DeviceId),
        act: (&str, String),
    ) -> Result<()> {
        let actor = of.1.to_string();
        self.end_device_as(tx, of, &actor, act).await
    }

    async fn end_device_as(
        &self,
        mut tx: Tx,
        (service, person, device): (ServiceId, PersonId, DeviceId),
        actor: &str,
        act: (&str, String),
    ) -> Result<()> {
        if !devices::end(tx.conn(), service, (device, person), self.now()).await? {
            return Err(Refusal::NotFound.into());
        }
        let places = self.places_of(tx.conn(), person).await?;
        self.trail(tx.conn(), places.first().copied(), actor, act).await?;
        self.finish_in(tx, &places, Vec::new()).await
    }
}

fn phone(device: Device, me: &Me, seen: bool) -> Phone {
    let Device { device, name, created_at, rotated_at, .. } = device;
    let this = device == me.device;
    Phone { device, name, created_at, seen_at: seen.then_some(rotated_at), this }
}
