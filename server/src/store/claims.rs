//! Claims: scans of a kitchen-table enrolment, and what became of each.

use super::{Conn, parsed};
use crate::error::{Error, Result};
use roost_shared::{ConstellationId, DeviceId, EnrolmentId, EntryId};
use sqlx::FromRow;

const ADD: &str = "INSERT INTO claims \
     (claim, constellation, enrolment, device, device_name, number, choices, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const OF_ENROLMENT: &str = "SELECT claim, constellation, enrolment, device, device_name, number, \
     choices, created_at, confirmed_at, refused_at FROM claims \
     WHERE constellation = $1 AND enrolment = $2 ORDER BY created_at, claim";
const CONFIRM: &str = "UPDATE claims SET confirmed_at = $1 WHERE constellation = $2 \
     AND claim = $3 AND confirmed_at IS NULL AND refused_at IS NULL";
const REFUSE: &str = "UPDATE claims SET refused_at = $1 WHERE constellation = $2 \
     AND claim = $3 AND confirmed_at IS NULL AND refused_at IS NULL";

/// One scan.
#[derive(Clone, Debug)]
pub struct Claim {
    pub claim: EntryId,
    pub constellation: ConstellationId,
    pub enrolment: EnrolmentId,
    pub device: DeviceId,
    pub device_name: String,
    /// What the phone shows.
    pub number: i64,
    /// What the liaison worker chooses from, ascending.
    pub choices: Vec<i64>,
    pub created_at: i64,
    pub confirmed_at: Option<i64>,
    pub refused_at: Option<i64>,
}

/// Adds a scan, of which nothing has become yet.
pub async fn add(conn: &mut Conn, new: &Claim) -> Result<()> {
    let choices: Vec<String> = new.choices.iter().map(i64::to_string).collect();
    sqlx::query(ADD)
        .bind(new.claim.to_string())
        .bind(new.constellation.to_string())
        .bind(new.enrolment.to_string())
        .bind(new.device.to_string())
        .bind(new.device_name.as_str())
        .bind(new.number)
        .bind(choices.join(" "))
        .bind(new.created_at)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    claim: String,
    constellation: String,
    enrolment: String,
    device: String,
    device_name: String,
    number: i64,
    choices: String,
    created_at: i64,
    confirmed_at: Option<i64>,
    refused_at: Option<i64>,
}

impl TryFrom<Row> for Claim {
    type Error = Error;

    fn try_from(row: Row) -> Result<Claim> {
        let choices = row.choices.split(' ').map(|choice| parsed(choice.parse()));
        Ok(Claim {
            claim: parsed(row.claim.parse())?,
            constellation: parsed(row.constellation.parse())?,
            enrolment: parsed(row.enrolment.parse())?,
            device: parsed(row.device.parse())?,
            device_name: row.device_name,
            number: row.number,
            choices: choices.collect::<Result<_>>()?,
            created_at: row.created_at,
            confirmed_at: row.confirmed_at,
            refused_at: row.refused_at,
        })
    }
}

/// Every scan of an enrolment, oldest first.
pub async fn of_enrolment(
    conn: &mut Conn,
    constellation: ConstellationId,
    enrolment: EnrolmentId,
) -> Result<Vec<Claim>> {
    let rows: Vec<Row> = sqlx::query_as(OF_ENROLMENT)
        .bind(constellation.to_string())
        .bind(enrolment.to_string())
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Claim::try_from).collect()
}

/// Confirms a scan. False when it was decided already.
pub async fn confirm(conn: &mut Conn, of: &Claim, at: i64) -> Result<bool> {
    decide(conn, CONFIRM, of, at).await
}

/// Refuses a scan. False when it was decided already.
pub async fn refuse(conn: &mut Conn, of: &Claim, at: i64) -> Result<bool> {
    decide(conn, REFUSE, of, at).await
}

async fn decide(conn: &mut Conn, sql: &'static str, of: &Claim, at: i64) -> Result<bool> {
    let done = sqlx::query(sql)
        .bind(at)
        .bind(of.constellation.to_string())
        .bind(of.claim.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}
