//! Alive: the loop turns. Ready: a real write and a real read went through, and the disk has room
//! for what phones write next. Why it is not ready is for whoever is at the machine, in the log.

use super::api;
use crate::app::App;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Whether the process turns. A broken disk must not restart the process, so nothing else is asked.
#[utoipa::path(get, path = "/healthz", tag = api::OPERATOR,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "Alive.", body = String, content_type = "text/plain")))]
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Whether a real write and a read went through, and the disk is not almost full. Answered from
/// what was found within a second. Reading and connections may go on while it is not ready.
#[utoipa::path(get, path = "/readyz", tag = api::OPERATOR,
    extensions(("x-roost-who" = json!("everybody"))),
    responses(
        (status = 200, description = "Ready.", body = String, content_type = "text/plain"),
        (status = 503, description = "Not ready, or about to end.", body = String,
            content_type = "text/plain")))]
pub async fn ready(State(app): State<App>) -> Response {
    if app.ready().await {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}
