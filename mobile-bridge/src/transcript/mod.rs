//! Random transcripts of the engine: a simulated server that mostly behaves, a network that mostly
//! works, a person who mostly writes sense, and junk. One JSON line per step. The TypeScript engine
//! replays them and must say the same; nothing here runs on a phone.
//!
//! Texts avoid what the two languages read differently before the engine even sees it: lone
//! surrogates, `1.0` for `1`, numbers beyond a double.

pub mod dice;
mod junk;
pub mod model;

use crate::engine::{
    Engine, Input, ItemState, OutboxItem, Output, Saved, Span, State, outbox::ASK_AFTER_MS,
};
use dice::Dice;
use model::{Model, ModelRoom};
use roost_shared::{Draft, EntryId, Epoch, PersonId, RoomId, Seq};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Inputs per transcript.
const STEPS: usize = 110;

/// When every transcript begins, epoch ms.
const BEGIN_MS: i64 = 1_750_000_000_000;

/// A phone, its server and the network between them, driven by dice.
struct Play {
    dice: Dice,
    now: i64,
    engine: Engine,
    model: Model,
    alarm: Option<i64>,
    /// What the engine asked the driver for and has not been told.
    wants_token: bool,
    wants_open: bool,
    drafts: Vec<EntryId>,
    lines: Vec<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    now: i64,
    input: &'a Input,
    outputs: &'a [Output],
}

/// The transcript of a seed: line 1 is `{"saved", "seed"}`, each further one `{"now", "input",
/// "outputs"}`.
pub fn record(seed: u64) -> Vec<String> {
    let mut dice = Dice::new(seed);
    let model = furnish(&mut dice);
    let saved = if dice.chance(60) { remember(&mut dice, &model) } else { Saved::default() };
    let drafts = saved.outbox.iter().map(|item| item.draft.id).collect();
    let mut play = Play {
        dice,
        now: BEGIN_MS,
        engine: Engine::new(&saved),
        model,
        alarm: None,
        wants_token: false,
        wants_open: false,
        drafts,
        lines: vec![json!({"saved": saved, "seed": seed}).to_string()],
    };
    play.step(Input::Start);
    while play.lines.len() <= STEPS {
        play.live_a_little();
    }
    play.lines
}

/// A server with one to three rooms, some of them long.
fn furnish(dice: &mut Dice) -> Model {
    let epoch = Epoch::new(BEGIN_MS - 9_000, dice.bytes());
    let me = PersonId::new(BEGIN_MS - 8_000, dice.bytes());
    let mut model = Model::new(epoch, me, dice.between(1, 8));
    model.role = if dice.chance(20) { "young" } else { "satellite" };
    model.has_anchors = dice.chance(80);
    model.kind = dice.pick(&["circle", "hub_line", "hub_line", "peers", "lounge"]).unwrap_or(&"");
    for _ in 0..dice.between(1, 3) {
        let room = RoomId::new(BEGIN_MS - 7_000, dice.bytes());
        model.rooms.insert(room, ModelRoom::new(1));
        let long = if dice.chance(8) { 1_020 } else { 0 };
        for i in 0..long + dice.between(0, 25) {
            let target = model.id_at(room, model.head(room)).filter(|_| dice.chance(30));
            let said = junk::message(dice, BEGIN_MS - 6_000 + i, "said before");
            let draft = target.map_or(said, |target| junk::act(dice, BEGIN_MS - 6_000 + i, target));
            model.commit(room, &draft, me, BEGIN_MS - 5_000 + i);
        }
        let high = model.head(room).max(1);
        let floor = if dice.chance(30) { dice.between(1, high) } else { 1 };
        model.rooms.entry(room).and_modify(|room| room.floor = floor);
    }
    model
}

/// What a phone may have kept of this server: ranges in disorder, drafts in every state, an old
/// epoch.
fn remember(dice: &mut Dice, model: &Model) -> Saved {
    let (mut ranges, mut anchors, mut outbox) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let (mut cards, mut marks) = (BTreeMap::new(), BTreeMap::new());
    for (room, held) in &model.rooms {
        cards.insert(*room, junk::held_cards(dice, held));
        marks.insert(*room, junk::reading(dice, held));
        let head = i64::try_from(held.log.len()).unwrap_or(0);
        let mut spans = Vec::new();
        for _ in 0..dice.between(0, 3) {
            let from = dice.between(1, head.max(1));
            spans.push(Span { from: Seq(from), to: Seq(dice.between(from, head.max(from))) });
        }
        ranges.insert(*room, spans);
        if dice.chance(60) {
            let anchor = ["9.of-another-history.seal", "no anchor", "", "9", "9..", "0.none.seal"];
            anchors.insert(*room, (*dice.pick(&anchor).unwrap_or(&"")).to_owned());
        }
        for _ in 0..dice.between(0, 2) {
            let order = i64::try_from(outbox.len()).unwrap_or(0) * 3 + 1;
            let draft = junk::kept(dice, BEGIN_MS - 60_000, model.id_at(*room, head));
            // To the millisecond: both cores must ask from the same moment on.
            let ago = [60_000, 60_000, -ASK_AFTER_MS, ASK_AFTER_MS - 1, ASK_AFTER_MS];
            let kept_at = BEGIN_MS - *dice.pick(&ago).unwrap_or(&0);
            let strikes = u32::from(dice.chance(20));
            let state = junk::item_state(dice, BEGIN_MS, head);
            outbox.push(OutboxItem { order, room: *room, draft, kept_at, strikes, state });
        }
    }
    let mut told = model.clone();
    told.greeted = true;
    told.welcome(BEGIN_MS - 50_000);
    let mut welcome = told.wire.pop_front().filter(|_| dice.chance(80));
    if let Some(fields) = welcome.as_mut().and_then(Value::as_object_mut) {
        fields.remove("t");
    }
    let old = Epoch::new(1, dice.bytes());
    let epoch = [Some(model.epoch), Some(model.epoch), Some(old), None][dice.below(4)];
    Saved { epoch, welcome, ranges, anchors, outbox, cards, marks }
}

impl Play {
    fn step(&mut self, input: Input) {
        let told = input.clone();
        let outputs = self.engine.step(self.now, input);
        for output in &outputs {
            self.obey(output);
        }
        let line = Line { now: self.now, input: &told, outputs: &outputs };
        let line = serde_json::to_string(&line);
        self.lines.push(line.expect("inputs and outputs have string keys, which always encode"));
    }

    /// The driver's side of an output.
    fn obey(&mut self, output: &Output) {
        match output {
            Output::NeedToken => self.wants_token = true,
            Output::Open => self.wants_open = true,
            Output::Close => {
                self.wants_open = false;
                self.model.cut();
            }
            Output::Transmit { frame } => self.model.hear(frame, self.now),
            Output::Timer { at } => self.alarm = *at,
            _ => {}
        }
    }

    /// One thing happens.
    fn live_a_little(&mut self) {
        self.now += self.dice.between(0, 400);
        match self.dice.below(100) {
            0..=54 => self.network(),
            55..=69 => self.person(),
            70..=79 => self.others(),
            80..=85 => self.ring(),
            86..=92 => self.junk(),
            _ => self.trouble(),
        }
    }

    /// The next thing on the wire, or the next answer the engine waits for.
    fn network(&mut self) {
        let good = self.dice.chance(85);
        // An answer overtakes the page that the draft became.
        if self.dice.chance(10) && self.model.wire.len() > 1 {
            self.model.wire.swap(0, 1);
        }
        if std::mem::take(&mut self.wants_token) {
            let is_final = self.dice.chance(15);
            let access = format!("token-{}", self.lines.len());
            let refused = Input::TokenRefused { is_final };
            self.step(if good { Input::Token { access } } else { refused });
        } else if std::mem::take(&mut self.wants_open) {
            self.step(if good { Input::Opened } else { Input::Closed { code: 1006 } });
        } else if let Some(frame) = self.model.wire.pop_front() {
            self.step(Input::Frame { text: frame.to_string() });
        } else if self.dice.chance(50) {
            self.model.beat();
        } else {
            self.ring();
        }
    }

    /// The alarm rings on time, late, very late, a day late, or for nothing.
    fn ring(&mut self) {
        let late = [0, 0, 0, 30, 30, 3_600_000, 3_600_000, ASK_AFTER_MS][self.dice.below(8)];
        if let Some(at) = self.alarm.filter(|_| self.dice.chance(80)) {
            self.now = self.now.max(at) + late;
        }
        self.step(Input::Timer);
    }

    fn person(&mut self) {
        let known = self.dice.pick(&self.drafts).copied();
        let input = match (self.dice.below(28), known) {
            (20..=23, _) => self.look(),
            (24..=25, _) => Input::Typing { room: self.room() },
            (26..=27, _) => self.act(),
            (0..=1, Some(id)) => Input::Discard { id },
            (2..=3, Some(id)) => Input::Retry { id },
            (4..=5, _) => Input::Older { room: self.room() },
            (6, _) => Input::Wake,
            (7, Some(id)) => self.write_again(id),
            _ => self.write(),
        };
        self.step(input);
    }

    fn write(&mut self) -> Input {
        let mut draft = junk::draft(&mut self.dice, self.now);
        let room = self.room();
        if self.dice.chance(20) {
            draft.target = self.model.id_at(room, self.model.head(room));
        }
        self.drafts.push(draft.id);
        Input::Send { room, draft, made_at: self.made_at() }
    }

    /// A room is looked at, to its end or as far as somebody scrolled.
    fn look(&mut self) -> Input {
        let room = self.room();
        let head = self.model.head(room);
        let seq = if self.dice.chance(60) { head } else { self.dice.between(0, head + 3) };
        Input::Read { room, seq: Seq(seq) }
    }

    /// Now; once in a while long ago, in a tab that could not send it.
    fn made_at(&mut self) -> i64 {
        let ago = if self.dice.chance(5) { ASK_AFTER_MS - self.dice.between(0, 1) } else { 0 };
        self.now - ago
    }

    /// Something is done to an entry.
    fn act(&mut self) -> Input {
        let room = self.room();
        let target = self.entry(room);
        let draft = match target {
            Some(target) => junk::act(&mut self.dice, self.now, target),
            None => junk::odd(&mut self.dice, self.now),
        };
        self.drafts.push(draft.id);
        Input::Send { room, draft, made_at: self.made_at() }
    }

    /// The same id again, with the same words or with others.
    fn write_again(&mut self, id: EntryId) -> Input {
        let twin = self.engine.outbox().find(|item| item.draft.id == id).cloned();
        let mut draft = Draft { id, ..junk::draft(&mut self.dice, self.now) };
        let mut room = self.room();
        if let Some(item) = twin.filter(|_| self.dice.chance(50)) {
            (draft, room) = (item.draft, item.room);
        }
        Input::Send { room, draft, made_at: self.made_at() }
    }

    /// Something changes on the server: entries by others, membership, floors, the epoch.
    fn others(&mut self) {
        let room = self.room();
        let mut draft = junk::message(&mut self.dice, self.now, "said by another");
        let target = self.entry(room);
        if let Some(target) = target.filter(|_| self.dice.chance(45)) {
            draft = junk::act(&mut self.dice, self.now, target);
        } else if self.dice.chance(15) {
            draft.kind = "poll".to_owned();
        }
        let author = self.somebody();
        match self.dice.below(34) {
            24..=28 => {
                let head = self.model.head(room);
                let (delivered, read) = (self.dice.between(0, head), self.dice.between(0, head));
                let person = if self.dice.chance(30) { self.model.me } else { author };
                self.model.mark(room, person, delivered, read);
            }
            29..=33 => self.model.typing(room, author),
            0 => self.change_room(room, |room| room.ours = !room.ours),
            1 => self
                .change_room(room, |room| room.floor = room.floor.max(room.log.len() as i64 / 2)),
            2 => self.change_room(room, |room| room.floor = 1),
            3 => self.set_back(),
            4..=7 => {
                // An entry whose page is lost on the way: only a server's defect could do that.
                self.model.commit(room, &draft, author, self.now);
                self.model.wire.pop_back();
            }
            _ => {
                self.model.commit(room, &draft, author, self.now);
            }
        }
    }

    /// Some entry of a room.
    fn entry(&mut self, room: RoomId) -> Option<EntryId> {
        let seq = self.dice.between(1, self.model.head(room).max(1));
        self.model.id_at(room, seq)
    }

    /// One of three others.
    fn somebody(&mut self) -> PersonId {
        let n = u8::try_from(self.dice.below(3)).unwrap_or(0);
        PersonId::new(BEGIN_MS, [n; 10])
    }

    fn change_room(&mut self, room: RoomId, change: impl FnOnce(&mut ModelRoom)) {
        self.model.rooms.entry(room).and_modify(change);
        self.model.welcome(self.now);
    }

    /// The database is restored from an older copy.
    fn set_back(&mut self) {
        self.model.epoch = Epoch::new(self.now, self.dice.bytes());
        for room in self.model.rooms.values_mut() {
            room.set_back(room.log.len().saturating_sub(3));
        }
        self.model.welcome(self.now);
    }

    /// Frames no good server sends, or sends at the wrong moment.
    fn junk(&mut self) {
        let room = self.room();
        let in_flight = |item: &&OutboxItem| matches!(item.state, ItemState::InFlight { .. });
        let flying = self.engine.outbox().find(in_flight).map(|item| (item.room, item.draft.id));
        let text = match (self.dice.below(10), flying) {
            (0..=4, Some((room, id))) => junk::refusal(&mut self.dice, Some(room), Some(id)),
            (5, _) => junk::refusal(&mut self.dice, Some(room), None),
            (6, _) => junk::stale_page(&mut self.dice, &self.model, room),
            (7, _) => junk::bent_page(&mut self.dice, &self.model, room),
            (8, _) if self.dice.chance(40) => junk::odd_marks(&mut self.dice, room, self.model.me),
            (8, _) => junk::stray(&mut self.dice, room, self.drafts.last().copied()),
            _ => junk::noise(&mut self.dice),
        };
        self.step(Input::Frame { text });
    }

    /// The connection suffers, the phone sleeps, the driver repeats itself.
    fn trouble(&mut self) {
        let code =
            *self.dice.pick(&[1000, 1001, 1006, 1009, 4400, 4400, 4401, 4429]).unwrap_or(&1006);
        let access = "token-out-of-turn".to_owned();
        let is_final = self.dice.chance(5);
        let input = match self.dice.below(14) {
            0..=4 => Input::Closed { code },
            5..=6 => Input::Frame { text: junk::bye(&mut self.dice) },
            7..=8 => Input::Wake,
            9 => Input::Stop,
            10 => Input::Token { access },
            11 => Input::TokenRefused { is_final },
            12 => Input::Opened,
            _ => Input::Start,
        };
        if matches!(input, Input::Closed { .. }) {
            self.wants_open = false;
            self.model.cut();
        }
        self.step(input);
        if matches!(self.engine.state(), State::Stopped | State::SignedOut) && self.dice.chance(60)
        {
            self.step(Input::Start);
        }
    }

    /// A room of the server; now and then one that nobody knows.
    fn room(&mut self) -> RoomId {
        let rooms: Vec<RoomId> = self.model.rooms.keys().copied().collect();
        let unknown = RoomId::new(1, self.dice.bytes());
        if self.dice.chance(3) { unknown } else { *self.dice.pick(&rooms).unwrap_or(&unknown) }
    }
}
