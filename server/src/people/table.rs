//! Enrolment at the kitchen table: the liaison worker's screen shows a code, the phone that scans
//! it shows a number, and only when the liaison worker has chosen that number from three does the
//! phone get in. So a picture of the screen taken over a shoulder is worth nothing.

use super::{By, People, enrol::Invited, funnel, register::check_name};
use crate::{
    clock::entropy,
    error::Result,
    store::{
        Conn,
        claims::{self, Claim},
        enrolments::{self, Enrolment, Way},
    },
};
use roost_shared::{ConstellationId, DeviceId, EntryId, PersonId, Refusal};
use serde::Serialize;

/// Wrong choices after which the enrolment is taken back.
const WRONG_MAX: usize = 3;
/// Scans of one enrolment; more than a few are not of one person.
const CLAIMS_MAX: usize = 6;

/// What the phone that scanned shows.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Claimed {
    pub claim: EntryId,
    pub number: i64,
    pub expires_at: i64,
}

/// What became of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Waiting,
    /// Now `accept` completes.
    Confirmed,
    /// This scan will not do: scan again.
    Refused,
}

/// What the liaison worker's screen shows: where it stands, and the scans to decide on.
#[derive(Clone, Serialize)]
pub struct Table {
    pub invitation: funnel::Told,
    pub claims: Vec<Scan>,
}

/// A scan to decide on: the phone shows one of the three numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Scan {
    pub claim: EntryId,
    pub device_name: String,
    pub choices: Vec<i64>,
    pub created_at: i64,
}

impl People {
    /// Opens an enrolment at the table for somebody of the constellation.
    ///
    /// # Errors
    /// As [`People::invite_again`].
    pub async fn open_table(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<Invited> {
        self.invite_again(by, constellation, person, Way::Table).await
    }

    /// A phone has scanned. The same phone asking again gets the same number, until it was refused.
    ///
    /// # Errors
    /// `EnrolmentUnusable`, whatever is wrong; refusals of the device's name.
    pub async fn claim(&self, token: &str, device: DeviceId, name: &str) -> Result<Claimed> {
        let name = check_name(name)?;
        let mut conn = self.db.reader().await?;
        self.table_of(&mut conn, token).await?;
        drop(conn);
        let mut tx = self.db.begin().await?;
        let enrolment = self.table_of(tx.conn(), token).await?;
        enrolments::lock(tx.conn(), &enrolment).await?;
        let Enrolment { constellation, enrolment: id, expires_at, .. } = enrolment;
        let all = claims::of_enrolment(tx.conn(), constellation, id).await?;
        let mine = all.iter().find(|one| one.device == device && one.refused_at.is_none());
        if let Some(Claim { claim, number, .. }) = mine {
            return Ok(Claimed { claim: *claim, number: *number, expires_at });
        }
        if all.len() >= CLAIMS_MAX {
            return Err(Refusal::EnrolmentUnusable.into());
        }
        let taken: Vec<i64> = all.iter().flat_map(|one| one.choices.clone()).collect();
        let mut choices = numbers(&taken);
        let (claim, number) = (EntryId::new(self.now(), entropy()), choices[0]);
        choices.sort_unstable();
        let new = Claim {
            claim,
            constellation,
            enrolment: id,
            device,
            device_name: name.to_owned(),
            number,
            choices,
            created_at: self.now(),
            confirmed_at: None,
            refused_at: None,
        };
        claims::add(tx.conn(), &new).await?;
        if enrolment.opened_at.is_none() {
            enrolments::opened(tx.conn(), &enrolment, self.now()).await?;
        }
        tx.commit().await?;
        Ok(Claimed { claim, number, expires_at })
    }

    /// What became of a scan, for the phone that waits.
    ///
    /// # Errors
    /// `EnrolmentUnusable`, whatever is wrong.
    pub async fn claim_outcome(&self, token: &str, claim: EntryId) -> Result<Outcome> {
        let mut conn = self.db.reader().await?;
        let enrolment = self.table_of(&mut conn, token).await?;
        let Enrolment { constellation, enrolment, .. } = enrolment;
        let all = claims::of_enrolment(&mut conn, constellation, enrolment).await?;
        let found = all.into_iter().find(|one| one.claim == claim);
        Ok(match found.ok_or(Refusal::EnrolmentUnusable)? {
            Claim { refused_at: Some(_), .. } => Outcome::Refused,
            Claim { confirmed_at: Some(_), .. } => Outcome::Confirmed,
            _ => Outcome::Waiting,
        })
    }

    /// The newest enrolment of a person at the table, and who has scanned it.
    ///
    /// # Errors
    /// `NotFound` when there is none; `NotPermitted`.
    pub async fn table(
        &self,
        by: By<'_>,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<Table> {
        let mut conn = self.db.reader().await?;
        self.managed(&mut conn, by, (constellation, person)).await?;
        let enrolment = newest_table(&mut conn, constellation, person).await?;
        let all = claims::of_enrolment(&mut conn, constellation, enrolment.enrolment).await?;
        let invitation = self.told(&enrolment);
        let open = |one: &Claim| one.confirmed_at.is_none() && one.refused_at.is_none();
        let claims = all.into_iter().filter(open).map(|one| {
            let Claim { claim, device_name, choices, created_at, .. } = one;
            Scan { claim, device_name, choices, created_at }
        });
        Ok(Table { invitation, claims: claims.collect() })
    }

    /// The liaison worker has chosen the number that a phone shows. A wrong one refuses the scan,
    /// and three of them take the enrolment back.
    ///
    /// # Errors
    /// `CodeInvalid` for a wrong number; `NotFound` for a scan that cannot be decided;
    /// `NotPermitted`.
    pub async fn confirm_claim(
        &self,
        by: By<'_>,
        (constellation, person): (ConstellationId, PersonId),
        claim: EntryId,
        number: i64,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.managed(tx.conn(), by, (constellation, person)).await?;
        let enrolment = newest_table(tx.conn(), constellation, person).await?;
        if !funnel::step(&enrolment, self.now()).is_open() {
            return Err(Refusal::NotFound.into());
        }
        enrolments::lock(tx.conn(), &enrolment).await?;
        let all = claims::of_enrolment(tx.conn(), constellation, enrolment.enrolment).await?;
        let found = all.iter().find(|one| one.claim == claim).ok_or(Refusal::NotFound)?;
        let (right, now) = (found.number == number, self.now());
        let done = if right {
            claims::confirm(tx.conn(), found, now).await?
        } else {
            claims::refuse(tx.conn(), found, now).await?
        };
        if !done {
            return Err(Refusal::NotFound.into());
        }
        let wrong = all.iter().filter(|one| one.refused_at.is_some()).count() + 1;
        if !right && wrong >= WRONG_MAX {
            enrolments::revoke_open(tx.conn(), constellation, person, now).await?;
        }
        let what = if right { "claim.confirm" } else { "claim.refuse" };
        let act = (what, claim.to_string());
        self.trail(tx.conn(), Some(constellation), &by.name(), act).await?;
        tx.commit().await?;
        if right { Ok(()) } else { Err(Refusal::CodeInvalid.into()) }
    }

    /// Whether a scan by this phone was confirmed.
    pub(super) async fn is_confirmed(
        &self,
        conn: &mut Conn,
        of: &Enrolment,
        device: DeviceId,
    ) -> Result<bool> {
        let all = claims::of_enrolment(conn, of.constellation, of.enrolment).await?;
        Ok(all.iter().any(|one| one.device == device && one.confirmed_at.is_some()))
    }

    async fn table_of(&self, conn: &mut Conn, token: &str) -> Result<Enrolment> {
        let enrolment = self.open_link(conn, token).await?;
        match enrolment.way {
            Way::Table => Ok(enrolment),
            Way::Link | Way::Hand => Err(Refusal::EnrolmentUnusable.into()),
        }
    }
}

async fn newest_table(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
) -> Result<Enrolment> {
    let latest = enrolments::latest(conn, constellation, person).await?;
    Ok(latest.filter(|latest| latest.way == Way::Table).ok_or(Refusal::NotFound)?)
}

/// Three two-digit numbers of chance, none of them taken; the first is the right one.
fn numbers(taken: &[i64]) -> Vec<i64> {
    let mut chosen = Vec::with_capacity(3);
    while chosen.len() < 3 {
        let number = 10 + i64::from(u32::from_le_bytes(entropy())) % 90;
        if !taken.contains(&number) && !chosen.contains(&number) {
            chosen.push(number);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_numbers_are_three_and_new() {
        let taken: Vec<i64> = (10..97).collect();
        let mut left = numbers(&taken);
        left.sort_unstable();
        assert_eq!(left, [97, 98, 99]);
    }
}
