//! The socket: `socket` is I/O only, `session` is a pure state machine that decides.

pub mod session;
pub mod socket;
