//! Who does a privileged act, and whether they may: every act of this folder asks here first.

use super::{People, session::Me};
use crate::{
    error::Result,
    store::{Conn, homes, people},
};
use roost_shared::{
    ConstellationId, PersonId, Refusal, ServiceId,
    policy::{Action, Actor, Object, Role, decide},
};

/// Who does it.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// The person at the machine's own command line.
    Operator,
    /// A signed-in person.
    Person(&'a Me),
}

impl By<'_> {
    /// As the trail names them.
    pub fn name(self) -> String {
        match self {
            By::Operator => super::OPERATOR.to_owned(),
            By::Person(me) => me.person.to_string(),
        }
    }

    /// What they are in a constellation of this service. An admin is one in all of them.
    fn role_in(self, constellation: ConstellationId, service: ServiceId) -> Option<Role> {
        let By::Person(me) = self else { return None };
        let admin = me.is_admin() && me.service == service;
        me.role_in(constellation).or(admin.then_some(Role::Admin))
    }

    /// Who they are in a constellation of this service; the operator is of none.
    pub(super) fn actor_in(
        self,
        constellation: ConstellationId,
        service: ServiceId,
    ) -> Option<Actor> {
        let By::Person(me) = self else { return None };
        let role = self.role_in(constellation, service)?;
        Some(Actor::Person { person: me.person, role })
    }
}

impl People {
    /// Whether they may do this to the people of a constellation; its service, if they may.
    ///
    /// # Errors
    /// `NotFound` for a constellation that is none of theirs, or none at all; `NotPermitted`.
    pub(super) async fn may(
        &self,
        conn: &mut Conn,
        by: By<'_>,
        action: Action,
        constellation: ConstellationId,
    ) -> Result<ServiceId> {
        let service = homes::service_of(conn, constellation).await?;
        let By::Person(me) = by else {
            decide(Actor::Operator, Action::RunService, Object::Service)?;
            return Ok(service.ok_or(Refusal::NotFound)?);
        };
        let found =
            service.and_then(|service| Some((service, by.actor_in(constellation, service)?)));
        let Some((service, actor)) = found else {
            // Whatever their role elsewhere: it is none of theirs.
            decide(me.actor(), action, Object::Constellation { mine: false })?;
            return Err(Refusal::NotFound.into());
        };
        decide(actor, action, Object::Constellation { mine: true })?;
        Ok(service)
    }

    /// As [`People::may`], for an act on the phones of somebody of the constellation, who has not
    /// left; their service and role. Carers hear the same of everybody, and of nobody.
    ///
    /// # Errors
    /// As [`People::may`]; `NotFound`, also of whom `decide` hides.
    pub(super) async fn may_with_phones(
        &self,
        conn: &mut Conn,
        by: By<'_>,
        (constellation, person): (ConstellationId, PersonId),
    ) -> Result<(ServiceId, Role)> {
        let service = self.may(conn, by, Action::Suspend, constellation).await?;
        let found = people::one(conn, constellation, person).await?;
        // Whoever has left may be signed in still, for a constellation that is none of the asker's.
        let found = found.filter(|one| !one.card.left).ok_or(Refusal::NotFound)?;
        let of = found.card.role;
        if let Some(actor) = by.actor_in(constellation, service) {
            decide(actor, Action::EndPhones, Object::Phones { of })?;
        }
        Ok((service, of))
    }

    /// As [`People::may`], for an act on somebody of this role: a liaison worker or an admin is no
    /// liaison worker's to invite or end.
    pub(super) async fn may_manage(
        &self,
        conn: &mut Conn,
        by: By<'_>,
        constellation: ConstellationId,
        role: Role,
    ) -> Result<ServiceId> {
        let action = match role {
            Role::Liaison | Role::Admin => Action::ManageLiaisons,
            Role::Hub | Role::Satellite | Role::Young => Action::ManageMembers,
        };
        self.may(conn, by, action, constellation).await
    }
}
