//! Feeds: one per room that somebody here is reading. A feed is woken, reads once for all its
//! readers, keeps a short tail in memory for phones that come back, and fans out shared bytes.
//!
//! A feed may miss something; a phone may not. Every page says which seqs it covers, and a session
//! that sees a gap reads the log. A gap also means that somebody else wrote, so who is a member is
//! looked up again.

mod repair;

use crate::{
    chain::{ChainKeys, Point, Sealer},
    config,
    error::Result,
    log::Written,
    metrics,
    outlet::{Note, Outlet},
    page::{self, CardLine, Line, PageText},
    store::{Db, entries::Stretch},
};
use roost_shared::{
    ConstellationId, Epoch, PersonId, Refusal, RoomId, Seq,
    frame::{PAGE_MAX_ENTRIES, Side},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// Every live feed of this process. Cheap to clone.
#[derive(Clone)]
pub struct Feeds(Arc<Inner>);

struct Inner {
    db: Db,
    chain_keys: Arc<ChainKeys>,
    tail_entries: usize,
    tail_bytes: usize,
    rooms: Mutex<Rooms>,
    /// Rooms whose log may hold more than their feed, until the repair has looked.
    stale: Mutex<BTreeSet<RoomId>>,
    work: Notify,
}

/// Most live rooms are quiet: their place in the table should be small.
type Rooms = HashMap<RoomId, Box<Feed>>;

struct Feed {
    constellation: ConstellationId,
    /// Of the epoch that the last reader to come was told.
    sealer: Sealer,
    /// The last entry delivered here; `None` until the first reader has looked it up.
    head: Option<Point>,
    /// Consecutive, up to `head`.
    tail: VecDeque<Line>,
    tail_bytes: usize,
    /// The cards that entries of the tail changed or began, by the seq of whose they are.
    cards: BTreeMap<Seq, CardLine>,
    readers: Vec<Reader>,
    /// Replaced when old entries change: what was read under another one may not be true any more.
    generation: Arc<()>,
    /// The last page built from the tail: phones that come back together ask for the same one.
    last: Option<(Seq, Arc<PageText>)>,
}

/// Who hears of a room's entries.
#[derive(Clone)]
struct Reader {
    outlet: Arc<Outlet>,
    /// What has become of entries below this is none of the reader's business.
    floor: Seq,
}

/// What a reader asks of a room's log. That they may read it was decided when they began to listen.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub constellation: ConstellationId,
    pub room: RoomId,
    pub floor: Seq,
    pub side: Side,
    pub limit: i64,
}

impl Feeds {
    pub fn new(db: Db, chain_keys: Arc<ChainKeys>, limits: &config::Log) -> Feeds {
        Feeds(Arc::new(Inner {
            db,
            chain_keys,
            tail_entries: limits.tail_entries,
            tail_bytes: limits.tail_bytes,
            rooms: Mutex::default(),
            stale: Mutex::default(),
            work: Notify::new(),
        }))
    }

    /// From now on this outlet hears of new entries of the room, and of what becomes of those from
    /// `floor` on. Returns the feed's head; `None` when the caller must look it up and say so with
    /// [`Feeds::seen`].
    pub fn listen(
        &self,
        (constellation, epoch): (ConstellationId, Epoch),
        (room, floor): (RoomId, Seq),
        outlet: &Arc<Outlet>,
    ) -> Option<Point> {
        self.with(|rooms| {
            let sealer = || Sealer::new(self.0.chain_keys.clone(), epoch);
            let new = || Box::new(Feed::new(constellation, sealer()));
            let feed = rooms.entry(room).or_insert_with(new);
            if feed.sealer.epoch() != epoch {
                feed.sealer = sealer();
                feed.last = None;
            }
            match feed.readers.iter_mut().find(|reader| Arc::ptr_eq(&reader.outlet, outlet)) {
                Some(reader) => reader.floor = floor,
                None => feed.readers.push(Reader { outlet: outlet.clone(), floor }),
            }
            feed.head
        })
    }

    /// Tells a new feed where its room's log stood after it had begun to listen.
    pub fn seen(&self, room: RoomId, head: Point) {
        self.with(|rooms| {
            if let Some(feed) = rooms.get_mut(&room) {
                feed.head.get_or_insert(head);
            }
        });
    }

    /// This outlet hears no more of the room.
    pub fn leave(&self, room: RoomId, outlet: &Arc<Outlet>) {
        self.with(|rooms| {
            if let Some(feed) = rooms.get_mut(&room) {
                feed.readers.retain(|reader| !Arc::ptr_eq(&reader.outlet, outlet));
                if feed.readers.is_empty() {
                    rooms.remove(&room);
                }
            }
        });
    }

    /// Hands what a commit wrote to everyone who reads the room here. A gap is left to the repair.
    pub fn deliver(&self, written: Written) {
        let room = written.room;
        let gap = self.with(|rooms| {
            let (feed, first) = (rooms.get_mut(&room), written.lines.first());
            let (Some(feed), Some(first)) = (feed, first) else { return false };
            if feed.head.is_some_and(|head| head.seq.next() != first.seq) {
                return true;
            }
            feed.readers.retain(|reader| !written.left.contains(&reader.outlet.person));
            feed.send(room, (written.lines, written.cards), &self.0);
            false
        });
        if gap {
            self.stale().insert(room);
            self.0.work.notify_one();
        }
    }

    /// Old entries of the room have changed: what is kept of them in memory is not true any more.
    pub fn forget(&self, room: RoomId) {
        self.with(|rooms| {
            if let Some(feed) = rooms.get_mut(&room) {
                feed.forget();
            }
        });
    }

    /// Says something that is no entry to those readers of the room who are wanted.
    pub fn tell(&self, room: RoomId, note: &Note, wanted: impl Fn(PersonId) -> bool) {
        self.with(|rooms| {
            let readers = rooms.get(&room).map(|feed| feed.readers.iter());
            for reader in readers.into_iter().flatten() {
                if wanted(reader.outlet.person) {
                    reader.outlet.note(note);
                }
            }
        });
    }

    /// Every live room of a constellation is to be compared with its log.
    pub fn look(&self, constellation: ConstellationId) {
        let ours: Vec<RoomId> = self.with(|rooms| {
            let ours = rooms.iter().filter(|(_, feed)| feed.constellation == constellation);
            ours.map(|(room, _)| *room).collect()
        });
        self.stale().extend(ours);
        self.0.work.notify_one();
    }

    /// Where the rooms stand as far as their feeds know, for a session that may have missed a page.
    pub fn heads(&self, wanted: &[RoomId]) -> Vec<(RoomId, Point)> {
        self.with(|rooms| {
            let head = |room: &RoomId| Some((*room, rooms.get(room)?.head?));
            wanted.iter().filter_map(head).collect()
        })
    }

    /// Whether an entry with this chain was delivered here, as far as that is remembered. A "no"
    /// says nothing.
    pub fn has_told(&self, room: RoomId, point: Point) -> bool {
        self.with(|rooms| {
            let Some(feed) = rooms.get(&room) else { return false };
            let after = feed.tail.front().map_or(0, |oldest| point.seq.0 - oldest.seq.0);
            let line = usize::try_from(after).ok().and_then(|at| feed.tail.get(at));
            line.is_some_and(|line| (line.seq, line.chain) == (point.seq, point.chain))
        })
    }

    /// One page of a room's log for this outlet: from the tail if it is there, and to whoever still
    /// stands in the feed, which lets go of those who left before it takes what came later.
    ///
    /// # Errors
    /// `NotFound` when they have left since they asked; whatever the database said.
    pub async fn page(&self, ask: Ask, outlet: &Arc<Outlet>) -> Result<Arc<PageText>> {
        metrics::all().page_read();
        let stands =
            |reader: &Reader| Arc::ptr_eq(&reader.outlet, outlet) && reader.floor == ask.floor;
        let found = self.with(|rooms| {
            let feed = rooms.get_mut(&ask.room)?;
            let here = feed.readers.iter().any(stands);
            Some((feed.sealer.clone(), if here { feed.page(&ask) } else { None }))
        });
        // Whoever listens keeps the feed: this one does so no longer.
        let (sealer, tail) = found.ok_or(Refusal::NotFound)?;
        if let Some(page) = tail {
            return Ok(page);
        }
        let Ask { constellation, room, floor, side, limit } = ask;
        let limit = limit.clamp(1, PAGE_MAX_ENTRIES);
        let stretch = Stretch { constellation, room, side, floor, head: Seq::ZERO, limit };
        let mut conn = self.0.db.reader().await?;
        Ok(Arc::new(page::read(&mut conn, outlet.person, stretch, &sealer).await?))
    }

    fn stale(&self) -> MutexGuard<'_, BTreeSet<RoomId>> {
        self.0.stale.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Rooms) -> T) -> T {
        // A panic elsewhere cannot leave a feed half-changed in a way that sessions would not
        // notice.
        act(&mut self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Feed {
    fn new(constellation: ConstellationId, sealer: Sealer) -> Feed {
        Feed {
            constellation,
            sealer,
            head: None,
            tail: VecDeque::new(),
            tail_bytes: 0,
            cards: BTreeMap::new(),
            readers: Vec::new(),
            generation: Arc::default(),
            last: None,
        }
    }

    fn forget(&mut self) {
        self.tail.clear();
        self.tail_bytes = 0;
        self.cards.clear();
        self.generation = Arc::default();
        self.last = None;
    }

    fn send(&mut self, room: RoomId, (lines, cards): (Vec<Line>, Vec<CardLine>), limits: &Inner) {
        // Another catch-up may have been faster; what is already out is not sent again.
        let fresh = lines.iter().position(|line| self.head.is_none_or(|at| line.seq > at.seq));
        let (Some(start), Some(last)) = (fresh, lines.last()) else { return };
        let (head, chain) = (last.seq, last.chain);
        // One page of the usual size, also for a large group: it tells the head, and sessions read
        // on.
        let fresh = &lines[start..];
        let fit = page::bounded(fresh.iter(), &cards);
        let page_from = |floor: Seq| {
            let cards = cards.iter().filter(|card| card.seq >= floor);
            let of = (room, &self.sealer);
            Arc::new(PageText::of(of, (head, head), fresh[..fit].iter(), cards))
        };
        let lowest = cards.iter().map(|card| card.seq).min();
        let page = page_from(Seq::ZERO);
        for Reader { outlet, floor } in &self.readers {
            match lowest {
                Some(lowest) if lowest < *floor => outlet.page(&page_from(*floor)),
                _ => outlet.page(&page),
            }
        }
        self.head = Some(Point { seq: head, chain });
        self.last = None;
        self.keep(lines.into_iter().skip(start), cards, limits);
    }

    fn keep(&mut self, lines: impl Iterator<Item = Line>, cards: Vec<CardLine>, limits: &Inner) {
        for line in lines {
            self.tail_bytes += line.text.len();
            self.tail.push_back(line);
        }
        for card in cards {
            self.tail_bytes += card.text.len();
            let before = self.cards.insert(card.seq, card);
            self.tail_bytes -= before.map_or(0, |before| before.text.len());
        }
        while self.tail.len() > limits.tail_entries || self.tail_bytes > limits.tail_bytes {
            let Some(old) = self.tail.pop_front() else { break };
            self.tail_bytes -= old.text.len();
            let oldest = self.tail.front().map_or(old.seq.next(), |line| line.seq);
            let bytes = &mut self.tail_bytes;
            self.cards.retain(|_, card| {
                let stays = card.at_seq >= oldest;
                *bytes -= if stays { 0 } else { card.text.len() };
                stays
            });
        }
    }

    fn page(&mut self, ask: &Ask) -> Option<Arc<PageText>> {
        let Side::After(after) = ask.side else { return None };
        let after = after.max(ask.floor.previous());
        let (head, oldest) = (self.head?.seq, self.tail.front()?.seq);
        if after >= head || after.next() < oldest {
            return None;
        }
        // Pages without the cards below somebody's floor are for that reader alone.
        let for_all = self.cards.keys().next().is_none_or(|lowest| *lowest >= ask.floor);
        if let Some((same, page)) = &self.last
            && for_all
            && *same == after
            && page.to == head
            && head.0 - after.0 <= ask.limit
        {
            return Some(page.clone());
        }
        let skip = usize::try_from(after.next().0 - oldest.0).ok()?;
        let cards: Vec<CardLine> = self.cards.range(ask.floor..).map(|(_, c)| c.clone()).collect();
        let fit = page::bounded(self.tail.iter().skip(skip), &cards);
        let count = fit.min(usize::try_from(ask.limit).ok()?);
        let lines = self.tail.iter().skip(skip).take(count);
        let of = (ask.room, &self.sealer);
        let page = Arc::new(PageText::of(of, (after, head), lines, cards.iter()));
        if for_all {
            self.last = Some((after, page.clone()));
        }
        Some(page)
    }
}
