//! Variables of the environment that look like settings: one that is none stops the start, because
//! a setting with a slip of the pen would stay as it was without a word.

use super::{COMPLETE, DEFAULTS};
use crate::error::{Error, Result};

/// What the variables of the environment begin with that are ours.
pub(super) const PREFIX: &str = "ROOST_";

/// Variables that are no settings: of the build, the tests, the benches and the browser scripts.
pub const NOT_SETTINGS: [&str; 10] = [
    "ROOST_BENCH",
    "ROOST_BENCH_PLAIN",
    "ROOST_BIN",
    "ROOST_BLESS",
    "ROOST_CHROMIUM",
    "ROOST_FIREFOX",
    "ROOST_KILLS",
    "ROOST_SEED",
    "ROOST_TRANSCRIPTS",
    "ROOST_WEB_DIST",
];

/// Refuses variables that look like settings and are none, by their names.
///
/// # Errors
/// `Error::Config` with all their names, and not their values.
pub(super) fn check(names: impl Iterator<Item = String>) -> Result<()> {
    let known: toml::Table = toml::from_str(DEFAULTS).expect(COMPLETE);
    let is_setting = |key: &str| {
        let place = key.split_once('.');
        place.is_some_and(|(section, key)| known.get(section).is_some_and(|s| s.get(key).is_some()))
    };
    let mut strange = Vec::new();
    for name in names {
        let upper = name.to_ascii_uppercase();
        let Some(key) = upper.strip_prefix(PREFIX) else { continue };
        let key = key.to_ascii_lowercase().replacen("__", ".", 1);
        if !NOT_SETTINGS.contains(&upper.as_str()) && !is_setting(&key) {
            strange.push(format!("{name} ({key})"));
        }
    }
    if strange.is_empty() {
        return Ok(());
    }
    strange.sort();
    Err(Error::Config(format!(
        "variables of the environment that are no settings: {}; correct or unset them",
        strange.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_are_no_settings_are_named() {
        let check = |names: &[&str]| super::check(names.iter().map(|name| (*name).to_owned()));
        let fine = ["PATH", "ROOST_SERVER__LISTEN", "roost_log__queue", "ROOST_SEED", "ROOSTER"];
        assert!(check(&fine).is_ok());
        for strange in [
            "ROOST_",
            "ROOST_PORT",
            "ROOST_SERVER",
            "ROOST_SERVER__COLOUR",
            "ROOST_SERVER_LISTEN",
            "ROOST_SERVER__LISTEN__PORT",
            "roost_serve__listen",
        ] {
            let refused = check(&["ROOST_SEED", strange]);
            let Err(Error::Config(reason)) = refused else { panic!("{strange}") };
            assert!(reason.contains(strange) && !reason.contains("SEED"), "{reason}");
        }
    }
}
