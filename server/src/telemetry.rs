//! Logs: JSON lines on standard error, each readable alone, with dotted fields. Never a name, a
//! text, an address or a token: what is logged is ids, codes, counts and times.

use crate::error::{Error, Result};
use tracing_subscriber::EnvFilter;

/// Starts logging by tracing's filter language. A second call changes nothing.
///
/// # Errors
/// `Error::Config` for a filter that does not parse.
pub fn start(filter: &str) -> Result<()> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|e| Error::Config(format!("telemetry.filter is {filter:?}: {e}")))?;
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
    Ok(())
}
