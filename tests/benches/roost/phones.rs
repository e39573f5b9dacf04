//! The load generator: one thread, a task a phone, and as little work a delivery as telling a
//! latency needs. The moment a message was due stands in its id (for the ack) and in its text (for
//! the others).

use crate::{
    Done,
    measure::Histogram,
    roster::{Place, Roster, Seat},
    wire::{self, Ear, Mouth},
};
use roost_shared::frame::MARKS_EVERY_MS;
use std::{
    collections::VecDeque,
    fmt::Write,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, task::JoinHandle};

/// So that a frame with a draft is 190 bytes long: what follows the stamp in a text.
const FILLER: &str = "the kettle is on, come when you like";

/// Anchors that are remembered of a room: a storm's phones come back to one of the last.
const ANCHORS_KEPT: usize = 64;

/// What happened since the last `Desk::restart`.
#[derive(Default)]
pub struct Tally {
    pub delivery: Histogram,
    pub ack: Histogram,
    pub refused: u64,
    pub hung_up: u64,
    /// What the server said when it refused or hung up, once.
    pub words: String,
}

/// What all phones share.
pub struct Desk {
    began: Instant,
    epoch: String,
    tally: Mutex<Tally>,
    rooms: Vec<(String, AtomicI64)>,
    /// By room, what the server said of its last entries: their seqs and anchors.
    anchors: Vec<Mutex<VecDeque<(i64, String)>>>,
    /// Whether an ack sends the next message (closed loop).
    pub endless: AtomicBool,
    /// Whether people are seen: typing before they write, and marking what they have read.
    pub alive: AtomicBool,
    pub sent: AtomicU64,
    pub acked: AtomicU64,
    pub delivered: AtomicU64,
    pub welcomed: AtomicU32,
    /// How many phones got the entries they came back for.
    pub caught_up: AtomicU32,
}

pub struct Phone {
    seat: Seat,
    mouth: Arc<Mouth>,
    /// How many entries of others it still waits for, when it came back to a room.
    missing: AtomicI64,
    /// When it last said how far it has read, as a stamp.
    marked: AtomicU64,
    listening: Mutex<Option<JoinHandle<()>>>,
}

impl Desk {
    pub fn new(roster: &Roster) -> Arc<Desk> {
        let room = |place: &Place| (place.room.clone(), AtomicI64::new(place.head));
        Arc::new(Desk {
            began: Instant::now(),
            epoch: roster.epoch.clone(),
            tally: Mutex::default(),
            rooms: roster.rooms.iter().map(room).collect(),
            anchors: roster.rooms.iter().map(|_| Mutex::default()).collect(),
            endless: AtomicBool::new(false),
            alive: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            acked: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            welcomed: AtomicU32::new(0),
            caught_up: AtomicU32::new(0),
        })
    }

    pub fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tally so far; a new one begins.
    pub fn restart(&self) -> Tally {
        std::mem::take(&mut *self.tally())
    }

    /// Nanoseconds since the desk was set up: what a stamp holds.
    pub fn stamp(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.began).as_nanos() as u64
    }

    pub fn head(&self, room: usize) -> i64 {
        self.rooms[room].1.load(Relaxed)
    }

    /// Remembers the anchor of a page, as every phone does; here one does for its room.
    fn keep_anchor(&self, room: usize, text: &[u8]) {
        let Some(to) = wire::number(text, br#""to":"#) else { return };
        let mut known = self.anchors[room].lock().unwrap_or_else(PoisonError::into_inner);
        if known.back().is_some_and(|(last, _)| *last >= to) {
            return;
        }
        if let Some(anchor) = wire::between(text, br#""anchor":""#) {
            known.push_back((to, String::from_utf8_lossy(anchor).into_owned()));
            if known.len() > ANCHORS_KEPT {
                known.pop_front();
            }
        }
    }

    /// What a phone with this cursor shows in its `hello`.
    fn anchors(&self, room: usize, cursor: i64) -> String {
        let known = self.anchors[room].lock().unwrap_or_else(PoisonError::into_inner);
        let anchor = known.iter().find(|(seq, _)| *seq == cursor);
        let name = &self.rooms[room].0;
        anchor.map_or_else(String::new, |(_, anchor)| {
            format!(r#","anchors":{{"{name}":"{anchor}"}}"#)
        })
    }

    /// Waits until every message was acked and delivered to ten, and says how many deliveries lack.
    pub async fn settle(&self, patience: Duration) -> u64 {
        let end = Instant::now() + patience;
        loop {
            let due = self.sent.load(Relaxed) * (crate::MEMBERS as u64 - 1);
            let lacking = due.saturating_sub(self.delivered.load(Relaxed));
            let unacked = self.sent.load(Relaxed) - self.acked.load(Relaxed);
            if lacking + unacked == 0 || Instant::now() > end {
                return lacking;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Counts from nought again, after a settlement that was not reached.
    pub fn forgive(&self) {
        for count in [&self.sent, &self.acked, &self.delivered] {
            count.store(0, Relaxed);
        }
    }
}

impl Phone {
    /// Dials, upgrades, says hello. `missing` entries of others are to come.
    pub async fn dial(desk: &Arc<Desk>, port: u16, seat: Seat, missing: i64) -> Done<Arc<Phone>> {
        let cursor = desk.head(seat.room) - missing;
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (read, write) = stream.into_split();
        let (mut ear, mouth) = (Ear::new(read), Mouth::new(write));
        let upgrade = format!(
            "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n\r\n",
            wire::KEY
        );
        mouth.say(upgrade.as_bytes());
        let head = ear.http_head().await?;
        if !head.starts_with("HTTP/1.1 101") {
            return Err(format!("not upgraded: {head}").into());
        }
        let hello = format!(
            r#"{{"t":"hello","v":1,"token":"{}","epoch":"{}","cursors":{{"{}":{cursor}{}}}{}}}"#,
            seat.token,
            desk.epoch,
            desk.rooms[seat.room].0,
            seat.elsewhere,
            desk.anchors(seat.room, cursor)
        );
        mouth.say(&wire::from_client(hello.as_bytes()));
        let listening = Mutex::new(None);
        let (missing, marked) = (AtomicI64::new(missing), AtomicU64::new(0));
        let phone = Arc::new(Phone { seat, mouth, missing, marked, listening });
        let task = tokio::spawn(phone.clone().listen(ear, desk.clone()));
        *phone.listening.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(phone)
    }

    pub fn room(&self) -> usize {
        self.seat.room
    }

    pub fn member(&self) -> usize {
        self.seat.member
    }

    /// Closes the socket without a word, as a tunnel does.
    pub fn cut(&self) {
        let task = self.listening.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
        }
    }

    /// Sends a message that was due at `due`.
    pub fn send(&self, desk: &Desk, due: Instant) {
        let stamp = desk.stamp(due) & 0xffff_ffff_ffff;
        let count = desk.sent.fetch_add(1, Relaxed);
        // A UUIDv7 by its looks: time first, so that indexes see what they would see in life.
        let (ms, low, high) =
            ((stamp >> 20) + 0x0199_8000_0000, count & 0xfff, (count >> 12) & 0xfff);
        let mut frame = String::with_capacity(200);
        let (room, member) = (&self.desk_room(desk).0, self.seat.member);
        if desk.alive.load(Relaxed) {
            let typing = format!(r#"{{"t":"typing","room":"{room}"}}"#);
            self.mouth.say(&wire::from_client(typing.as_bytes()));
        }
        write!(
            frame,
            r#"{{"t":"append","room":"{room}","id":"{:08x}-{:04x}-7{low:03x}-8{high:03x}-{stamp:012x}","kind":"message","body":{{"text":"@{stamp:012x}{member:x}{FILLER}"}}}}"#,
            ms >> 16,
            ms & 0xffff,
        )
        .expect("a string takes everything");
        self.mouth.say(&wire::from_client(frame.as_bytes()));
    }

    fn desk_room<'a>(&self, desk: &'a Desk) -> &'a (String, AtomicI64) {
        &desk.rooms[self.seat.room]
    }

    async fn listen(self: Arc<Self>, mut ear: Ear, desk: Arc<Desk>) {
        while ear.listen(|opcode, text| self.hear(&desk, opcode, text)).await {}
        desk.tally().hung_up += 1;
    }

    fn hear(&self, desk: &Desk, opcode: u8, text: &[u8]) {
        let now = Instant::now();
        match text.get(6..9) {
            _ if opcode == wire::CLOSE => {
                desk.tally().words =
                    String::from_utf8_lossy(text.get(2..).unwrap_or_default()).into();
            }
            Some(b"pag") => self.page(desk, text, now),
            Some(b"ack") => self.ack(desk, text, now),
            Some(b"wel") => {
                desk.welcomed.fetch_add(1, Relaxed);
            }
            Some(b"bea") => {
                let digest = wire::between(text, br#""digest":""#).unwrap_or_default();
                let beat =
                    format!(r#"{{"t":"beat","digest":"{}"}}"#, String::from_utf8_lossy(digest));
                self.mouth.say(&wire::from_client(beat.as_bytes()));
            }
            Some(b"ref") | Some(b"bye") => {
                let mut tally = desk.tally();
                tally.refused += 1;
                tally.words = String::from_utf8_lossy(text).into_owned();
            }
            _ => {}
        }
    }

    fn ack(&self, desk: &Desk, text: &[u8], now: Instant) {
        let id = wire::between(text, br#""id":""#).unwrap_or_default();
        let sent = wire::hex(&id[id.len().saturating_sub(12)..]);
        desk.tally().ack.add(desk.stamp(now).saturating_sub(sent));
        desk.acked.fetch_add(1, Relaxed);
        if let Some(seq) = wire::number(text, br#""seq":"#) {
            self.desk_room(desk).1.fetch_max(seq, Relaxed);
        }
        if desk.endless.load(Relaxed) {
            self.send(desk, now);
        }
    }

    /// Says how far it has read, not more often than a phone's page does.
    fn mark(&self, desk: &Desk, text: &[u8], now: u64) {
        let since = now.saturating_sub(self.marked.load(Relaxed));
        if !desk.alive.load(Relaxed) || since < MARKS_EVERY_MS as u64 * 1_000_000 {
            return;
        }
        if let Some(read) = wire::number(text, br#""to":"#) {
            self.marked.store(now, Relaxed);
            let room = &self.desk_room(desk).0;
            let mark = format!(r#"{{"t":"mark","room":"{room}","read":{read}}}"#);
            self.mouth.say(&wire::from_client(mark.as_bytes()));
        }
    }

    fn page(&self, desk: &Desk, text: &[u8], now: Instant) {
        let now = desk.stamp(now);
        let mut rest = text;
        let mut heard = 0;
        let mut tally = desk.tally();
        while let Some(at) = rest.iter().position(|byte| *byte == b'@') {
            let Some((stamp, from)) = rest[at + 1..].split_at_checked(12) else { break };
            let author = from.first().map_or(0, |digit| wire::hex(&[*digit]));
            if author != self.seat.member as u64 {
                heard += 1;
                tally.delivery.add(now.saturating_sub(wire::hex(stamp)));
            }
            rest = from;
        }
        drop(tally);
        desk.keep_anchor(self.seat.room, text);
        self.mark(desk, text, now);
        if self.missing.load(Relaxed) > 0 {
            if self.missing.fetch_sub(heard, Relaxed) <= heard {
                desk.caught_up.fetch_add(1, Relaxed);
            }
        } else {
            desk.delivered.fetch_add(heard as u64, Relaxed);
        }
    }
}
