//! HTTP: the whole URL table on one page. A handler reads its request, asks one noun, and answers;
//! every "no" is a refusal as `application/problem+json` (RFC 9457).

mod address;
mod answer;
mod api;
mod assets;
mod coding;
mod csp;
mod devices;
mod enrolments;
mod finds;
mod health;
mod host;
mod pass;
mod path;
mod peers;
mod people;
mod rooms;
mod second;
mod serve;
mod session;
mod settings;
mod socket;
mod stream;
mod table;
mod told;

pub use api::document;
pub use serve::{Door, serve};
pub use stream::Patience;
pub use told::metrics;

use crate::app::App;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{MethodRouter, get, post},
};
use roost_shared::frame::FRAME_MAX_BYTES;

/// The largest body: as much as a frame.
const BODY_MAX_BYTES: usize = FRAME_MAX_BYTES;

/// What is done with one person of a constellation.
macro_rules! member {
    ($what:literal) => {
        concat!("/api/constellations/{constellation}/members/{person}/", $what)
    };
}

/// A method, a path, and who answers there.
type Route = (&'static str, &'static str, MethodRouter<App>);

/// Every route. `tests/matrix.toml` has a row for each.
fn table() -> impl Iterator<Item = Route> {
    doors().into_iter().chain(pages())
}

/// Where phones and scripts ask.
fn doors() -> Vec<Route> {
    vec![
        ("GET", "/healthz", get(health::alive)),
        ("GET", "/readyz", get(health::ready)),
        ("GET", "/ws", get(socket::upgrade)),
        ("POST", "/api/enrolments/look", post(enrolments::look)),
        ("POST", "/api/enrolments/opened", post(enrolments::opened)),
        ("POST", "/api/enrolments/verify", post(enrolments::verify)),
        ("POST", "/api/enrolments/claim", post(table::claim)),
        ("POST", "/api/enrolments/claim/outcome", post(table::outcome)),
        ("POST", "/api/enrolments/accept", post(enrolments::accept)),
        ("POST", "/api/session/refresh", post(session::refresh)),
        ("POST", "/api/session/end", post(session::end)),
        ("GET", "/api/me", get(session::me)),
        ("GET", "/api/rooms/{room}/entries", get(rooms::range)),
        ("POST", "/api/rooms/{room}/entries", post(rooms::append)),
        ("GET", "/api/rooms/{room}/entries/{entry}/versions", get(finds::versions)),
        ("GET", "/api/rooms/{room}/search", get(finds::search)),
        ("GET", "/api/rooms/{room}/gatherings/{gathering}", get(finds::calendar)),
        ("POST", "/api/rooms/{room}/mute", post(settings::mute)),
        ("GET", "/api/settings", get(settings::mine)),
        ("POST", "/api/settings/quiet", post(settings::quiet)),
        ("POST", "/api/settings/receipts", post(settings::receipts)),
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
        ("POST", "/api/csp-reports", post(csp::report).layer(csp::limit())),
    ]
}

/// What browsers read.
fn pages() -> Vec<Route> {
    vec![
        ("GET", "/api/", get(api::page)),
        ("GET", "/api/openapi.json", get(api::openapi)),
        ("GET", "/api/reader.css", get(api::style)),
        ("GET", "/api/reader.mjs", get(api::script)),
        ("GET", "/", get(assets::page)),
        ("GET", "/join", get(assets::join)),
        ("GET", "/install", get(assets::install)),
        ("GET", "/sw.js", get(assets::worker)),
        ("GET", "/app.webmanifest", get(assets::manifest)),
        ("GET", "/icons/{path}", get(assets::icon)),
        ("GET", "/assets/{*path}", get(assets::file)),
    ]
}

/// The method and path of every route.
pub fn routes() -> Vec<(&'static str, &'static str)> {
    table().map(|(method, path, _)| (method, path)).collect()
}

/// The router over the table.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for (_, path, route) in table() {
        router = router.route(path, route);
    }
    router
        .fallback(answer::nothing_here)
        // Of the routes that are there already.
        .method_not_allowed_fallback(answer::nothing_here)
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(middleware::from_fn(host::pass))
        .layer(middleware::from_fn_with_state(app.clone(), pass::pass))
        .with_state(app)
}
