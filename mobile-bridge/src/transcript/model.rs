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
}

impl ModelRoom {
    fn head(&self) -> i64 {
        i64::try_from(self.log.len()).unwrap_or(i64::MAX)
    }
}

/// The server as one phone sees it.
#[derive(Clone, Debug)]
pub struct Model {
    pub epoch: Epoch,
    pub me: PersonId,
    pub rooms: BTreeMap<RoomId, ModelRoom>,
    /// Frames on their way to the phone, oldest first; lost when the connection is.
    pub wire: VecDeque<Value>,
    /// The most entries in a page.
    pub page_entries: i64,
    /// Whether the phone has said a good `hello` on this connection.
    pub greeted: bool,
}

impl Model {
    /// A server without rooms.
    pub fn new(epoch: Epoch, me: PersonId, page_entries: i64) -> Model {
        let (rooms, wire) = (BTreeMap::new(), VecDeque::new());
        Model { epoch, me, rooms, wire, page_entries, greeted: false }
    }

    /// The connection is gone, and every frame that was under way with it.
    pub fn cut(&mut self) {
        self.wire.clear();
        self.greeted = false;
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
            ClientFrame::Resume { cursors } => self.catch_up(cursors),
            ClientFrame::Append { room, id, kind, target, body } => {
                let draft =
                    Draft { id: *id, kind: kind.clone(), target: *target, body: body.clone() };
                self.append(*room, &draft, now);
            }
            ClientFrame::Range { room, after, before, limit } => {
                self.range(*room, *after, *before, limit.unwrap_or(frame::PAGE_MAX_ENTRIES));
            }
            ClientFrame::Beat { .. } => {}
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
        let log = &mut self.rooms.get_mut(&room)?.log;
        let seq = i64::try_from(log.len()).ok()? + 1;
        let mut entry = json!({
            "seq": seq, "id": draft.id, "kind": draft.kind, "author": author, "at": at,
            "body": draft.body, "shade": {"of": "a later version"},
        });
        if let Some(target) = draft.target {
            entry["target"] = json!(target);
        }
        log.push(entry);
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
                json!({
                    "room": id, "kind": "circle", "title": "Wren", "floor": room.floor,
                    "head": room.head(), "view": "full",
                })
            })
            .collect();
        self.say(json!({
            "t": "welcome", "v": 1, "epoch": self.epoch, "now": now, "beat_ms": 20_000,
            "silence_ms": SILENCE_MS, "retry_ms": RETRY_MS, "me": self.me, "rooms": rooms,
            "people": [], "homes": [],
        }));
    }

    /// `beat`, with the digest of the heads.
    pub fn beat(&mut self) {
        let ours = self.rooms.iter().filter(|(_, room)| room.ours);
        let digest = frame::digest(ours.map(|(id, room)| (*id, Seq(room.head()))));
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
        page["entries"] = Value::Array(entries.to_vec());
        self.say(page);
    }

    fn say(&mut self, frame: Value) {
        if self.greeted {
            self.wire.push_back(frame);
        }
    }

    /// The ids in a room's log, in order.
    pub fn ids(&self, room: RoomId) -> Vec<EntryId> {
        let log = self.rooms.get(&room).map_or(&[][..], |room| &room.log);
        log.iter().filter_map(|entry| entry["id"].as_str()?.parse().ok()).collect()
    }
}
