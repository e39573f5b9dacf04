//! The database: the only folder that names sqlx. One portable set of SQL for SQLite and Postgres,
//! plain strings beside the functions that run them, one file per family of tables. No rules live
//! here.

pub mod agreements;
pub mod cards;
pub mod claims;
pub mod devices;
mod disk;
pub mod enrolments;
pub mod entries;
pub mod handovers;
pub mod homes;
mod identity;
pub mod marks;
pub mod meta;
pub mod people;
pub mod proposals;
pub mod rooms;
pub mod settings;
pub mod time;
pub mod trail;
mod tx;

pub use identity::{Claim, check_sqlite};
pub use tx::{Commit, Tx};

use crate::{
    clock::Clock,
    error::{Error, Result},
    metrics,
};
use disk::Disk;
use identity::Act;
use roost_shared::Refusal;
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, any::AnyPoolOptions, migrate::Migrator,
    pool::PoolConnection,
};
use std::{
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tx::Fault;

/// A connection that SQL runs on: a reader's, or a transaction's.
pub type Conn = AnyConnection;
/// A connection that only reads, to be given back soon.
pub type Reader = PoolConnection<Any>;

/// How long SQLite waits for another process (the command line) to finish its write, ms.
const BUSY_MS: u32 = 5_000;
/// Connections that only read.
const READERS: u32 = 4;
/// How long to wait for a free connection.
const ACQUIRE: Duration = Duration::from_secs(5);
/// What SQLite may keep of the database in memory, KiB: for the writer the upper parts of its
/// indexes, for a reader one page of a room. The kernel keeps the rest.
const WRITER_CACHE_KIB: u32 = 8 * 1_024;
const READER_CACHE_KIB: u32 = 512;
/// How the tables came to be, step by step.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
/// Pages of WAL after which a commit folds them back itself, should the background one not keep up.
const CHECKPOINT_PAGES: u32 = 8_192;

/// The database, shared by clones.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    writer: AnyPool,
    readers: AnyPool,
    /// One connection that a storm of readers cannot take: for who may still be here.
    watcher: AnyPool,
    /// That of a Postgres is none of ours to try.
    disk: Option<Disk>,
    fault: Option<Fault>,
    /// By which commits write down what time it is.
    clock: Option<Clock>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Backend {
    Sqlite,
    Postgres,
}

impl Db {
    /// Opens and migrates the SQLite database in this file, if it is the claimant's. The file is
    /// there: opening makes none.
    ///
    /// # Errors
    /// `Error::Config` when the file cannot be used, or is not the claimant's.
    pub async fn sqlite(file: &Path, claim: &Claim) -> Result<Db> {
        let act = identity::examine_sqlite(file, claim).await?;
        let name = file.display().to_string();
        let url = identity::sqlite_url(file, "mode=rw")?;
        let db = Db::open(&url, Backend::Sqlite).await?.claimed(&name, act, claim).await?;
        Ok(Db { disk: Some(Disk::beside(file)), ..db })
    }

    /// Opens and migrates a Postgres database, `postgres://…`, if it is the claimant's.
    ///
    /// # Errors `Error::Config` when it cannot be used, is not the claimant's, or acknowledges
    /// commits before they are on disk.
    pub async fn postgres(url: &str, claim: &Claim) -> Result<Db> {
        let name = "the database";
        let act = identity::examine(Some(url), Backend::Postgres, name, claim).await?;
        let db = Db::open(url, Backend::Postgres).await?.claimed(name, act, claim).await?;
        let durable: String = sqlx::query_scalar("SHOW synchronous_commit")
            .fetch_one(&db.readers)
            .await
            .map_err(unusable)?;
        if matches!(durable.as_str(), "on" | "remote_apply") {
            return Ok(db);
        }
        Err(Error::Config(format!(
            "the database has synchronous_commit={durable}; it must be on: otherwise acknowledged \
             messages are lost when the power fails"
        )))
    }

    async fn open(url: &str, backend: Backend) -> Result<Db> {
        // SQLite has one writer at a time; more connections would only wait on each other.
        let writers = if backend == Backend::Sqlite { 1 } else { READERS };
        let writer =
            options(backend, writers, WRITER_CACHE_KIB).connect(url).await.map_err(unusable)?;
        MIGRATIONS.run(&writer).await.map_err(unusable)?;
        let readers =
            options(backend, READERS, READER_CACHE_KIB).connect(url).await.map_err(unusable)?;
        let watcher = options(backend, 1, READER_CACHE_KIB).connect(url).await.map_err(unusable)?;
        Ok(Db { backend, writer, readers, watcher, disk: None, fault: None, clock: None })
    }

    /// This database with its house's name in it.
    async fn claimed(self, name: &str, act: Act, claim: &Claim) -> Result<Db> {
        if act == Act::Use {
            return Ok(self);
        }
        let mut tx = self.begin().await?;
        identity::write(act, tx.conn(), name, claim).await?;
        tx.commit().await?;
        Ok(self)
    }

    /// The same database with commits that misbehave as told. For tests of the log.
    #[must_use]
    pub fn with_fault(mut self, fault: impl Fn() -> Commit + Send + Sync + 'static) -> Db {
        self.fault = Some(Arc::new(fault));
        self
    }

    /// The same database with commits that write down, once a second, what time it is by this
    /// clock: no later start may lie before them.
    #[must_use]
    pub fn timed_by(mut self, clock: &Clock) -> Db {
        self.clock = Some(clock.clone());
        self
    }

    /// Begins a write.
    ///
    /// # Errors
    /// `Internal` or a `Refused` that says to try later.
    pub async fn begin(&self) -> Result<Tx> {
        self.unbegun().await?.begin().await
    }

    /// A write that its first statement begins: on SQLite, one of those that say so.
    ///
    /// # Errors
    /// As of `begin`.
    pub async fn begin_lazily(&self) -> Result<Tx> {
        match self.backend {
            Backend::Sqlite => self.unbegun().await,
            Backend::Postgres => self.begin().await,
        }
    }

    async fn unbegun(&self) -> Result<Tx> {
        let (fault, clock) = (self.fault.clone(), self.clock.clone());
        Ok(Tx::new((self.writer.acquire().await?, self.backend), fault, clock))
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// `Internal` when none is free in time.
    pub async fn reader(&self) -> Result<Reader> {
        Ok(self.readers.acquire().await?)
    }

    /// The watcher's connection.
    ///
    /// # Errors
    /// `Internal` when the database cannot be reached.
    pub async fn watcher(&self) -> Result<Reader> {
        Ok(self.watcher.acquire().await?)
    }

    /// Folds the write-ahead log back into the database, off the commit path. Nothing on Postgres.
    ///
    /// # Errors
    /// `Internal` when the database refuses.
    pub async fn checkpoint(&self) -> Result<()> {
        if self.backend == Backend::Sqlite {
            let mut conn = self.reader().await?;
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_all(&mut *conn).await?;
        }
        Ok(())
    }

    /// Whether the disk takes a good deal more than the next write; its log says when it turns.
    pub async fn has_room(&self) -> bool {
        match &self.disk {
            Some(disk) => disk.has_room().await,
            None => true,
        }
    }

    /// Whether [`Db::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.readers.is_closed()
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
        self.watcher.close().await;
    }
}

fn options(backend: Backend, connections: u32, cache_kib: u32) -> AnyPoolOptions {
    let options = AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(backend == Backend::Postgres);
    if backend == Backend::Postgres {
        return options;
    }
    options.after_connect(move |conn, _| {
        Box::pin(async move {
            let pragmas = format!(
                "PRAGMA busy_timeout={BUSY_MS}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
                 PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}; \
                 PRAGMA cache_size=-{cache_kib}"
            );
            sqlx::raw_sql(AssertSqlSafe(pragmas)).execute(conn).await.map(|_| ())
        })
    })
}

fn unusable(error: impl std::fmt::Display) -> Error {
    Error::Config(format!("the database cannot be used: {error}"))
}

/// What a database error means to the person who waits: full, busy, or broken. Its text may quote
/// values, so only the code goes any further.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        let code = error.as_database_error().and_then(|e| e.code()).unwrap_or_default();
        metrics::all().store_error(match code.as_ref() {
            "13" | "53100" => "full",
            "5" | "517" => "busy",
            _ => "other",
        });
        match code.as_ref() {
            // SQLITE_FULL; Postgres class 53, insufficient resources: disk_full.
            "13" | "53100" => Error::Refused(Refusal::StoreFull),
            // SQLITE_BUSY and SQLITE_BUSY_SNAPSHOT: another process held the lock too long.
            "5" | "517" => Error::Refused(Refusal::Busy),
            "" => Error::Internal(format!("database: {}", class_of(&error))),
            code => Error::Internal(format!("database error code {code}")),
        }
    }
}

fn class_of(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::RowNotFound => "a row that must exist is missing",
        sqlx::Error::PoolTimedOut => "no connection was free in time",
        sqlx::Error::PoolClosed => "closed",
        sqlx::Error::Io(_) => "connection lost",
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => "a value is not of its type",
        _ => "failed",
    }
}

/// The most rows that one statement takes, as a power of two. SQLite looks through the names of all
/// placeholders for each one that is bound.
const ROWS_MAX_LOG2: usize = 4;

/// A statement of several rows. It comes in few sizes, powers of two, so that the database has few
/// texts to prepare and keeps them all.
pub(crate) struct ManyRows {
    /// What goes before the statement, itself with `{rows}` where the placeholders go, and what
    /// goes behind it.
    text: [&'static str; 3],
    columns: usize,
    sizes: [OnceLock<String>; ROWS_MAX_LOG2 + 1],
}

impl ManyRows {
    pub(crate) const fn new(text: &'static str, columns: usize) -> ManyRows {
        ManyRows::between("", text, "", columns)
    }

    pub(crate) const fn between(
        before: &'static str,
        text: &'static str,
        behind: &'static str,
        columns: usize,
    ) -> ManyRows {
        let sizes = [const { OnceLock::new() }; ROWS_MAX_LOG2 + 1];
        ManyRows { text: [before, text, behind], columns, sizes }
    }

    /// Cuts rows into parts; each comes with where it begins and the statement for it.
    pub(crate) fn parts<'r, T>(
        &'static self,
        rows: &'r [T],
    ) -> impl Iterator<Item = (usize, &'r [T], SqlText)> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let left = (rows.len() - from).min(1 << ROWS_MAX_LOG2);
            let size = left.checked_ilog2()?;
            let begin = from;
            from += 1 << size;
            Some((begin, &rows[begin..from], self.text_of(1 << size)))
        })
    }

    /// The statement for this many rows, a power of two.
    pub(crate) fn text_of(&'static self, rows: usize) -> SqlText {
        let log2 = rows.ilog2() as usize;
        // Nothing but our own text and numbers goes into a statement.
        AssertSqlSafe(self.sizes[log2].get_or_init(|| {
            let row = |row: usize| {
                let columns = 1..=self.columns;
                let columns = columns.map(|column| format!("${}", row * self.columns + column));
                format!("({})", columns.collect::<Vec<_>>().join(","))
            };
            let rows = (0..1 << log2).map(row).collect::<Vec<_>>().join(",");
            self.text.concat().replace("{rows}", &rows)
        }))
    }
}

/// A statement as sqlx takes it.
type SqlText = AssertSqlSafe<&'static str>;

/// Reads a text column that holds an identity or a closed enum. Ours wrote it, so failing is
/// corruption.
pub(crate) fn parsed<T, E: std::fmt::Display>(read: std::result::Result<T, E>) -> Result<T> {
    read.map_err(|e| Error::internal("a stored value cannot be read", e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_parts_of_few_sizes() {
        static ROWS: ManyRows = ManyRows::new("VALUES {rows}", 3);
        for (rows, wanted) in [
            (0, vec![]),
            (1, vec![(0, 1)]),
            (7, vec![(0, 4), (4, 2), (6, 1)]),
            (35, vec![(0, 16), (16, 16), (32, 2), (34, 1)]),
        ] {
            let rows: Vec<usize> = (0..rows).collect();
            let parts: Vec<_> =
                ROWS.parts(&rows).map(|(from, part, _)| (from, part.len())).collect();
            assert_eq!(parts, wanted);
            assert!(ROWS.parts(&rows).all(|(from, part, _)| part[0] == from));
        }
        let (_, _, text) = ROWS.parts(&[0, 1]).next().unwrap();
        assert_eq!(text.0, "VALUES ($1,$2,$3),($4,$5,$6)");
    }
}
