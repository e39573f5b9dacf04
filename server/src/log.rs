//! The heart: every room has a log, `append` writes it and `range` reads it. Nothing else writes entries.
//!
//! What `append` promises, in this order:
//! 1. **Lock without counting.** The first statement of the transaction writes the room's own row, so all
//!    writers of a room stand in line, whichever process they are in.
//! 2. **Idempotent for ever.** (author, id) is looked up before anything else; a repeat gets its first
//!    answer, even when its author has been removed since. Another body under the same id is refused.
//! 3. **Refusals take no number.** `decide` and `permit` come before the next `seq`: no holes.
//! 4. **One thing.** Entry, effects and head commit together or not at all.
//! 5. **Acknowledged after the commit, and only then.** Then the feeds are told.
//!
//! Drafts that arrive while a commit is under way form the next group: one transaction, one fsync. When
//! a group fails for a reason that is not a refusal it is rolled back and each draft is tried alone, so
//! that one bad draft harms nobody; that also settles commits whose outcome is unknown, by rule 2.
//!
//! This file must not know any kind of entry by name: kinds answer through `needs`, `permit`, `effects`.

use crate::{
    bus::Bus,
    clock::Clock,
    config,
    error::{Error, Result},
    page::{self, Line, PageText},
    people::keys::Keys,
    store::{
        Db, Tx,
        entries::{self, Earlier, EntryRow, NewEntry, Stretch},
        rooms::{self, Locked, Membership, Seat},
    },
};
use roost_shared::{
    ConstellationId, Draft, EntryId, PersonId, Refusal, RoomId, Seq,
    frame::{PAGE_MAX_ENTRIES, Side},
    kind::{Body, Context, Effect, Needs, Target},
    policy::{Action, Actor, Object, decide},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
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

/// What one transaction added to one room, for the feeds.
#[derive(Clone, Debug)]
pub struct Written {
    pub constellation: ConstellationId,
    pub room: RoomId,
    /// Consecutive.
    pub lines: Vec<Line>,
    /// Who stopped being a member.
    pub left: Vec<PersonId>,
    /// Whether anybody's list of rooms changed.
    pub members_changed: bool,
}

/// The log of every room. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    db: Db,
    jobs: mpsc::Sender<Job>,
}

struct Job {
    who: Who,
    room: RoomId,
    draft: Draft,
    answer: oneshot::Sender<Result<Receipt, Refusal>>,
}

impl Log {
    /// Starts the writer. It ends when every clone of the log is gone and its queue is empty.
    pub fn start(db: Db, parts: Parts, limits: &config::Log) -> Log {
        let (jobs, queue) = mpsc::channel(limits.queue);
        let writer = Writer { db: db.clone(), parts, group: limits.group };
        tokio::spawn(writer.run(queue));
        Log { db, jobs }
    }

    /// Adds a draft to a room, and answers when it is on disk.
    ///
    /// # Errors
    /// The refusal for the author. `Busy`, `StoreFull` and `StoreUnavailable` say nothing about the draft:
    /// it may be tried again, and may even have been taken.
    pub async fn append(&self, who: Who, room: RoomId, draft: Draft) -> Result<Receipt, Refusal> {
        // A writer that is gone has shut down: the phone tries the next instance or comes back later.
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
        self.jobs.try_send(Job { who, room, draft, answer }).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => Refusal::Busy,
            mpsc::error::TrySendError::Closed(_) => Refusal::Draining,
        })?;
        Ok(receiver)
    }

    /// Reads one page of a room, forwards or backwards, never below the reader's floor.
    ///
    /// # Errors
    /// `NotFound` for a room that is none of the reader's.
    pub async fn range(&self, who: Who, room: RoomId, side: Side, limit: i64) -> Result<PageText> {
        let mut conn = self.db.reader().await?;
        let membership = match who.actor {
            Actor::Operator => None,
            Actor::Person { person, .. } => {
                let seat = Seat { constellation: who.constellation, room, person };
                rooms::member(&mut conn, seat).await?
            }
        };
        let member = membership.map(|membership| membership.view);
        decide(who.actor, Action::ReadRoom, Object::Room { member })?;
        let floor = membership.map_or(Seq::ZERO.next(), |membership| membership.floor);
        let limit = limit.clamp(1, PAGE_MAX_ENTRIES);
        let constellation = who.constellation;
        let stretch = Stretch { constellation, room, side, floor, head: Seq::ZERO, limit };
        page::read(&mut conn, stretch).await
    }
}

/// What writing entries takes, beside a transaction.
#[derive(Clone)]
pub struct Parts {
    pub clock: Clock,
    pub keys: Arc<Keys>,
    pub bus: Bus,
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
        let answers = match self.attempt(&group).await {
            Ok(answers) => answers,
            Err(error) => {
                tracing::warn!(drafts = group.len(), %error, "a group was rolled back");
                let mut answers = Vec::with_capacity(group.len());
                for job in &group {
                    let alone = self.attempt(std::slice::from_ref(job)).await;
                    answers.push(match alone {
                        Ok(mut one) => one.pop().unwrap_or(Err(Refusal::StoreUnavailable)),
                        Err(error) => self.settle(job, &error).await,
                    });
                }
                answers
            }
        };
        for (job, answer) in group.into_iter().zip(answers) {
            // A phone that has gone meanwhile asks again with the same id.
            let _ = job.answer.send(answer);
        }
    }

    /// One transaction for these jobs, told to the feeds once it is on disk.
    async fn attempt(&self, jobs: &[Job]) -> Result<Vec<Result<Receipt, Refusal>>> {
        let mut tx = self.db.begin().await?;
        let mut batch = Batch::new(&mut tx, &self.parts);
        batch.lock(jobs.iter().map(|job| (job.room, job.who.constellation))).await?;
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            answers.push(batch.append(job.who, job.room, &job.draft).await?);
        }
        let written = batch.finish().await?;
        tx.commit().await?;
        self.parts.bus.wrote(written).await;
        Ok(answers)
    }

    /// A draft that failed even alone. If its commit was the failure it may still be on disk.
    async fn settle(&self, job: &Job, error: &Error) -> Result<Receipt, Refusal> {
        tracing::error!(room.id = %job.room, %error, "a draft could not be stored");
        match self.attempt(std::slice::from_ref(job)).await {
            Ok(mut one) => one.pop().unwrap_or(Err(Refusal::StoreUnavailable)),
            Err(_) => Err(error.refusal()),
        }
    }
}

/// The entries of one transaction. Rooms are locked first, in the order of their ids, so that two
/// transactions can never wait for each other.
pub struct Batch<'t> {
    tx: &'t mut Tx,
    parts: &'t Parts,
    now: i64,
    rooms: BTreeMap<RoomId, Open>,
}

struct Open {
    constellation: ConstellationId,
    locked: Locked,
    lines: Vec<Line>,
    left: Vec<PersonId>,
    members_changed: bool,
}

impl<'t> Batch<'t> {
    /// An empty batch in a transaction that has done nothing yet.
    pub fn new(tx: &'t mut Tx, parts: &'t Parts) -> Batch<'t> {
        Batch { tx, now: parts.clock.now(), parts, rooms: BTreeMap::new() }
    }

    /// Takes the locks of these rooms. A room that is not in the given constellation stays unlocked, and
    /// appending to it is refused as to a room that does not exist.
    ///
    /// # Errors
    /// Whatever the database said; the transaction is lost.
    pub async fn lock(
        &mut self,
        rooms: impl Iterator<Item = (RoomId, ConstellationId)>,
    ) -> Result<()> {
        for (room, constellation) in rooms.collect::<BTreeSet<_>>() {
            if let Some(locked) = rooms::lock(self.tx.conn(), constellation, room).await? {
                let (lines, left) = (Vec::new(), Vec::new());
                let open = Open { constellation, locked, lines, left, members_changed: false };
                self.rooms.insert(room, open);
            }
        }
        Ok(())
    }

    /// The connection under the batch, for what commits together with its entries.
    pub fn conn(&mut self) -> &mut crate::store::Conn {
        self.tx.conn()
    }

    /// One draft. The inner result is the answer to its author; the outer error means that the whole
    /// transaction is lost.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn append(
        &mut self,
        who: Who,
        room: RoomId,
        draft: &Draft,
    ) -> Result<Result<Receipt, Refusal>> {
        let body = Body::read(&draft.kind, &draft.body);
        let digest = self.parts.keys.draft_digest(room, draft, body.as_ref().ok());
        let author = match who.actor {
            Actor::Operator => None,
            Actor::Person { person, .. } => Some(person),
        };
        let (member, earlier) = self.standing(who, room, author, draft.id).await?;
        if let Some(earlier) = earlier {
            return Ok(repeat(&earlier, room, &digest));
        }
        let view = member.map(|member| member.view);
        let judged = body.and_then(|body| {
            decide(who.actor, body.action(), Object::Room { member: view }).map(|()| body)
        });
        let known_room =
            self.rooms.get(&room).is_some_and(|open| open.constellation == who.constellation);
        // A room that is none of the author's answers alike, whatever was sent to it.
        if !known_room || (author.is_some() && member.is_none()) {
            return Ok(Err(Refusal::NotFound));
        }
        let body = match judged {
            Ok(body) => body,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let floor = member.map_or(Seq::ZERO, |member| member.floor);
        let context = self.context(room, draft, body.needs(draft), floor).await?;
        if let Err(refusal) = body.permit(&context) {
            return Ok(Err(refusal));
        }
        let row = self.row(room, author, draft, &body);
        self.write(room, row, &digest, body.effects(&context)).await
    }

    async fn standing(
        &mut self,
        who: Who,
        room: RoomId,
        author: Option<PersonId>,
        id: EntryId,
    ) -> Result<(Option<Membership>, Option<Earlier>)> {
        let constellation = who.constellation;
        match author {
            Some(person) => {
                let seat = Seat { constellation, room, person };
                entries::standing(self.tx.conn(), seat, id).await
            }
            None => Ok((None, entries::by_id(self.tx.conn(), constellation, room, id).await?)),
        }
    }

    /// Loads what the kind needs, and nothing else.
    async fn context(
        &mut self,
        room: RoomId,
        draft: &Draft,
        needs: Needs,
        floor: Seq,
    ) -> Result<Context> {
        let open = &self.rooms[&room];
        let (constellation, locked) = (open.constellation, open.locked);
        let target = match draft.target {
            Some(id) if needs.target => {
                entries::target(self.tx.conn(), constellation, room, id).await?
            }
            _ => None,
        };
        let is_member = match needs.membership_of {
            Some(person) => {
                let seat = Seat { constellation, room, person };
                rooms::member(self.tx.conn(), seat).await?.is_some()
            }
            None => false,
        };
        Ok(Context {
            room_kind: locked.kind,
            seq: locked.head.next(),
            targeted: draft.target.is_some(),
            // What lies below the author's floor is not there for them.
            target: target.filter(|(seq, _)| *seq >= floor).map(|(seq, kind)| Target { seq, kind }),
            is_member,
        })
    }

    fn row(&self, room: RoomId, author: Option<PersonId>, draft: &Draft, body: &Body) -> EntryRow {
        let locked = self.rooms[&room].locked;
        EntryRow {
            seq: locked.head.next(),
            id: draft.id,
            kind: draft.kind.clone(),
            author,
            target: draft.target,
            // Time in a room never runs backwards, whatever the clocks of instances say.
            at: self.now.max(locked.head_at),
            body: body.to_text(),
        }
    }

    /// From here on the draft is taken: its row, its effects, and the room's head move together.
    async fn write(
        &mut self,
        room: RoomId,
        row: EntryRow,
        digest: &str,
        effects: Vec<Effect>,
    ) -> Result<Result<Receipt, Refusal>> {
        let constellation = self.rooms[&room].constellation;
        let new = NewEntry { constellation, room, row: &row, digest };
        if !entries::add(self.tx.conn(), new).await? {
            return Ok(Err(Refusal::IdReused));
        }
        for effect in effects {
            self.apply(room, row.at, effect).await?;
        }
        let line = Line::of(&row)?;
        let open = self.rooms.get_mut(&room).expect("the caller looked the room up");
        open.locked.head = row.seq;
        open.locked.head_at = row.at;
        open.lines.push(line);
        Ok(Ok(Receipt { seq: row.seq, at: row.at, first: true }))
    }

    async fn apply(&mut self, room: RoomId, at: i64, effect: Effect) -> Result<()> {
        let open = self.rooms.get_mut(&room).expect("the caller looked the room up");
        let constellation = open.constellation;
        open.members_changed = true;
        match effect {
            Effect::Join { person, floor, view } => {
                let seat = Seat { constellation, room, person };
                rooms::join(self.tx.conn(), seat, Membership { floor, view }).await
            }
            Effect::Leave { person } => {
                open.left.push(person);
                rooms::leave(self.tx.conn(), Seat { constellation, room, person }, at).await
            }
        }
    }

    /// Sets the heads. What it returns goes to the bus, after the commit and not before.
    ///
    /// # Errors
    /// Whatever the database said; the transaction is lost.
    pub async fn finish(self) -> Result<Vec<Written>> {
        let mut written = Vec::new();
        for (room, open) in self.rooms {
            let Open { constellation, locked, lines, left, members_changed } = open;
            if lines.is_empty() {
                continue;
            }
            rooms::advance(self.tx.conn(), constellation, room, &locked).await?;
            written.push(Written { constellation, room, lines, left, members_changed });
        }
        Ok(written)
    }
}

fn repeat(earlier: &Earlier, room: RoomId, digest: &str) -> Result<Receipt, Refusal> {
    if earlier.room == room && earlier.digest == digest {
        Ok(Receipt { seq: earlier.seq, at: earlier.at, first: false })
    } else {
        Err(Refusal::IdReused)
    }
}
