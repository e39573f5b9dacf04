//! The link in somebody's hand: look at it, and accept it.

use super::{
    answer::{Answer, Json, check_origin},
    session::answer_sign_in,
};
use crate::{app::App, people::enrol::Invitation};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use roost_shared::DeviceId;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    token: String,
}

/// `POST /api/enrolments/look`: what a link says. Spends nothing.
pub async fn look(
    State(app): State<App>,
    Json(look): Json<Look>,
) -> Answer<axum::Json<Invitation>> {
    Ok(axum::Json(app.people.look(&look.token).await?))
}

/// `POST /api/enrolments/opened`: the page of a link is open. Spends nothing.
pub async fn opened(State(app): State<App>, Json(look): Json<Look>) -> Answer<StatusCode> {
    app.people.note_opened(&look.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    token: String,
    device: DeviceId,
    device_name: String,
    #[serde(default)]
    cookie: bool,
}

/// `POST /api/enrolments/accept`: spends a link and signs the phone in.
pub async fn accept(
    State(app): State<App>,
    headers: HeaderMap,
    Json(accept): Json<Accept>,
) -> Answer<Response> {
    check_origin(&app, &headers)?;
    let Accept { token, device, device_name, cookie } = accept;
    let sign_in = app.people.accept(&token, device, &device_name).await?;
    Ok(answer_sign_in(&app, sign_in, cookie))
}
