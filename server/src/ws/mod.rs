//! The socket: `line` is the WebSocket, `socket` is I/O only, `session` is a pure state machine.

mod answer;
pub mod line;
pub mod session;
pub mod socket;
