//! The contract of Roost: what a phone and a server say to each other, and the rules both obey.
//!
//! Read in this order:
//! - [`entry`]: everything people say or decide is an entry, numbered by `seq`, in the log of a
//!   room;
//! - [`kind`]: one file per kind of entry, with its pure rules (`needs`, `permit`, `effects`,
//!   `fold`), which look at a [`context`];
//! - [`card`]: what has become of an entry through those that target it; [`tally`] is the part of
//!   it that is a gathering's own, and [`ics`] the same for somebody's calendar;
//! - [`room`] and [`policy`]: which rooms exist, who belongs to them, who may do what;
//! - [`quiet`]: when a phone is left in peace;
//! - [`frame`]: the WebSocket protocol, told in words in `shared/PROTOCOL.md`;
//! - [`json`]: JSON that can be read in one way only;
//! - [`refusal`]: every "no" that Roost can say, and what to do about it.
//!
//! There is no I/O, no async, no clock, no randomness and no SQL here: time and identities come in
//! as arguments, so that every rule can be tested as a table.

pub mod card;
pub mod context;
pub mod entry;
pub mod frame;
pub mod ics;
pub mod id;
pub mod json;
pub mod kind;
pub mod policy;
pub mod quiet;
pub mod refusal;
pub mod room;
pub mod tally;
pub mod text;

pub use card::{Card, CardOf};
pub use entry::{Draft, Entry};
pub use id::{
    ConstellationId, DeviceId, EnrolmentId, EntryId, Epoch, HomeId, PersonId, RoomId, Seq,
    ServiceId,
};
pub use refusal::Refusal;

#[cfg(test)]
mod golden;
