//! A write transaction. On SQLite its first statement can begin it and its last one commit it: each
//! trip to the database wakes its thread and ours, and costs more than the statement itself.

use super::{Backend, Conn, time};
use crate::{
    clock::Clock,
    error::{Error, Result},
    reckoning::Note,
};
use sqlx::{Any, pool::PoolConnection};
use std::{sync::Arc, time::Duration};

/// What goes before the first statement of a transaction that has not begun, on SQLite.
pub(super) const BEGIN_AND: &str = "BEGIN IMMEDIATE; ";
/// What goes behind its last statement, on SQLite.
pub(super) const AND_COMMIT: &str = "; COMMIT";

/// What a test makes a commit do. A real process always has `Commit::Now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    Now,
    /// Wait before committing, holding every lock.
    After(Duration),
    /// Roll back and fail.
    Fail,
    /// Commit, but report a failure: the outcome is unknown to the caller.
    LoseAnswer,
}

pub(super) type Fault = Arc<dyn Fn() -> Commit + Send + Sync>;

/// A write transaction. Rolls back when dropped.
pub struct Tx {
    /// None as soon as it is committed.
    conn: Option<PoolConnection<Any>>,
    backend: Backend,
    begun: bool,
    fault: Option<Fault>,
    clock: Option<Clock>,
    /// What it writes down of the time.
    note: Option<Note>,
}

impl Tx {
    /// One that has begun.
    pub(super) async fn begin(mut self) -> Result<Tx> {
        let text = match self.backend {
            // Takes the write lock at once, so that it never has to give up halfway.
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres => "BEGIN",
        };
        sqlx::query(text).execute(self.conn()).await?;
        self.begun = true;
        Ok(self)
    }

    /// One that has not begun.
    pub(super) fn new(
        (conn, backend): (PoolConnection<Any>, Backend),
        fault: Option<Fault>,
        clock: Option<Clock>,
    ) -> Tx {
        Tx { conn: Some(conn), backend, begun: false, fault, clock, note: None }
    }

    /// Whether it holds what it will need: what failed before was not its statements' fault.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun
    }

    /// The statement that began it has gone well.
    pub(super) fn began(&mut self) {
        self.begun = true;
    }

    /// Whether beginning it takes every lock there is, and one trip may carry several statements.
    pub(crate) fn holds_all(&self) -> bool {
        self.backend == Backend::Sqlite
    }

    /// Makes it durable. When this fails the outcome is unknown until it is looked up.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn commit(mut self) -> Result<()> {
        let fault = self.ending().await?;
        sqlx::query("COMMIT").execute(self.conn()).await?;
        self.ended(fault)
    }

    /// What comes before a commit: the time is written down if it is due, as the last row that is
    /// locked, and a test may want something of it.
    pub(super) async fn ending(&mut self) -> Result<Commit> {
        self.note = self.clock.as_ref().and_then(Clock::due);
        if let Some(note) = self.note {
            time::note(self.conn(), note).await?;
        }
        let fault = self.fault.as_ref().map_or(Commit::Now, |fault| fault());
        match fault {
            Commit::After(pause) => tokio::time::sleep(pause).await,
            Commit::Fail => {
                return Err(Error::Internal("commit failed, as a test asked".to_owned()));
            }
            Commit::Now | Commit::LoseAnswer => {}
        }
        Ok(fault)
    }

    /// It is committed: the connection is free.
    pub(super) fn ended(mut self, fault: Commit) -> Result<()> {
        self.conn = None;
        if fault == Commit::LoseAnswer {
            return Err(Error::Internal("commit answer lost, as a test asked".to_owned()));
        }
        if let (Some(clock), Some(note)) = (&self.clock, self.note) {
            clock.noted(note);
        }
        Ok(())
    }

    /// The connection under the transaction.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn.as_deref_mut().expect("only its end takes the connection away")
    }
}

impl Drop for Tx {
    /// The connection goes back when it is in no transaction any more. One that cannot say so (a
    /// full disk makes SQLite roll back by itself; a server may be gone) is let go.
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        tokio::spawn(async move {
            if sqlx::query("ROLLBACK").execute(&mut *conn).await.is_err() {
                drop(conn.detach());
            }
        });
    }
}
