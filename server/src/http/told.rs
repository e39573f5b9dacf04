//! The metrics' own door: a listener that is not for phones, and knows one path.

use super::{
    host,
    serve::{Door, serve},
};
use crate::{app::App, metrics as counted};
use axum::{
    Router,
    extract::State,
    http::header,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use std::future::Future;

/// The format of the answer (OpenMetrics, which Prometheus reads).
const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Tells the metrics at this door until `stop`.
pub async fn metrics(app: App, door: Door, stop: impl Future<Output = ()>) {
    let router = Router::new().route("/metrics", get(text));
    let router = router.layer(middleware::from_fn(host::pass)).with_state(app);
    // A scrape that is cut short is asked again by whoever asks.
    serve(door, router, stop, std::future::ready(())).await;
}

async fn text(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, FORMAT)], counted::all().text(&app).await).into_response()
}
