//! Sync: where this phone stands in each room, which entries of a page are new, and what to ask
//! for. Holds numbers, not entries and cards: those go to the store as writes. Knows nothing of
//! drafts or sockets.

use super::{
    cards::Cards,
    face::{Changed, HeldCard, Saved, Span, Turn, Write},
    read::{self, Greeting, Page},
    spans::Spans,
};
use roost_shared::{
    Epoch, RoomId, Seq,
    frame::{self, Anchors, ClientFrame, Cursors},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Further behind than this many entries, a phone asks for the newest first.
const FAR_BEHIND_ENTRIES: i64 = 1_000;

/// How many entries it asks for when it reads backwards.
const BACKWARD_ENTRIES: i64 = 50;

/// One room, as far as this phone has read it.
#[derive(Debug)]
pub(super) struct Room {
    floor: Seq,
    head: Seq,
    spans: Spans,
    /// What the server said of the newest entry held, of those of which it said anything.
    anchor: Option<String>,
    /// Held without their bodies, since the server did not know their kind. Another one may: on
    /// disk and to the next connection they count as missing.
    bare: BTreeSet<Seq>,
    cards: Cards,
    /// A `range` after the cursor is out; at most one per room.
    asked: bool,
    /// A `range` before this seq is out; at most one per room.
    before: Option<Seq>,
}

impl Room {
    fn new(floor: Seq, head: Seq, spans: Spans, cards: Cards) -> Room {
        let bare = BTreeSet::new();
        let mut room =
            Room { floor, head, spans, anchor: None, bare, cards, asked: false, before: None };
        room.spans.cut_below(floor);
        room.cards.cut_below(floor);
        room.raise_head(head);
        room
    }

    pub(super) fn floor(&self) -> Seq {
        self.floor
    }

    pub(super) fn head(&self) -> Seq {
        self.head
    }

    pub(super) fn cursor(&self) -> Seq {
        self.spans.cursor(self.floor)
    }

    /// What is held whole.
    fn whole(&self) -> Spans {
        self.spans.without(&self.bare)
    }

    /// Whether the entry at `seq` needs no further page to be shown.
    pub(super) fn is_past(&self, seq: Seq) -> bool {
        seq < self.floor || self.spans.holds(seq)
    }

    fn raise_head(&mut self, head: Seq) {
        let held = self.spans.newest().map_or(Seq::ZERO, |span| span.to);
        self.head = self.head.max(head).max(held);
    }

    /// Whether something is held that the cursor does not reach.
    fn has_gap(&self) -> bool {
        self.spans.newest().is_some_and(|newest| newest.to > self.cursor())
    }
}

/// All rooms of this phone.
#[derive(Debug)]
pub(super) struct Sync {
    epoch: Option<Epoch>,
    /// Whether the server ever told which rooms there are.
    listed: bool,
    rooms: BTreeMap<RoomId, Room>,
    /// The last beat differed from ours, and no page came since.
    differed: bool,
}

impl Sync {
    pub(super) fn new(saved: &Saved) -> Sync {
        let greeting = saved.welcome.clone().and_then(read::greeting);
        let mut sync = Sync {
            epoch: saved.epoch,
            listed: greeting.is_some(),
            rooms: BTreeMap::new(),
            differed: false,
        };
        let cards =
            |room: &RoomId| Cards::new(saved.cards.get(room).map_or(&[][..], Vec::as_slice));
        for (room, ranges) in &saved.ranges {
            let held = Room::new(Seq(1), Seq::ZERO, Spans::new(ranges), cards(room));
            sync.rooms.insert(*room, held);
        }
        for (room, listing) in greeting.map(|g| g.rooms).unwrap_or_default() {
            let spans = sync.rooms.remove(&room).map(|held| held.spans).unwrap_or_default();
            let held = Room::new(listing.floor, listing.head, spans, cards(&room));
            sync.rooms.insert(room, held);
        }
        for (room, held) in &mut sync.rooms {
            held.anchor = saved.anchors.get(room).cloned();
        }
        sync
    }

    pub(super) fn rooms(&self) -> &BTreeMap<RoomId, Room> {
        &self.rooms
    }

    /// Whether a draft for this room can make sense. Before the first `welcome` any may.
    pub(super) fn may_exist(&self, room: RoomId) -> bool {
        !self.listed || self.rooms.contains_key(&room)
    }

    pub(super) fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    pub(super) fn cursors(&self) -> Cursors {
        self.rooms.iter().map(|(id, room)| (*id, room.cursor())).collect()
    }

    /// Where this phone stands for a server that it has not met yet.
    pub(super) fn introduce(&mut self) -> Cursors {
        for room in self.rooms.values_mut() {
            room.spans = room.whole();
            room.bare.clear();
        }
        self.cursors()
    }

    /// What the server said of what is held.
    pub(super) fn anchors(&self) -> Anchors {
        let known = self.rooms.iter().filter_map(|(id, room)| Some((*id, room.anchor.clone()?)));
        known.collect()
    }

    pub(super) fn digest(&self) -> String {
        frame::digest(self.rooms.iter().map(|(id, room)| {
            let cursor = room.cursor();
            let chain = room.anchor.as_deref().and_then(|it| frame::chain_at(it, cursor));
            (*id, cursor, chain)
        }))
    }

    /// Forgets what was asked: the connection it was asked on is gone.
    pub(super) fn forget_asked(&mut self) {
        self.differed = false;
        for room in self.rooms.values_mut() {
            room.asked = false;
            room.before = None;
        }
    }

    /// The answer to a question about this room was no.
    pub(super) fn refused(&mut self, room: RoomId) {
        if let Some(room) = self.rooms.get_mut(&room) {
            room.asked = false;
            room.before = None;
        }
    }

    /// The server's digest of heads. Twice different without a page in between: something was lost.
    pub(super) fn beat(&mut self, theirs: &str, turn: &mut Turn) {
        let own = self.digest();
        turn.transmit(ClientFrame::Beat { digest: own.clone() });
        let differs = own != theirs;
        if differs && self.differed {
            self.forget_asked();
            let (cursors, anchors) = (self.cursors(), self.anchors());
            turn.transmit(ClientFrame::Resume { cursors, anchors });
        } else {
            self.differed = differs;
        }
    }

    /// Takes over the list of rooms. Returns true when the server's history was set back.
    pub(super) fn welcome(&mut self, greeting: &Greeting, turn: &mut Turn) -> bool {
        let set_back = self.take_epoch(greeting.epoch, turn);
        let gone: Vec<RoomId> =
            self.rooms.keys().filter(|room| !greeting.rooms.contains_key(room)).copied().collect();
        for room in gone {
            self.rooms.remove(&room);
            turn.write(Write::WipeRoom { room });
            turn.show(Changed::Room { room });
        }
        for (id, listing) in &greeting.rooms {
            let (floor, head) = (listing.floor, listing.head);
            let new = || Room::new(floor, head, Spans::default(), Cards::default());
            let room = self.rooms.entry(*id).or_insert_with(new);
            move_floor(*id, room, floor, turn);
            room.raise_head(head);
            ask_newest(*id, room, turn);
        }
        self.listed = true;
        turn.write(Write::PutWelcome { welcome: greeting.raw.clone() });
        turn.show(Changed::Rooms);
        set_back
    }

    fn take_epoch(&mut self, epoch: Epoch, turn: &mut Turn) -> bool {
        if self.epoch == Some(epoch) {
            return false;
        }
        let set_back =
            self.epoch.is_some() || self.rooms.values().any(|r| r.spans.newest().is_some());
        if set_back {
            turn.write(Write::WipeEntries);
            for (id, room) in &mut self.rooms {
                *room = Room::new(room.floor, Seq::ZERO, Spans::default(), Cards::default());
                turn.show(Changed::Room { room: *id });
            }
        }
        self.epoch = Some(epoch);
        turn.write(Write::PutEpoch { epoch });
        set_back
    }

    /// Merges a page: what is new is written, and a gap below it is asked for.
    pub(super) fn page(&mut self, mut page: Page, turn: &mut Turn) {
        let id = page.room;
        let Some(room) = self.rooms.get_mut(&id) else { return };
        // Before the entries: what they remove must not be written first and forgotten after.
        let cards = std::mem::take(&mut page.cards);
        take_cards(id, room, cards, turn);
        self.differed = false;
        let empty = page.to < page.from;
        let backward = room.before == Some(page.to.next());
        let detached = page.from > room.cursor().next();
        let answered = room.asked && (empty || !backward);
        room.asked = room.asked && !answered;
        room.before = room.before.filter(|_| !backward && !empty);
        let grew = merge(room, page, turn);
        // A page read backwards is detached by intent, and a page that brought nothing must not be
        // followed by the same question again: that would never end.
        if grew && !backward && (answered || detached) && room.has_gap() {
            ask_after_cursor(id, room, turn);
        }
    }

    /// The person wants to see what came before the newest run.
    pub(super) fn older(&mut self, id: RoomId, turn: &mut Turn) {
        let Some(room) = self.rooms.get_mut(&id) else { return };
        let before = room.spans.newest().map_or(room.head.next(), |newest| newest.from);
        if room.before.is_none() && before > room.floor {
            ask_before(id, room, before, turn);
        }
    }
}

/// Writes the entries of a page that are not held yet. Returns whether there were any.
fn merge(room: &mut Room, page: Page, turn: &mut Turn) -> bool {
    let known_head = room.head;
    let Page { room: id, from, to, head, anchor, entries, .. } = page;
    let (floor, held) = (room.floor, &room.spans);
    let numbered = (from.0..=to.0).map(Seq).zip(entries);
    let new = numbered.filter(|(seq, _)| *seq >= floor && !held.holds(*seq));
    let (seqs, mut new): (Vec<Seq>, Vec<Value>) = new.unzip();
    let bare = seqs.into_iter().zip(&new).filter(|(_, entry)| read::is_bare(entry));
    room.bare.extend(bare.map(|(seq, _)| seq));
    new.iter_mut().for_each(|entry| room.cards.strip(entry));
    let grew = !new.is_empty();
    if grew {
        room.spans.add(Span { from: from.max(floor), to });
        turn.write(Write::PutEntries { room: id, entries: new });
        turn.write(Write::PutRanges { room: id, ranges: room.whole().as_slice().to_vec() });
    }
    let newest = room.spans.newest().is_some_and(|newest| newest.to == to);
    if let Some(anchor) = anchor.filter(|it| newest && room.anchor.as_ref() != Some(it)) {
        room.anchor = Some(anchor.clone());
        turn.write(Write::PutAnchor { room: id, anchor });
    }
    room.raise_head(head);
    if grew || room.head != known_head {
        turn.show(Changed::Room { room: id });
    }
    grew
}

/// Writes the cards that are newer than those held, and forgets the words of what was removed.
fn take_cards(id: RoomId, room: &mut Room, cards: Vec<(HeldCard, Value)>, turn: &mut Turn) {
    let (new, removed) = room.cards.take(cards, room.floor);
    if new.is_empty() {
        return;
    }
    turn.write(Write::PutCards { room: id, cards: new });
    for HeldCard { seq, .. } in removed {
        turn.write(Write::ForgetBody { room: id, seq });
    }
    turn.show(Changed::Room { room: id });
}

/// A raised floor takes away what is below it; a lowered one is news that no page would bring.
fn move_floor(id: RoomId, room: &mut Room, floor: Seq, turn: &mut Turn) {
    let old = std::mem::replace(&mut room.floor, floor);
    if floor > old {
        room.spans.cut_below(floor);
        room.cards.cut_below(floor);
        turn.write(Write::DropBelow { room: id, floor });
        turn.write(Write::PutRanges { room: id, ranges: room.whole().as_slice().to_vec() });
        turn.show(Changed::Room { room: id });
    }
    if floor < old {
        ask_after_cursor(id, room, turn);
    }
}

fn ask_after_cursor(id: RoomId, room: &mut Room, turn: &mut Turn) {
    if !room.asked {
        room.asked = true;
        let after = Some(room.cursor());
        turn.transmit(ClientFrame::Range { room: id, after, before: None, limit: None });
    }
}

/// Far behind, the newest entries come first; the server sends the others from the cursor anyway.
fn ask_newest(id: RoomId, room: &mut Room, turn: &mut Turn) {
    let far = room.head.0 - room.cursor().0 > FAR_BEHIND_ENTRIES;
    if far && room.before.is_none() && !room.spans.holds(room.head) {
        ask_before(id, room, room.head.next(), turn);
    }
}

fn ask_before(id: RoomId, room: &mut Room, before: Seq, turn: &mut Turn) {
    room.before = Some(before);
    let limit = Some(BACKWARD_ENTRIES);
    turn.transmit(ClientFrame::Range { room: id, after: None, before: Some(before), limit });
}
