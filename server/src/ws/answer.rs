//! What a session says: acks, refusals, and the code of a close.

use super::session::Output;
use crate::log::Receipt;
use bytes::Bytes;
use roost_shared::{EntryId, Refusal, RoomId, frame::ServerFrame};

/// The answer to a draft.
pub fn appended(room: RoomId, id: EntryId, answer: Result<Receipt, Refusal>) -> Output {
    match answer {
        Ok(Receipt { seq, at, .. }) => send(&ServerFrame::Ack { room, id, seq, at }),
        Err(refusal) => refused_in(room, Some(id), refusal),
    }
}

/// A "no" to what was asked of a room.
pub fn refused_in(room: RoomId, id: Option<EntryId>, refusal: Refusal) -> Output {
    send(&ServerFrame::Refused { room: Some(room), id, told: refusal.into() })
}

/// A frame on its way.
pub fn send(frame: &ServerFrame) -> Output {
    Output::Send(Bytes::from(frame.encode()))
}

/// The WebSocket close code (RFC 6455, § 7.4) under which a refusal ends a connection.
pub fn close_code(refusal: Refusal) -> u16 {
    match refusal {
        Refusal::Draining => 1001,
        Refusal::FrameTooLarge => 1009,
        Refusal::SignInAgain | Refusal::DeviceEnded | Refusal::SignInCopied => 4401,
        Refusal::HelloLate | Refusal::Silent => 4408,
        Refusal::SlowReader | Refusal::TooMany => 4429,
        Refusal::Busy | Refusal::StoreFull | Refusal::StoreUnavailable => 4503,
        _ => 4400,
    }
}
