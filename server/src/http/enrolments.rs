//! The link in somebody's hand: look at it, and accept it.

use super::{
    address::Address,
    answer::{Answer, Json, check_origin},
    api::{self, shapes},
    session::answer_new_sign_in,
};
use crate::{app::App, metrics, people::enrol::Invitation};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use roost_shared::DeviceId;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The fragment of the link.
    token: String,
}

/// What a link says. Spends nothing.
#[utoipa::path(post, path = "/api/enrolments/look", tag = api::SIGNING_IN,
    extensions(
        ("x-roost-who" = json!("whoever holds the link")),
        ("x-roost-refusals" = json!(["enrolment_unusable", "too_many"]))),
    request_body = Look,
    responses((status = 200, description = "The invitation.", body = shapes::Invitation)))]
pub async fn look(
    State(app): State<App>,
    from: Address,
    Json(Look { token }): Json<Look>,
) -> Answer<axum::Json<Invitation>> {
    Ok(axum::Json(from.by_link(&app, &token, app.people.look(&token)).await?))
}

/// Notes that the page of a link is open. Spends nothing.
#[utoipa::path(post, path = "/api/enrolments/opened", tag = api::SIGNING_IN,
    extensions(
        ("x-roost-who" = json!("whoever holds the link")),
        ("x-roost-refusals" = json!(["enrolment_unusable", "too_many"]))),
    request_body = Look,
    responses((status = 204, description = "Noted.")))]
pub async fn opened(
    State(app): State<App>,
    from: Address,
    Json(Look { token }): Json<Look>,
) -> Answer<StatusCode> {
    from.by_link(&app, &token, app.people.note_opened(&token)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// The fragment of the link.
    token: String,
    /// Made by the phone once, and kept: it is the one that may accept.
    #[schema(value_type = shapes::Id)]
    device: DeviceId,
    /// Six digits, told apart from the link by whoever sent it. Spaces and dashes do not count.
    code: String,
}

/// Tells the code of a link that was sent. The fifth wrong one ends the link.
#[utoipa::path(post, path = "/api/enrolments/verify", tag = api::SIGNING_IN,
    extensions(
        ("x-roost-who" = json!("whoever holds the link")),
        ("x-roost-refusals" = json!(["enrolment_unusable", "code_invalid", "too_many"]))),
    request_body = Verify,
    responses((status = 204, description = "This phone may accept.")))]
pub async fn verify(
    State(app): State<App>,
    from: Address,
    Json(Verify { token, device, code }): Json<Verify>,
) -> Answer<StatusCode> {
    from.by_link(&app, &token, app.people.verify(&token, device, &code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// The fragment of the link.
    token: String,
    /// Made by the phone once, and kept.
    #[schema(value_type = shapes::Id)]
    device: DeviceId,
    /// 1 to 60 characters: "Sam's phone".
    device_name: String,
    /// Whether the refresh token is put into a cookie that no script reads, and left out of the
    /// body.
    #[serde(default)]
    cookie: bool,
}

/// Spends a link and signs the phone in: of one that was sent, the phone that told its code. The
/// same phone may repeat it within ten minutes.
#[utoipa::path(post, path = "/api/enrolments/accept", tag = api::SIGNING_IN,
    extensions(
        ("x-roost-who" = json!("whoever holds the link")),
        ("x-roost-refusals" = json!(["enrolment_unusable", "name_invalid", "origin_foreign",
            "too_many"]))),
    request_body = Accept,
    responses((status = 200, description = "The sign-in.", body = shapes::SignIn)))]
pub async fn accept(
    State(app): State<App>,
    from: Address,
    headers: HeaderMap,
    Json(accept): Json<Accept>,
) -> Answer<Response> {
    check_origin(&app, &headers)?;
    let Accept { token, device, device_name, cookie } = accept;
    let accepting = app.people.accept(&token, device, &device_name);
    let sign_in = from.by_link(&app, &token, accepting).await?;
    metrics::all().signed_in("accept");
    answer_new_sign_in(&app, &headers, sign_in, cookie).await
}
