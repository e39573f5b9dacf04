//! The phone's engine: a deterministic state machine. Inputs and a time go in, outputs come out;
//! there is no clock, no randomness, no I/O and no order by hash. The TypeScript engine of the web
//! app is a port of this folder, held to it by transcripts: change them together.
//!
//! - [`face`]: the values that go in and come out;
//! - `connection`: dialling, greeting, silence, back-off, tokens;
//! - `sync` over `spans` and `cards`: which entries and cards are held, which are asked for;
//! - `marks`, `typing`: how far everybody has read; who is writing;
//! - `outbox`: drafts on their way;
//! - `read`: what the server says.
//!
//! The driver's part of the bargain: `now_ms` never goes back; after `close` (or `closed`) nothing
//! of that connection comes in any more; the timer fires at or after its moment.

mod cards;
pub mod connection;
pub mod face;
mod marks;
pub mod outbox;
#[cfg(test)]
mod property;
#[cfg(test)]
mod property_cards;
mod read;
mod spans;
mod sync;
#[cfg(test)]
mod tests;
mod typing;

pub use face::{
    Changed, HeldCard, Input, ItemState, OutboxItem, Output, Reading, Saved, Span, State, Write,
};

use connection::Connection;
use face::Turn;
use marks::Marks;
use outbox::Outbox;
use read::{Heard, No};
use roost_shared::{
    Draft, PersonId, Refusal, RoomId, Seq,
    frame::{ClientFrame, VERSION},
    refusal::Class,
};
use std::collections::BTreeMap;
use sync::Sync;
use typing::Typing;

/// Close codes of PROTOCOL § 6 that mean something to a phone.
const CLOSE_TOO_LARGE: u16 = 1009;
const CLOSE_MALFORMED: u16 = 4400;
const CLOSE_SIGN_IN: u16 = 4401;

/// Why a connection is given up.
#[derive(Clone, Copy, PartialEq)]
enum Loss {
    /// Anything that time mends.
    Trouble,
    /// The token is not good.
    SignIn,
    /// The server could not bear what this phone sent.
    Broke,
}

/// One person's phone. See the module's words.
#[derive(Debug)]
pub struct Engine {
    connection: Connection,
    sync: Sync,
    outbox: Outbox,
    marks: Marks,
    typing: Typing,
    /// The moment the driver's alarm is set to.
    armed: Option<i64>,
}

/// How far a room has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub floor: Seq,
    /// The last seq below which nothing is missing; `floor - 1` when nothing is held.
    pub cursor: Seq,
    pub head: Seq,
}

impl Engine {
    /// A stopped phone that remembers what its store kept.
    pub fn new(saved: &Saved) -> Engine {
        Engine {
            connection: Connection::new(),
            sync: Sync::new(saved),
            outbox: Outbox::new(&saved.outbox),
            marks: Marks::new(saved),
            typing: Typing::default(),
            armed: None,
        }
    }

    /// How the phone stands with the server.
    pub fn state(&self) -> State {
        self.connection.state()
    }

    /// The drafts on their way, in the order they were written.
    pub fn outbox(&self) -> impl Iterator<Item = &OutboxItem> {
        self.outbox.items()
    }

    /// How far each room has been read.
    pub fn places(&self) -> impl Iterator<Item = (RoomId, Place)> {
        let place = |room: &sync::Room| Place {
            floor: room.floor(),
            cursor: room.cursor(),
            head: room.head(),
        };
        self.sync.rooms().iter().map(move |(id, room)| (*id, place(room)))
    }

    /// How far I and the others have read each room.
    pub fn readings(&self) -> impl Iterator<Item = (RoomId, Reading)> {
        self.marks.readings()
    }

    /// Who is writing now, in rooms where somebody is.
    pub fn typing(&self) -> &BTreeMap<RoomId, Vec<PersonId>> {
        self.typing.shown()
    }

    /// Takes one input at a time (epoch ms) and says what is to be done.
    pub fn step(&mut self, now_ms: i64, input: Input) -> Vec<Output> {
        let mut turn = Turn::at(now_ms);
        if input == Input::Timer {
            self.armed = None;
        }
        self.take(input, &mut turn);
        if self.state() == State::Live {
            self.outbox.pump(&mut turn);
            self.marks.pump(&mut turn);
        } else {
            self.outbox.ask(&mut turn);
        }
        self.typing.show(&mut turn);
        let at = self.deadline(now_ms);
        if at != self.armed {
            self.armed = at;
            turn.act(Output::Timer { at });
        }
        turn.into_outputs()
    }

    fn take(&mut self, input: Input, turn: &mut Turn) {
        match (input, self.state()) {
            (Input::Start, State::Stopped | State::SignedOut) => self.connection.dial(turn),
            (Input::Token { access }, _) => self.connection.token(access, turn),
            (Input::TokenRefused { is_final }, State::FetchingToken) => {
                self.token_refused(is_final, turn);
            }
            (Input::Opened, State::Opening) => self.greet(turn),
            (Input::Frame { text }, State::Greeting | State::Live) => self.hear(&text, turn),
            (Input::Closed { code }, _) if self.connection.has_socket() => {
                self.lose(loss_by_close(code), turn);
            }
            (Input::Timer, _) => self.time(turn),
            (Input::Wake, State::Waiting { .. }) => self.connection.dial(turn),
            (Input::Wake, State::Live) => {
                turn.transmit(ClientFrame::Beat { digest: self.sync.digest() });
                self.connection.prove(turn);
            }
            (Input::Send { room, draft, made_at }, _) => self.send(room, draft, made_at, turn),
            (Input::Discard { id }, _) => self.outbox.discard(id, turn),
            (Input::Retry { id }, _) => self.outbox.retry(id, turn),
            (Input::Older { room }, State::Live) => self.sync.older(room, turn),
            (Input::Read { room, seq }, _) => {
                let head = self.sync.rooms().get(&room).map(sync::Room::head);
                self.marks.read(room, seq.min(head.unwrap_or(Seq::ZERO)), turn);
            }
            (Input::Typing { room }, State::Live) => self.typing.say(room, turn),
            (Input::Stop, state) if !matches!(state, State::Stopped | State::SignedOut) => {
                self.hang_up(turn);
                self.connection.rest(State::Stopped, turn);
            }
            // Whatever else comes is late news of a state that is over.
            _ => {}
        }
    }

    fn send(&mut self, room: RoomId, draft: Draft, made_at: i64, turn: &mut Turn) {
        let refusal = match self.state() {
            State::SignedOut => Some(Refusal::SignInAgain),
            _ if !self.sync.may_exist(room) => Some(Refusal::NotFound),
            _ => None,
        };
        match refusal {
            Some(code) => turn.act(Output::Rejected { id: draft.id, code }),
            None => self.outbox.take(room, draft, made_at, turn),
        }
    }

    fn token_refused(&mut self, is_final: bool, turn: &mut Turn) {
        if !is_final {
            self.connection.failed(turn);
            return;
        }
        let rooms: Vec<RoomId> = self.sync.rooms().keys().copied().collect();
        for room in rooms {
            turn.show(Changed::Room { room });
        }
        self.sync = Sync::new(&Saved::default());
        self.marks = Marks::new(&Saved::default());
        self.outbox.clear(turn);
        turn.write(Write::WipeAll);
        turn.show(Changed::Rooms);
        self.connection.rest(State::SignedOut, turn);
    }

    fn greet(&mut self, turn: &mut Turn) {
        let token = self.connection.opened(turn);
        let (epoch, cursors) = (self.sync.epoch(), self.sync.introduce());
        let anchors = self.sync.anchors();
        turn.transmit(ClientFrame::Hello { v: VERSION, token, epoch, cursors, anchors });
    }

    fn hear(&mut self, text: &str, turn: &mut Turn) {
        self.connection.heard(turn);
        let live = self.state() == State::Live;
        match read::frame(text) {
            Heard::Welcome(greeting) => self.welcome(&greeting, turn),
            Heard::Bye { no, retry_ms } => {
                self.connection.stay_away(retry_ms);
                turn.act(Output::Close);
                self.lose(loss_by_bye(&no), turn);
            }
            Heard::Page(page) if live => self.page(page, turn),
            Heard::Ack { room, id, seq } if live => {
                let past = self.sync.rooms().get(&room).is_none_or(|place| place.is_past(seq));
                self.outbox.acked(id, seq, past, turn);
            }
            Heard::Refused { room, id, no } if live => self.refused(room, id, &no, turn),
            Heard::Marks { room, marks } if live => self.marks.heard(room, &marks, turn),
            Heard::Typing { room, person } if live => self.typing.heard(room, person, turn.now),
            Heard::Beat { digest } if live => self.sync.beat(&digest, turn),
            _ => {}
        }
    }

    fn page(&mut self, page: read::Page, turn: &mut Turn) {
        let (room, ids) = (page.room, page.ids.clone());
        let Some(head) = self.sync.rooms().get(&room).map(sync::Room::head) else { return };
        self.typing.arrived(room, &page.authors_above(head));
        self.sync.page(page, turn);
        if let Some(place) = self.sync.rooms().get(&room) {
            self.outbox.arrived(room, &ids, |seq| place.is_past(seq), turn);
        }
    }

    fn welcome(&mut self, greeting: &read::Greeting, turn: &mut Turn) {
        self.connection.welcomed(greeting.silence_ms, greeting.retry_ms, turn);
        let set_back = self.sync.welcome(greeting, turn);
        self.marks.welcome(greeting, set_back, turn);
        self.typing.welcome(greeting);
        if set_back {
            self.outbox.set_back(turn);
        }
        self.outbox.only_rooms(|room| greeting.rooms.contains_key(&room), turn);
    }

    fn refused(
        &mut self,
        room: Option<RoomId>,
        id: Option<roost_shared::EntryId>,
        no: &No,
        turn: &mut Turn,
    ) {
        match (room, id) {
            (_, Some(id)) => self.outbox.refused(id, no, turn),
            (Some(room), None) => self.sync.refused(room),
            (None, None) => {}
        }
        if no.class == Class::SignInAgain {
            turn.act(Output::Close);
            self.lose(Loss::SignIn, turn);
        }
    }

    /// The alarm rang: does the present state end now? Whatever is due in the outbox, `pump` sends.
    fn time(&mut self, turn: &mut Turn) {
        if self.connection.deadline().is_none_or(|by| turn.now < by) {
            return;
        }
        if matches!(self.state(), State::Waiting { .. }) {
            self.connection.dial(turn);
        } else {
            self.hang_up(turn);
            self.connection.failed(turn);
        }
    }

    /// The connection is over; what follows depends on why.
    fn lose(&mut self, loss: Loss, turn: &mut Turn) {
        self.outbox.unsend(loss == Loss::Broke, turn);
        self.sync.forget_asked();
        self.typing.forget();
        match loss {
            Loss::SignIn => self.connection.renew(turn),
            Loss::Trouble | Loss::Broke => self.connection.failed(turn),
        }
    }

    /// This side ends the connection, if there is one.
    fn hang_up(&mut self, turn: &mut Turn) {
        if self.connection.has_socket() {
            turn.act(Output::Close);
        }
        self.outbox.unsend(false, turn);
        self.sync.forget_asked();
        self.typing.forget();
    }

    fn deadline(&self, now: i64) -> Option<i64> {
        let live = self.state() == State::Live;
        let outbox = self.outbox.deadline(now).filter(|_| live);
        let marks = self.marks.deadline().filter(|_| live);
        let typing = self.typing.deadline();
        self.connection.deadline().into_iter().chain(outbox).chain(marks).chain(typing).min()
    }
}

fn loss_by_close(code: u16) -> Loss {
    match code {
        CLOSE_SIGN_IN => Loss::SignIn,
        CLOSE_TOO_LARGE | CLOSE_MALFORMED => Loss::Broke,
        _ => Loss::Trouble,
    }
}

/// A `bye` says what its close code would say.
fn loss_by_bye(no: &No) -> Loss {
    const BROKE: [Refusal; 2] = [Refusal::FrameTooLarge, Refusal::FrameMalformed];
    match no.class {
        Class::SignInAgain => Loss::SignIn,
        _ if BROKE.iter().any(|refusal| refusal.code() == no.code) => Loss::Broke,
        _ => Loss::Trouble,
    }
}
