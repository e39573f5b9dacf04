//! What every request passes: it gets an id, a deadline, the headers of the house, a line in the
//! log and its place in the metrics.

use super::{answer::Problem, routes};
use crate::{
    app::App,
    clock::{entropy, http_date, moment},
    metrics,
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, header::DATE},
    middleware::Next,
    response::{IntoResponse, Response},
};
use roost_shared::Refusal;
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tracing::Instrument;

/// Where the answer says its request's id.
const REQUEST_ID: &str = "x-request-id";

/// On every answer that does not say otherwise. Scripts and styles come from our own files only,
/// and no text becomes markup or script (Trusted Types: the one policy there is names the service
/// worker); nothing is framed, sniffed, cached along the way, told to other sites or loaded by
/// their pages. What breaks the policy is reported to `csp.rs` the old way, which all browsers
/// know: where there is a `report-to` too, Chromium waits a minute and tells nothing over plain
/// http.
const HEADERS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types roost; report-uri /api/csp-reports",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("permissions-policy", "geolocation=(), camera=(), microphone=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-robots-tag", "noindex"),
    ("cache-control", "no-store"),
];

/// On every answer too where phones come by https (RFC 6797): for a year no browser that was here
/// goes by http, where somebody between could answer in our place. Of our own name only: whether
/// all the names below it have https is not ours to say, nor whether it goes onto browsers' lists.
const HTTPS_ONLY: (&str, &str) = ("strict-transport-security", "max-age=31536000");

static ROUTES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(routes);

tokio::task_local! {
    /// The id of the request that is being answered.
    static ID: Arc<str>;
}

/// The id of the request that is being answered here, for what is told about it.
pub(super) fn request_id() -> Option<Arc<str>> {
    ID.try_with(Arc::clone).ok()
}

/// Around every route, and around what is none.
pub(super) async fn pass(State(app): State<App>, request: Request, next: Next) -> Response {
    // An id of the caller's could be anything, a name or a line of log.
    let id: Arc<str> = format!("{:032x}", u128::from_le_bytes(entropy())).into();
    let (method, route) = place(&request);
    let began = moment();
    let limit = Duration::from_millis(app.config.limits.request_ms);
    // At the level of an error, so that the id stands in every line that is written at all.
    let span = tracing::error_span!("request", request.id = %id);
    let answered = async {
        match tokio::time::timeout(limit, next.run(request)).await {
            Ok(response) => response,
            Err(_) => Problem::from(Refusal::Busy).into_response(),
        }
    };
    let mut response = ID.scope(id.clone(), answered).instrument(span).await;
    dress(&mut response, &id, (app.is_https(), app.clock.now()));
    let status = response.status().as_u16();
    metrics::all().request(method, route, status, began);
    let ms = began.seconds() * 1_000.0;
    // The doors of phones are worth a line each; probes, sockets and files only to who asks for it.
    if route.starts_with("/api/") {
        tracing::info!(
            request.id = %id, http.method = method, http.route = route, http.status = status, ms,
            "a request was answered"
        );
    } else {
        tracing::debug!(
            request.id = %id, http.method = method, http.route = route, http.status = status, ms,
            "a request was answered"
        );
    }
    response
}

fn dress(response: &mut Response, id: &str, (https, now): (bool, i64)) {
    let headers = response.headers_mut();
    for (name, value) in HEADERS.into_iter().chain(https.then_some(HTTPS_ONLY)) {
        let name = HeaderName::from_static(name);
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // The HTTP library's own would tell the wall clock, and the web app goes by what is told here.
    if let Some(Ok(date)) = http_date(now).map(HeaderValue::try_from) {
        headers.insert(DATE, date);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static(REQUEST_ID), id);
    }
}

/// The row of the table that a request is for. A path that is none, and a method that nobody knows,
/// are told alike: what a caller makes up must not become a label.
fn place(request: &Request) -> (&'static str, &'static str) {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let route = path.and_then(|path| ROUTES.iter().find(|row| row.1 == path));
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    (method, route.map_or("none", |row| row.1))
}
