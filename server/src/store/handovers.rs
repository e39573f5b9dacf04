//! Hand-over codes: at most one a device, hashed. A code is of a person and so of a service.

use super::{Conn, parsed};
use crate::error::{Error, Result};
use roost_shared::{DeviceId, PersonId, ServiceId};
use sqlx::FromRow;

const PUT: &str = "INSERT INTO handovers \
     (device, service, person, code_hash, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (device) DO UPDATE SET \
     code_hash = excluded.code_hash, created_at = excluded.created_at, \
     expires_at = excluded.expires_at, spent_at = NULL, spent_by = NULL";
const BY_CODE: &str = "SELECT device, service, person, expires_at, spent_at, spent_by \
     FROM handovers WHERE code_hash = $1";
const SPEND: &str = "UPDATE handovers SET spent_at = $1, spent_by = $2 \
     WHERE service = $3 AND device = $4 AND code_hash = $5 AND spent_at IS NULL";
const DROP: &str = "DELETE FROM handovers WHERE service = $1 AND person = $2 AND spent_at IS NULL";

/// A code as it is kept.
#[derive(Clone, Debug)]
pub struct Handover {
    pub device: DeviceId,
    pub service: ServiceId,
    pub person: PersonId,
    pub expires_at: i64,
    /// When, and by which browser.
    pub spent: Option<(i64, DeviceId)>,
}

/// Keeps a code; an earlier one of the same device is gone.
pub async fn put(conn: &mut Conn, of: &Handover, code_hash: &str, at: i64) -> Result<()> {
    sqlx::query(PUT)
        .bind(of.device.to_string())
        .bind(of.service.to_string())
        .bind(of.person.to_string())
        .bind(code_hash)
        .bind(at)
        .bind(of.expires_at)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    device: String,
    service: String,
    person: String,
    expires_at: i64,
    spent_at: Option<i64>,
    spent_by: Option<String>,
}

impl TryFrom<Row> for Handover {
    type Error = Error;

    fn try_from(row: Row) -> Result<Handover> {
        let spent_by = row.spent_by.map(|device| parsed(device.parse())).transpose()?;
        Ok(Handover {
            device: parsed(row.device.parse())?,
            service: parsed(row.service.parse())?,
            person: parsed(row.person.parse())?,
            expires_at: row.expires_at,
            spent: row.spent_at.zip(spent_by),
        })
    }
}

/// The code with this hash.
pub async fn by_code(conn: &mut Conn, code_hash: &str) -> Result<Option<Handover>> {
    let row: Option<Row> = sqlx::query_as(BY_CODE).bind(code_hash).fetch_optional(conn).await?;
    row.map(Handover::try_from).transpose()
}

/// Spends a code. False when somebody was faster.
pub async fn spend(
    conn: &mut Conn,
    of: &Handover,
    (code_hash, by): (&str, DeviceId),
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(SPEND)
        .bind(at)
        .bind(by.to_string())
        .bind(of.service.to_string())
        .bind(of.device.to_string())
        .bind(code_hash)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets every open code of a person.
pub async fn drop_open(conn: &mut Conn, service: ServiceId, person: PersonId) -> Result<()> {
    sqlx::query(DROP).bind(service.to_string()).bind(person.to_string()).execute(conn).await?;
    Ok(())
}
