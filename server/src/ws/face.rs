//! The values that go into a session and come out of it. Nothing here decides anything.

use crate::{
    chain::Point, feed::Ask, log::Receipt, outlet::Push, page::PageText, people::rollback::Shown,
    store::rooms::Mine,
};
use bytes::Bytes;
use roost_shared::{
    Draft, EntryId, Epoch, PersonId, Refusal, RoomId, Seq,
    frame::{ClientFrame, Cursors, Unread, Welcome},
    room::RoomKind,
};
use std::sync::Arc;

/// What happens to a connection.
#[derive(Debug)]
pub enum Input {
    /// The phone said something.
    Frame(Result<ClientFrame, Unread>),
    /// Who the phone belongs to, and their rooms; after `SignIn` and after `Reload`.
    Entered(Result<Box<Entered>, Refusal>),
    /// The house has something for the phone.
    Push(Push),
    /// The answer to `Fetch`.
    Page { ask: Ask, page: Result<Arc<PageText>, Refusal> },
    /// Some pages did not fit into the queue: this is where my rooms stand.
    Behind(Vec<(RoomId, Point)>),
    /// The answer to `Append`.
    Appended { room: RoomId, id: EntryId, answer: Result<Receipt, Refusal> },
    /// Everything sent so far is flushed, and there is time for more.
    Turn,
    /// A beat is due, and this is where my rooms stand.
    Beat(Vec<(RoomId, Point)>),
    /// The phone has not said hello in time.
    HelloLate,
    /// The house ends this connection.
    End(Refusal),
}

/// What signing in found.
#[derive(Debug)]
pub struct Entered {
    pub person: PersonId,
    pub rooms: Vec<Mine>,
    pub welcome: Welcome,
    /// The phone has to forget all it holds: an epoch to be told of before that of the welcome.
    pub forget: Option<Epoch>,
    /// Where the phone stands; counts only if it is of this epoch.
    pub cursors: Cursors,
}

/// Rooms up to a seq.
pub type Held = Vec<(RoomId, RoomKind, Seq)>;

/// What is to be done.
#[derive(Debug)]
pub enum Output {
    /// Find out whose token this is.
    SignIn { token: String, epoch: Option<Epoch>, shown: Shown },
    /// Find out whether this is the history that stands here; if so, the phone holds these rooms.
    Check { told: Epoch, shown: Shown, holds: Held },
    /// Find out again what they may read.
    Reload,
    /// Write a draft.
    Append { room: RoomId, draft: Draft },
    /// Read a page.
    Fetch(Ask),
    /// Note that the person has read up to here.
    Read { room: RoomId, kind: RoomKind, read: Seq },
    /// Note that the phone holds these rooms up to here.
    Holds(Held),
    /// Tell the others of the room that somebody writes.
    Typing(RoomId),
    /// Send a frame.
    Send(Bytes),
    /// Say why, and end.
    Close(Refusal),
}
