//! A model of the server for one phone: logs in memory and the rules of PROTOCOL.md, nothing else.
//! The engine is tested against it, so it must not share code with the engine but the contract's
//! types.

use roost_shared::{
    Draft, EntryId, Epoch, PersonId, RoomId, Seq,
    frame::{self, ClientFrame, Cursors},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// The times a model server tells in its `welcome`, ms.
const SILENCE_MS: i64 = 45_000;
const RETRY_MS: i64 = 700;

/// One room of the model. `log[0]` is seq 1.
#[derive(Clone, Debug)]
pub struct ModelRoom {
    pub floor: i64,
    /// Whether the phone's person is a member.
    pub ours: bool,
    pub log: Vec<Value>,
    /// The cards by target, as they travel.
    pub cards: BTreeMap<EntryId, Value>,
    /// How far the phone's person has read, as the server knows it.
    pub read: i64,
    pub marks: Vec<Value>,
}

impl ModelRoom {
    /// An empty room that the phone's person is in.
    pub fn new(floor: i64) -> ModelRoom {
        let (log, cards, marks) = (Vec::new(), BTreeMap::new(), Vec::new());
        ModelRoom { floor, ours: true, log, cards, read: 0, marks }
    }

    /// The place and the body of an entry.
    fn find(&self, id: EntryId) -> Option<(i64, &Value)> {
        let id = json!(id);
        let entry = self.log.iter().find(|entry| entry["id"] == id)?;
        Some((entry["seq"].as_i64()?, entry))
    }

    /// What an entry makes of the card of its target. Only what a phone must tell apart: a card
    /// that changes, and one that removes.
    fn fold(&mut self, draft: &Draft, author: PersonId, seq: i64) {
        let Some(target) = draft.target else { return };
        let Some((place, _)) = self.find(target) else { return };
        let card = self.cards.get(&target).cloned();
        let mut card = card.unwrap_or_else(|| json!({"target": target, "seq": place}));
        match draft.kind.as_str() {
            _ if !card["hidden"].is_null() => return,
            "reaction" if draft.body["emoji"].is_string() => {
                card["reactions"][author.to_string()] = draft.body["emoji"].clone();
            }
            "reaction" => {
                let all = card.get_mut("reactions").and_then(Value::as_object_mut);
                all.map(|all| all.remove(&author.to_string()));
            }
            "edit" => {
                card["edited"] = json!({"text": draft.body["text"], "at": seq, "times": 1});
            }
            "redact" => {
                let hidden = json!({"by": "author", "at": seq});
                card = json!({"target": target, "seq": place, "hidden": hidden});
                self.blank(target);
            }
            _ => return,
        }
        card["at_seq"] = json!(seq);
        self.cards.insert(target, card);
    }

    fn blank(&mut self, target: EntryId) {
        let target = json!(target);
        for entry in &mut self.log {
            if entry["id"] == target {
                entry.as_object_mut().map(|fields| fields.remove("body"));
            }
        }
    }

    /// The cards of these entries and of those that they changed.
    fn cards_of(&self, entries: &[Value]) -> Vec<Value> {
        let mut ids: Vec<EntryId> = entries
            .iter()
            .flat_map(|entry| [&entry["id"], &entry["target"]])
            .filter_map(|id| id.as_str()?.parse().ok())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let cards = ids.iter().filter_map(|id| self.cards.get(id));
        cards.filter(|card| card["seq"].as_i64() >= Some(self.floor)).cloned().collect()
    }

    /// What is left when the history ends at `head` again.
    pub fn set_back(&mut self, head: usize) {
        self.log.truncate(head);
        self.cards.retain(|_, card| card["at_seq"].as_i64() <= i64::try_from(head).ok());
        self.read = self.read.min(self.head());
        self.marks.clear();
    }

    fn head(&self) -> i64 {
        i64::try_from(self.log.len()).unwrap_or(i64::MAX)
    }

    /// Stands for the ids up to here, as a chain does.
    fn chain(&self, seq: i64) -> String {
        let upto = self.log.get(..usize::try_from(seq).unwrap_or(0)).unwrap_or_default();
        let bytes = upto.iter().filter_map(|entry| entry["id"].as_str()).flat_map(str::bytes);
        let mixed = bytes.fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        format!("{mixed:x}")
    }
}

/// The server as one phone sees it.
#[derive(Clone, Debug)]
pub struct Model {
    pub epoch: Epoch,
    pub me: PersonId,
    /// What the phone's person is, and what its rooms are.
    pub role: &'static str,
    pub kind: &'static str,
    pub rooms: BTreeMap<RoomId, ModelRoom>,
    /// Frames on their way to the phone, oldest first; lost when the connection is.
    pub wire: VecDeque<Value>,
    /// The most entries in a page.
    pub page_entries: i64,
    /// Whether the phone has said a good `hello` on this connection.
    pub greeted: bool,
    /// Whether the instance behind this connection knows the kind `poll`.
    pub knows_polls: bool,
    /// Whether its pages have anchors: a log from before there were any has none.
    pub has_anchors: bool,
}

impl Model {
    /// A server without rooms.
    pub fn new(epoch: Epoch, me: PersonId, page_entries: i64) -> Model {
        let (rooms, wire) = (BTreeMap::new(), VecDeque::new());
        Model {
            epoch,
            me,
            role: "hub",
            kind: "hub_line",
            rooms,
            wire,
            page_entries,
            greeted: false,
            knows_polls: true,
            has_anchors: true,
        }
    }

    /// The connection is gone, and every frame that was under way with it. The next one reaches an
    /// instance of another build.
    pub fn cut(&mut self) {
        self.wire.clear();
        self.greeted = false;
        self.knows_polls = !self.knows_polls;
    }

    /// What the phone said, and what the server puts on the wire for it.
    pub fn hear(&mut self, frame: &ClientFrame, now: i64) {
        match frame {
            ClientFrame::Hello { epoch, cursors, .. } => {
                self.greeted = true;
                self.welcome(now);
                let known = *epoch == Some(self.epoch);
                self.catch_up(&if known { cursors.clone() } else { Cursors::new() });
            }
            ClientFrame::Resume { cursors, .. } => self.catch_up(cursors),
            ClientFrame::Append { room, id, kind, target, body } => {
                let draft =
                    Draft { id: *id, kind: kind.clone(), target: *target, body: body.clone() };
                self.append(*room, &draft, now);
            }
            ClientFrame::Range { room, after, before, limit } => {
                self.range(*room, *after, *before, limit.unwrap_or(frame::PAGE_MAX_ENTRIES));
            }
            ClientFrame::Mark { room, read } => {
                if let Some(room) = self.rooms.get_mut(room).filter(|room| room.ours) {
                    room.read = room.read.max(read.0.min(room.head()));
                }
            }
            ClientFrame::Typing { .. } | ClientFrame::Beat { .. } => {}
        }
    }

    /// Somebody's entry is committed; a connected phone hears of it. Returns its seq.
    pub fn commit(
        &mut self,
        room: RoomId,
        draft: &Draft,
        author: PersonId,
        at: i64,
    ) -> Option<i64> {
        let held = self.rooms.get_mut(&room)?;
        let seq = held.head() + 1;
        let mut entry = json!({
            "seq": seq, "id": draft.id, "kind": draft.kind, "author": author, "at": at,
            "body": draft.body, "shade": {"of": "a later version"},
        });
        if let Some(target) = draft.target {
            entry["target"] = json!(target);
        }
        held.log.push(entry);
        held.fold(draft, author, seq);
        self.page(room, seq, seq);
        Some(seq)
    }

    /// `welcome`, as at first or when rooms change.
    pub fn welcome(&mut self, now: i64) {
        let rooms: Vec<Value> = self
            .rooms
            .iter()
            .filter(|(_, room)| room.ours)
            .map(|(id, room)| {
                let mut listed = json!({
                    "room": id, "kind": self.kind, "title": "Wren", "floor": room.floor,
                    "head": room.head(), "view": "full",
                });
                if room.read > 0 {
                    listed["read"] = json!(room.read);
                }
                if !room.marks.is_empty() {
                    listed["marks"] = json!(room.marks);
                }
                listed
            })
            .collect();
        self.say(json!({
            "t": "welcome", "v": 1, "epoch": self.epoch, "now": now, "beat_ms": 20_000,
            "silence_ms": SILENCE_MS, "retry_ms": RETRY_MS, "me": self.me, "rooms": rooms,
            "people": [{"person": self.me, "name": "Sam", "role": self.role}], "homes": [],
        }));
    }

    /// `marks`: somebody has received and read more, or the phone's person has on another phone.
    pub fn mark(&mut self, room: RoomId, person: PersonId, delivered: i64, read: i64) {
        let mark = json!({"person": person, "delivered": delivered, "read": read});
        let Some(held) = self.rooms.get_mut(&room) else { return };
        if person == self.me {
            held.read = held.read.max(read);
        } else {
            held.marks.retain(|mark| mark["person"] != json!(person));
            held.marks.push(mark.clone());
        }
        self.say(json!({"t": "marks", "room": room, "marks": [mark]}));
    }

    /// `typing`.
    pub fn typing(&mut self, room: RoomId, person: PersonId) {
        self.say(json!({"t": "typing", "room": room, "person": person}));
    }

    /// `beat`, with the digest of the heads.
    pub fn beat(&mut self) {
        let ours = self.rooms.iter().filter(|(_, room)| room.ours);
        let digest = frame::digest(ours.map(|(id, room)| {
            let chain = (self.has_anchors && room.head() > 0).then(|| room.chain(room.head()));
            (*id, Seq(room.head()), chain)
        }));
        self.say(json!({"t": "beat", "digest": digest}));
    }

    fn append(&mut self, room: RoomId, draft: &Draft, now: i64) {
        let Some(log) = self.rooms.get(&room).filter(|room| room.ours) else {
            let told = roost_shared::Refusal::NotFound;
            self.say(json!({
                "t": "refused", "room": room, "id": draft.id, "code": told.code(), "class": "final",
                "words": told.words(), "after_ms": 0,
            }));
            return;
        };
        let id = json!(draft.id);
        let first = log.log.iter().find(|entry| entry["id"] == id).map(|e| e["seq"].clone());
        let seq = first.or_else(|| self.commit(room, draft, self.me, now).map(Value::from));
        self.say(json!({"t": "ack", "room": room, "id": draft.id, "seq": seq, "at": now}));
    }

    fn catch_up(&mut self, cursors: &Cursors) {
        let ours: Vec<(RoomId, i64, i64)> = self
            .rooms
            .iter()
            .filter(|(_, room)| room.ours)
            .map(|(id, room)| (*id, room.floor, room.head()))
            .collect();
        for (id, floor, head) in ours {
            let mut from = cursors.get(&id).map_or(1, |seq| seq.0 + 1).max(floor);
            while from <= head {
                let to = head.min(from + self.page_entries - 1);
                self.page(id, from, to);
                from = to + 1;
            }
        }
    }

    fn range(&mut self, id: RoomId, after: Option<Seq>, before: Option<Seq>, limit: i64) {
        let Some(room) = self.rooms.get(&id).filter(|room| room.ours) else { return };
        let (floor, head, most) = (room.floor, room.head(), limit.min(self.page_entries));
        match (after, before) {
            (Some(after), _) => {
                let from = floor.max(after.0 + 1);
                self.page(id, from, head.min(from + most - 1).max(from - 1));
            }
            (_, Some(before)) => {
                let to = head.min(before.0 - 1);
                self.page(id, floor.max(to - most + 1), to.max(floor - 1));
            }
            _ => {}
        }
    }

    fn page(&mut self, id: RoomId, from: i64, to: i64) {
        let Some(room) = self.rooms.get(&id).filter(|room| room.ours && self.greeted) else {
            return;
        };
        let bounds = (usize::try_from(from - 1), usize::try_from(to));
        let (Ok(start), Ok(end)) = bounds else { return };
        let entries = room.log.get(start..end).unwrap_or_default();
        let mut page = json!({
            "t": "page", "room": id, "from": from, "to": to, "head": room.head(),
            "entries": Value::Null,
        });
        if self.has_anchors && !entries.is_empty() {
            page["anchor"] = json!(format!("{to}.{}.seal", room.chain(to)));
        }
        page["entries"] = entries.iter().map(|entry| self.told(entry)).collect();
        let cards = room.cards_of(entries);
        if !cards.is_empty() {
            page["cards"] = Value::Array(cards);
        }
        self.say(page);
    }

    /// An entry as this instance tells it.
    fn told(&self, entry: &Value) -> Value {
        match entry["kind"] == "poll" && !self.knows_polls {
            true => json!({"seq": entry["seq"], "id": entry["id"], "kind": "poll"}),
            false => entry.clone(),
        }
    }

    fn say(&mut self, frame: Value) {
        if self.greeted {
            self.wire.push_back(frame);
        }
    }

    /// How many entries a room has.
    pub fn head(&self, room: RoomId) -> i64 {
        self.rooms.get(&room).map_or(0, ModelRoom::head)
    }

    /// The id of the entry at a seq.
    pub fn id_at(&self, room: RoomId, seq: i64) -> Option<EntryId> {
        let place = usize::try_from(seq - 1).ok()?;
        self.rooms.get(&room)?.log.get(place)?["id"].as_str()?.parse().ok()
    }

    /// The ids in a room's log, in order.
    pub fn ids(&self, room: RoomId) -> Vec<EntryId> {
        let log = self.rooms.get(&room).map_or(&[][..], |room| &room.log);
        log.iter().filter_map(|entry| entry["id"].as_str()?.parse().ok()).collect()
    }
}
