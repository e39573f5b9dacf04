//! The least and the most that each number of the configuration may be. Beyond these nothing was
//! ever tried: queues do not fit into memory, times overflow, and a limit is none.

use super::Config;
use crate::error::{Error, Result};
use serde_json::Value;

const SECOND_MS: i128 = 1_000;
const MINUTE_MS: i128 = 60 * SECOND_MS;
const QUARTER_YEAR_HOURS: i128 = 90 * 24;
const DAY_S: i128 = 24 * 3_600;
const KIB: i128 = 1_024;
const MIB: i128 = 1_024 * KIB;
/// A limit so large that nobody reaches it: for tests, and for who wants none.
const AMPLE: i128 = 1_000_000_000;

/// Every number by its key, with its least and its most.
const BOUNDS: &[(&str, i128, i128)] = &[
    ("server.proxies", 0, 16),
    // The longest life of an access token stands in the design, "Signing in".
    ("session.access_minutes", 1, 10),
    ("session.enrolment_hours", 1, QUARTER_YEAR_HOURS),
    ("session.enrolment_young_hours", 1, QUARTER_YEAR_HOURS),
    ("session.enrolment_repeat_s", 0, DAY_S),
    ("session.refresh_grace_s", 0, 600),
    ("live.hello_ms", 100, 10 * MINUTE_MS),
    ("live.beat_ms", 100, 5 * MINUTE_MS),
    ("live.silence_ms", 200, 15 * MINUTE_MS),
    ("live.retry_spread_ms", 1, 10 * MINUTE_MS),
    ("live.queue_frames", 8, 65_536),
    ("live.queue_bytes", 192 * KIB, 64 * MIB),
    ("live.write_ms", 100, 2 * MINUTE_MS),
    ("live.drafts_under_way", 1, 4_096),
    ("log.queue", 1, 1_000_000),
    ("log.group", 1, 10_000),
    ("log.tail_entries", 0, 10_000),
    ("log.tail_bytes", 0, 16 * MIB),
    ("limits.frames_a_minute", 1, AMPLE),
    ("limits.frames_burst", 1, AMPLE),
    ("limits.sockets_a_person", 1, AMPLE),
    ("limits.requests_a_minute", 1, AMPLE),
    ("limits.requests_burst", 1, AMPLE),
    ("limits.sign_ins_a_minute", 1, AMPLE),
    ("limits.sign_ins_burst", 1, AMPLE),
    ("limits.guesses_ipv6_64", 1, AMPLE),
    ("limits.guesses_ipv6_56", 1, AMPLE),
    ("limits.guesses_ipv6_48", 1, AMPLE),
    ("limits.guesses_ipv4_32", 1, AMPLE),
    ("limits.guesses_ipv4_24", 1, AMPLE),
    ("limits.guesses_of_all", 1, AMPLE),
    ("limits.guess_late_ms", 0, 10 * SECOND_MS),
    ("limits.guesses_late", 1, 65_536),
    ("limits.lookups_at_once", 1, 3),
    ("limits.lookups_waiting", 1, 65_536),
    ("limits.remembered", 1, 10_000_000),
    ("limits.header_ms", 100, 10 * MINUTE_MS),
    ("limits.request_ms", 100, 10 * MINUTE_MS),
    ("limits.write_ms", 100, 2 * MINUTE_MS),
    ("limits.response_ms", 100, 60 * MINUTE_MS),
    ("limits.connections_an_address", 8, AMPLE),
    ("limits.connections", 8, AMPLE),
    ("limits.descriptors_kept", 32, 1_000_000),
    // With fewer entries a minute a search would not get through the least of rooms.
    ("limits.search_entries_a_minute", 1_000, AMPLE),
    // Searches read with the readers that everybody else reads with.
    ("limits.searches_at_once", 1, 3),
];

/// Refuses a number that is out of its bounds, or has none.
///
/// # Errors
/// `Error::Config` with the key, and what it must be.
pub(super) fn check(config: &Config) -> Result<()> {
    let all = serde_json::to_value(config).map_err(|e| Error::internal("reading settings", e))?;
    for (key, value) in numbers(&all) {
        let bound = BOUNDS.iter().find(|(name, ..)| *name == key);
        let &(_, least, most) = bound.ok_or_else(|| Error::internal("no bounds", &key))?;
        if !(least..=most).contains(&value) {
            return Err(Error::Config(format!(
                "{key} is {value}; it must be from {least} to {most}"
            )));
        }
    }
    let (beat, silence) = (config.live.beat_ms, config.live.silence_ms);
    if silence < 2 * beat {
        return Err(Error::Config(format!(
            "live.silence_ms is {silence}; it must be at least twice live.beat_ms ({beat})"
        )));
    }
    let (write, response) = (config.limits.write_ms, config.limits.response_ms);
    if response < write {
        return Err(Error::Config(format!(
            "limits.response_ms is {response}; it must be at least limits.write_ms ({write})"
        )));
    }
    Ok(())
}

/// Every number of the settings, by its key.
fn numbers(all: &Value) -> Vec<(String, i128)> {
    let sections = all.as_object().into_iter().flatten();
    sections
        .flat_map(|(section, keys)| {
            let keys = keys.as_object().into_iter().flatten();
            keys.filter_map(move |(key, value)| {
                let number = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from));
                number.map(|number| (format!("{section}.{key}"), number))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, path::Path};

    #[test]
    fn every_number_has_bounds_and_every_bound_its_number() {
        let shipped = Config::in_folder(Path::new("unused"));
        let all = serde_json::to_value(&shipped).unwrap();
        let named: BTreeSet<String> = numbers(&all).into_iter().map(|(key, _)| key).collect();
        let bound: BTreeSet<String> = BOUNDS.iter().map(|(key, ..)| (*key).to_owned()).collect();
        assert_eq!(named, bound);
        assert!(BOUNDS.iter().all(|(_, least, most)| least < most));
    }
}
