//! The database's own clock, what is written down of the house's time, and when entries were said
//! whose `at` tells another time.

use super::{Backend, Conn, Db};
use crate::{error::Result, reckoning::Note};
use roost_shared::{ConstellationId, EntryId, RoomId};

/// On SQLite the machine's clock, read by the database.
const NOW_OF_SQLITE: &str = "SELECT CAST(unixepoch('subsec') * 1000 AS BIGINT)";
/// While a statement runs, and not when its transaction began.
const NOW_OF_POSTGRES: &str =
    "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)";
const NOTED: &str = "SELECT noted, accepted FROM clock WHERE name = 'house'";
const NOTE: &str =
    "UPDATE clock SET noted = $1 WHERE name = 'house' AND accepted = $2 AND noted < $1";
const ACCEPT: &str = "UPDATE clock SET noted = $1, accepted = accepted + 1 WHERE name = 'house'";
const SAY: &str = "INSERT INTO ahead (constellation, room, id, said_at) VALUES ($1, $2, $3, $4)";
const SAID: &str = "SELECT said_at FROM ahead WHERE constellation = $1 AND room = $2 AND id = $3";

impl Db {
    /// What the database's clock says now, epoch ms, and what it holds of the time; where a clock
    /// is turned by hand, its wall clock stands in.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn time(&self, by_hand: Option<i64>) -> Result<(i64, Note)> {
        let mut conn = self.watcher().await?;
        let (noted, accepted) = sqlx::query_as(NOTED).fetch_one(&mut *conn).await?;
        let now = match (by_hand, self.backend) {
            (Some(now), _) => now,
            (None, Backend::Sqlite) => {
                sqlx::query_scalar(NOW_OF_SQLITE).fetch_one(&mut *conn).await?
            }
            (None, Backend::Postgres) => {
                sqlx::query_scalar(NOW_OF_POSTGRES).fetch_one(&mut *conn).await?
            }
        };
        Ok((now, Note { noted, accepted }))
    }
}

/// Writes the time of a commit down, unless it knows a later one, or the operator has meanwhile
/// said that another time is right.
pub(super) async fn note(conn: &mut Conn, note: Note) -> Result<()> {
    sqlx::query(NOTE).bind(note.noted).bind(note.accepted).execute(conn).await?;
    Ok(())
}

/// This time is right, whatever was written down before.
pub async fn accept(conn: &mut Conn, now: i64) -> Result<()> {
    sqlx::query(ACCEPT).bind(now).execute(conn).await?;
    Ok(())
}

/// Keeps when an entry was said whose `at` lies ahead of that.
pub async fn say(
    conn: &mut Conn,
    (constellation, room): (ConstellationId, RoomId),
    id: EntryId,
    said_at: i64,
) -> Result<()> {
    let query = sqlx::query(SAY).bind(constellation.to_string()).bind(room.to_string());
    query.bind(id.to_string()).bind(said_at).execute(conn).await?;
    Ok(())
}

/// When an entry was said, if its `at` does not tell.
pub async fn said(
    conn: &mut Conn,
    (constellation, room): (ConstellationId, RoomId),
    id: EntryId,
) -> Result<Option<i64>> {
    let query = sqlx::query_scalar(SAID).bind(constellation.to_string()).bind(room.to_string());
    Ok(query.bind(id.to_string()).fetch_optional(conn).await?)
}
