//! The origin under which phones reach Roost, as a browser sends it: the scheme, the host in its
//! one spelling, and the port only where it is not the usual one.

use std::net::Ipv6Addr;
use url::{Host, Url};

/// What a label of a host's name may have beside letters and digits.
const OF_LABELS: [char; 2] = ['-', '_'];
const LABEL_MAX: usize = 63;
const NAME_MAX: usize = 253;

/// The origin that a browser sends from a page at this address; or what is wrong with it. The
/// address is not quoted: somebody may have written a password into it.
pub(super) fn normal(address: &str) -> Result<String, &'static str> {
    let (scheme, rest) = address.split_once("://").ok_or("has no \"https://\" before the host")?;
    if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return Err("begins with neither \"https://\" nor \"http://\"");
    }
    if rest.contains('@') {
        return Err("names a user");
    }
    if rest.contains(['/', '\\', '?', '#']) {
        return Err("has something after the host: not even a slash may stand there");
    }
    // The parser would leave these out without a word.
    if address.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("has a space in it");
    }
    let url = Url::parse(address).map_err(|_| "has no host or port that there can be")?;
    if url.port() == Some(0) {
        return Err("has port 0, which nobody can reach");
    }
    match url.host() {
        Some(Host::Domain(name)) if is_name(name) => {}
        Some(Host::Ipv4(ip)) if !ip.is_unspecified() => {}
        Some(Host::Ipv6(ip)) if ip != Ipv6Addr::UNSPECIFIED => {}
        _ => return Err("has no host that a browser could reach"),
    }
    Ok(url.origin().ascii_serialization())
}

fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || OF_LABELS.contains(&c);
    let label = |label: &str| (1..=LABEL_MAX).contains(&label.len()) && label.chars().all(letter);
    name.len() <= NAME_MAX && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_told_as_a_browser_sends_it() {
        for (address, origin) in [
            ("https://roost.example.org", "https://roost.example.org"),
            ("HTTPS://Roost.Example.ORG", "https://roost.example.org"),
            ("https://roost.example.org:443", "https://roost.example.org"),
            ("https://roost.example.org:", "https://roost.example.org"),
            ("http://roost.example.org:80", "http://roost.example.org"),
            ("http://roost.example.org:443", "http://roost.example.org:443"),
            ("https://roost.example.org:08443", "https://roost.example.org:8443"),
            ("https://nest.münchen.example", "https://nest.xn--mnchen-3ya.example"),
            ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
            ("http://0x7f.1:8787", "http://127.0.0.1:8787"),
            ("http://[::1]:8787", "http://[::1]:8787"),
            ("https://[2001:DB8:0:0::1]", "https://[2001:db8::1]"),
            ("http://localhost:8787", "http://localhost:8787"),
        ] {
            assert_eq!(normal(address).as_deref(), Ok(origin), "{address}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        let long = format!("https://{}.example", "a".repeat(64));
        for address in [
            "roost.example.org",
            "//roost.example.org",
            "ftp://roost.example.org",
            "file://roost",
            "https:roost.example.org",
            "https://",
            "https://:443",
            "https://roost.example.org/",
            "https://roost.example.org/app",
            "https://roost.example.org?a",
            "https://roost.example.org#a",
            r"https://roost.example.org\a",
            "https://jo@roost.example.org",
            "https://jo:secret@roost.example.org",
            "https://roost.example.org:0",
            "https://roost.example.org:65536",
            "https://roost.example.org:port",
            "https://roost example.org",
            " https://roost.example.org",
            "https://roost.example.org\n",
            "https://roost.exa\tmple.org",
            "https://*.example.org",
            "https://a..example.org",
            "https://roost.example.org.",
            "https://roost.example.org,https://b.example.org",
            "https://1.2.3.4.5",
            "https://256.1.1.1",
            "https://0.0.0.0",
            "https://[::]",
            "https://[::1",
            "https://::1",
            "https://[fe80::1%25eth0]",
            "https://xn--a",
            "https://roost%2eexample.org%2f",
            &long,
        ] {
            assert!(normal(address).is_err(), "{address}: {:?}", normal(address));
        }
    }
}
