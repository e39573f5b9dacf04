//! Devices: where somebody is signed in. Refresh tokens are not stored, only the count that a keyed
//! function makes them from. A device is of a person and so of a service: one sign-in, whichever
//! constellations they are of.

use super::{Conn, ManyRows, parsed, people::Place};
use crate::error::{Error, Result};
use roost_shared::{ConstellationId, DeviceId, PersonId, ServiceId};
use sqlx::FromRow;
use std::collections::BTreeSet;

const ADD: &str = "INSERT INTO devices \
     (device, person, name, generation, first, rotated_at, created_at, service) \
     VALUES ($1, $2, $3, 1, 1, $4, $4, $5) ON CONFLICT DO NOTHING";
const REVIVE: &str = "UPDATE devices SET name = $1, generation = generation + 2, \
     first = generation + 2, rotated_at = $2, used_at = NULL, former_used_at = NULL, \
     ended_at = NULL, copied_at = NULL \
     WHERE service = $3 AND device = $4 AND person = $5 AND ended_at IS NOT NULL";
const ONE: &str = "SELECT device, service, person, name, generation, first, rotated_at, \
     used_at, former_used_at, created_at, ended_at, copied_at FROM devices WHERE device = $1";
const PRESENT: &str = "SELECT p.service, l.constellation, l.role, \
     CASE WHEN d.generation = $3 AND d.used_at IS NULL THEN 1 ELSE 0 END FROM devices d \
     JOIN people p ON p.person = d.person JOIN places l ON l.person = d.person \
     WHERE d.device = $1 AND d.person = $2 AND d.first <= $3 AND d.ended_at IS NULL \
     AND p.suspended_at IS NULL AND l.ended_at IS NULL ORDER BY l.created_at, l.constellation";
const OF_PERSON: &str = "SELECT device, service, person, name, generation, first, rotated_at, \
     used_at, former_used_at, created_at, ended_at, copied_at FROM devices \
     WHERE service = $1 AND person = $2 ORDER BY created_at, device";
const SIGNED_IN: &str = "SELECT DISTINCT d.person FROM places l \
     JOIN devices d ON d.person = l.person \
     WHERE l.constellation = $1 AND d.ended_at IS NULL";
const ROTATE: &str = "UPDATE devices SET generation = $1, rotated_at = $2, former_used_at = $3, \
     used_at = NULL \
     WHERE service = $4 AND device = $5 AND generation = $6 AND ended_at IS NULL";
const USED: &str = "WITH asked (service, device, generation, at) AS (VALUES {rows}) \
     UPDATE devices SET used_at = asked.at FROM asked \
     WHERE devices.service = asked.service AND devices.device = asked.device \
     AND devices.generation = asked.generation AND devices.used_at IS NULL";
static USED_ROWS: ManyRows = ManyRows::new(USED, 4);
const PLACES: &str = "SELECT p.suspended_at, l.ended_at FROM people p \
     JOIN places l ON l.person = p.person WHERE p.service = $1 AND p.person = $2";
const MOVE: &str = "UPDATE devices SET generation = generation + 2, first = generation + 2, \
     rotated_at = $1, used_at = NULL, former_used_at = NULL \
     WHERE service = $2 AND device = $3 AND ended_at IS NULL";
const END: &str = "UPDATE devices SET ended_at = $1 \
     WHERE service = $2 AND device = $3 AND person = $4 AND ended_at IS NULL";
const COPIED: &str = "UPDATE devices SET copied_at = $1 WHERE service = $2 AND device = $3";
const END_ALL: &str = "UPDATE devices SET ended_at = $1 \
     WHERE service = $2 AND person = $3 AND ended_at IS NULL";

/// A phone or browser that is or was signed in.
#[derive(Clone, Debug)]
pub struct Device {
    pub device: DeviceId,
    pub service: ServiceId,
    pub person: PersonId,
    pub name: String,
    /// The count of its newest refresh token.
    pub generation: i64,
    /// The first count that is of its present holder.
    pub first: i64,
    /// When the newest refresh token was made.
    pub rotated_at: i64,
    /// When it, or the access that came with it, was first used.
    pub used_at: Option<i64>,
    /// When the token before it was first used.
    pub former_used_at: Option<i64>,
    pub created_at: i64,
    pub ended_at: Option<i64>,
    /// When it was seen that somebody holds a copy of this sign-in.
    pub copied_at: Option<i64>,
}

/// A device to add.
#[derive(Clone, Copy)]
pub struct NewDevice<'a> {
    pub device: DeviceId,
    pub service: ServiceId,
    pub person: PersonId,
    pub name: &'a str,
    pub at: i64,
}

/// Adds a device with its first refresh token. False when the id is taken.
pub async fn add(conn: &mut Conn, new: NewDevice<'_>) -> Result<bool> {
    let done = sqlx::query(ADD)
        .bind(new.device.to_string())
        .bind(new.person.to_string())
        .bind(new.name)
        .bind(new.at)
        .bind(new.service.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a device that was signed out back for the same person, with no old token good. False when
/// it is somebody else's, or not signed out.
pub async fn revive(conn: &mut Conn, new: NewDevice<'_>) -> Result<bool> {
    let done = sqlx::query(REVIVE)
        .bind(new.name)
        .bind(new.at)
        .bind(new.service.to_string())
        .bind(new.device.to_string())
        .bind(new.person.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

#[derive(FromRow)]
struct Row {
    device: String,
    service: String,
    person: String,
    name: String,
    generation: i64,
    first: i64,
    rotated_at: i64,
    used_at: Option<i64>,
    former_used_at: Option<i64>,
    created_at: i64,
    ended_at: Option<i64>,
    copied_at: Option<i64>,
}

impl TryFrom<Row> for Device {
    type Error = Error;

    fn try_from(row: Row) -> Result<Device> {
        Ok(Device {
            device: parsed(row.device.parse())?,
            service: parsed(row.service.parse())?,
            person: parsed(row.person.parse())?,
            name: row.name,
            generation: row.generation,
            first: row.first,
            rotated_at: row.rotated_at,
            used_at: row.used_at,
            former_used_at: row.former_used_at,
            created_at: row.created_at,
            ended_at: row.ended_at,
            copied_at: row.copied_at,
        })
    }
}

/// A device, whether or not it has ended.
pub async fn one(conn: &mut Conn, device: DeviceId) -> Result<Option<Device>> {
    let row: Option<Row> =
        sqlx::query_as(ONE).bind(device.to_string()).fetch_optional(conn).await?;
    row.map(Device::try_from).transpose()
}

/// Whoever holds a sign-in now.
#[derive(Clone, Debug)]
pub struct Present {
    pub service: ServiceId,
    /// Never empty.
    pub places: Vec<Place>,
    /// The newest refresh token and its access were not used before, as far as it is written down.
    pub is_first_use: bool,
}

/// Whoever holds this refresh token of a device, if neither it nor they have ended; nobody without
/// a place is here.
pub async fn present(
    conn: &mut Conn,
    (device, generation): (DeviceId, i64),
    person: PersonId,
) -> Result<Option<Present>> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(PRESENT)
        .bind(device.to_string())
        .bind(person.to_string())
        .bind(generation)
        .fetch_all(conn)
        .await?;
    let Some((service, .., fresh)) = rows.first() else { return Ok(None) };
    let (service, is_first_use) = (parsed(service.parse())?, *fresh == 1);
    let places = rows.into_iter().map(|(_, constellation, role, _)| {
        let constellation = parsed(constellation.parse())?;
        Ok(Place { constellation, role: super::people::role(&role)? })
    });
    let places = places.collect::<Result<_>>()?;
    Ok(Some(Present { service, places, is_first_use }))
}

/// What the rows say of the person of a device that is nobody's who is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Suspended, or ended in every place.
    Out,
    /// In a place still.
    Here,
    /// There is no place of theirs at all.
    Missing,
}

/// Whether a person has ended, or was never written down in this database.
pub async fn standing(conn: &mut Conn, of: &Device) -> Result<Standing> {
    let rows: Vec<(Option<i64>, Option<i64>)> = sqlx::query_as(PLACES)
        .bind(of.service.to_string())
        .bind(of.person.to_string())
        .fetch_all(conn)
        .await?;
    let here =
        |(suspended, ended): &(Option<i64>, Option<i64>)| suspended.is_none() && ended.is_none();
    Ok(match rows.iter().any(here) {
        true => Standing::Here,
        false if rows.is_empty() => Standing::Missing,
        false => Standing::Out,
    })
}

/// Every device of a person, oldest first.
pub async fn of_person(
    conn: &mut Conn,
    service: ServiceId,
    person: PersonId,
) -> Result<Vec<Device>> {
    let rows: Vec<Row> = sqlx::query_as(OF_PERSON)
        .bind(service.to_string())
        .bind(person.to_string())
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Device::try_from).collect()
}

/// Who of a constellation is signed in somewhere.
pub async fn signed_in(
    conn: &mut Conn,
    constellation: ConstellationId,
) -> Result<BTreeSet<PersonId>> {
    let rows: Vec<String> =
        sqlx::query_scalar(SIGNED_IN).bind(constellation.to_string()).fetch_all(conn).await?;
    rows.into_iter().map(|person| parsed(person.parse())).collect()
}

/// Makes another refresh token the newest, where the one before was first used at `used_at`. False
/// when another request was faster or the device ended.
pub async fn rotate(
    conn: &mut Conn,
    device: &Device,
    (next, used_at): (i64, i64),
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(ROTATE)
        .bind(next)
        .bind(at)
        .bind(used_at)
        .bind(device.service.to_string())
        .bind(device.device.to_string())
        .bind(device.generation)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A first use of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    pub service: ServiceId,
    pub device: DeviceId,
    pub generation: i64,
    pub at: i64,
}

/// Writes first uses down; one that was written before stands, and one of a token that is not the
/// newest any more is nothing.
pub async fn used(conn: &mut Conn, uses: &[Use]) -> Result<()> {
    for (_, part, sql) in USED_ROWS.parts(uses) {
        let mut query = sqlx::query(sql);
        for Use { service, device, generation, at } in part {
            query = query
                .bind(service.to_string())
                .bind(device.to_string())
                .bind(*generation)
                .bind(*at);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// Gives a device to another holder: nothing that the former one holds is good any more. False
/// when it has ended.
pub async fn hand_over(conn: &mut Conn, device: &Device, at: i64) -> Result<bool> {
    let done = sqlx::query(MOVE)
        .bind(at)
        .bind(device.service.to_string())
        .bind(device.device.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Signs a person's device out. False when it was already, or is somebody else's.
pub async fn end(
    conn: &mut Conn,
    service: ServiceId,
    (device, person): (DeviceId, PersonId),
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(END)
        .bind(at)
        .bind(service.to_string())
        .bind(device.to_string())
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that somebody holds a copy of this sign-in.
pub async fn copied(conn: &mut Conn, service: ServiceId, device: DeviceId, at: i64) -> Result<()> {
    sqlx::query(COPIED)
        .bind(at)
        .bind(service.to_string())
        .bind(device.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Signs every device of a person out.
pub async fn end_all(conn: &mut Conn, service: ServiceId, person: PersonId, at: i64) -> Result<()> {
    sqlx::query(END_ALL)
        .bind(at)
        .bind(service.to_string())
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(())
}
