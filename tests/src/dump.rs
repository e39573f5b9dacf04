//! What a database file holds, read past the server: the last word of a fault run.

use crate::{cast::Cast, history::Event};
use sqlx::{Connection, Row, SqliteConnection};
use std::{collections::BTreeMap, path::Path};

const ENTRIES: &str = "SELECT room, seq, id, author, at FROM entries ORDER BY room, seq";

/// Every entry of every room, as lines of a history; authors by their names.
///
/// # Errors
/// When the file is not a database of Roost's.
pub async fn rooms(data: &Path, cast: &Cast) -> sqlx::Result<Vec<Event>> {
    let names: BTreeMap<String, &str> =
        cast.all().map(|(name, person)| (person.to_string(), name)).collect();
    let url = format!("sqlite://{}", data.join("roost.db").display());
    let mut conn = SqliteConnection::connect(&url).await?;
    let rows = sqlx::query(ENTRIES).fetch_all(&mut conn).await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let author: Option<String> = row.try_get("author")?;
        let named = author.map(|id| names.get(&id).map_or(id, |name| (*name).to_owned()));
        events.push(Event::Dump {
            room: row.try_get("room")?,
            id: row.try_get("id")?,
            seq: row.try_get("seq")?,
            at: row.try_get("at")?,
            author: named,
        });
    }
    conn.close().await?;
    Ok(events)
}

/// Whether SQLite finds its own file in order.
///
/// # Errors
/// When it cannot even be asked.
pub async fn is_sound(data: &Path) -> sqlx::Result<bool> {
    let url = format!("sqlite://{}", data.join("roost.db").display());
    let mut conn = SqliteConnection::connect(&url).await?;
    let verdict: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut conn).await?;
    Ok(verdict == "ok")
}
