//! The configuration: typed, complete, and strict. `config/roost.toml` is embedded as the defaults;
//! a file and then the environment override it. It must not read anything else. What is wrong is
//! said by its key, without its value: somebody may have put a secret there.

mod bounds;
mod origin;
mod variables;

pub use variables::NOT_SETTINGS;

use crate::{
    error::{Error, Result},
    telemetry,
};
use figment::{
    Figment,
    error::Kind,
    providers::{Env, Format, Toml},
};
use serde::{Deserialize, Serialize};
use std::{
    env,
    net::SocketAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
};

/// The shipped file: the manual and the defaults in one.
pub const DEFAULTS: &str = include_str!("../../config/roost.toml");

const COMPLETE: &str = "the embedded defaults are complete, a test says so";

/// Everything that can be set. `config/roost.toml` tells what each key means.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub store: Store,
    pub session: Session,
    pub live: Live,
    pub log: Log,
    pub limits: Limits,
    pub metrics: Metrics,
    pub telemetry: Telemetry,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: String,
    pub proxies: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    pub data: PathBuf,
    pub synchronous: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    pub access_minutes: i64,
    pub enrolment_hours: i64,
    pub enrolment_young_hours: i64,
    pub enrolment_repeat_s: i64,
    pub refresh_grace_s: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Live {
    pub hello_ms: u64,
    pub beat_ms: u64,
    pub silence_ms: u64,
    pub retry_spread_ms: i64,
    pub queue_frames: usize,
    pub queue_bytes: usize,
    pub write_ms: u64,
    pub drafts_under_way: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub queue: usize,
    pub group: usize,
    pub tail_entries: usize,
    pub tail_bytes: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub frames_a_minute: NonZeroU32,
    pub frames_burst: NonZeroU32,
    pub sockets_a_person: usize,
    pub requests_a_minute: NonZeroU32,
    pub requests_burst: NonZeroU32,
    pub sign_ins_a_minute: NonZeroU32,
    pub sign_ins_burst: NonZeroU32,
    pub guesses_ipv6_64: NonZeroU32,
    pub guesses_ipv6_56: NonZeroU32,
    pub guesses_ipv6_48: NonZeroU32,
    pub guesses_ipv4_32: NonZeroU32,
    pub guesses_ipv4_24: NonZeroU32,
    pub guesses_of_all: NonZeroU32,
    pub guess_late_ms: u64,
    pub guesses_late: usize,
    pub lookups_at_once: usize,
    pub lookups_waiting: usize,
    pub remembered: usize,
    pub header_ms: u64,
    pub request_ms: u64,
    pub write_ms: u64,
    pub response_ms: u64,
    pub connections_an_address: usize,
    pub connections: usize,
    pub descriptors_kept: usize,
    pub search_entries_a_minute: NonZeroU32,
    pub searches_at_once: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    pub listen: String,
}

impl Metrics {
    /// Where the metrics are told; `None` when nobody is to hear them.
    ///
    /// # Errors
    /// `Error::Config` for a text that is no address.
    pub fn address(&self) -> Result<Option<SocketAddr>> {
        if self.listen.is_empty() {
            return Ok(None);
        }
        let address = self.listen.parse().map_err(|_| {
            Error::Config("metrics.listen must be like \"127.0.0.1:9464\", or empty".to_owned())
        });
        address.map(Some)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    pub filter: String,
}

impl Config {
    /// The defaults, then `file` if there is one, then `ROOST_…` of the environment.
    ///
    /// # Errors
    /// `Error::Config` with the key and the reason.
    pub fn load(file: Option<&Path>) -> Result<Config> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(path) = file {
            // figment takes a missing file for an empty one; a path that was asked for must exist.
            let text = std::fs::read_to_string(path)
                .map_err(|e| Error::Config(format!("{}: {e}", path.display())))?;
            well_formed(&text).map_err(|reason| {
                Error::Config(format!("configuration: {}, {reason}", path.display()))
            })?;
            figment = figment.merge(Toml::string(&text));
        }
        let variables = env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
        variables::check(variables)?;
        let settings = Env::prefixed(variables::PREFIX).filter(|key| key.as_str().contains("__"));
        let config: Config = figment
            .merge(settings.split("__"))
            .extract()
            .map_err(|error| Error::Config(format!("configuration: {}", reason(&error))))?;
        config.checked()
    }

    /// The defaults with everything in `data`, a port that the system chooses and no metrics, for
    /// tests.
    pub fn in_folder(data: &Path) -> Config {
        let mut config: Config = Figment::from(Toml::string(DEFAULTS)).extract().expect(COMPLETE);
        config.store.data = data.to_owned();
        config.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.metrics.listen.clear();
        config
    }

    fn checked(mut self) -> Result<Config> {
        bounds::check(&self)?;
        if self.store.synchronous != "FULL" {
            return Err(Error::Config(
                "store.synchronous must be \"FULL\": with less, acknowledged messages are lost \
                 when the power fails"
                    .to_owned(),
            ));
        }
        if self.store.data.as_os_str().is_empty() {
            return Err(Error::Config("store.data is empty; it must name a folder".to_owned()));
        }
        let url = &mut self.server.public_url;
        if !url.is_empty() {
            *url = origin::normal(url).map_err(|wrong| {
                Error::Config(format!(
                    "server.public_url {wrong}; it must be like \"https://roost.example.org\""
                ))
            })?;
        }
        telemetry::check(&self.telemetry.filter)?;
        if self.metrics.address()? == Some(self.server.listen) && self.server.listen.port() != 0 {
            return Err(Error::Config(
                "metrics.listen is the same as server.listen; each needs its own".to_owned(),
            ));
        }
        Ok(self)
    }
}

/// Whether a text is TOML; or where it is not, and why.
fn well_formed(text: &str) -> Result<(), String> {
    let Err(error) = toml::from_str::<toml::Table>(text) else { return Ok(()) };
    let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or_default());
    let (line, why) = (before.matches('\n').count() + 1, error.message().replace('\n', ", "));
    Err(format!("line {line}: {why}"))
}

/// What is wrong with a setting: its key, where it stands, and what it should be; not what it is.
fn reason(error: &figment::Error) -> String {
    let from_environment = error.metadata.as_ref().is_some_and(|m| m.name.contains("environment"));
    let place = if from_environment { " (from the environment)" } else { "" };
    let key = error.path.join(".");
    let what = match &error.kind {
        Kind::UnknownField(name, _) => {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            return format!("there is no setting {key}{place}");
        }
        Kind::Message(text) => text.clone(),
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            format!("it must be {expected}")
        }
        _ => "it is not what it must be".to_owned(),
    };
    format!("{key}{place}: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Config> {
        static SERIAL: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let n = SERIAL.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let file = std::env::temp_dir().join(format!("roost-config-{}-{n}", std::process::id()));
        std::fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file));
        std::fs::remove_file(&file).unwrap();
        config
    }

    #[test]
    fn the_shipped_file_is_complete_and_is_the_default() {
        let config = Config::load(None).unwrap();
        let shipped: toml::Value = toml::from_str(DEFAULTS).unwrap();
        assert_eq!(toml::Value::try_from(&config).unwrap(), shipped);
    }

    #[test]
    fn bad_values_are_named() {
        let table = [
            ("[server]\nlisten = \"nowhere\"", "listen"),
            ("[server]\ncolour = 1", "colour"),
            ("[serve]\nlisten = \"127.0.0.1:1\"", "serve"),
            ("[server]\npublic_url = \"roost.example.org\"", "public_url"),
            ("[server]\npublic_url = \"https://roost.example.org/\"", "public_url"),
            ("[store]\nsynchronous = \"NORMAL\"", "synchronous"),
            ("[store]\nsynchronous = \"OFF\"", "synchronous"),
            ("[session]\naccess_minutes = 11", "access_minutes"),
            ("[session]\naccess_minutes = 0", "access_minutes"),
            ("[live]\nbeat_ms = -1", "beat_ms"),
            ("[live]\nsilence_ms = 20001", "silence_ms"),
            ("[log]\ngroup = 0", "group"),
            ("[limits]\nframes_a_minute = 0", "frames_a_minute"),
            ("[limits]\nsockets_a_person = 0", "sockets_a_person"),
            ("[limits]\nheader_ms = 1", "header_ms"),
            ("[limits]\nresponse_ms = 9999", "response_ms"),
            ("[limits]\nconnections_an_address = 0", "connections_an_address"),
            ("[limits]\nsearch_entries_a_minute = 100", "search_entries_a_minute"),
            ("[metrics]\nlisten = \"9464\"", "metrics.listen"),
            ("[metrics]\nlisten = \"127.0.0.1:8787\"", "metrics.listen"),
            ("[log]\nqueue = 4611686018427387904", "log.queue"),
            ("[log]\nqueue = \"many\"", "log.queue"),
            ("[session]\nenrolment_hours = 9223372036854775807", "enrolment_hours"),
            ("[store]\ndata = \"\"", "store.data"),
            ("[telemetry]\nfilter = \"roost_server=loud\"", "telemetry.filter"),
            ("not toml", "configuration"),
        ];
        for (text, named) in table {
            match with(text) {
                Err(Error::Config(reason)) => assert!(reason.contains(named), "{text}: {reason}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let config = with("[server]\npublic_url = \"https://Roost.example.org:443\"").unwrap();
        assert_eq!(config.server.public_url, "https://roost.example.org");
    }
}
