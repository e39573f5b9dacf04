//! Enrolments: invitations to sign in. Tokens are never stored, only their hash. What is looked up
//! by a token names its constellation in the answer: the token is all that a phone has.

use super::{Conn, parsed};
use crate::error::{Error, Result};
use roost_shared::{ConstellationId, DeviceId, EnrolmentId, PersonId};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

const ADD: &str = "INSERT INTO enrolments \
     (enrolment, constellation, person, way, token_hash, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const BY_TOKEN: &str = "SELECT enrolment, constellation, person, way, created_at, expires_at, \
     sent_at, opened_at, tries, verified_at, verified_on, spent_at, device, revoked_at \
     FROM enrolments WHERE token_hash = $1";
const OF_CONSTELLATION: &str = "SELECT enrolment, constellation, person, way, created_at, \
     expires_at, sent_at, opened_at, tries, verified_at, verified_on, spent_at, device, \
     revoked_at FROM enrolments WHERE constellation = $1 ORDER BY created_at, enrolment";
const LATEST: &str = "SELECT enrolment, constellation, person, way, created_at, \
     expires_at, sent_at, opened_at, tries, verified_at, verified_on, spent_at, device, \
     revoked_at FROM enrolments WHERE constellation = $1 AND person = $2 \
     ORDER BY created_at DESC, enrolment DESC LIMIT 1";
const LOCK: &str = "UPDATE enrolments SET way = way WHERE constellation = $1 AND enrolment = $2";
const SENT: &str = "UPDATE enrolments SET sent_at = $1 \
     WHERE constellation = $2 AND enrolment = $3 AND sent_at IS NULL \
     AND spent_at IS NULL AND revoked_at IS NULL";
const OPENED: &str = "UPDATE enrolments SET opened_at = $1 \
     WHERE constellation = $2 AND enrolment = $3 AND opened_at IS NULL \
     AND spent_at IS NULL AND revoked_at IS NULL";
const WRONG: &str = "UPDATE enrolments SET tries = tries + 1 \
     WHERE constellation = $1 AND enrolment = $2";
const VERIFIED: &str = "UPDATE enrolments SET verified_at = $1, verified_on = $2 \
     WHERE constellation = $3 AND enrolment = $4 AND spent_at IS NULL AND revoked_at IS NULL";
const SPEND: &str = "UPDATE enrolments SET spent_at = $1, device = $2 \
     WHERE constellation = $3 AND enrolment = $4 AND spent_at IS NULL AND revoked_at IS NULL";
const REVOKE_OPEN: &str = "UPDATE enrolments SET revoked_at = $1 \
     WHERE constellation = $2 AND person = $3 AND spent_at IS NULL AND revoked_at IS NULL";

/// How the link reaches its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It is sent, and opens with a code that whoever sent it tells apart from it.
    Link,
    /// It is scanned from the liaison worker's screen, who confirms each scan.
    Table,
    /// It is given from hand to hand, at the machine: nothing else is asked.
    Hand,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Way::Link => "link",
            Way::Table => "table",
            Way::Hand => "hand",
        }
    }

    fn parse(text: &str) -> Result<Way> {
        match text {
            "link" => Ok(Way::Link),
            "table" => Ok(Way::Table),
            "hand" => Ok(Way::Hand),
            _ => Err(Error::internal("a stored way of enrolling is unknown", text)),
        }
    }
}

/// An invitation to sign in, and when what happened to it.
#[derive(Clone, Debug)]
pub struct Enrolment {
    pub enrolment: EnrolmentId,
    pub constellation: ConstellationId,
    pub person: PersonId,
    pub way: Way,
    pub created_at: i64,
    pub expires_at: i64,
    pub sent_at: Option<i64>,
    pub opened_at: Option<i64>,
    /// How often a wrong code was tried.
    pub tries: i64,
    /// When the right code was told last, and by which device.
    pub verified: Option<(i64, DeviceId)>,
    /// When and on which device it was spent.
    pub spent: Option<(i64, DeviceId)>,
    pub revoked_at: Option<i64>,
}

/// Adds an enrolment, of which nothing has happened yet.
pub async fn add(conn: &mut Conn, new: &Enrolment, token_hash: &str) -> Result<()> {
    sqlx::query(ADD)
        .bind(new.enrolment.to_string())
        .bind(new.constellation.to_string())
        .bind(new.person.to_string())
        .bind(new.way.as_str())
        .bind(token_hash)
        .bind(new.created_at)
        .bind(new.expires_at)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    enrolment: String,
    constellation: String,
    person: String,
    way: String,
    created_at: i64,
    expires_at: i64,
    sent_at: Option<i64>,
    opened_at: Option<i64>,
    tries: i64,
    verified_at: Option<i64>,
    verified_on: Option<String>,
    spent_at: Option<i64>,
    device: Option<String>,
    revoked_at: Option<i64>,
}

impl TryFrom<Row> for Enrolment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Enrolment> {
        let device = |stored: Option<String>| stored.map(|id| parsed(id.parse())).transpose();
        let (verified_on, spent_on) = (device(row.verified_on)?, device(row.device)?);
        Ok(Enrolment {
            enrolment: parsed(row.enrolment.parse())?,
            constellation: parsed(row.constellation.parse())?,
            person: parsed(row.person.parse())?,
            way: Way::parse(&row.way)?,
            created_at: row.created_at,
            expires_at: row.expires_at,
            sent_at: row.sent_at,
            opened_at: row.opened_at,
            tries: row.tries,
            verified: row.verified_at.zip(verified_on),
            spent: row.spent_at.zip(spent_on),
            revoked_at: row.revoked_at,
        })
    }
}

/// The enrolment whose token has this hash.
pub async fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Enrolment>> {
    let row: Option<Row> = sqlx::query_as(BY_TOKEN).bind(token_hash).fetch_optional(conn).await?;
    row.map(Enrolment::try_from).transpose()
}

/// Every enrolment of a constellation, oldest first.
pub async fn of_constellation(
    conn: &mut Conn,
    constellation: ConstellationId,
) -> Result<Vec<Enrolment>> {
    let rows: Vec<Row> =
        sqlx::query_as(OF_CONSTELLATION).bind(constellation.to_string()).fetch_all(conn).await?;
    rows.into_iter().map(Enrolment::try_from).collect()
}

/// The newest enrolment of a person.
pub async fn latest(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
) -> Result<Option<Enrolment>> {
    let row: Option<Row> = sqlx::query_as(LATEST)
        .bind(constellation.to_string())
        .bind(person.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(Enrolment::try_from).transpose()
}

/// Takes the enrolment's lock until the transaction ends.
pub async fn lock(conn: &mut Conn, of: &Enrolment) -> Result<()> {
    sqlx::query(LOCK)
        .bind(of.constellation.to_string())
        .bind(of.enrolment.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that an open enrolment was sent. False when it is not open, or was sent before.
pub async fn sent(
    conn: &mut Conn,
    constellation: ConstellationId,
    enrolment: EnrolmentId,
    at: i64,
) -> Result<bool> {
    note(conn, SENT, (constellation, enrolment), at).await
}

/// Notes that an open enrolment's page was opened. False when it is not open, or it was before.
pub async fn opened(conn: &mut Conn, of: &Enrolment, at: i64) -> Result<bool> {
    note(conn, OPENED, (of.constellation, of.enrolment), at).await
}

async fn note(
    conn: &mut Conn,
    sql: &'static str,
    (constellation, enrolment): (ConstellationId, EnrolmentId),
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(sql)
        .bind(at)
        .bind(constellation.to_string())
        .bind(enrolment.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Counts a wrong code.
pub async fn wrong(conn: &mut Conn, of: &Enrolment) -> Result<()> {
    sqlx::query(WRONG)
        .bind(of.constellation.to_string())
        .bind(of.enrolment.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a device was told the right code. False when the enrolment is not open.
pub async fn verified(conn: &mut Conn, of: &Enrolment, by: DeviceId, at: i64) -> Result<bool> {
    on_device(conn, VERIFIED, of, (by, at)).await
}

/// Spends an enrolment on a device. False when somebody was faster.
pub async fn spend(conn: &mut Conn, of: &Enrolment, device: DeviceId, at: i64) -> Result<bool> {
    on_device(conn, SPEND, of, (device, at)).await
}

async fn on_device(
    conn: &mut Conn,
    sql: &'static str,
    of: &Enrolment,
    (device, at): (DeviceId, i64),
) -> Result<bool> {
    let done = sqlx::query(sql)
        .bind(at)
        .bind(device.to_string())
        .bind(of.constellation.to_string())
        .bind(of.enrolment.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Revokes a person's unspent enrolments. False when there was none.
pub async fn revoke_open(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(REVOKE_OPEN)
        .bind(at)
        .bind(constellation.to_string())
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}
