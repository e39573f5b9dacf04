//! The phone's side of Roost, without a screen.
//!
//! Four nouns, the same on every phone: the *outbox* (drafts, kept before they are shown), *sync*
//! (which entries are held, which are missing), the *store* (what was seen) and the *connection*
//! (beat, back-off, proof of life). Read in this order:
//! - [`engine`]: the state machine that decides everything, without I/O, clock or chance. The web
//!   app's engine is a port of it;
//! - [`transcript`]: random transcripts of the engine, which hold the port to it;
//! - [`store`]: what a phone keeps, in one SQLite file or in memory; only `store/disk.rs` names
//!   sqlx;
//! - `line` (the socket), [`http`] (signing in), `clock`: what the engine must not touch;
//! - `driver`: runs an engine with these; [`phone`]: what an app or a test holds in its hand;
//! - [`view`]: one moment of a phone; [`error`]: why a call did not do what was asked.
//!
//! **A draft is on disk before it is shown or sent, an entry before its seq is confirmed.** The
//! driver commits all writes of a step before it does anything else that the step asks for.
//!
//! The face for Kotlin, Swift and Python (UniFFI) will live in `src/face.rs`: it wraps [`Phone`],
//! turns ids into strings and the two subscriptions into callbacks, and holds no rule of its own.

mod clock;
mod driver;
pub mod engine;
pub mod error;
pub mod http;
mod line;
pub mod phone;
pub mod store;
pub mod transcript;
pub mod view;

pub use error::BridgeError;
pub use phone::Phone;
pub use store::Store;
pub use view::View;
