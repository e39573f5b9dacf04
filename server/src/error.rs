//! The server's one error. A refusal is for the person who asked; anything internal is for the log,
//! and the person hears only that Roost cannot do it now.

use roost_shared::Refusal;

/// Why something did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Said to the person, by code and words.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The configuration or the folder it names cannot be used; the process ends with exit code 78.
    #[error("{0}")]
    Config(String),
    /// Something broke. The text holds no name, message or token of a person.
    #[error("{0}")]
    Internal(String),
}

/// What most functions of the server return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The exit code for a configuration that cannot be used (`EX_CONFIG` of BSD sysexits).
pub const EXIT_CONFIG: u8 = 78;

impl Error {
    /// Something broke, told with what was being done.
    pub fn internal(doing: &str, cause: impl std::fmt::Display) -> Error {
        Error::Internal(format!("{doing}: {cause}"))
    }

    /// What the person who asked is told.
    pub fn refusal(&self) -> Refusal {
        match self {
            Error::Refused(refusal) => *refusal,
            Error::Config(_) | Error::Internal(_) => Refusal::StoreUnavailable,
        }
    }
}
