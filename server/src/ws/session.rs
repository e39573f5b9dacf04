//! What a connection does: a closed set of inputs in, outputs to carry out. No I/O, no clock, no
//! chance.
//!
//! Per room it remembers the last seq this phone was sent. A live page that follows directly is
//! passed on; anything else makes the room *behind*, and a room that is behind is read from the
//! log, one page at a time, each when the last is flushed. So live delivery, resume and repair are
//! the same few lines.

pub use super::face::{Entered, Held, Input, Output};

use super::{
    answer::{appended, refused_in, send},
    place::{Place, Places},
};
use crate::{
    chain::Point, feed::Ask, log::Who, outlet::Push, page::PageText, people::rollback::Shown,
};
use roost_shared::{
    Draft, Epoch, PersonId, Refusal, RoomId, Seq,
    frame::{self, ClientFrame, PAGE_MAX_ENTRIES, ServerFrame, Side, Unread, Welcome},
    policy::{Action, Actor, Object, decide},
    refusal::Told,
};
use std::{collections::VecDeque, sync::Arc};

/// Frames in a row that could not be read or were too many: this is no phone of ours.
pub(super) const BAD_FRAMES_MAX: u8 = 10;
/// Beats that may go unanswered.
const SILENT_BEATS_MAX: u8 = 1;
/// When a frame over the limit may be tried again, ms: by then there is room for one, at the
/// shipped rate. The minute of `too_many` is for those who are closed.
const FLOOD_WAIT_MS: i64 = 1_000;
/// Range requests that may wait.
const ASKS_MAX: usize = 32;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Fresh,
    Entering,
    Live,
    Closed,
}

/// One connection.
#[derive(Default)]
pub struct Session {
    phase: Phase,
    person: Option<PersonId>,
    /// The epoch that the phone was told.
    epoch: Option<Epoch>,
    /// It had to forget what it held once already.
    forgot: bool,
    places: Places,
    asks: VecDeque<Ask>,
    bad_frames: u8,
    silent_beats: u8,
    /// A beat of ours is out, and the phone's answer to it is not here yet.
    beat_out: bool,
    /// Pages have gone out since the last beat.
    news: bool,
}

impl Session {
    /// The one transition.
    pub fn step(&mut self, input: Input) -> Vec<Output> {
        match (self.phase, input) {
            (Phase::Closed, _) => Vec::new(),
            (_, Input::Frame(frame)) => self.frame(frame),
            (_, Input::Entered(entered)) => self.entered(entered),
            (_, Input::End(refusal)) => self.close(refusal),
            (Phase::Fresh, Input::HelloLate) => self.close(Refusal::HelloLate),
            (Phase::Live, Input::Push(Push::Page(page))) => self.live(&page),
            (_, Input::Push(Push::End(refusal))) => self.close(refusal),
            (Phase::Live, Input::Push(Push::Reload)) => vec![Output::Reload],
            (Phase::Live, Input::Push(Push::Note(text))) => vec![Output::Send(text)],
            (Phase::Live, Input::Behind(heads)) => self.heads(&heads),
            (Phase::Live, Input::Page { ask, page }) => self.read(&ask, page),
            (Phase::Live, Input::Appended { room, id, answer }) => {
                vec![appended(room, id, answer)]
            }
            (Phase::Live, Input::Turn) => self.next_read(),
            (Phase::Live, Input::Beat(heads)) => self.beat(&heads),
            (Phase::Fresh | Phase::Entering | Phase::Live, _) => Vec::new(),
        }
    }

    /// Whether a `Turn` would do anything.
    pub fn wants_turn(&self) -> bool {
        self.phase == Phase::Live
            && (!self.asks.is_empty()
                || self.places.iter().any(|(_, place)| place.sent.seq < place.head.seq))
    }

    /// Whether the next beat should come soon: its answer says that pages of rooms with marks have
    /// arrived. One is asked about at a time, and not again before there are others.
    pub fn wants_beat(&self) -> bool {
        self.news && !self.beat_out && self.places.iter().any(|(_, place)| place.is_unconfirmed())
    }

    fn frame(&mut self, frame: Result<ClientFrame, Unread>) -> Vec<Output> {
        self.silent_beats = 0;
        match (self.phase, frame) {
            (Phase::Fresh, Ok(ClientFrame::Hello { v, token, epoch, cursors, anchors })) => {
                if v != frame::VERSION {
                    return self.close(Refusal::VersionUnknown);
                }
                self.phase = Phase::Entering;
                vec![Output::SignIn { token, epoch, shown: Shown { cursors, anchors } }]
            }
            (Phase::Fresh, Ok(_)) => self.close(Refusal::HelloExpected),
            (Phase::Fresh, Err(unread)) => self.close(unread.refusal),
            (_, Ok(ClientFrame::Hello { .. })) => self.close(Refusal::HelloTwice),
            (_, Err(Unread { refusal, room, id })) => {
                self.bad_frames += 1;
                if self.bad_frames >= BAD_FRAMES_MAX {
                    return self.close(refusal);
                }
                let mut told = Told::from(refusal);
                if refusal == Refusal::TooMany {
                    told.after_ms = FLOOD_WAIT_MS;
                }
                vec![send(&ServerFrame::Refused { room, id, told })]
            }
            (_, Ok(frame)) => {
                self.bad_frames = 0;
                self.request(frame)
            }
        }
    }

    fn request(&mut self, frame: ClientFrame) -> Vec<Output> {
        match frame {
            ClientFrame::Append { room, id, kind, target, body } => {
                vec![Output::Append { room, draft: Draft { id, kind, target, body } }]
            }
            ClientFrame::Range { room, after, before, limit } => {
                match self.ask(room, after, before, limit) {
                    Ok(ask) => {
                        self.asks.push_back(ask);
                        Vec::new()
                    }
                    Err(refusal) => vec![refused_in(room, None, refusal)],
                }
            }
            ClientFrame::Resume { cursors, anchors } => {
                for (room, place) in self.places.iter_mut() {
                    place.sent = place.stand(cursors.get(room).copied().unwrap_or(Seq::ZERO));
                }
                let (shown, holds) = (Shown { cursors, anchors }, self.places.confirm());
                let check = self.epoch.map(|told| Output::Check { told, shown, holds });
                check.into_iter().collect()
            }
            ClientFrame::Mark { room, read } => match self.may(room, Action::MarkRoom) {
                Ok(Place { kind, head, .. }) => {
                    let read = read.min(head.seq);
                    if let Some(place) = self.places.get_mut(room) {
                        place.held = place.held.max(read);
                    }
                    vec![Output::Read { room, kind, read }]
                }
                Err(refusal) => vec![refused_in(room, None, refusal)],
            },
            ClientFrame::Typing { room } => match self.may(room, Action::Post) {
                Ok(place) if place.kind.has_typing() => vec![Output::Typing(room)],
                Ok(_) => Vec::new(),
                Err(refusal) => vec![refused_in(room, None, refusal)],
            },
            // The phone's answer to our beat. Any frame is proof of life, counted above.
            ClientFrame::Beat { digest } if self.beat_out => {
                self.beat_out = false;
                // Phones from before there were anchors digest numbers alone.
                let is_whole = digest == self.places.digest(|place| place.sent)
                    || digest == self.places.digest(|place| place.sent.unchained());
                is_whole.then(|| self.holds()).flatten().into_iter().collect()
            }
            // A phone that has woken asks whether we are there; what it says to this ends the
            // matter.
            ClientFrame::Beat { .. } => vec![self.send_beat()],
            ClientFrame::Hello { .. } => Vec::new(),
        }
    }

    /// As whom the phone acts in a room of its own.
    pub fn who(&self, room: RoomId) -> Option<Who> {
        let (person, place) = (self.person?, self.places.get(room)?);
        let actor = Actor::Person { person, role: place.role };
        Some(Who { constellation: place.constellation, actor })
    }

    fn may(&self, room: RoomId, action: Action) -> Result<Place, Refusal> {
        let place = *self.places.get(room).ok_or(Refusal::NotFound)?;
        let object = Object::Room { member: Some(place.view), kind: place.kind };
        decide(self.who(room).ok_or(Refusal::NotFound)?.actor, action, object)?;
        Ok(place)
    }

    fn holds(&mut self) -> Option<Output> {
        let rooms = self.places.confirm();
        (!rooms.is_empty()).then_some(Output::Holds(rooms))
    }

    fn ask(
        &self,
        room: RoomId,
        after: Option<Seq>,
        before: Option<Seq>,
        limit: Option<i64>,
    ) -> Result<Ask, Refusal> {
        let place = self.places.get(room).ok_or(Refusal::NotFound)?;
        let side = Side::read(after, before)?;
        let limit = limit.unwrap_or(PAGE_MAX_ENTRIES);
        if !(1..=PAGE_MAX_ENTRIES).contains(&limit) {
            return Err(Refusal::FrameMalformed);
        }
        if self.asks.len() >= ASKS_MAX {
            return Err(Refusal::Busy);
        }
        let (constellation, floor) = (place.constellation, place.floor);
        Ok(Ask { constellation, room, floor, side, limit })
    }

    fn entered(&mut self, entered: Result<Box<Entered>, Refusal>) -> Vec<Output> {
        let entered = match entered {
            Ok(entered) => entered,
            Err(refusal) => return self.close(refusal),
        };
        if entered.forget.is_some() && std::mem::replace(&mut self.forgot, true) {
            return self.close(Refusal::TooMany);
        }
        // A phone that is told of another epoch forgets all it holds.
        let epoch = Some(entered.welcome.epoch);
        let known = std::mem::take(&mut self.places);
        let anew = self.epoch != epoch || entered.forget.is_some();
        let known = if anew { Places::default() } else { known };
        self.epoch = epoch;
        let places = entered.rooms.iter().map(|mine| {
            let cursor = entered.cursors.get(&mine.room).copied().unwrap_or(Seq::ZERO);
            (mine.room, Place::of(mine, known.get(mine.room), cursor))
        });
        self.places = Places::new(places.collect());
        self.asks.retain_mut(|ask| match self.places.get(ask.room) {
            Some(place) => {
                ask.floor = place.floor;
                true
            }
            None => false,
        });
        self.person = Some(entered.person);
        let first = self.phase != Phase::Live;
        self.phase = Phase::Live;
        let other = entered.forget.map(|epoch| Welcome { epoch, ..entered.welcome.clone() });
        let welcomes = other.into_iter().chain([entered.welcome]);
        let welcomes = welcomes.map(|welcome| send(&ServerFrame::Welcome(Box::new(welcome))));
        // The cursors of a hello are what the phone holds.
        let holds = if first { self.holds() } else { None };
        holds.into_iter().chain(welcomes).collect()
    }

    fn live(&mut self, page: &Arc<PageText>) -> Vec<Output> {
        let Some(place) = self.places.get_mut(page.room) else { return Vec::new() };
        place.head = place.head.max(page.reaches());
        if page.from != place.sent.seq.next() {
            return Vec::new();
        }
        place.sent = page.end();
        self.news = true;
        vec![Output::Send(page.text.clone())]
    }

    /// Asked-for pages first, then the first room that is behind.
    fn next_read(&mut self) -> Vec<Output> {
        if let Some(ask) = self.asks.pop_front() {
            return vec![Output::Fetch(ask)];
        }
        let behind = self.places.iter().find(|(_, place)| place.sent.seq < place.head.seq);
        let Some((room, place)) = behind else { return Vec::new() };
        let side = Side::After(place.sent.seq);
        let (room, constellation, floor) = (*room, place.constellation, place.floor);
        vec![Output::Fetch(Ask { constellation, room, floor, side, limit: PAGE_MAX_ENTRIES })]
    }

    fn read(&mut self, ask: &Ask, page: Result<Arc<PageText>, Refusal>) -> Vec<Output> {
        let page = match page {
            Ok(page) => page,
            // They left while it was read: what they may read now is found out.
            Err(Refusal::NotFound) => return vec![Output::Reload],
            // The store is unwell. The phone keeps its cursors and comes back.
            Err(refusal) => return self.close(refusal),
        };
        let Some(place) = self.places.get_mut(page.room) else { return Vec::new() };
        place.head = place.head.max(page.reaches());
        if ask.side == Side::After(place.sent.seq) {
            // An empty answer means that nothing is there after all: do not ask for ever.
            place.sent = place.sent.max(page.end());
            if page.to < page.from {
                place.head = place.sent;
            }
            self.news = true;
        }
        vec![Output::Send(page.text.clone())]
    }

    fn beat(&mut self, heads: &[(RoomId, Point)]) -> Vec<Output> {
        // The digest is of where the rooms stand, not of where this session believes they do.
        self.heads(heads);
        if self.silent_beats >= SILENT_BEATS_MAX {
            return self.close(Refusal::Silent);
        }
        self.silent_beats += 1;
        vec![self.send_beat()]
    }

    /// What lies beyond the last page sent is read from the log, turn by turn.
    fn heads(&mut self, heads: &[(RoomId, Point)]) -> Vec<Output> {
        for (room, head) in heads {
            if let Some(place) = self.places.get_mut(*room) {
                place.head = place.head.max(*head);
                if place.sent.seq == place.head.seq {
                    place.sent = place.head;
                }
            }
        }
        Vec::new()
    }

    fn send_beat(&mut self) -> Output {
        (self.beat_out, self.news) = (true, false);
        let digest = self.places.digest(|place| place.head);
        send(&ServerFrame::Beat { digest })
    }

    fn close(&mut self, refusal: Refusal) -> Vec<Output> {
        self.phase = Phase::Closed;
        vec![Output::Close(refusal)]
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
