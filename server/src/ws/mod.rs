//! The socket: `line` is the WebSocket, `socket` is I/O only, `session` is a pure state
//! machine, and `enter` finds out who comes in.

mod answer;
mod counted;
mod enter;
mod face;
pub mod line;
mod notes;
mod place;
pub mod session;
pub mod socket;

pub use answer::close_code;
