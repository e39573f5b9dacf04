//! The engine's decisions as stories: a bench, and words to tell them with.

mod cards;
mod connection;
mod marks;
mod outbox;
mod still;
mod sync;
mod typing;

use super::{Changed, Engine, Input, ItemState, OutboxItem, Output, Saved, Span, State, Write};
use roost_shared::{
    Draft, EntryId, Epoch, Refusal, RoomId, Seq,
    frame::{ClientFrame, digest},
    refusal::Told,
};
use serde_json::{Value, json};

const EPOCH: u8 = 1;

fn room(n: u8) -> RoomId {
    RoomId::new(1, [n; 10])
}

fn draft(n: u8) -> Draft {
    let body = json!({"text": format!("draft {n}")});
    Draft { id: EntryId::new(1, [n; 10]), kind: "message".to_owned(), target: None, body }
}

fn page(n: u8, from: i64, to: i64) -> Value {
    let entry =
        |seq| json!({"seq": seq, "id": EntryId::new(seq, [99; 10]), "kind": "message", "at": 1});
    let entries: Vec<Value> = (from..=to).map(entry).collect();
    json!({"t": "page", "room": room(n), "from": from, "to": to, "head": to, "entries": entries})
}

/// A `welcome` with rooms as (number, floor, head).
fn welcome(epoch: u8, rooms: &[(u8, i64, i64)]) -> Value {
    let rooms: Vec<Value> = rooms
        .iter()
        .map(|&(n, floor, head)| json!({"room": room(n), "floor": floor, "head": head}))
        .collect();
    json!({
        "t": "welcome", "epoch": Epoch::new(1, [epoch; 10]), "silence_ms": 45_000,
        "retry_ms": 500, "rooms": rooms,
    })
}

fn refused(n: u8, id: EntryId, refusal: Refusal) -> Value {
    let mut frame = json!(Told::from(refusal));
    (frame["t"], frame["room"], frame["id"]) = (json!("refused"), json!(room(n)), json!(id));
    frame
}

struct Bench {
    now: i64,
    engine: Engine,
}

impl Bench {
    fn new(saved: &Saved) -> Bench {
        Bench { now: 1_000_000, engine: Engine::new(saved) }
    }

    /// A phone that has been welcomed into these rooms.
    fn live(rooms: &[(u8, i64, i64)]) -> Bench {
        let mut bench = Bench::new(&Saved::default());
        bench.step(Input::Start);
        bench.greet(rooms);
        bench
    }

    /// Token if need be, socket, hello, welcome.
    fn greet(&mut self, rooms: &[(u8, i64, i64)]) -> Vec<Output> {
        if self.engine.state() == State::FetchingToken {
            self.step(Input::Token { access: "token".to_owned() });
        }
        self.step(Input::Opened);
        self.hear(&welcome(EPOCH, rooms))
    }

    fn step(&mut self, input: Input) -> Vec<Output> {
        self.engine.step(self.now, input)
    }

    fn hear(&mut self, frame: &Value) -> Vec<Output> {
        self.step(Input::Frame { text: frame.to_string() })
    }

    fn after(&mut self, ms: i64, input: Input) -> Vec<Output> {
        self.now += ms;
        self.step(input)
    }

    fn send(&mut self, n: u8, draft: &Draft) -> Vec<Output> {
        self.step(Input::Send { room: room(n), draft: draft.clone(), made_at: self.now })
    }

    fn states(&self) -> Vec<ItemState> {
        self.engine.outbox().map(|item| item.state.clone()).collect()
    }
}

fn transmitted(outputs: &[Output]) -> Vec<ClientFrame> {
    let frames = outputs.iter().filter_map(|output| match output {
        Output::Transmit { frame } => Some(frame.clone()),
        _ => None,
    });
    frames.collect()
}

fn written_seqs(outputs: &[Output]) -> Vec<i64> {
    let entries = outputs.iter().filter_map(|output| match output {
        Output::Write { write: Write::PutEntries { entries, .. } } => Some(entries),
        _ => None,
    });
    entries.flatten().map(|entry| entry["seq"].as_i64().unwrap()).collect()
}

fn after_cursor(n: u8, seq: i64) -> ClientFrame {
    ClientFrame::Range { room: room(n), after: Some(Seq(seq)), before: None, limit: None }
}

fn is_append(frame: &ClientFrame, of: &Draft) -> bool {
    matches!(frame, ClientFrame::Append { id, .. } if *id == of.id)
}
