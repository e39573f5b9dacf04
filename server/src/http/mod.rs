//! HTTP: the whole URL table on one page. A handler reads its request, asks one noun, and answers;
//! every "no" is a refusal as `application/problem+json` (RFC 9457).

mod answer;
mod assets;
mod devices;
mod enrolments;
mod health;
mod path;
mod peers;
mod people;
mod rooms;
mod second;
mod session;
mod socket;
mod table;

use crate::app::App;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue},
    routing::{MethodRouter, get, post},
};
use roost_shared::frame::FRAME_MAX_BYTES;
use std::time::Duration;
use tower_http::{set_header::SetResponseHeaderLayer, timeout::TimeoutLayer};

/// How long a request may take; a socket's upgrade is answered at once and then lives on its own.
const REQUEST: Duration = Duration::from_secs(10);

/// What is done with one person of a constellation.
macro_rules! member {
    ($what:literal) => {
        concat!("/api/constellations/{constellation}/members/{person}/", $what)
    };
}

/// Every route, by method and path. `tests/matrix.toml` has a row for each.
fn table() -> Vec<(&'static str, &'static str, MethodRouter<App>)> {
    vec![
        ("GET", "/healthz", get(health::alive)),
        ("GET", "/readyz", get(health::ready)),
        ("GET", "/ws", get(socket::upgrade)),
        ("POST", "/api/enrolments/look", post(enrolments::look)),
        ("POST", "/api/enrolments/opened", post(enrolments::opened)),
        ("POST", "/api/enrolments/claim", post(table::claim)),
        ("POST", "/api/enrolments/claim/outcome", post(table::outcome)),
        ("POST", "/api/enrolments/accept", post(enrolments::accept)),
        ("POST", "/api/session/refresh", post(session::refresh)),
        ("POST", "/api/session/end", post(session::end)),
        ("GET", "/api/me", get(session::me)),
        ("GET", "/api/rooms/{room}/entries", get(rooms::range)),
        ("POST", "/api/rooms/{room}/entries", post(rooms::append)),
        ("GET", "/api/devices", get(devices::mine)),
        ("POST", "/api/devices/{device}/end", post(devices::end_mine)),
        ("POST", "/api/handover", post(devices::hand_over)),
        ("POST", "/api/handover/redeem", post(devices::redeem)),
        ("GET", "/api/constellations", get(people::constellations)),
        ("POST", "/api/constellations/{constellation}/homes", post(people::add_home)),
        ("GET", "/api/constellations/{constellation}/members", get(people::members)),
        ("POST", "/api/constellations/{constellation}/members", post(people::invite)),
        ("POST", member!("invite"), post(people::invite_again)),
        ("POST", member!("sent"), post(people::sent)),
        ("POST", member!("revoke"), post(people::revoke)),
        ("POST", member!("move"), post(people::move_home)),
        ("POST", member!("suspend"), post(people::suspend)),
        ("POST", member!("lift"), post(second::lift)),
        ("POST", member!("end"), post(people::end)),
        ("POST", member!("return"), post(people::take_back)),
        ("GET", member!("table"), get(table::look)),
        ("POST", member!("table"), post(table::open)),
        ("POST", member!("table/confirm"), post(table::confirm)),
        ("GET", member!("devices"), get(devices::theirs)),
        ("POST", member!("devices/{device}/end"), post(devices::end_theirs)),
        ("POST", "/api/constellations/{constellation}/peers", post(peers::open)),
        ("GET", "/api/constellations/{constellation}/proposals", get(second::list)),
        ("POST", "/api/constellations/{constellation}/proposals", post(second::propose)),
        (
            "POST",
            "/api/constellations/{constellation}/proposals/{proposal}/confirm",
            post(second::confirm),
        ),
        ("GET", "/", get(assets::page)),
        ("GET", "/join", get(assets::page)),
        ("GET", "/assets/{*path}", get(assets::file)),
    ]
}

/// The method and path of every route.
pub fn routes() -> Vec<(&'static str, &'static str)> {
    table().into_iter().map(|(method, path, _)| (method, path)).collect()
}

/// The router over the table.
pub fn router(app: App) -> Router {
    let mut router = Router::new()
        .fallback(answer::nothing_here)
        .method_not_allowed_fallback(answer::nothing_here);
    for (_, path, route) in table() {
        router = router.route(path, route);
    }
    for (name, value) in HEADERS {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, value));
    }
    router
        .layer(DefaultBodyLimit::max(FRAME_MAX_BYTES))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, REQUEST))
        .with_state(app)
}

/// On every answer. Scripts and styles come from our own files only; nothing is framed, sniffed,
/// cached along the way or told to other sites.
const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("permissions-policy", "geolocation=(), camera=(), microphone=()"),
    ("x-robots-tag", "noindex"),
    ("cache-control", "no-store"),
];
