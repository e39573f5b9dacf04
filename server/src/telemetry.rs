//! Logs: JSON lines in UTC on standard error, each readable alone, with dotted fields. README.md
//! lists every event. Never a name, a
//! text, an address or a token: what is logged is ids, codes, counts and times.

use crate::error::{Error, Result};
use tracing_subscriber::{
    EnvFilter, Layer, filter::LevelFilter, filter::Targets, layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Starts logging by tracing's filter language. A second call changes nothing.
///
/// However much is asked for, libraries say only what is wrong: below that they would quote what
/// passes through them, and that is people's words and tokens.
///
/// # Errors
/// `Error::Config` for a filter that does not parse.
pub fn start(filter: &str) -> Result<()> {
    let asked = parse(filter)?;
    let allowed =
        Targets::new().with_default(LevelFilter::WARN).with_target("roost", LevelFilter::TRACE);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false);
    let lines = lines.with_writer(std::io::stderr).with_filter(allowed);
    let _ = tracing_subscriber::registry().with(lines).with(asked).try_init();
    Ok(())
}

/// Refuses a filter that does not parse.
///
/// # Errors
/// `Error::Config` with what it should be.
pub fn check(filter: &str) -> Result<()> {
    parse(filter).map(|_| ())
}

fn parse(filter: &str) -> Result<EnvFilter> {
    let wrong = "telemetry.filter does not parse; it must be like \"info\", \"roost_server=debug\"";
    EnvFilter::try_new(filter).map_err(|_| Error::Config(wrong.to_owned()))
}
