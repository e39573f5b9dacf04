//! Enrolments and devices: how a person comes to be signed in. Tokens are never stored, only their
//! hash or the count that a keyed function makes them from. What is looked up here names its
//! constellation in the answer: a token or a device is all that a phone has before it is known.

use super::{Conn, parsed};
use crate::error::Result;
use roost_shared::{ConstellationId, DeviceId, EnrolmentId, PersonId, policy::Role};
use sqlx::FromRow;

const ADD_ENROLMENT: &str = "INSERT INTO enrolments \
     (enrolment, constellation, person, token_hash, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const BY_TOKEN: &str = "SELECT enrolment, constellation, person, expires_at, spent_at, device, \
     revoked_at FROM enrolments WHERE token_hash = $1";
const SPEND: &str = "UPDATE enrolments SET spent_at = $1, device = $2 \
     WHERE constellation = $3 AND enrolment = $4 AND spent_at IS NULL";
const REVOKE_OPEN: &str = "UPDATE enrolments SET revoked_at = $1 \
     WHERE constellation = $2 AND person = $3 AND spent_at IS NULL AND revoked_at IS NULL";
const ADD_DEVICE: &str = "INSERT INTO devices \
     (device, constellation, person, name, generation, rotated_at, created_at) \
     VALUES ($1, $2, $3, $4, 1, $5, $5) ON CONFLICT DO NOTHING";
const REVIVE: &str = "UPDATE devices SET name = $1, generation = generation + 2, \
     rotated_at = $2, ended_at = NULL \
     WHERE constellation = $3 AND device = $4 AND person = $5 AND ended_at IS NOT NULL";
const DEVICE: &str = "SELECT d.device, d.constellation, d.person, d.name, d.generation, \
     d.rotated_at, d.created_at, COALESCE(d.ended_at, p.ended_at) AS ended_at \
     FROM devices d JOIN people p ON p.person = d.person WHERE d.device = $1";
const PRESENT: &str = "SELECT d.constellation, p.role FROM devices d \
     JOIN people p ON p.person = d.person \
     WHERE d.device = $1 AND d.person = $2 AND d.ended_at IS NULL AND p.ended_at IS NULL";
const OF_PERSON: &str = "SELECT d.device, d.constellation, d.person, d.name, d.generation, \
     d.rotated_at, d.created_at, d.ended_at FROM devices d \
     WHERE d.constellation = $1 AND d.person = $2 ORDER BY d.created_at, d.device";
const ROTATE: &str = "UPDATE devices SET generation = $1, rotated_at = $2 \
     WHERE constellation = $3 AND device = $4 AND generation = $5 AND ended_at IS NULL";
const END: &str = "UPDATE devices SET ended_at = $1 \
     WHERE constellation = $2 AND device = $3 AND ended_at IS NULL";
const END_ALL: &str = "UPDATE devices SET ended_at = $1 \
     WHERE constellation = $2 AND person = $3 AND ended_at IS NULL";

/// An invitation to sign in.
#[derive(Clone, Debug)]
pub struct Enrolment {
    pub enrolment: EnrolmentId,
    pub constellation: ConstellationId,
    pub person: PersonId,
    pub expires_at: i64,
    /// When and on which device it was spent.
    pub spent: Option<(i64, DeviceId)>,
    pub revoked: bool,
}

/// An enrolment to add.
pub struct NewEnrolment<'a> {
    pub enrolment: EnrolmentId,
    pub constellation: ConstellationId,
    pub person: PersonId,
    pub token_hash: &'a str,
    pub created_at: i64,
    pub expires_at: i64,
}

/// Adds an enrolment.
pub async fn add_enrolment(conn: &mut Conn, new: NewEnrolment<'_>) -> Result<()> {
    sqlx::query(ADD_ENROLMENT)
        .bind(new.enrolment.to_string())
        .bind(new.constellation.to_string())
        .bind(new.person.to_string())
        .bind(new.token_hash)
        .bind(new.created_at)
        .bind(new.expires_at)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct EnrolmentRow {
    enrolment: String,
    constellation: String,
    person: String,
    expires_at: i64,
    spent_at: Option<i64>,
    device: Option<String>,
    revoked_at: Option<i64>,
}

/// The enrolment whose token has this hash.
pub async fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Enrolment>> {
    let row: Option<EnrolmentRow> =
        sqlx::query_as(BY_TOKEN).bind(token_hash).fetch_optional(conn).await?;
    row.map(|row| {
        let device = row.device.map(|device| parsed(device.parse())).transpose()?;
        Ok(Enrolment {
            enrolment: parsed(row.enrolment.parse())?,
            constellation: parsed(row.constellation.parse())?,
            person: parsed(row.person.parse())?,
            expires_at: row.expires_at,
            spent: row.spent_at.zip(device),
            revoked: row.revoked_at.is_some(),
        })
    })
    .transpose()
}

/// Spends an enrolment on a device. False when somebody was faster.
pub async fn spend(conn: &mut Conn, of: &Enrolment, device: DeviceId, at: i64) -> Result<bool> {
    let done = sqlx::query(SPEND)
        .bind(at)
        .bind(device.to_string())
        .bind(of.constellation.to_string())
        .bind(of.enrolment.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Revokes a person's unspent enrolments.
pub async fn revoke_open(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
    at: i64,
) -> Result<()> {
    sqlx::query(REVOKE_OPEN)
        .bind(at)
        .bind(constellation.to_string())
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// A phone or browser that is or was signed in.
#[derive(Clone, Debug)]
pub struct Device {
    pub device: DeviceId,
    pub constellation: ConstellationId,
    pub person: PersonId,
    pub name: String,
    /// The count of its newest refresh token.
    pub generation: i64,
    /// When that one was made.
    pub rotated_at: i64,
    pub created_at: i64,
    pub ended_at: Option<i64>,
}

/// Adds a device with its first refresh token. False when the id is taken.
pub async fn add_device(conn: &mut Conn, of: &Enrolment, new: NewDevice<'_>) -> Result<bool> {
    let done = sqlx::query(ADD_DEVICE)
        .bind(new.device.to_string())
        .bind(of.constellation.to_string())
        .bind(of.person.to_string())
        .bind(new.name)
        .bind(new.at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a device that was signed out back for the same person, with no old token good. False when
/// it is somebody else's, or not signed out.
pub async fn revive_device(conn: &mut Conn, of: &Enrolment, new: NewDevice<'_>) -> Result<bool> {
    let done = sqlx::query(REVIVE)
        .bind(new.name)
        .bind(new.at)
        .bind(of.constellation.to_string())
        .bind(new.device.to_string())
        .bind(of.person.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A device to add.
#[derive(Clone, Copy)]
pub struct NewDevice<'a> {
    pub device: DeviceId,
    pub name: &'a str,
    pub at: i64,
}

#[derive(FromRow)]
struct DeviceRow {
    device: String,
    constellation: String,
    person: String,
    name: String,
    generation: i64,
    rotated_at: i64,
    created_at: i64,
    ended_at: Option<i64>,
}

impl TryFrom<DeviceRow> for Device {
    type Error = crate::error::Error;

    fn try_from(row: DeviceRow) -> Result<Device> {
        Ok(Device {
            device: parsed(row.device.parse())?,
            constellation: parsed(row.constellation.parse())?,
            person: parsed(row.person.parse())?,
            name: row.name,
            generation: row.generation,
            rotated_at: row.rotated_at,
            created_at: row.created_at,
            ended_at: row.ended_at,
        })
    }
}

/// A device; ended when it or its person is.
pub async fn device(conn: &mut Conn, device: DeviceId) -> Result<Option<Device>> {
    let row: Option<DeviceRow> =
        sqlx::query_as(DEVICE).bind(device.to_string()).fetch_optional(conn).await?;
    row.map(Device::try_from).transpose()
}

/// Where the holder of a device is and as what, if neither has ended.
pub async fn present(
    conn: &mut Conn,
    device: DeviceId,
    person: PersonId,
) -> Result<Option<(ConstellationId, Role)>> {
    let row: Option<(String, String)> = sqlx::query_as(PRESENT)
        .bind(device.to_string())
        .bind(person.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|(constellation, role)| {
        Ok((parsed(constellation.parse())?, super::people::role(&role)?))
    })
    .transpose()
}

/// Every device of a person, oldest first.
pub async fn devices_of(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
) -> Result<Vec<Device>> {
    let rows: Vec<DeviceRow> = sqlx::query_as(OF_PERSON)
        .bind(constellation.to_string())
        .bind(person.to_string())
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Device::try_from).collect()
}

/// Makes another refresh token the newest. False when another request was faster or the device
/// ended.
pub async fn rotate(conn: &mut Conn, device: &Device, next: i64, at: i64) -> Result<bool> {
    let done = sqlx::query(ROTATE)
        .bind(next)
        .bind(at)
        .bind(device.constellation.to_string())
        .bind(device.device.to_string())
        .bind(device.generation)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Signs a device out. False when it was already.
pub async fn end_device(
    conn: &mut Conn,
    constellation: ConstellationId,
    device: DeviceId,
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(END)
        .bind(at)
        .bind(constellation.to_string())
        .bind(device.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Signs every device of a person out.
pub async fn end_devices_of(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
    at: i64,
) -> Result<()> {
    sqlx::query(END_ALL)
        .bind(at)
        .bind(constellation.to_string())
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(())
}
