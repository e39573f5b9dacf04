//! Rooms in which a lot was said.

use roost_shared::EntryId;
use sqlx::{Connection, SqliteConnection};
use std::path::Path;

/// Many entries like one that is there.
const AGAIN: &str = "WITH RECURSIVE n (seq) AS \
     (SELECT seq + 1 FROM entries WHERE id = $1 UNION ALL SELECT seq + 1 FROM n WHERE seq < $2) \
     INSERT INTO entries (room, seq, constellation, id, kind, author, target, at, body, digest) \
     SELECT room, n.seq, constellation, printf('00000000-0000-7000-8000-%012x', n.seq), kind, \
     author, target, at, body, digest FROM n, entries WHERE id = $1";

/// Says again, without end, what was said last in a room, until it has so many entries.
pub async fn drone_on(data: &Path, said: EntryId, head: i64) {
    let url = format!("sqlite://{}", data.join("roost.db").display());
    let mut conn = SqliteConnection::connect(&url).await.expect("the database can be opened");
    let again = sqlx::query(AGAIN).bind(said.to_string()).bind(head);
    again.execute(&mut conn).await.expect("the database takes more entries");
    conn.close().await.expect("the database can be closed");
}
