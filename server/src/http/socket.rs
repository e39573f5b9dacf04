//! The upgrade to a WebSocket (RFC 6455, § 4.2). It authorises nothing: the first frame does.
//!
//! Done here and not by axum's extractor: from its TCP connection on, a phone has one buffer each
//! way, and no layer between.

use super::{
    address::Address,
    answer::{Answer, check_origin},
    api,
    stream::Stream,
};
use crate::{
    app::App,
    ws::{
        line::{self, Line},
        socket,
    },
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper_util::rt::TokioIo;
use roost_shared::Refusal;

/// The upgrade to a WebSocket (RFC 6455), which speaks `shared/PROTOCOL.md`. It authorises nothing;
/// the first frame, `hello`, does.
#[utoipa::path(get, path = "/ws", tag = api::PHONES,
    extensions(
        ("x-roost-who" = json!("everybody; a browser only from our own page")),
        ("x-roost-refusals" = json!(["origin_foreign", "frame_malformed"]))),
    responses((status = 101, description = "The connection is a WebSocket now.")))]
pub async fn upgrade(
    State(app): State<App>,
    Address(from): Address,
    mut request: Request,
) -> Answer<Response> {
    check_origin(&app, request.headers())?;
    let accept = accept(request.headers()).ok_or(Refusal::FrameMalformed)?;
    let upgrade = request.extensions_mut().remove::<hyper::upgrade::OnUpgrade>();
    let upgrade = upgrade.ok_or(Refusal::FrameMalformed)?;
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let Ok(parts) = upgraded.downcast::<TokioIo<Stream>>() else {
            tracing::error!("a connection is not TCP: it cannot become a WebSocket");
            return;
        };
        let (tcp, slot, visitor) = parts.io.into_inner().into_parts();
        let line = Line::open(tcp, parts.read_buf.to_vec(), app.limits.frames()).await;
        // On its own: this task holds little more than the way to it.
        visitor.run_by(tokio::spawn(socket::run(app, line, (slot, from))).abort_handle());
    });
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// The answer to the handshake's key, if it is one of version 13.
fn accept(headers: &HeaderMap) -> Option<HeaderValue> {
    let names = |header: HeaderName, wanted: &str| {
        let values = headers.get_all(header).into_iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(wanted))
    };
    let asked = names(header::CONNECTION, "upgrade")
        && names(header::UPGRADE, "websocket")
        && names(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asked)?;
    line::accept_key(key)
}
