//! Alive: the loop turns. Ready: a real write and a real read went through.

use crate::app::App;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// `GET /healthz`. A broken disk must not restart the process, so nothing else is asked.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`.
pub async fn ready(State(app): State<App>) -> Response {
    if app.ready().await {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}
