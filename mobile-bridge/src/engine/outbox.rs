//! The outbox: drafts in the order they were written, at most one of each room in flight. It
//! decides what goes out next, what goes only if the person still wants it, and what a server's
//! answer means for a draft; it never touches a connection.

use super::{
    face::{Changed, ItemState, OutboxItem, Output, Turn, Write},
    read::No,
};
use roost_shared::{
    Draft, EntryId, Refusal, RoomId, Seq, frame::ClientFrame, kind::Body, refusal::Class,
};
use std::collections::BTreeMap;

/// The most drafts kept, in all states.
pub const OUTBOX_MAX_ITEMS: usize = 500;

/// A draft in flight is tried again when nothing was heard of it for this long.
pub const ANSWER_MS: i64 = 30_000;

/// A `later` is obeyed between these two waits.
pub const LATER_MIN_MS: i64 = 250;
pub const LATER_MAX_MS: i64 = 600_000;

/// What somebody said so long ago, and this phone could not send, goes only if they still want it:
/// "the door is open" is not true for ever. An act goes without asking. Its target says what it is
/// about, and nothing may hold a removal back.
pub const ASK_AFTER_MS: i64 = 24 * 3_600_000;

/// So often may the server break the connection over one draft before it is kept back.
pub const STRIKES_MAX: u32 = 2;

#[derive(Debug)]
pub(super) struct Outbox {
    /// By `order`, which is the order in which the person wrote them.
    items: BTreeMap<i64, OutboxItem>,
}

impl Outbox {
    pub(super) fn new(saved: &[OutboxItem]) -> Outbox {
        let mut items = BTreeMap::new();
        for item in saved {
            let mut item = item.clone();
            if matches!(item.state, ItemState::InFlight { .. }) {
                item.state = ItemState::Queued;
            }
            items.insert(item.order, item);
        }
        Outbox { items }
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &OutboxItem> {
        self.items.values()
    }

    /// Takes a draft in, or says why not. A draft that is already here is here once.
    pub(super) fn take(&mut self, room: RoomId, draft: Draft, made_at: i64, turn: &mut Turn) {
        let id = draft.id;
        let verdict = match self.items.values().find(|item| item.draft.id == id) {
            Some(item) if item.room == room && item.draft == draft => return,
            Some(_) => Err(Refusal::IdReused),
            None if self.items.len() >= OUTBOX_MAX_ITEMS => Err(Refusal::Busy),
            None => sendable(&draft),
        };
        if let Err(code) = verdict {
            turn.act(Output::Rejected { id, code });
            return;
        }
        let order = self.items.last_key_value().map_or(1, |(last, _)| last + 1);
        let state = ItemState::Queued;
        let mut item = OutboxItem { order, room, draft, kept_at: made_at, strikes: 0, state };
        // It may have lain beside the outbox, where another tab of the app left it.
        if is_overdue(&item, turn.now) {
            item.state = ItemState::Asking;
        }
        keep(&item, turn);
        self.items.insert(order, item);
    }

    /// The person drops a draft. One that may be at the server already cannot be taken back here.
    pub(super) fn discard(&mut self, id: EntryId, turn: &mut Turn) {
        let on_its_way = |state: &ItemState| {
            matches!(state, ItemState::InFlight { .. } | ItemState::Sent { .. })
        };
        self.drop_where(|item| item.draft.id == id && !on_its_way(&item.state), turn);
    }

    /// Without a connection: what has waited too long waits for the person from now on. A phone
    /// that stays connected never asks, for it is sending what it has.
    pub(super) fn ask(&mut self, turn: &mut Turn) {
        let now = turn.now;
        for item in self.items.values_mut().filter(|item| is_overdue(item, now)) {
            item.state = ItemState::Asking;
            keep(item, turn);
        }
    }

    /// The person wants a draft that was refused, delayed or asked about to go now, in its old
    /// place and under its old id: it may be at the server already.
    pub(super) fn retry(&mut self, id: EntryId, turn: &mut Turn) {
        let Some(item) = self.find(id) else { return };
        let waits = |state: &ItemState| {
            matches!(state, ItemState::Refused { .. } | ItemState::Later { .. } | ItemState::Asking)
        };
        if waits(&item.state) {
            item.strikes = 0;
            item.kept_at = turn.now;
            item.state = ItemState::Queued;
            keep(item, turn);
        }
    }

    /// The draft is on the server's disk. `past` says that its entry needs no page any more.
    pub(super) fn acked(&mut self, id: EntryId, seq: Seq, past: bool, turn: &mut Turn) {
        if past {
            self.drop_where(|item| item.draft.id == id, turn);
        } else if let Some(item) = self.find(id) {
            item.state = ItemState::Sent { seq };
            keep(item, turn);
        }
    }

    /// These entries stand in the room's log now; `past` says which seqs need no page any more.
    pub(super) fn arrived(
        &mut self,
        room: RoomId,
        ids: &[EntryId],
        past: impl Fn(Seq) -> bool,
        turn: &mut Turn,
    ) {
        let is_there = |item: &OutboxItem| match item.state {
            ItemState::Sent { seq } if past(seq) => true,
            _ => ids.contains(&item.draft.id),
        };
        self.drop_where(|item| item.room == room && is_there(item), turn);
    }

    /// The server's no to a draft. Network words never make it "failed": only `final` does.
    pub(super) fn refused(&mut self, id: EntryId, no: &No, turn: &mut Turn) {
        let until = turn.now + no.after_ms.clamp(LATER_MIN_MS, LATER_MAX_MS);
        let Some(item) = self.find(id).filter(|item| is_in_flight(item)) else { return };
        item.state = match no.class {
            Class::Final => ItemState::Refused { code: no.code.clone(), words: no.words.clone() },
            Class::Later => ItemState::Later { until },
            Class::SignInAgain => ItemState::Queued,
        };
        keep(item, turn);
    }

    /// The connection is gone: what was in flight is to be sent again, under the same id. `broke`
    /// says that the server ended it because of what it was sent, and so suspects what was in
    /// flight.
    pub(super) fn unsend(&mut self, broke: bool, turn: &mut Turn) {
        for item in self.items.values_mut().filter(|item| is_in_flight(item)) {
            item.state = ItemState::Queued;
            if broke {
                item.strikes += 1;
            }
            if item.strikes >= STRIKES_MAX {
                item.state = refused_by(Refusal::Poisonous);
            }
            if broke {
                keep(item, turn);
            }
            turn.show(Changed::Outbox { room: item.room });
        }
    }

    /// The server's history was set back: what it had acknowledged may be lost, so it goes out
    /// again.
    pub(super) fn set_back(&mut self, turn: &mut Turn) {
        for item in self.items.values_mut() {
            let was_sent = matches!(item.state, ItemState::Sent { .. });
            if was_sent || is_in_flight(item) {
                item.state = ItemState::Queued;
                keep(item, turn);
            }
        }
    }

    /// Rooms that are no longer ours keep the person's words and tell why they stay here.
    pub(super) fn only_rooms(&mut self, ours: impl Fn(RoomId) -> bool, turn: &mut Turn) {
        let lost = |item: &OutboxItem| !ours(item.room);
        self.drop_where(|item| lost(item) && matches!(item.state, ItemState::Sent { .. }), turn);
        for item in self.items.values_mut().filter(|item| lost(item)) {
            if !matches!(item.state, ItemState::Refused { .. }) {
                item.state = refused_by(Refusal::NotFound);
                keep(item, turn);
            }
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self, turn: &mut Turn) {
        for item in self.items.values() {
            turn.show(Changed::Outbox { room: item.room });
        }
        self.items.clear();
    }

    /// Sends what may go: the first of each room. A draft that is suspected of having broken a
    /// connection goes alone, so that a second break names the guilty one.
    pub(super) fn pump(&mut self, turn: &mut Turn) {
        let mut ready: Vec<i64> = Vec::new();
        for item in self.firsts().into_values() {
            if due(item, turn.now) <= turn.now {
                ready.push(item.order);
            }
        }
        ready.sort_unstable();
        let in_air =
            self.items.values().filter(|item| is_in_flight(item) && !is_late(item, turn.now));
        let (in_air, suspect_in_air) =
            in_air.fold((0, false), |(n, suspect), item| (n + 1, suspect || item.strikes > 0));
        let (clean, suspects): (Vec<i64>, Vec<i64>) =
            ready.into_iter().partition(|order| self.items[order].strikes == 0);
        let going = match suspects.first() {
            _ if suspect_in_air => Vec::new(),
            Some(suspect) if in_air == 0 && clean.is_empty() => vec![*suspect],
            _ => clean,
        };
        for order in going {
            self.transmit(order, turn);
        }
    }

    /// When [`Outbox::pump`] has something to do that nothing but time brings about.
    pub(super) fn deadline(&self, now: i64) -> Option<i64> {
        self.firsts().into_values().map(|item| due(item, now)).filter(|at| *at > now).min()
    }

    fn transmit(&mut self, order: i64, turn: &mut Turn) {
        let until = turn.now + ANSWER_MS;
        let Some(item) = self.items.get_mut(&order) else { return };
        item.state = ItemState::InFlight { until };
        let Draft { id, kind, target, body } = item.draft.clone();
        turn.transmit(ClientFrame::Append { room: item.room, id, kind, target, body });
        turn.show(Changed::Outbox { room: item.room });
    }

    /// Of each room the draft whose turn it is: the one in the air, which an older one that is
    /// tried again waits for; else the first that waits. What is sent, refused or asked about
    /// holds nobody back.
    fn firsts(&self) -> BTreeMap<RoomId, &OutboxItem> {
        let in_air = self.items.values().filter(|item| is_in_flight(item));
        let waiting = self.items.values().filter(|item| is_waiting(item));
        let mut firsts = BTreeMap::new();
        for item in in_air.chain(waiting) {
            firsts.entry(item.room).or_insert(item);
        }
        firsts
    }

    fn find(&mut self, id: EntryId) -> Option<&mut OutboxItem> {
        self.items.values_mut().find(|item| item.draft.id == id)
    }

    fn drop_where(&mut self, gone: impl Fn(&OutboxItem) -> bool, turn: &mut Turn) {
        self.items.retain(|_, item| {
            let stays = !gone(item);
            if !stays {
                turn.write(Write::DropOutbox { id: item.draft.id });
                turn.show(Changed::Outbox { room: item.room });
            }
            stays
        });
    }
}

fn is_in_flight(item: &OutboxItem) -> bool {
    matches!(item.state, ItemState::InFlight { .. })
}

/// For its turn, or for the moment that the server named.
fn is_waiting(item: &OutboxItem) -> bool {
    matches!(item.state, ItemState::Queued | ItemState::Later { .. })
}

fn is_late(item: &OutboxItem, now: i64) -> bool {
    matches!(item.state, ItemState::InFlight { until } if until <= now)
}

/// Whether it has waited so long that the person is to be asked. A clock that was set wrong asks
/// once too often, or not; nothing is lost by it.
fn is_overdue(item: &OutboxItem, now: i64) -> bool {
    is_waiting(item) && now - item.kept_at >= ASK_AFTER_MS && Body::is_said(&item.draft)
}

/// When this draft, being the first of its room, may go out; `now` or before means at once. A wait
/// further off than any that is granted was written by a clock that has been set back since.
fn due(item: &OutboxItem, now: i64) -> i64 {
    match item.state {
        ItemState::InFlight { until } => until,
        ItemState::Later { until } if until <= now + LATER_MAX_MS => until,
        _ => now,
    }
}

/// Whether a draft is worth an attempt. The same rules stand at the socket and in `permit`.
fn sendable(draft: &Draft) -> Result<(), Refusal> {
    Body::read(&draft.kind, &draft.body)?.check()
}

fn refused_by(refusal: Refusal) -> ItemState {
    ItemState::Refused { code: refusal.code().to_owned(), words: refusal.words().to_owned() }
}

fn keep(item: &OutboxItem, turn: &mut Turn) {
    turn.write(Write::PutOutbox { item: item.clone() });
    turn.show(Changed::Outbox { room: item.room });
}
