//! Facts about the database itself: its house, its pulse, and the row that readiness writes.
//! Nothing here belongs to a constellation, but for the mark of a change.

use super::{Conn, parsed};
use crate::error::Result;
use roost_shared::ConstellationId;

const READ: &str = "SELECT value FROM meta WHERE name = $1";
const SET: &str = "INSERT INTO meta (name, value) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const SET_ONCE: &str =
    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const BEAT: &str = "UPDATE pulse SET count = count + 1 WHERE name = 'people' RETURNING count";
const MARK: &str = "UPDATE constellations SET changed = $1 WHERE constellation = $2";
const CHANGED: &str =
    "SELECT constellation, changed FROM constellations WHERE changed > $1 ORDER BY changed";
const INHABITED: &str = "SELECT (SELECT count(*) FROM services) + (SELECT count(*) FROM people)";
const PULSE: &str = "SELECT count FROM pulse WHERE name = 'people'";

/// The fingerprint of the house that the database belongs to; `None` before it has one.
pub async fn house(conn: &mut Conn) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(READ).bind("house").fetch_optional(conn).await?)
}

/// Gives the database its house, and says which it has: an earlier one stays.
pub async fn name_house(conn: &mut Conn, fingerprint: &str) -> Result<String> {
    sqlx::query(SET_ONCE).bind("house").bind(fingerprint).execute(&mut *conn).await?;
    Ok(sqlx::query_scalar(READ).bind("house").fetch_one(conn).await?)
}

/// Whether anybody is in it.
pub async fn is_inhabited(conn: &mut Conn) -> Result<bool> {
    let count: i64 = sqlx::query_scalar(INHABITED).fetch_one(conn).await?;
    Ok(count > 0)
}

/// Writes a value and reads it back: what readiness means.
pub async fn probe(conn: &mut Conn, value: &str) -> Result<bool> {
    sqlx::query(SET).bind("probe").bind(value).execute(&mut *conn).await?;
    let read: String = sqlx::query_scalar(READ).bind("probe").fetch_one(conn).await?;
    Ok(read == value)
}

/// Marks that the people or rooms of a constellation changed. The pulse row is locked until the
/// commit, so marks become visible in the order of their counts.
pub async fn touch(conn: &mut Conn, constellation: ConstellationId) -> Result<()> {
    let count: i64 = sqlx::query_scalar(BEAT).fetch_one(&mut *conn).await?;
    sqlx::query(MARK).bind(count).bind(constellation.to_string()).execute(conn).await?;
    Ok(())
}

/// The pulse now.
pub async fn pulse(conn: &mut Conn) -> Result<i64> {
    Ok(sqlx::query_scalar(PULSE).fetch_one(conn).await?)
}

/// The constellations marked since a count, with their counts, ascending.
pub async fn changed_since(conn: &mut Conn, count: i64) -> Result<Vec<(ConstellationId, i64)>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(CHANGED).bind(count).fetch_all(conn).await?;
    rows.into_iter().map(|(id, count)| Ok((parsed(id.parse())?, count))).collect()
}
