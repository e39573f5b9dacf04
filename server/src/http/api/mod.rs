//! The description of the HTTP doors (OpenAPI 3.1), made from the annotations of their handlers,
//! and a page to read it on. A handler that is not listed here fails a test.

pub(super) mod people;
pub(super) mod shapes;

use super::{
    assets, csp, devices, enrolments, finds, health, peers, people as members, rooms, second,
    session, settings, socket, table,
};
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use roost_shared::Refusal;
use serde_json::{Value, json};
use std::sync::LazyLock;
use utoipa::OpenApi;

/// The groups of the page.
pub(super) const PHONES: &str = "Phones";
pub(super) const SIGNING_IN: &str = "Signing in";
/// For those who look after a constellation.
pub(super) const PEOPLE: &str = "People";
pub(super) const OPERATOR: &str = "The operator";
pub(super) const PAGES: &str = "Pages";

/// Every handler of the table, in the order of the page.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Roost",
        description = "The HTTP doors of a Roost. Phones live on the WebSocket, whose frames \
                       shared/PROTOCOL.md tells; these are for signing in, for service workers \
                       and for scripts.",
    ),
    paths(
        enrolments::look,
        enrolments::opened,
        enrolments::verify,
        table::claim,
        table::outcome,
        enrolments::accept,
        session::refresh,
        session::end,
        devices::mine,
        devices::end_mine,
        devices::hand_over,
        devices::redeem,
        session::me,
        rooms::range,
        rooms::append,
        finds::versions,
        finds::search,
        finds::calendar,
        settings::mute,
        settings::mine,
        settings::quiet,
        settings::receipts,
        socket::upgrade,
        members::constellations,
        peers::open,
        members::add_home,
        members::members,
        members::invite,
        members::invite_again,
        members::sent,
        members::revoke,
        members::move_home,
        members::suspend,
        second::lift,
        members::end,
        members::take_back,
        table::open,
        table::look,
        table::confirm,
        devices::theirs,
        devices::end_theirs,
        second::list,
        second::propose,
        second::confirm,
        health::alive,
        health::ready,
        assets::page,
        assets::join,
        assets::install,
        assets::worker,
        assets::manifest,
        assets::icon,
        assets::file,
        csp::report,
        page,
        openapi,
        style,
        script,
    ),
    components(schemas(shapes::Refused))
)]
struct Described;

/// The document.
pub fn document() -> Value {
    let mut document = serde_json::to_value(Described::openapi()).unwrap_or_default();
    document["components"]["securitySchemes"] = json!({ "access": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "The access token of a sign-in, for at most ten minutes.",
    } });
    document["components"]["responses"] = json!({ "Refused": {
        "description": "Every \"no\", by its code.",
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Refused" },
        } },
    } });
    let codes: Vec<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    document["components"]["schemas"]["Refused"]["properties"]["code"]["enum"] = json!(codes);
    document["x-roost-refusals"] = Refusal::ALL
        .iter()
        .map(|no| {
            json!({ "code": no.code(), "status": no.status(), "class": no.class(),
                "words": no.words() })
        })
        .collect();
    document["tags"] = json!([
        { "name": SIGNING_IN }, { "name": PHONES }, { "name": PEOPLE }, { "name": OPERATOR },
        { "name": PAGES },
    ]);
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            // Handlers of different nouns may have one name; a door has its own.
            operation["operationId"] = json!(format!("{method} {path}"));
            complete(operation);
        }
    }
    document
}

/// What follows from what a handler said of itself: refusals of tokens and of bodies.
fn complete(operation: &mut Value) {
    operation["responses"]["default"] = json!({ "$ref": "#/components/responses/Refused" });
    let (token, body) = (operation.get("security"), operation.get("requestBody"));
    let of_token =
        token.map_or(&[][..], |_| &["sign_in_again", "device_ended", "sign_in_copied", "too_many"]);
    let of_body = body.map_or(&[][..], |_| &["frame_malformed", "frame_too_large"]);
    let every = ["busy", "store_unavailable"];
    let implied: Vec<Value> =
        of_token.iter().chain(of_body).chain(&every).map(|code| json!(code)).collect();
    let refusals = &mut operation["x-roost-refusals"];
    let said = refusals.as_array().cloned().unwrap_or_default();
    let fresh = implied.into_iter().filter(|code| !said.contains(code));
    *refusals = said.iter().cloned().chain(fresh).collect();
}

/// The description of these doors (OpenAPI 3.1).
#[utoipa::path(get, path = "/api/openapi.json", tag = PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "The document.", content_type = "application/json",
        body = Object)))]
pub async fn openapi() -> Response {
    static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());
    file("application/json", &TEXT)
}

/// The page on which the description is read. It needs no network but this server.
#[utoipa::path(get, path = "/api/", tag = PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub async fn page() -> Response {
    file("text/html; charset=utf-8", include_str!("reader.html"))
}

/// Its style.
#[utoipa::path(get, path = "/api/reader.css", tag = PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "A style.", body = String, content_type = "text/css")))]
pub async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("reader.css"))
}

/// Its script.
#[utoipa::path(get, path = "/api/reader.mjs", tag = PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "A script.", body = String,
        content_type = "text/javascript")))]
pub async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("reader.mjs"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
