//! Where a request comes from: the address that called, or the one that our own proxies say called
//! them. It decides only with whose failures a failure is counted.

use super::{answer::Answer, serve::Caller};
use crate::{app::App, error::Result};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use roost_shared::Refusal;
use std::{
    convert::Infallible,
    future::Future,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

/// The address of whoever asks, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct Address(pub Option<IpAddr>);

impl Address {
    /// Does something by the link in somebody's hand.
    ///
    /// # Errors
    /// As [`Limits::by_secret`](crate::limits::Limits::by_secret).
    pub async fn by_link<T>(
        self,
        app: &App,
        token: &str,
        act: impl Future<Output = Result<T>>,
    ) -> Answer<T> {
        let secret = (token, Refusal::EnrolmentUnusable);
        Ok(app.limits.by_secret(self.0, secret, act).await?)
    }
}

impl FromRequestParts<App> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Address, Infallible> {
        let calling = parts.extensions.get::<Caller>().map(|caller| caller.0);
        Ok(Address(forwarded(&parts.headers, app.config.server.proxies).or(calling)))
    }
}

/// The address that the outermost of our own proxies was called from: each appends the one it saw.
/// What stands further left was said by the caller.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let last = proxies.checked_sub(1)?;
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let all: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    address(all.iter().rev().nth(last)?)
}

/// An address as proxies write it: bare, in brackets, with a port, in quotes. One with a zone is an
/// interface's of some machine, and nobody's address.
fn address(said: &str) -> Option<IpAddr> {
    let said = said.trim();
    let said = said.strip_prefix('"').and_then(|said| said.strip_suffix('"')).unwrap_or(said);
    if said.contains('%') {
        return None;
    }
    let bracketed = said.strip_prefix('[').and_then(|said| said.strip_suffix(']'));
    if let Some(inner) = bracketed {
        return inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    said.parse().ok().or_else(|| said.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_our_own_proxies_say_counts() {
        let table: [(&[&str], usize, Option<&str>); 8] = [
            (&["192.0.2.9"], 0, None),
            (&["192.0.2.9"], 1, Some("192.0.2.9")),
            (&["made up, 192.0.2.1, 192.0.2.9"], 1, Some("192.0.2.9")),
            (&["192.0.2.1", "192.0.2.9"], 1, Some("192.0.2.9")),
            (&["192.0.2.1", "192.0.2.9"], 2, Some("192.0.2.1")),
            (&["[2001:db8::1]:443, 192.0.2.9:4711"], 2, Some("2001:db8::1")),
            (&["192.0.2.9"], 2, None),
            (&["nobody"], 1, None),
        ];
        for (lines, proxies, expected) in table {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let expected = expected.map(|text| text.parse().unwrap());
            assert_eq!(forwarded(&headers, proxies), expected, "{lines:?} by {proxies}");
        }
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        let table = [
            ("192.0.2.9", Some("192.0.2.9")),
            (" 192.0.2.9:4711 ", Some("192.0.2.9")),
            ("\"192.0.2.9:4711\"", Some("192.0.2.9")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("\"[2001:db8::1]:443\"", Some("2001:db8::1")),
            ("::ffff:192.0.2.9", Some("::ffff:192.0.2.9")),
            ("fe80::1%eth0", None),
            ("[fe80::1%5]:443", None),
            ("[192.0.2.9]", None),
            ("[2001:db8::1", None),
            ("\"192.0.2.9", None),
            ("192.0.2.9:", None),
            ("192.0.2.9:65536", None),
            ("unknown", None),
            ("", None),
        ];
        for (said, expected) in table {
            assert_eq!(address(said), expected.map(|text| text.parse().unwrap()), "{said:?}");
        }
    }
}
