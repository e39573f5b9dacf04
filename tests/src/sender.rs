//! A phone that never stops talking: one draft under way in each of its rooms, all of them sent
//! again after every lost connection, and every observation written into the history. It speaks
//! PROTOCOL.md over a bare wire; nothing of the server's or the bridge's judgement is in it.

mod acts;

use crate::{
    dice::Dice,
    door::SignIn,
    history::{Event, Recorder},
    wire::{Heard, Wire},
};
use acts::{OVERTAKEN, Talk};
use roost_shared::{
    CardOf, Draft, EntryId, Epoch, RoomId, Seq,
    frame::{ClientFrame, Cursors, Page, ServerFrame, Welcome},
    refusal::{Class, Told},
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

/// How long a phone waits before it dials again, or repeats a draft that was refused for now.
const AGAIN: Duration = Duration::from_millis(10);
/// One page of so many is also said to be read.
const READS: u64 = 16;

/// What all phones of a run have done together.
#[derive(Default)]
pub struct Board {
    /// Drafts acknowledged for the first time.
    pub acked: AtomicU64,
    /// Drafts refused for good, and not for what others did meanwhile.
    pub refused: AtomicU64,
    /// Drafts whose outcome is not known yet.
    pub under_way: AtomicI64,
    /// Set when no new drafts shall be sent.
    pub quiet: AtomicBool,
    /// The longest time, in ms, from a connection to having seen what `welcome` told of.
    pub slowest_ms: AtomicU64,
    /// How far each phone has seen each room.
    reached: Mutex<BTreeMap<(String, RoomId), i64>>,
    /// The highest seq that anybody was told of, by room.
    heads: Mutex<BTreeMap<RoomId, i64>>,
    /// The cards that each phone holds of each room.
    cards: Mutex<BTreeMap<(String, RoomId), BTreeMap<EntryId, CardOf>>>,
}

impl Board {
    /// The cards that all phones hold, as lines of a history.
    pub fn cards(&self) -> Vec<Event> {
        let cards = self.cards.lock().expect("no phone panics while it writes");
        let lines = cards.iter().flat_map(|((phone, room), cards)| {
            cards.values().map(|card| Event::Card {
                phone: phone.clone(),
                room: room.to_string(),
                id: card.target.to_string(),
                card: json!(card.card).to_string(),
            })
        });
        lines.collect()
    }

    /// A card takes the place of an older one.
    fn keep(&self, phone: &str, room: RoomId, cards: Vec<CardOf>) {
        if cards.is_empty() {
            return;
        }
        let mut held = self.cards.lock().expect("no phone panics while it writes");
        let held = held.entry((phone.to_owned(), room)).or_default();
        for card in cards {
            let newer = |old: &CardOf| old.card.at_seq < card.card.at_seq;
            if held.get(&card.target).is_none_or(newer) {
                held.insert(card.target, card);
            }
        }
    }

    /// Whether everybody has seen everything that anybody knows of.
    pub fn is_whole(&self) -> bool {
        let reached = self.reached.lock().expect("no phone panics while it writes");
        let heads = self.heads.lock().expect("no phone panics while it writes");
        reached.iter().all(|((_, room), seq)| heads.get(room).is_none_or(|head| seq >= head))
    }

    fn tell(&self, room: RoomId, seq: i64) {
        let mut heads = self.heads.lock().expect("no phone panics while it writes");
        let head = heads.entry(room).or_default();
        *head = seq.max(*head);
    }

    fn reach(&self, phone: &str, room: RoomId, seq: i64) {
        let mut reached = self.reached.lock().expect("no phone panics while it writes");
        reached.insert((phone.to_owned(), room), seq);
    }
}

/// Where this phone stands in one room.
struct Place {
    cursor: i64,
    /// What the server said of the entry at the cursor.
    anchor: Option<String>,
    pending: Option<Draft>,
    talk: Talk,
    /// What `welcome` told of when this connection began, until it is seen.
    owed: Option<i64>,
}

/// One such phone.
pub struct Sender {
    name: String,
    sign_in: SignIn,
    address: SocketAddr,
    recorder: Arc<Recorder>,
    board: Arc<Board>,
    epoch: Option<Epoch>,
    places: BTreeMap<RoomId, Place>,
    connected: Option<Instant>,
    dice: Dice,
}

/// The connection ended.
struct Lost;

impl Sender {
    /// A phone with a name for the history, such as `sam` or `sam/2`, that says what the dice tell.
    pub fn new(
        name: &str,
        (sign_in, dice): (SignIn, Dice),
        address: SocketAddr,
        (recorder, board): (&Arc<Recorder>, &Arc<Board>),
    ) -> Sender {
        let (recorder, board) = (recorder.clone(), board.clone());
        let (name, places) = (name.to_owned(), BTreeMap::new());
        let (epoch, connected) = (None, None);
        Sender { name, sign_in, address, recorder, board, epoch, places, connected, dice }
    }

    /// Talks until it is dropped.
    pub async fn run(mut self) {
        loop {
            if let Ok(wire) = Wire::dial(self.address).await {
                self.connected = Some(Instant::now());
                let Err(Lost) = self.converse(wire).await;
                self.lose();
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn converse(&mut self, mut wire: Wire) -> Result<std::convert::Infallible, Lost> {
        let stood = self.places.iter().map(|(room, place)| (*room, Seq(place.cursor)));
        let cursors: Cursors = stood.collect();
        let known = self.places.iter().filter_map(|(room, at)| Some((*room, at.anchor.clone()?)));
        let shown = (cursors, known.collect());
        let (access, epoch) = (&self.sign_in.access, self.epoch);
        wire.hello_showing(access, epoch, shown).await.map_err(|_| Lost)?;
        loop {
            let Heard::Frame(frame, _) = wire.listen().await else { return Err(Lost) };
            match *frame {
                ServerFrame::Welcome(welcome) => self.enter(&mut wire, *welcome).await?,
                ServerFrame::Page(page) => self.see(&mut wire, page).await?,
                ServerFrame::Ack { room, id, seq, at } => {
                    self.acknowledged((room, id), (seq.0, at));
                    self.post(&mut wire, room).await?;
                }
                ServerFrame::Refused { room: Some(room), id: Some(id), told } => {
                    if told.class == Class::Final {
                        self.refused((room, id), &told);
                    } else {
                        self.unknown(room, id);
                        tokio::time::sleep(AGAIN).await;
                    }
                    self.post(&mut wire, room).await?;
                }
                ServerFrame::Refused { .. }
                | ServerFrame::Beat { .. }
                | ServerFrame::Marks { .. }
                | ServerFrame::Typing { .. }
                | ServerFrame::Bye { .. } => {}
            }
        }
    }

    async fn enter(&mut self, wire: &mut Wire, welcome: Welcome) -> Result<(), Lost> {
        if self.epoch.replace(welcome.epoch).is_some_and(|before| before != welcome.epoch) {
            eprintln!("{} is told of another epoch, and nothing was set back", self.name);
            self.board.refused.fetch_add(1, SeqCst);
        }
        for listed in &welcome.rooms {
            let (room, floor, head) = (listed.room, listed.floor.0, listed.head.0);
            if !self.places.contains_key(&room) {
                let (phone, room) = (self.name.clone(), room.to_string());
                self.recorder.note(&Event::Floor { phone, room, seq: floor });
            }
            let place = self.places.entry(room).or_insert_with(|| {
                let talk = Talk::new(&welcome, listed);
                Place { cursor: floor - 1, anchor: None, pending: None, talk, owed: None }
            });
            place.owed = Some(head);
            self.board.reach(&self.name, room, place.cursor);
            self.told(room, head);
            self.post(wire, room).await?;
        }
        self.paid();
        Ok(())
    }

    /// Sends what is pending in this room again, or something new.
    async fn post(&mut self, wire: &mut Wire, room: RoomId) -> Result<(), Lost> {
        let Some(place) = self.places.get_mut(&room) else { return Ok(()) };
        let Draft { id, kind, target, body } = match &place.pending {
            Some(draft) => draft.clone(),
            None if self.board.quiet.load(SeqCst) => return Ok(()),
            None => {
                self.board.under_way.fetch_add(1, SeqCst);
                place.pending.insert(place.talk.draw(&mut self.dice, &self.name)).clone()
            }
        };
        let (phone, room_name) = (self.name.clone(), room.to_string());
        self.recorder.note(&Event::Invoke { phone, room: room_name, id: id.to_string() });
        let append = ClientFrame::Append { room, id, kind, target, body };
        wire.say(&append).await.map_err(|_| Lost)
    }

    async fn see(&mut self, wire: &mut Wire, page: Page) -> Result<(), Lost> {
        let Page { room, from, to, head, anchor, entries, cards } = page;
        if head > to {
            self.told(room, head.0);
        }
        self.board.tell(room, head.0);
        let Some(place) = self.places.get_mut(&room) else { return Ok(()) };
        if from.0 > place.cursor + 1 {
            let after = Some(Seq(place.cursor));
            let range = ClientFrame::Range { room, after, before: None, limit: None };
            return wire.say(&range).await.map_err(|_| Lost);
        }
        self.board.keep(&self.name, room, cards);
        let held = place.cursor;
        for entry in entries.into_iter().filter(|entry| entry.seq.0 > held) {
            place.cursor = entry.seq.0;
            place.talk.hear(&entry);
            let (phone, room, id) = (self.name.clone(), room.to_string(), entry.id.to_string());
            let saw = Event::Saw { phone, room, id, seq: entry.seq.0, at: entry.at };
            self.recorder.note(&saw);
        }
        if place.cursor == to.0 {
            place.anchor = anchor;
        }
        if place.owed.is_some_and(|owed| place.cursor >= owed) {
            place.owed = None;
        }
        self.board.reach(&self.name, room, place.cursor);
        let read = Seq(place.cursor);
        self.paid();
        if self.dice.below(READS) == 0 {
            return wire.say(&ClientFrame::Mark { room, read }).await.map_err(|_| Lost);
        }
        Ok(())
    }

    /// Takes the time when all that was owed after connecting has come.
    fn paid(&mut self) {
        let owed = |place: &Place| place.owed.is_some_and(|owed| place.cursor < owed);
        if !self.places.values().any(owed)
            && let Some(since) = self.connected.take()
        {
            let took = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.board.slowest_ms.fetch_max(took, SeqCst);
        }
    }

    fn told(&self, room: RoomId, seq: i64) {
        self.board.tell(room, seq);
        let (phone, room) = (self.name.clone(), room.to_string());
        self.recorder.note(&Event::Head { phone, room, seq });
    }

    fn acknowledged(&mut self, (room, id): (RoomId, EntryId), (seq, at): (i64, i64)) {
        self.board.tell(room, seq);
        if self.settle(room, id) {
            self.board.acked.fetch_add(1, SeqCst);
        }
        let (phone, room, id) = (self.name.clone(), room.to_string(), id.to_string());
        self.recorder.note(&Event::Ok { phone, room, id, seq, at });
    }

    fn refused(&mut self, (room, id): (RoomId, EntryId), told: &Told) {
        self.settle(room, id);
        if !OVERTAKEN.contains(&told.code.as_str()) {
            eprintln!("{} is refused: {}", self.name, told.code);
            self.board.refused.fetch_add(1, SeqCst);
        }
        let (phone, room, id) = (self.name.clone(), room.to_string(), id.to_string());
        self.recorder.note(&Event::Refused { phone, room, id });
    }

    fn unknown(&self, room: RoomId, id: EntryId) {
        let (phone, room, id) = (self.name.clone(), room.to_string(), id.to_string());
        self.recorder.note(&Event::Info { phone, room, id });
    }

    /// The draft has its answer. False when it had one before.
    fn settle(&mut self, room: RoomId, id: EntryId) -> bool {
        let place = self.places.get_mut(&room);
        let settled =
            place.is_some_and(|place| place.pending.take_if(|own| own.id == id).is_some());
        if settled {
            self.board.under_way.fetch_sub(1, SeqCst);
        }
        settled
    }

    /// Nothing that is under way will be answered on this connection any more.
    fn lose(&self) {
        for (room, place) in &self.places {
            if let Some(draft) = &place.pending {
                self.unknown(*room, draft.id);
            }
        }
    }
}
