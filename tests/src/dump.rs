//! What a database file holds, read past the server: the last word of a fault run.

use crate::{cast::Cast, history::Event};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use std::{collections::BTreeMap, path::Path};

const ENTRIES: &str = "SELECT room, seq, id, author, at FROM entries ORDER BY room, seq";
const CARDS: &str = "SELECT room, target, body FROM cards ORDER BY room, seq";
/// Each table, and all its columns as SQL that makes one text of a row.
const COLUMNS: &str = "SELECT t.name, group_concat('quote(\"' || c.name || '\")', ' || '','' || ') \
     FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
     WHERE t.type = 'table' AND t.name NOT IN ('marks', 'clock') AND c.name <> 'used_at' \
     GROUP BY t.name";

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

/// Every card, as lines of a history.
///
/// # Errors
/// When the file is not a database of Roost's.
pub async fn cards(data: &Path) -> sqlx::Result<Vec<Event>> {
    let url = format!("sqlite://{}", data.join("roost.db").display());
    let mut conn = SqliteConnection::connect(&url).await?;
    let rows: Vec<(String, String, String)> = sqlx::query_as(CARDS).fetch_all(&mut conn).await?;
    conn.close().await?;
    let line = |(room, id, body): (String, String, String)| {
        // Written as phones write theirs, whatever the order of its fields on the disk.
        let card: Value = serde_json::from_str(&body).expect("a card is JSON");
        Event::DumpCard { room, id, card: card.to_string() }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Every row of every table, each as one text; but for the clock, which goes on, and for marks and
/// first uses of sign-ins,
/// which are kept a moment later.
///
/// # Errors
/// When the file is not a database of Roost's.
pub async fn everything(data: &Path) -> sqlx::Result<BTreeMap<String, Vec<String>>> {
    let url = format!("sqlite://{}", data.join("roost.db").display());
    let mut conn = SqliteConnection::connect(&url).await?;
    let columns: Vec<(String, String)> = sqlx::query_as(COLUMNS).fetch_all(&mut conn).await?;
    let mut tables = BTreeMap::new();
    for (table, quoted) in columns {
        let all = AssertSqlSafe(format!("SELECT {quoted} FROM {table} ORDER BY 1"));
        tables.insert(table, sqlx::query_scalar(all).fetch_all(&mut conn).await?);
    }
    conn.close().await?;
    Ok(tables)
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
