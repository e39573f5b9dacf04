//! Marks: what phones hold and what people have read. They come in often and matter little: they
//! are gathered in memory, written together at most once a second, and then told to those who may
//! know. What could not be written waits for the next time. For what found no room to wait, the
//! phones of its constellation are asked once there is room again; what is lost with a process is
//! said again by the phones, which come back with where they stand.

use crate::{
    error::Result,
    feed::Feeds,
    outlet::Note,
    presence::Presence,
    store::{
        Db,
        marks::{self, Move, Stand},
    },
};
use bytes::Bytes;
use roost_shared::{
    ConstellationId, PersonId, RoomId, Seq,
    frame::{MARKS_EVERY_MS, ServerFrame},
    room::{Mark, RoomKind},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// Marks that may wait to be written; of those beyond, only the constellation is remembered.
pub const WAITING_MAX: usize = 100_000;

/// Where phones say what they hold and what was read. Cheap to clone.
#[derive(Clone)]
pub struct Marks(Arc<Inner>);

struct Inner {
    db: Db,
    feeds: Feeds,
    presence: Presence,
    max: usize,
    gathered: Mutex<Gathered>,
    work: Notify,
}

/// What has come in since the last time.
#[derive(Default)]
struct Gathered {
    waiting: HashMap<(RoomId, PersonId), Waiting>,
    /// Where marks were said that found no room here.
    missed: BTreeSet<ConstellationId>,
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
    /// Nothing waits yet, and at most `max` may.
    pub fn new(db: Db, feeds: Feeds, presence: Presence, max: usize) -> Marks {
        let (gathered, work) = (Mutex::default(), Notify::new());
        Marks(Arc::new(Inner { db, feeds, presence, max, gathered, work }))
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
        let mut gathered = self.gathered();
        let all = &mut gathered.waiting;
        if all.len() >= self.0.max && !all.contains_key(&(room, person)) {
            gathered.missed.insert(constellation);
            return;
        }
        let fresh = Waiting { constellation, kind, delivered: Seq::ZERO, read: Seq::ZERO };
        let waiting = all.entry((room, person)).or_insert(fresh);
        waiting.delivered = waiting.delivered.max(delivered);
        waiting.read = waiting.read.max(read);
        drop(gathered);
        self.0.work.notify_one();
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        // A panic elsewhere leaves at worst a mark that is said again.
        self.0.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes and tells, for as long as the database is open.
    pub async fn run(self) {
        let pause = Duration::from_millis(u64::try_from(MARKS_EVERY_MS).unwrap_or(1_000));
        while !self.0.db.is_closed() {
            let _ = tokio::time::timeout(pause, self.0.work.notified()).await;
            let gathered = std::mem::take(&mut *self.gathered());
            if gathered.waiting.is_empty() {
                continue;
            }
            match self.carry(&gathered.waiting).await {
                Ok(()) => self.ask_again(gathered.missed),
                Err(error) => {
                    let marks = gathered.waiting.len();
                    tracing::warn!(%error, marks, "marks were not kept");
                    self.put_back(gathered);
                }
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// A phone that looks again hears how far it is known to be, and says what is missing.
    fn ask_again(&self, missed: BTreeSet<ConstellationId>) {
        missed.into_iter().for_each(|constellation| self.0.presence.reload(constellation));
    }

    /// No phone says again what it has said on this connection unless it is asked to look again, so
    /// it waits here for the next try, beside what has come in meanwhile.
    fn put_back(&self, Gathered { waiting, missed }: Gathered) {
        self.gathered().missed.extend(missed);
        for ((room, person), Waiting { constellation, kind, delivered, read }) in waiting {
            self.note(Place { constellation, room, kind, person }, delivered, read);
        }
    }

    /// Writes what waits, and tells those who may know.
    async fn carry(&self, waiting: &HashMap<(RoomId, PersonId), Waiting>) -> Result<()> {
        let moves = waiting.iter().map(|(&(room, person), one)| Move {
            constellation: one.constellation,
            room,
            person,
            delivered: one.delivered,
            read: one.read,
        });
        let moves: Vec<Move> = moves.collect();
        let lines = waiting.iter().filter(|(_, one)| one.kind.has_marks());
        let lines: BTreeSet<_> = lines.map(|((room, _), one)| (one.constellation, *room)).collect();
        let lines: Vec<_> = lines.into_iter().collect();
        let mut tx = self.0.db.begin().await?;
        let before = marks::of_rooms(tx.conn(), &lines).await?;
        let moved = marks::put(tx.conn(), &moves).await?;
        tx.commit().await?;
        let mut rooms: BTreeMap<RoomId, Vec<Mark>> = BTreeMap::new();
        for (room, mark) in moved {
            rooms.entry(room).or_default().push(mark);
        }
        for (room, marks) in rooms {
            if lines.iter().any(|(_, line)| *line == room) {
                let here: Vec<&Stand> = before.iter().filter(|it| it.room == room).collect();
                self.tell_line(room, &marks, &here);
            } else {
                marks.iter().for_each(|mark| self.say(room, [*mark], |to| to == mark.person));
            }
        }
        Ok(())
    }

    /// In a room with marks everybody hears of everybody, but for reading that is not shown.
    fn tell_line(&self, room: RoomId, moved: &[Mark], before: &[&Stand]) {
        let hides = |person| before.iter().any(|it| it.mark.person == person && !it.receipts);
        let open = moved.iter().filter_map(|mark| news(*mark, before, true));
        self.say(room, open, |to| !hides(to));
        for hider in before.iter().filter(|it| !it.receipts).map(|it| it.mark.person) {
            let heard = moved.iter().filter_map(|mark| {
                if mark.person == hider { Some(*mark) } else { news(*mark, before, false) }
            });
            self.say(room, heard, |to| to == hider);
        }
    }

    fn say(
        &self,
        room: RoomId,
        marks: impl IntoIterator<Item = Mark>,
        wanted: impl Fn(PersonId) -> bool,
    ) {
        let marks: Vec<Mark> = marks.into_iter().collect();
        if !marks.is_empty() {
            let note = Note::Marks(Bytes::from(ServerFrame::Marks { room, marks }.encode()));
            self.0.feeds.tell(room, &note, wanted);
        }
    }
}

/// What one member is told of another's mark: of reading only where both of them show theirs.
pub fn shown(mark: Mark, receipts: bool) -> Mark {
    if receipts { mark } else { Mark { read: Seq::ZERO, ..mark } }
}

/// What is told of a mark that has moved to somebody else who shows receipts, or does not. When
/// only the reading moved and it is not shown, a frame would tell of it by its coming.
fn news(mark: Mark, before: &[&Stand], receipts: bool) -> Option<Mark> {
    let stood = before.iter().find(|it| it.mark.person == mark.person);
    let receipts = receipts && stood.is_none_or(|it| it.receipts);
    let held = stood.map_or(Seq::ZERO, |it| it.mark.delivered);
    (receipts || mark.delivered > held).then(|| shown(mark, receipts))
}
