//! Who does a privileged act, and whether they may: every act of this folder asks here first.

use super::{People, session::Me};
use crate::{
    error::Result,
    store::{Conn, homes},
};
use roost_shared::{
    ConstellationId, Refusal, ServiceId,
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
            service.and_then(|service| Some((service, by.role_in(constellation, service)?)));
        let Some((service, role)) = found else {
            // Whatever their role elsewhere: it is none of theirs.
            decide(me.actor(), action, Object::Constellation { mine: false })?;
            return Err(Refusal::NotFound.into());
        };
        let actor = Actor::Person { person: me.person, role };
        decide(actor, action, Object::Constellation { mine: true })?;
        Ok(service)
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
