//! Limits for those who test and measure: one machine is everybody here, and phones say more in a
//! second than people do in a day. What shows the shipped limits sets them itself.

use roost_server::{Config, config::Limits};
use std::num::NonZeroU32;

/// More than any test or bench asks for.
const AMPLE: NonZeroU32 = NonZeroU32::new(1_000_000_000).expect("it is not zero");

/// Lets everybody do as much as they like.
pub fn limits(limits: &mut Limits) {
    people(limits);
    limits.frames_a_minute = AMPLE;
    limits.frames_burst = AMPLE;
    limits.sign_ins_a_minute = AMPLE;
    limits.sign_ins_burst = AMPLE;
    limits.guesses_ipv6_64 = AMPLE;
    limits.guesses_ipv6_56 = AMPLE;
    limits.guesses_ipv6_48 = AMPLE;
    limits.guesses_ipv4_32 = AMPLE;
    limits.guesses_ipv4_24 = AMPLE;
    limits.guesses_of_all = AMPLE;
    limits.connections_an_address = usize::MAX;
    limits.connections = usize::MAX;
    limits.search_entries_a_minute = AMPLE;
}

/// Lets each person do as much as they like, where a few are everybody.
pub fn people(limits: &mut Limits) {
    limits.sockets_a_person = usize::MAX;
    limits.requests_a_minute = AMPLE;
    limits.requests_burst = AMPLE;
}

/// As [`limits`], for a process: `ROOST_…` of its environment. Processes beside each other cannot
/// share a port for metrics either.
pub fn environment() -> Vec<(&'static str, String)> {
    let names = [
        "ROOST_LIMITS__FRAMES_A_MINUTE",
        "ROOST_LIMITS__FRAMES_BURST",
        "ROOST_LIMITS__SOCKETS_A_PERSON",
        "ROOST_LIMITS__REQUESTS_A_MINUTE",
        "ROOST_LIMITS__REQUESTS_BURST",
        "ROOST_LIMITS__SIGN_INS_A_MINUTE",
        "ROOST_LIMITS__SIGN_INS_BURST",
        "ROOST_LIMITS__GUESSES_IPV6_64",
        "ROOST_LIMITS__GUESSES_IPV6_56",
        "ROOST_LIMITS__GUESSES_IPV6_48",
        "ROOST_LIMITS__GUESSES_IPV4_32",
        "ROOST_LIMITS__GUESSES_IPV4_24",
        "ROOST_LIMITS__GUESSES_OF_ALL",
        "ROOST_LIMITS__CONNECTIONS_AN_ADDRESS",
        "ROOST_LIMITS__CONNECTIONS",
        "ROOST_LIMITS__SEARCH_ENTRIES_A_MINUTE",
    ];
    let limits = names.map(|name| (name, AMPLE.to_string()));
    limits.into_iter().chain([("ROOST_METRICS__LISTEN", String::new())]).collect()
}

/// The shipped limits, for what shows them.
pub fn shipped(config: &mut Config) {
    config.limits = Config::in_folder(&config.store.data).limits;
}
