//! The heart: every room has a log, `append` writes it and `range` reads it. Nothing else writes
//! entries.
//!
//! What `append` promises, in this order:
//! 1. **Lock without counting.** The transaction begins by taking the room's lock (its row on
//!    Postgres, the database on SQLite), so all writers of a room stand in line, whichever process
//!    they are in.
//! 2. **Idempotent for ever.** An id names one entry of the house, and is looked up before anything
//!    else; a repeat gets its first answer, even when its author has been removed since. Another
//!    body under the same id is refused.
//! 3. **Refusals take no number.** `decide` and `permit` come before the next `seq`: no holes.
//! 4. **One thing.** Entry and effects commit together or not at all; the head is the last entry.
//! 5. **Acknowledged after the commit, and only then.** Then the feeds are told.
//!
//! Drafts that arrive while a commit is under way form the next group: one transaction, one fsync.
//! When a group fails for a reason that is not a refusal it is rolled back and each draft is tried
//! alone, so that one bad draft harms nobody; that also settles commits whose outcome is unknown,
//! by rule 2.
//!
//! This file must not know any kind of entry by name: kinds answer through `needs`, `permit`,
//! `effects`.

mod batch;
pub mod search;

pub use batch::{Answer, Batch, Drafted};

use crate::{
    bus::Bus,
    chain::{ChainKeys, Sealer},
    clock::{Clock, Moment, moment},
    config,
    error::{Error, Result},
    metrics,
    page::{self, CardLine, Line, PageText},
    people::keys::Keys,
    store::{
        Conn, Db, Tx,
        cards::{self, KeptRow},
        entries::{self, EntryRow, NewEntry, Stretch},
        homes,
        rooms::{self, Seat},
    },
};
use roost_shared::{
    ConstellationId, Draft, EntryId, PersonId, Refusal, RoomId, Seq,
    card::Card,
    frame::{PAGE_MAX_ENTRIES, Side},
    kind::{Body, REVISIONS_MAX},
    policy::{Action, Actor, Object, decide},
};
use std::{collections::BTreeSet, mem, sync::Arc};
use tokio::sync::{mpsc, oneshot};

/// Who appends or reads, and in which constellation they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    pub constellation: ConstellationId,
    pub actor: Actor,
}

/// The answer to a draft that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub seq: Seq,
    pub at: i64,
    /// False when the draft had been taken before, and this is its first answer again.
    pub first: bool,
}

/// What an entry said for a while.
#[derive(Clone, Debug)]
pub struct Version {
    /// When it began to stand, epoch ms.
    pub at: i64,
    /// The body's JSON text.
    pub body: String,
}

/// What one transaction added to one room, for the feeds.
#[derive(Clone, Debug)]
pub struct Written {
    pub constellation: ConstellationId,
    pub room: RoomId,
    /// Consecutive.
    pub lines: Vec<Line>,
    /// What became of entries by these.
    pub cards: Vec<CardLine>,
    /// Whether bodies of old entries were changed or removed.
    pub rewrote: bool,
    /// Who stopped being a member.
    pub left: Vec<PersonId>,
    /// Whether anybody's list of rooms changed.
    pub members_changed: bool,
}

/// The log of every room. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    db: Db,
    chain_keys: Arc<ChainKeys>,
    jobs: mpsc::Sender<Job>,
}

struct Job {
    who: Who,
    room: RoomId,
    draft: Draft,
    answer: oneshot::Sender<Answer>,
    since: Moment,
}

impl Job {
    fn drafted(&self) -> Drafted<'_> {
        Drafted { who: self.who, room: self.room, draft: &self.draft }
    }
}

impl Log {
    /// Starts the writer. It ends when every clone of the log is gone and its queue is empty.
    pub fn start(db: Db, parts: Parts, limits: &config::Log) -> Log {
        let (jobs, queue) = mpsc::channel(limits.queue);
        let chain_keys = parts.keys.chain_keys.clone();
        let writer = Writer { db: db.clone(), parts, group: limits.group };
        // The writer goes back and forth with the database several times a group, and waits each
        // time. A thread of its own is put to sleep and woken for half of what a worker costs.
        let runtime = tokio::runtime::Handle::current();
        std::thread::spawn(move || runtime.block_on(writer.run(queue)));
        Log { db, chain_keys, jobs }
    }

    /// Adds a draft to a room, and answers when it is on disk.
    ///
    /// # Errors The refusal for the author. `Busy`, `StoreFull` and `StoreUnavailable` say nothing
    /// about the draft: it may be tried again, and may even have been taken.
    pub async fn append(&self, who: Who, room: RoomId, draft: Draft) -> Result<Receipt, Refusal> {
        // A writer that is gone has shut down: the phone tries the next instance or comes back
        // later.
        self.submit(who, room, draft)?.await.unwrap_or(Err(Refusal::Draining))
    }

    /// `append` for callers that go on with other things meanwhile.
    ///
    /// # Errors
    /// `Busy` when the writer's queue is full, `Draining` when it has shut down.
    pub fn submit(
        &self,
        who: Who,
        room: RoomId,
        draft: Draft,
    ) -> Result<oneshot::Receiver<Result<Receipt, Refusal>>, Refusal> {
        let (answer, receiver) = oneshot::channel();
        self.jobs.try_send(Job { who, room, draft, answer, since: moment() }).map_err(
            |e| match e {
                mpsc::error::TrySendError::Full(_) => Refusal::Busy,
                mpsc::error::TrySendError::Closed(_) => Refusal::Draining,
            },
        )?;
        Ok(receiver)
    }

    /// How many drafts wait for the writer.
    pub fn waiting(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }

    /// Whether the writer still writes.
    pub fn is_alive(&self) -> bool {
        !self.jobs.is_closed()
    }

    /// Reads one page of a room, forwards or backwards, never below the reader's floor.
    ///
    /// # Errors
    /// `NotFound` for a room that is none of the reader's.
    pub async fn range(&self, who: Who, room: RoomId, side: Side, limit: i64) -> Result<PageText> {
        let mut conn = self.db.reader().await?;
        let (seat, floor) = may(&mut conn, who, room, Action::ReadRoom).await?;
        let limit = limit.clamp(1, PAGE_MAX_ENTRIES);
        let constellation = who.constellation;
        let epoch = homes::constellation(&mut conn, constellation).await?.epoch;
        let sealer = Sealer::new(self.chain_keys.clone(), epoch);
        let stretch = Stretch { constellation, room, side, floor, head: Seq::ZERO, limit };
        page::read(&mut conn, seat.person, stretch, &sealer).await
    }
}

impl Log {
    /// What has become of an entry of a room.
    ///
    /// # Errors
    /// `NotFound` for a room that is none of the reader's, or an entry below their floor or without
    /// a card.
    pub async fn card(&self, who: Who, room: RoomId, target: EntryId) -> Result<Card> {
        let mut conn = self.db.reader().await?;
        let sits = may(&mut conn, who, room, Action::ReadRoom).await?;
        read_card(&mut conn, sits, target).await
    }

    /// What an entry said before it was edited, the oldest first.
    ///
    /// # Errors
    /// `NotFound` for a room that is none of the reader's, or an entry that says nothing to them:
    /// below their floor, removed, or of a kind that this build cannot read.
    pub async fn versions(&self, who: Who, room: RoomId, id: EntryId) -> Result<Vec<Version>> {
        let mut conn = self.db.reader().await?;
        let sits = may(&mut conn, who, room, Action::ReadRoom).await?;
        read_versions(&mut conn, sits, id).await
    }
}

/// The card of an entry. Whoever calls has decided that this reader may, from the floor on.
///
/// # Errors
/// As [`Log::card`].
pub async fn read_card(
    conn: &mut Conn,
    (seat, floor): (Seat, Seq),
    target: EntryId,
) -> Result<Card> {
    let Seat { constellation, room, .. } = seat;
    let entry = entries::target(conn, constellation, room, target).await?;
    entry.filter(|entry| entry.seq >= floor).ok_or(Refusal::NotFound)?;
    let card = cards::get(conn, constellation, room, target).await?;
    page::stays(conn, seat, floor).await?;
    Ok(card)
}

/// What an entry said before. Whoever calls has decided that this reader may, from the floor on.
///
/// # Errors
/// As [`Log::versions`].
pub async fn read_versions(
    conn: &mut Conn,
    (seat, floor): (Seat, Seq),
    id: EntryId,
) -> Result<Vec<Version>> {
    let Seat { constellation, room, .. } = seat;
    let entry = entries::target(conn, constellation, room, id).await?;
    let says = |row: &EntryRow| !row.body.is_empty() && Body::KINDS.contains(&&*row.kind);
    let entry = entry.filter(|row| row.seq >= floor && says(row)).ok_or(Refusal::NotFound)?;
    let earlier = cards::earlier(conn, (constellation, room), id, REVISIONS_MAX).await?;
    page::stays(conn, seat, floor).await?;
    // Each stood from the end of the one before it on.
    let mut at = entry.at;
    let since = |row: KeptRow| Version { at: mem::replace(&mut at, row.kept_at), body: row.body };
    Ok(earlier.into_iter().map(since).collect())
}

/// Where somebody sits in a room and from where they read it, if they may do this there.
///
/// # Errors
/// `NotFound` for a room that is none of theirs, else what `decide` says.
pub async fn may(conn: &mut Conn, who: Who, room: RoomId, action: Action) -> Result<(Seat, Seq)> {
    let Actor::Person { person, .. } = who.actor else { return Err(Refusal::NotPermitted.into()) };
    let seat = Seat { constellation: who.constellation, room, person };
    let (kind, membership) = rooms::seated(conn, seat).await?.ok_or(Refusal::NotFound)?;
    decide(who.actor, action, Object::Room { member: Some(membership.view), kind })?;
    Ok((seat, membership.floor))
}

/// What writing entries takes, beside a transaction.
#[derive(Clone)]
pub struct Parts {
    pub clock: Clock,
    pub keys: Arc<Keys>,
    pub bus: Bus,
}

/// Where a transaction failed.
enum Failed {
    /// Before it began: no draft is to blame.
    Begin(Error),
    /// Later, and rolled back, or committed without an answer.
    Midway(Error),
}

/// Tells each author, as soon as it is on disk and before anybody else is told.
fn tell(group: Vec<Job>, answers: Vec<Answer>) {
    for (job, answer) in group.into_iter().zip(answers) {
        metrics::all().answered(&answer);
        // A phone that has gone meanwhile asks again with the same id.
        let _ = job.answer.send(answer);
    }
}

struct Writer {
    db: Db,
    parts: Parts,
    group: usize,
}

impl Writer {
    async fn run(self, mut queue: mpsc::Receiver<Job>) {
        let mut group = Vec::with_capacity(self.group);
        while queue.recv_many(&mut group, self.group).await > 0 {
            self.commit(std::mem::take(&mut group)).await;
        }
    }

    /// One group: together if possible, else one by one.
    async fn commit(&self, group: Vec<Job>) {
        match self.attempt(&group).await {
            Ok((answers, written)) => {
                self.parts.bus.forget(&written);
                tell(group, answers);
                self.parts.bus.wrote(written);
            }
            Err(Failed::Begin(error)) => {
                tracing::error!(drafts = group.len(), %error, "no transaction could be begun");
                let answers = vec![Err(error.refusal()); group.len()];
                tell(group, answers);
            }
            Err(Failed::Midway(error)) => {
                tracing::warn!(drafts = group.len(), %error, "a group was rolled back");
                let constellations: BTreeSet<_> =
                    group.iter().map(|job| job.who.constellation).collect();
                self.one_by_one(group).await;
                // A commit that was taken for lost may have written: the feeds look for themselves.
                for constellation in constellations {
                    self.parts.bus.look(constellation);
                }
            }
        }
    }

    async fn one_by_one(&self, group: Vec<Job>) {
        let mut unwell = None;
        for job in group {
            let mut added = Vec::new();
            let answer = match unwell {
                Some(refusal) => Err(refusal),
                None => match self.attempt(std::slice::from_ref(&job)).await {
                    Ok((mut one, written)) => {
                        added = written;
                        one.pop().unwrap_or(Err(Refusal::StoreUnavailable))
                    }
                    // Not this draft's fault, and the next would only wait as long again.
                    Err(Failed::Begin(error)) => {
                        unwell = Some(error.refusal());
                        Err(error.refusal())
                    }
                    Err(Failed::Midway(error)) => self.settle(&job, &error).await,
                },
            };
            self.parts.bus.forget(&added);
            tell(vec![job], vec![answer]);
            self.parts.bus.wrote(added);
        }
    }

    /// One transaction for these jobs.
    async fn attempt(&self, jobs: &[Job]) -> Result<(Vec<Answer>, Vec<Written>), Failed> {
        let _timed = metrics::all().group(jobs.len(), jobs.first().map(|job| job.since));
        let mut tx = self.db.begin_lazily().await.map_err(Failed::Begin)?;
        match self.write(&mut tx, jobs).await {
            Ok((answers, rows, written)) => {
                entries::add_and_commit(tx, &rows).await.map_err(Failed::Midway)?;
                Ok((answers, written))
            }
            Err(error) if tx.has_begun() => Err(Failed::Midway(error)),
            Err(error) => Err(Failed::Begin(error)),
        }
    }

    /// Everything but the last rows.
    async fn write(
        &self,
        tx: &mut Tx,
        jobs: &[Job],
    ) -> Result<(Vec<Answer>, Vec<NewEntry>, Vec<Written>)> {
        let mut batch = Batch::new(tx, &self.parts);
        batch.lock(jobs.iter().map(|job| (job.room, job.who.constellation))).await?;
        let drafts: Vec<Drafted> = jobs.iter().map(Job::drafted).collect();
        let answers = batch.append(&drafts).await?;
        let (rows, written) = batch.end();
        Ok((answers, rows, written))
    }

    /// A draft that failed even alone. If the commit was what failed, it may still be on disk.
    async fn settle(&self, job: &Job, error: &Error) -> Result<Receipt, Refusal> {
        match self.look_up(job).await {
            Ok(Some(receipt)) => Ok(receipt),
            Ok(None) | Err(_) => {
                tracing::error!(room.id = %job.room, %error, "a draft could not be stored");
                Err(error.refusal())
            }
        }
    }

    async fn look_up(&self, job: &Job) -> Result<Option<Receipt>> {
        let mut conn = self.db.reader().await?;
        let asked = [batch::asked(&job.drafted())];
        let standing = entries::standings(&mut conn, &asked).await?.pop().flatten();
        let body = Body::read(&job.draft.kind, &job.draft.body).ok();
        let digest = self.parts.keys.draft_digest(job.room, &job.draft, body.as_ref());
        let earlier = standing.and_then(|standing| standing.earlier);
        Ok(earlier.and_then(|earlier| batch::repeat(&earlier, &job.drafted(), &digest).ok()))
    }
}
