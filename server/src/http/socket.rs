//! The upgrade to a WebSocket. It authorises nothing: the first frame does.

use super::{
    answer::{Answer, check_origin},
    api,
};
use crate::{app::App, ws::socket};
use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::HeaderMap,
    response::Response,
};
use roost_shared::{Refusal, frame::FRAME_MAX_BYTES};

/// tungstenite allocates its read buffer whole, and its default of 128 KiB would be a phone's
/// largest cost.
const READ_BUFFER_BYTES: usize = 2_048;
const WRITE_BUFFER_BYTES: usize = 2_048;
/// One page of the largest size, and frames around it; a phone that lets more pile up is too slow.
const WRITE_BUFFER_MAX_BYTES: usize = 256 * 1024;

/// The upgrade to a WebSocket (RFC 6455), which speaks `shared/PROTOCOL.md`. It authorises nothing;
/// the first frame, `hello`, does.
#[utoipa::path(get, path = "/ws", tag = api::PHONES,
    extensions(
        ("x-roost-who" = json!("everybody; a browser only from our own page")),
        ("x-roost-refusals" = json!(["origin_foreign", "frame_malformed"]))),
    responses((status = 101, description = "The connection is a WebSocket now.")))]
pub async fn upgrade(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer<Response> {
    check_origin(&app, &headers)?;
    let upgrade = upgrade.map_err(|_| Refusal::FrameMalformed)?;
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_MAX_BYTES)
        .max_message_size(FRAME_MAX_BYTES)
        .max_frame_size(FRAME_MAX_BYTES);
    Ok(upgrade.on_upgrade(move |stream| socket::run(app, stream)))
}
