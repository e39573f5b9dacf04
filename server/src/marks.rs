//! Marks: what phones hold and what people have read. They come in often and matter little: they
//! are gathered in memory, written together at most once a second, and then told to those who may
//! know. What could not be written waits for the next time; what is lost with a process is said
//! again by the phones, which come back with where they stand.

use crate::{
    error::Result,
    feed::Feeds,
    presence::Note,
    store::{
        Db,
        marks::{self, Move},
    },
};
use bytes::Bytes;
use roost_shared::{
    ConstellationId, PersonId, RoomId, Seq,
    frame::{MARKS_EVERY_MS, ServerFrame},
    room::{Mark, RoomKind},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// Marks that may wait to be written; those beyond are said again when their phones come back.
const WAITING_MAX: usize = 100_000;

/// Where phones say what they hold and what was read. Cheap to clone.
#[derive(Clone)]
pub struct Marks(Arc<Inner>);

struct Inner {
    db: Db,
    feeds: Feeds,
    waiting: Mutex<HashMap<(RoomId, PersonId), Waiting>>,
    work: Notify,
}

struct Waiting {
    constellation: ConstellationId,
    kind: RoomKind,
    delivered: Seq,
    read: Seq,
}

/// Whose mark, and where.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub constellation: ConstellationId,
    pub room: RoomId,
    pub kind: RoomKind,
    pub person: PersonId,
}

impl Marks {
    pub fn new(db: Db, feeds: Feeds) -> Marks {
        let (waiting, work) = (Mutex::default(), Notify::new());
        Marks(Arc::new(Inner { db, feeds, waiting, work }))
    }

    /// A phone of this person holds the room up to here.
    pub fn delivered(&self, place: Place, delivered: Seq) {
        self.note(place, delivered, Seq::ZERO);
    }

    /// The person has read the room up to here.
    pub fn read(&self, place: Place, read: Seq) {
        self.note(place, read, read);
    }

    fn note(&self, place: Place, delivered: Seq, read: Seq) {
        let Place { constellation, room, kind, person } = place;
        let mut all = self.waiting();
        if all.len() >= WAITING_MAX && !all.contains_key(&(room, person)) {
            return;
        }
        let fresh = Waiting { constellation, kind, delivered: Seq::ZERO, read: Seq::ZERO };
        let waiting = all.entry((room, person)).or_insert(fresh);
        waiting.delivered = waiting.delivered.max(delivered);
        waiting.read = waiting.read.max(read);
        drop(all);
        self.0.work.notify_one();
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<(RoomId, PersonId), Waiting>> {
        // A panic elsewhere leaves at worst a mark that is said again.
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes and tells, for as long as the database is open.
    pub async fn run(self) {
        let pause = Duration::from_millis(u64::try_from(MARKS_EVERY_MS).unwrap_or(1_000));
        while !self.0.db.is_closed() {
            let _ = tokio::time::timeout(pause, self.0.work.notified()).await;
            let waiting = std::mem::take(&mut *self.waiting());
            if waiting.is_empty() {
                continue;
            }
            if let Err(error) = self.carry(&waiting).await {
                tracing::warn!(%error, marks = waiting.len(), "marks were not kept");
                self.put_back(waiting);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// No phone says again what it has said on this connection, so it waits here for the next try,
    /// beside what has come in meanwhile.
    fn put_back(&self, waiting: HashMap<(RoomId, PersonId), Waiting>) {
        for ((room, person), Waiting { constellation, kind, delivered, read }) in waiting {
            self.note(Place { constellation, room, kind, person }, delivered, read);
        }
    }

    /// Writes what waits, and tells those who may know.
    async fn carry(&self, waiting: &HashMap<(RoomId, PersonId), Waiting>) -> Result<()> {
        let kinds = waiting.iter().map(|((room, _), one)| (*room, one.kind)).collect();
        let moves = waiting.iter().map(|(&(room, person), one)| Move {
            constellation: one.constellation,
            room,
            person,
            delivered: one.delivered,
            read: one.read,
        });
        let moves: Vec<Move> = moves.collect();
        let mut tx = self.0.db.begin().await?;
        let stand = marks::put(tx.conn(), &moves).await?;
        tx.commit().await?;
        self.tell(stand, &kinds);
        Ok(())
    }

    /// In rooms with marks everybody hears; elsewhere only the person's own phones.
    fn tell(&self, stand: Vec<(RoomId, Mark)>, kinds: &HashMap<RoomId, RoomKind>) {
        let mut rooms: BTreeMap<RoomId, Vec<Mark>> = BTreeMap::new();
        for (room, mark) in stand {
            rooms.entry(room).or_default().push(mark);
        }
        for (room, marks) in rooms {
            let say = |marks: Vec<Mark>| {
                Note::Marks(Bytes::from(ServerFrame::Marks { room, marks }.encode()))
            };
            if kinds.get(&room).is_some_and(|kind| kind.has_marks()) {
                self.0.feeds.tell(room, &say(marks), |_| true);
            } else {
                for mark in marks {
                    let own = mark.person;
                    self.0.feeds.tell(room, &say(vec![mark]), |person| person == own);
                }
            }
        }
    }
}
