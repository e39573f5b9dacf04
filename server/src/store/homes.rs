//! Services, their constellations, and the homes of a constellation.

use super::{Conn, parsed};
use crate::error::Result;
use roost_shared::{ConstellationId, Epoch, Refusal, ServiceId, frame::HomeCard};

const ADD_SERVICE: &str =
    "INSERT INTO services (service, name, created_at, epoch) VALUES ($1, $2, $3, $4)";
const SERVICES: &str = "SELECT service, name FROM services ORDER BY created_at, service";
const ADD_CONSTELLATION: &str = "INSERT INTO constellations \
     (constellation, service, name, created_at, changed) \
     VALUES ($1, $2, $3, $4, 0)";
const CONSTELLATIONS: &str = "SELECT constellation, name FROM constellations \
     WHERE service = $1 ORDER BY created_at, constellation";
const CONSTELLATION: &str = "SELECT c.name, s.epoch FROM constellations c \
     JOIN services s ON s.service = c.service WHERE c.constellation = $1";
const REPLACE_EPOCH: &str = "UPDATE services SET epoch = $1 WHERE service = $2 AND epoch = $3";
const SERVICE_EXISTS: &str = "SELECT COUNT(*) FROM services WHERE service = $1";
const ADD_HOME: &str = "INSERT INTO homes (home, constellation, name, hub, created_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
const HOMES: &str = "SELECT home, name, hub FROM homes WHERE constellation = $1 \
     ORDER BY hub DESC, created_at, home";
const SERVICE_OF: &str = "SELECT service FROM constellations WHERE constellation = $1";

/// A service to add.
pub struct NewService<'a> {
    pub service: ServiceId,
    pub name: &'a str,
    pub at: i64,
    pub epoch: Epoch,
}

/// Adds a service.
pub async fn add_service(conn: &mut Conn, new: NewService<'_>) -> Result<()> {
    sqlx::query(ADD_SERVICE)
        .bind(new.service.to_string())
        .bind(new.name)
        .bind(new.at)
        .bind(new.epoch.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives an epoch to the services that have none yet.
pub async fn begin_epochs(conn: &mut Conn, fresh: Epoch) -> Result<()> {
    for (service, _) in services(conn).await? {
        replace_epoch(conn, service, ("", fresh)).await?;
    }
    Ok(())
}

/// Ends the epoch of a service. False when somebody else already did.
pub async fn end_epoch(
    conn: &mut Conn,
    service: ServiceId,
    (old, new): (Epoch, Epoch),
) -> Result<bool> {
    replace_epoch(conn, service, (&old.to_string(), new)).await
}

async fn replace_epoch(
    conn: &mut Conn,
    service: ServiceId,
    (old, new): (&str, Epoch),
) -> Result<bool> {
    let done = sqlx::query(REPLACE_EPOCH)
        .bind(new.to_string())
        .bind(service.to_string())
        .bind(old)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Every service: (id, name), oldest first.
pub async fn services(conn: &mut Conn) -> Result<Vec<(ServiceId, String)>> {
    let rows: Vec<(String, String)> = sqlx::query_as(SERVICES).fetch_all(conn).await?;
    rows.into_iter().map(|(id, name)| Ok((parsed(id.parse())?, name))).collect()
}

/// Whether there is such a service.
pub async fn service_exists(conn: &mut Conn, id: ServiceId) -> Result<bool> {
    let count: i64 =
        sqlx::query_scalar(SERVICE_EXISTS).bind(id.to_string()).fetch_one(conn).await?;
    Ok(count == 1)
}

/// A constellation to add.
pub struct NewConstellation<'a> {
    pub constellation: ConstellationId,
    pub service: ServiceId,
    pub name: &'a str,
    pub at: i64,
}

/// Adds a constellation.
pub async fn add_constellation(conn: &mut Conn, new: NewConstellation<'_>) -> Result<()> {
    sqlx::query(ADD_CONSTELLATION)
        .bind(new.constellation.to_string())
        .bind(new.service.to_string())
        .bind(new.name)
        .bind(new.at)
        .execute(conn)
        .await?;
    Ok(())
}

/// The constellations of a service: (id, name), oldest first.
pub async fn constellations(
    conn: &mut Conn,
    service: ServiceId,
) -> Result<Vec<(ConstellationId, String)>> {
    let rows: Vec<(String, String)> =
        sqlx::query_as(CONSTELLATIONS).bind(service.to_string()).fetch_all(conn).await?;
    rows.into_iter().map(|(id, name)| Ok((parsed(id.parse())?, name))).collect()
}

/// What is told of a constellation as a whole.
pub struct Constellation {
    pub name: String,
    /// Of its service.
    pub epoch: Epoch,
}

/// What a constellation is called, and the epoch of its service.
///
/// # Errors
/// `NotFound` when there is no such constellation.
pub async fn constellation(conn: &mut Conn, id: ConstellationId) -> Result<Constellation> {
    let row: Option<(String, String)> =
        sqlx::query_as(CONSTELLATION).bind(id.to_string()).fetch_optional(conn).await?;
    let (name, epoch) = row.ok_or(Refusal::NotFound)?;
    Ok(Constellation { name, epoch: parsed(epoch.parse())? })
}

/// Adds a home. False when it would be a second hub.
pub async fn add_home(
    conn: &mut Conn,
    constellation: ConstellationId,
    home: &HomeCard,
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(ADD_HOME)
        .bind(home.home.to_string())
        .bind(constellation.to_string())
        .bind(home.name.as_str())
        .bind(i64::from(home.hub))
        .bind(at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The homes of a constellation, the hub first.
pub async fn of_constellation(
    conn: &mut Conn,
    constellation: ConstellationId,
) -> Result<Vec<HomeCard>> {
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as(HOMES).bind(constellation.to_string()).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(home, name, hub)| Ok(HomeCard { home: parsed(home.parse())?, name, hub: hub == 1 }))
        .collect()
}

/// Which service a constellation is of. `None`: there is no such constellation.
pub async fn service_of(
    conn: &mut Conn,
    constellation: ConstellationId,
) -> Result<Option<ServiceId>> {
    let row: Option<String> =
        sqlx::query_scalar(SERVICE_OF).bind(constellation.to_string()).fetch_optional(conn).await?;
    row.map(|id| parsed(id.parse())).transpose()
}
