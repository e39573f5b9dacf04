//! Identities and moments, made up as a phone does. The harness's one clock.

use roost_shared::{DeviceId, EntryId, RoomId};
use std::time::UNIX_EPOCH;

/// Now, in epoch milliseconds.
pub fn now_ms() -> i64 {
    UNIX_EPOCH.elapsed().map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Bytes of chance.
pub fn entropy<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has entropy");
    bytes
}

/// A new draft's id.
pub fn entry() -> EntryId {
    EntryId::new(now_ms(), entropy())
}

/// A new phone's id.
pub fn device() -> DeviceId {
    DeviceId::new(now_ms(), entropy())
}

/// The id of a room that does not exist.
pub fn room() -> RoomId {
    RoomId::new(now_ms(), entropy())
}
