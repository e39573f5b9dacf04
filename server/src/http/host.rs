//! For whom a request is meant: one plain `Host` (RFC 9112, section 3.2), before anything else of
//! it is looked at.
//!
//! Which host it names is not judged. Nothing here goes by it: links and cookies come from
//! `server.public_url`, and whether a page is ours, from its `Origin`, which a page that reached us
//! by a name of its own (DNS rebinding) cannot change. Refusing other names would only turn away
//! health checks, which call by address.

use super::answer::Problem;
use axum::{
    extract::Request,
    http::{HeaderMap, Version, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use roost_shared::Refusal;

/// Around every route of a listener, and around what is none.
pub(super) async fn pass(request: Request, next: Next) -> Response {
    if is_plain(request.version(), request.headers()) {
        next.run(request).await
    } else {
        Problem::from(Refusal::FrameMalformed).into_response()
    }
}

/// Whether a host is named once and as one. Two, or a broken one, are two readers waiting to
/// disagree: a proxy that lets the first pass, and whoever goes by the second. Before HTTP/1.1
/// there was no such header, and simple probes still speak like that.
fn is_plain(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => version < Version::HTTP_11,
        (Some(host), None) => {
            let host = host.to_str().ok().filter(|host| !host.contains('@'));
            host.is_some_and(|host| host.parse::<Authority>().is_ok())
        }
        (Some(_), Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_and_one_only() {
        use Version as V;
        let table: [(V, &[&str], bool); 17] = [
            (V::HTTP_11, &["roost.example.org"], true),
            (V::HTTP_11, &["ROOST.example.org:8443"], true),
            (V::HTTP_11, &["192.0.2.1:8787"], true),
            (V::HTTP_11, &["[2001:db8::1]:8787"], true),
            (V::HTTP_11, &["another.example.org"], true),
            (V::HTTP_10, &["roost.example.org"], true),
            (V::HTTP_10, &[], true),
            (V::HTTP_11, &[], false),
            (V::HTTP_11, &[""], false),
            (V::HTTP_11, &["roost.example.org", "roost.example.org"], false),
            (V::HTTP_11, &["roost.example.org", "another.example.org"], false),
            (V::HTTP_10, &["roost.example.org", "another.example.org"], false),
            (V::HTTP_11, &["roost.example.org, another.example.org"], false),
            (V::HTTP_11, &["roost.example.org/path"], false),
            (V::HTTP_11, &["sam@roost.example.org"], false),
            (V::HTTP_11, &["roost example"], false),
            (V::HTTP_10, &["http://roost.example.org"], false),
        ];
        for (version, hosts, plain) in table {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(header::HOST, host.parse().unwrap());
            }
            assert_eq!(is_plain(version, &headers), plain, "{version:?} {hosts:?}");
        }
    }
}
