//! The roll: who is of a constellation and how they stand, for the liaison worker and the admin. No
//! content, and nothing of what anybody said.

use super::{By, People, funnel};
use crate::{
    error::Result,
    store::{
        devices,
        enrolments::{self, Enrolment},
        homes,
        people::{self, Member},
    },
};
use roost_shared::{
    ConstellationId, HomeId, PersonId,
    frame::HomeCard,
    policy::{Action, Role},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not signed in anywhere, and no invitation is open.
    Waiting,
    /// An invitation is open.
    Invited,
    /// Signed in somewhere.
    Active,
    Suspended,
    Ended,
}

/// Somebody of a constellation.
#[derive(Clone, Serialize)]
pub struct Entry {
    pub person: PersonId,
    pub name: String,
    pub role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<HomeId>,
    pub state: Standing,
    /// The newest one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<funnel::Told>,
}

/// Everyone of a constellation.
#[derive(Clone, Serialize)]
pub struct Members {
    pub homes: Vec<HomeCard>,
    /// In the order in which they were added.
    pub members: Vec<Entry>,
}

/// A constellation in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Constellation {
    pub constellation: ConstellationId,
    pub name: String,
    /// How many stand how.
    pub members: BTreeMap<Standing, usize>,
}

impl People {
    /// Who is of a constellation. An admin is not told which young people are.
    ///
    /// # Errors
    /// `NotFound`; `NotPermitted` for a carer, who is told of others in `welcome`.
    pub async fn members(&self, by: By<'_>, constellation: ConstellationId) -> Result<Members> {
        let mut conn = self.db.reader().await?;
        let manages = self.may(&mut conn, by, Action::ManageMembers, constellation).await;
        let leads = self.may(&mut conn, by, Action::ManageLiaisons, constellation).await;
        let (manages, leads) = match (manages, leads) {
            (Err(_), Err(refused)) => return Err(refused),
            (manages, leads) => (manages.is_ok(), leads.is_ok()),
        };
        let all = people::of_constellation(&mut conn, constellation).await?;
        let signed_in = devices::signed_in(&mut conn, constellation).await?;
        let links = enrolments::of_constellation(&mut conn, constellation).await?;
        let latest: HashMap<PersonId, &Enrolment> =
            links.iter().map(|link| (link.person, link)).collect();
        let shown = all.into_iter().filter(|one| manages || one.card.role != Role::Young);
        let members = shown.map(|member| {
            let invitation = latest.get(&member.card.person).map(|link| self.told(link));
            // A code is told to those who tell it on.
            let invites = if matches!(member.card.role, Role::Liaison | Role::Admin) {
                leads
            } else {
                manages
            };
            let invitation = invitation.map(|told| if invites { told } else { told.quiet() });
            entry(member, &signed_in, invitation)
        });
        let members = members.collect();
        Ok(Members { homes: homes::of_constellation(&mut conn, constellation).await?, members })
    }

    /// The constellations that they look after: of an admin, all of the service.
    ///
    /// # Errors
    /// `NotPermitted`, and `NotFound` for a young person.
    pub async fn constellations(&self, me: &super::session::Me) -> Result<Vec<Constellation>> {
        let mut conn = self.db.reader().await?;
        let all = homes::constellations(&mut conn, me.service).await?;
        drop(conn);
        let (by, mut told) = (By::Person(me), Vec::new());
        let mut refused = None;
        for (constellation, name) in all {
            match self.members(by, constellation).await {
                Ok(Members { members, .. }) => {
                    let mut counts = BTreeMap::new();
                    for one in members {
                        *counts.entry(one.state).or_default() += 1;
                    }
                    told.push(Constellation { constellation, name, members: counts });
                }
                Err(error) => {
                    let own = me.role_in(constellation).is_some();
                    refused = refused.or(own.then_some(error));
                }
            }
        }
        match refused {
            Some(error) if told.is_empty() => Err(error),
            _ => Ok(told),
        }
    }
}

fn entry(
    Member { card, suspended }: Member,
    signed_in: &BTreeSet<PersonId>,
    invitation: Option<funnel::Told>,
) -> Entry {
    let open = invitation.as_ref().is_some_and(|link| link.state.is_open());
    let state = match (card.left, suspended, signed_in.contains(&card.person), open) {
        (true, ..) => Standing::Ended,
        (_, true, ..) => Standing::Suspended,
        (_, _, true, _) => Standing::Active,
        (.., true) => Standing::Invited,
        _ => Standing::Waiting,
    };
    let (person, name, role, home) = (card.person, card.name, card.role, card.home);
    Entry { person, name, role, home, state, invitation }
}
