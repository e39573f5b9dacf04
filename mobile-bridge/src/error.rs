//! The one error of the bridge. Network trouble after the start is not an error: it is a state, and
//! the engine mends it. What is here is what somebody asked for and cannot have.

use roost_shared::{Refusal, refusal::Told};
use std::error::Error;

type Cause = Box<dyn Error + Send + Sync>;

/// Why a call did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// The server said no.
    #[error("the server refused: {}", .0.code)]
    Refused(Told),
    /// The draft was not taken into the outbox.
    #[error("the draft was not taken: {0}")]
    NotTaken(Refusal),
    /// The server could not be reached, or what it said cannot be read.
    #[error("the server could not be reached")]
    Unreachable(#[source] Cause),
    /// The phone's own store failed.
    #[error("the phone's store failed")]
    Store(#[source] Cause),
    /// Nobody is signed in on this phone.
    #[error("nobody is signed in on this phone")]
    SignedOut,
    /// What was waited for did not come in time.
    #[error("it did not happen in time: {0}")]
    TooLate(String),
    /// The operating system gave no entropy.
    #[error("no entropy")]
    Entropy,
    /// The phone's driver has ended.
    #[error("the phone has ended")]
    Ended,
}

impl BridgeError {
    /// From whatever the network library said.
    pub(crate) fn network(cause: impl Into<Cause>) -> BridgeError {
        BridgeError::Unreachable(cause.into())
    }

    /// From whatever the database said.
    pub(crate) fn store(cause: impl Into<Cause>) -> BridgeError {
        BridgeError::Store(cause.into())
    }
}
