//! The store of a phone in one SQLite file. The only file of the bridge that names sqlx. Entries,
//! cards, items and the welcome are kept as the JSON they came as, so that fields from the future
//! survive.

use super::{Account, held_of, seq_of};
use crate::{
    engine::{Saved, Write},
    error::BridgeError,
};
use roost_shared::{CardOf, Entry, RoomId, Seq};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::{
    Connection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::path::Path;

/// `kept` holds the single values: `account`, `epoch`, `welcome`.
const TABLES: [&str; 7] = [
    "CREATE TABLE IF NOT EXISTS entries (room TEXT NOT NULL, seq BIGINT NOT NULL,
     entry TEXT NOT NULL, PRIMARY KEY (room, seq)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS ranges (room TEXT NOT NULL PRIMARY KEY, ranges TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS anchors (room TEXT NOT NULL PRIMARY KEY, anchor TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS outbox (id TEXT NOT NULL PRIMARY KEY, place BIGINT NOT NULL,
     item TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS cards (room TEXT NOT NULL, target TEXT NOT NULL,
     seq BIGINT NOT NULL, card TEXT NOT NULL, PRIMARY KEY (room, target)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS marks (room TEXT NOT NULL PRIMARY KEY, reading TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS kept (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
];

/// The tables as they are now; raised when a build has to read everything again.
const VERSION: i64 = 3;
const READ_VERSION: &str = "PRAGMA user_version";
const PUT_VERSION: &str = "PRAGMA user_version = 3";

// Upserts: an entry that was forgotten from the ranges is read, and so written, once more.
const PUT_ENTRY: &str = "INSERT INTO entries (room, seq, entry) VALUES (?, ?, ?)
    ON CONFLICT (room, seq) DO UPDATE SET entry = excluded.entry";
const PUT_RANGES: &str = "INSERT INTO ranges (room, ranges) VALUES (?, ?)
    ON CONFLICT (room) DO UPDATE SET ranges = excluded.ranges";
const PUT_ANCHOR: &str = "INSERT INTO anchors (room, anchor) VALUES (?, ?)
    ON CONFLICT (room) DO UPDATE SET anchor = excluded.anchor";
const PUT_ITEM: &str = "INSERT INTO outbox (id, place, item) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET place = excluded.place, item = excluded.item";
const PUT_KEPT: &str = "INSERT INTO kept (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const PUT_CARD: &str = "INSERT INTO cards (room, target, seq, card) VALUES (?, ?, ?, ?)
    ON CONFLICT (room, target) DO UPDATE SET seq = excluded.seq, card = excluded.card";
const PUT_MARKS: &str = "INSERT INTO marks (room, reading) VALUES (?, ?)
    ON CONFLICT (room) DO UPDATE SET reading = excluded.reading";
const FORGET_BODY: &str =
    "UPDATE entries SET entry = json_remove(entry, '$.body') WHERE room = ? AND seq = ?";
const DROP_BELOW: [&str; 2] = [
    "DELETE FROM entries WHERE room = ? AND seq < ?",
    "DELETE FROM cards WHERE room = ? AND seq < ?",
];
const DROP_ITEM: &str = "DELETE FROM outbox WHERE id = ?";
const WIPE_ROOM: [&str; 5] = [
    "DELETE FROM entries WHERE room = ?",
    "DELETE FROM ranges WHERE room = ?",
    "DELETE FROM anchors WHERE room = ?",
    "DELETE FROM cards WHERE room = ?",
    "DELETE FROM marks WHERE room = ?",
];
const WIPE_ENTRIES: [&str; 5] = [
    "DELETE FROM entries",
    "DELETE FROM ranges",
    "DELETE FROM anchors",
    "DELETE FROM cards",
    "DELETE FROM marks",
];
const WIPE_REST: [&str; 2] = ["DELETE FROM outbox", "DELETE FROM kept WHERE name <> 'account'"];

const READ_ENTRIES: &str =
    "SELECT entry FROM entries WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?";
const READ_CARDS: &str = "SELECT card FROM cards WHERE room = ? ORDER BY seq";
const READ_ALL_CARDS: &str = "SELECT room, card FROM cards ORDER BY room, target";
const READ_MARKS: &str = "SELECT room, reading FROM marks";
const READ_RANGES: &str = "SELECT room, ranges FROM ranges";
const READ_ANCHORS: &str = "SELECT room, anchor FROM anchors";
const READ_OUTBOX: &str = "SELECT item FROM outbox ORDER BY place";
const READ_KEPT: &str = "SELECT value FROM kept WHERE name = ?";

pub(super) struct Disk(SqliteConnection);

impl Disk {
    /// `FULL`: what the person wrote must outlive a battery that falls out.
    pub(super) async fn open(path: &Path) -> Result<Disk, BridgeError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // What was removed is written over, not only let go of.
            .pragma("secure_delete", "ON");
        let mut connection =
            SqliteConnection::connect_with(&options).await.map_err(BridgeError::store)?;
        let mut tx = connection.begin().await.map_err(BridgeError::store)?;
        run_all(&mut tx, &TABLES).await?;
        // No migrations: what is kept is JSON, and a phone can always read everything again. What
        // was held before there were anchors stands on nothing.
        let version = sqlx::query_scalar::<_, i64>(READ_VERSION).fetch_one(&mut *tx).await;
        if version.map_err(BridgeError::store)? < VERSION {
            run_all(&mut tx, &WIPE_ENTRIES).await?;
            run(&mut tx, sqlx::query(PUT_VERSION)).await?;
        }
        tx.commit().await.map_err(BridgeError::store)?;
        Ok(Disk(connection))
    }

    /// A failed write drops `tx`, which takes back those before it.
    pub(super) async fn apply(&mut self, writes: &[Write]) -> Result<(), BridgeError> {
        let mut tx = self.0.begin().await.map_err(BridgeError::store)?;
        for write in writes {
            apply_one(&mut tx, write).await?;
        }
        tx.commit().await.map_err(BridgeError::store)
    }

    pub(super) async fn load(&mut self) -> Result<Saved, BridgeError> {
        let mut saved = Saved {
            epoch: self.kept("epoch").await?,
            welcome: self.kept("welcome").await?,
            ..Saved::default()
        };
        saved.ranges.extend(self.by_room(READ_RANGES).await?);
        saved.anchors.extend(self.by_room(READ_ANCHORS).await?);
        saved.marks.extend(self.by_room(READ_MARKS).await?);
        for (room, card) in self.by_room::<Value>(READ_ALL_CARDS).await? {
            saved.cards.entry(room).or_default().push(held_of(&card)?);
        }
        let rows = sqlx::query(READ_OUTBOX).fetch_all(&mut self.0).await;
        for row in rows.map_err(BridgeError::store)? {
            saved.outbox.push(read_text(&row, 0)?);
        }
        Ok(saved)
    }

    /// Rows of a room and a value.
    async fn by_room<T: DeserializeOwned>(
        &mut self,
        query: &'static str,
    ) -> Result<Vec<(RoomId, T)>, BridgeError> {
        let rows = sqlx::query(query).fetch_all(&mut self.0).await.map_err(BridgeError::store)?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let room: String = row.try_get(0).map_err(BridgeError::store)?;
            Ok((room.parse().map_err(BridgeError::store)?, read_text(row, 1)?))
        };
        rows.iter().map(read).collect()
    }

    pub(super) async fn cards(&mut self, room: RoomId) -> Result<Vec<CardOf>, BridgeError> {
        let query = sqlx::query(READ_CARDS).bind(room.to_string());
        let rows = query.fetch_all(&mut self.0).await.map_err(BridgeError::store)?;
        rows.iter().map(|row| read_text(row, 0)).collect()
    }

    pub(super) async fn entries(
        &mut self,
        room: RoomId,
        after: Seq,
        limit: i64,
    ) -> Result<Vec<Entry>, BridgeError> {
        let query = sqlx::query(READ_ENTRIES).bind(room.to_string()).bind(after.0).bind(limit);
        let rows = query.fetch_all(&mut self.0).await.map_err(BridgeError::store)?;
        rows.iter().map(|row| read_text(row, 0)).collect()
    }

    pub(super) async fn account(&mut self) -> Result<Option<Account>, BridgeError> {
        self.kept("account").await
    }

    pub(super) async fn put_account(&mut self, account: &Account) -> Result<(), BridgeError> {
        put_kept(&mut self.0, "account", account).await
    }

    async fn kept<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, BridgeError> {
        kept(&mut self.0, name).await
    }
}

/// Every write may come twice (an app that dies is told again), so each sets and none adds.
async fn apply_one(db: &mut SqliteConnection, write: &Write) -> Result<(), BridgeError> {
    match write {
        Write::PutEntries { room, entries } => {
            for entry in entries {
                let put = sqlx::query(PUT_ENTRY).bind(room.to_string()).bind(seq_of(entry)?);
                put.bind(entry.to_string()).execute(&mut *db).await.map_err(BridgeError::store)?;
            }
            Ok(())
        }
        Write::PutRanges { room, ranges } => {
            run(db, sqlx::query(PUT_RANGES).bind(room.to_string()).bind(text(ranges)?)).await
        }
        Write::PutAnchor { room, anchor } => {
            run(db, sqlx::query(PUT_ANCHOR).bind(room.to_string()).bind(text(anchor)?)).await
        }
        Write::DropBelow { room, floor } => {
            for drop in DROP_BELOW {
                run(db, sqlx::query(drop).bind(room.to_string()).bind(floor.0)).await?;
            }
            Ok(())
        }
        Write::PutCards { room, cards } => {
            for card in cards {
                let held = held_of(card)?;
                let put =
                    sqlx::query(PUT_CARD).bind(room.to_string()).bind(held.target.to_string());
                run(db, put.bind(held.seq.0).bind(card.to_string())).await?;
            }
            Ok(())
        }
        Write::ForgetBody { room, seq } => {
            run(db, sqlx::query(FORGET_BODY).bind(room.to_string()).bind(seq.0)).await
        }
        Write::PutMarks { room, reading } => {
            run(db, sqlx::query(PUT_MARKS).bind(room.to_string()).bind(text(reading)?)).await
        }
        Write::PutOutbox { item } => {
            let put = sqlx::query(PUT_ITEM).bind(item.draft.id.to_string()).bind(item.order);
            run(db, put.bind(text(item)?)).await
        }
        Write::DropOutbox { id } => run(db, sqlx::query(DROP_ITEM).bind(id.to_string())).await,
        Write::WipeRoom { room } => {
            for wipe in WIPE_ROOM {
                run(db, sqlx::query(wipe).bind(room.to_string())).await?;
            }
            Ok(())
        }
        Write::WipeEntries => run_all(db, &WIPE_ENTRIES).await,
        Write::PutEpoch { epoch } => put_kept(db, "epoch", epoch).await,
        Write::PutWelcome { welcome } => put_kept(db, "welcome", welcome).await,
        Write::WipeAll => wipe_all(db).await,
    }
}

/// Everything but the name under which the device is known; the sign-in is void.
async fn wipe_all(db: &mut SqliteConnection) -> Result<(), BridgeError> {
    run_all(db, &WIPE_ENTRIES).await?;
    run_all(db, &WIPE_REST).await?;
    match kept::<Account>(db, "account").await? {
        Some(account) => put_kept(db, "account", &Account { refresh: None, ..account }).await,
        None => Ok(()),
    }
}

async fn kept<T: DeserializeOwned>(
    db: &mut SqliteConnection,
    name: &str,
) -> Result<Option<T>, BridgeError> {
    let row = sqlx::query(READ_KEPT).bind(name).fetch_optional(db).await;
    row.map_err(BridgeError::store)?.map(|row| read_text(&row, 0)).transpose()
}

async fn put_kept<T: Serialize>(
    db: &mut SqliteConnection,
    name: &str,
    value: &T,
) -> Result<(), BridgeError> {
    run(db, sqlx::query(PUT_KEPT).bind(name).bind(text(value)?)).await
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

async fn run(db: &mut SqliteConnection, query: Query<'_>) -> Result<(), BridgeError> {
    query.execute(db).await.map(|_| ()).map_err(BridgeError::store)
}

async fn run_all(
    db: &mut SqliteConnection,
    statements: &[&'static str],
) -> Result<(), BridgeError> {
    for statement in statements {
        run(db, sqlx::query(*statement)).await?;
    }
    Ok(())
}

fn text<T: Serialize>(value: &T) -> Result<String, BridgeError> {
    serde_json::to_string(value).map_err(BridgeError::store)
}

fn read_text<T: DeserializeOwned>(
    row: &sqlx::sqlite::SqliteRow,
    column: usize,
) -> Result<T, BridgeError> {
    let text: String = row.try_get(column).map_err(BridgeError::store)?;
    serde_json::from_str(&text).map_err(BridgeError::store)
}
