//! The configuration: typed, complete, and strict. `config/roost.toml` is embedded as the defaults;
//! a file and then the environment override it. It must not read anything else.

use crate::error::{Error, Result};
use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
};

/// The shipped file: the manual and the defaults in one.
pub const DEFAULTS: &str = include_str!("../../config/roost.toml");

/// The longest life of an access token, minutes (design, "Signing in").
const ACCESS_MINUTES_MAX: i64 = 10;

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
            let given = &self.listen;
            Error::Config(format!(
                "metrics.listen is {given:?}; it must be like \"127.0.0.1:9464\""
            ))
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
            figment = figment.merge(Toml::string(&text));
        }
        // ROOST_WEB_DIST and ROOST_DEMO_… are for the build and for scripts, not for the server.
        let environment = Env::prefixed("ROOST_").filter(|key| key.as_str().contains("__"));
        let config: Config = figment
            .merge(environment.split("__"))
            .extract()
            .map_err(|e| Error::Config(format!("configuration: {e}")))?;
        config.checked()
    }

    /// The defaults with everything in `data`, a port that the system chooses and no metrics, for
    /// tests.
    pub fn in_folder(data: &Path) -> Config {
        let mut config: Config = Figment::from(Toml::string(DEFAULTS))
            .extract()
            .expect("the embedded defaults are complete, a test says so");
        config.store.data = data.to_owned();
        config.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.metrics.listen.clear();
        config
    }

    fn checked(self) -> Result<Config> {
        let minimum = [
            ("session.access_minutes", self.session.access_minutes, 1),
            ("session.enrolment_hours", self.session.enrolment_hours, 1),
            ("session.enrolment_young_hours", self.session.enrolment_young_hours, 1),
            ("session.enrolment_repeat_s", self.session.enrolment_repeat_s, 0),
            ("session.refresh_grace_s", self.session.refresh_grace_s, 0),
            ("live.hello_ms", ms(self.live.hello_ms), 100),
            ("live.beat_ms", ms(self.live.beat_ms), 100),
            ("live.silence_ms", ms(self.live.silence_ms), 2 * ms(self.live.beat_ms)),
            ("live.retry_spread_ms", self.live.retry_spread_ms, 1),
            ("live.queue_frames", count(self.live.queue_frames), 8),
            ("live.queue_bytes", count(self.live.queue_bytes), 192 * 1024),
            ("live.write_ms", ms(self.live.write_ms), 100),
            ("live.drafts_under_way", count(self.live.drafts_under_way), 1),
            ("log.queue", count(self.log.queue), 1),
            ("log.group", count(self.log.group), 1),
            ("limits.sockets_a_person", count(self.limits.sockets_a_person), 1),
            ("limits.guesses_late", count(self.limits.guesses_late), 1),
            ("limits.lookups_at_once", count(self.limits.lookups_at_once), 1),
            ("limits.lookups_waiting", count(self.limits.lookups_waiting), 1),
            ("limits.remembered", count(self.limits.remembered), 1),
            ("limits.header_ms", ms(self.limits.header_ms), 100),
            ("limits.request_ms", ms(self.limits.request_ms), 100),
        ];
        for (key, value, least) in minimum {
            if value < least {
                return Err(Error::Config(format!(
                    "{key} is {value}; it must be at least {least}"
                )));
            }
        }
        if self.session.access_minutes > ACCESS_MINUTES_MAX {
            return Err(Error::Config(format!(
                "session.access_minutes is {}; it must be at most {ACCESS_MINUTES_MAX}",
                self.session.access_minutes
            )));
        }
        if self.store.synchronous != "FULL" {
            return Err(Error::Config(format!(
                "store.synchronous is {:?}; only \"FULL\" is safe: with less, acknowledged messages \
                 are lost when the power fails",
                self.store.synchronous
            )));
        }
        self.check_public_url()?;
        self.metrics.address()?;
        Ok(self)
    }

    fn check_public_url(&self) -> Result<()> {
        let url = &self.server.public_url;
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let extra = ['/', '?', '#', '@', ' '];
        let plain = host.is_some_and(|host| !host.is_empty() && !host.contains(extra));
        if url.is_empty() || plain {
            return Ok(());
        }
        Err(Error::Config(format!(
            "server.public_url is {url:?}; it must be like \"https://roost.example.org\", with \
             nothing after the host"
        )))
    }
}

fn ms(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
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
            ("[metrics]\nlisten = \"9464\"", "metrics.listen"),
            ("not toml", "configuration"),
        ];
        for (text, named) in table {
            match with(text) {
                Err(Error::Config(reason)) => assert!(reason.contains(named), "{text}: {reason}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(with("[server]\npublic_url = \"https://roost.example.org\"").is_ok());
    }
}
