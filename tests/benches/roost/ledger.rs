//! The disk of the bare loop: SQLite in WAL mode with `synchronous=FULL`, one insert statement, and
//! so one transaction and one sync, for a group of drafts.

use crate::{Done, bare::Waiting};
use sqlx::{
    Connection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{fmt::Write, path::Path};
use tokio::sync::Mutex;

const TABLE: &str =
    "CREATE TABLE entry (room BIGINT NOT NULL, seq BIGINT NOT NULL, entry TEXT NOT NULL,
    PRIMARY KEY (room, seq)) WITHOUT ROWID";
const SEED: &str =
    "WITH RECURSIVE seq(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < ?1),
    room(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM room WHERE n < ?2 - 1)
    INSERT INTO entry SELECT room.n, seq.n, json_object('seq', seq.n, 'id', ?3, 'kind', 'message',
        'author', ?3, 'at', 1760000000000, 'body', json_object('text', ?4)) FROM room, seq";
const INSERT: &str =
    "INSERT INTO entry SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
    json_extract(value, '$[2]') FROM json_each(?1)";
const AFTER: &str = "SELECT entry FROM entry WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT 200";
const HEAD: &str = "SELECT coalesce(max(seq), 0) AS head FROM entry WHERE room = ?1";

/// One connection that writes, one that reads.
pub struct Ledger {
    write: Mutex<SqliteConnection>,
    read: Mutex<SqliteConnection>,
}

impl Ledger {
    /// A new database with so many rooms of so many entries.
    pub async fn create(file: &Path, rooms: usize, entries: usize) -> Done<Ledger> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut write = SqliteConnection::connect_with(&options).await?;
        sqlx::query(TABLE).execute(&mut write).await?;
        sqlx::query(SEED)
            .bind(entries as i64)
            .bind(rooms as i64)
            .bind(crate::bare::room_id(0))
            .bind("~".repeat(50))
            .execute(&mut write)
            .await?;
        let read = SqliteConnection::connect_with(&options).await?;
        Ok(Ledger { write: Mutex::new(write), read: Mutex::new(read) })
    }

    /// All of them are on disk when this returns.
    pub async fn commit(&self, group: &[Waiting]) -> Done {
        let mut rows = String::with_capacity(group.len() * 256);
        for draft in group {
            let before = if rows.is_empty() { '[' } else { ',' };
            write!(rows, "{before}[{},{},{}]", draft.room, draft.seq, draft.entry)?;
        }
        rows.push(']');
        sqlx::query(INSERT).bind(rows).execute(&mut *self.write.lock().await).await?;
        Ok(())
    }

    /// The entries after a seq, ascending.
    pub async fn after(&self, room: usize, seq: i64) -> Done<Vec<String>> {
        let mut read = self.read.lock().await;
        let rows = sqlx::query(AFTER).bind(room as i64).bind(seq).fetch_all(&mut *read).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// The highest seq of every room.
    pub async fn heads(&self, rooms: usize) -> Done<Vec<i64>> {
        let mut read = self.read.lock().await;
        let mut heads = Vec::with_capacity(rooms);
        for room in 0..rooms {
            let row = sqlx::query(HEAD).bind(room as i64).fetch_one(&mut *read).await?;
            heads.push(row.try_get(0)?);
        }
        Ok(heads)
    }
}
