//! What a person sets for themselves.

use super::{
    answer::{Answer, Json},
    api::{self, shapes},
    rooms::room_id,
};
use crate::{
    app::App,
    people::{
        session::Me,
        settings::{Length, Settings},
    },
};
use axum::extract::{Path, State};
use roost_shared::quiet::Quiet;
use serde::Deserialize;
use utoipa::ToSchema;

/// My quiet hours and the rooms I have muted, which are kept for the alerts to come; and whether
/// others are told how far I have read.
#[utoipa::path(get, path = "/api/settings", tag = api::PHONES,
    extensions(("x-roost-who" = json!("everybody signed in, for themselves"))),
    security(("access" = [])),
    responses((status = 200, description = "What is set.", body = shapes::Settings)))]
pub async fn mine(State(app): State<App>, me: Me) -> Answer<axum::Json<Settings>> {
    Ok(axum::Json(app.people.settings(&me).await?))
}

/// Sets my quiet hours. A young person's can be longer than the usual ones, and not shorter.
#[utoipa::path(post, path = "/api/settings/quiet", tag = api::PHONES,
    extensions(
        ("x-roost-who" = json!("everybody signed in, for themselves")),
        ("x-roost-refusals" = json!(["body_invalid", "quiet_too_short"]))),
    security(("access" = [])),
    request_body = shapes::Quiet,
    responses((status = 200, description = "What is set now.", body = shapes::Settings)))]
pub async fn quiet(
    State(app): State<App>,
    me: Me,
    Json(quiet): Json<Quiet>,
) -> Answer<axum::Json<Settings>> {
    Ok(axum::Json(app.people.set_quiet(&me, quiet).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipts {
    on: bool,
}

/// Sets whether others are told how far I have read. Switched off, they hear what was delivered to
/// me and nothing else, and I hear the same of them. What was told before stays told.
#[utoipa::path(post, path = "/api/settings/receipts", tag = api::PHONES,
    extensions(("x-roost-who" = json!("everybody signed in, for themselves"))),
    security(("access" = [])),
    request_body = Receipts,
    responses((status = 200, description = "What is set now.", body = shapes::Settings)))]
pub async fn receipts(
    State(app): State<App>,
    me: Me,
    Json(Receipts { on }): Json<Receipts>,
) -> Answer<axum::Json<Settings>> {
    Ok(axum::Json(app.people.set_receipts(&me, on).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Muting {
    #[schema(value_type = shapes::Length)]
    length: Length,
}

/// Mutes a room for myself, or turns it on again. A room that is none of mine is not found.
#[utoipa::path(post, path = "/api/rooms/{room}/mute", tag = api::PHONES,
    extensions(
        ("x-roost-who" = json!("members of the room, for themselves")),
        ("x-roost-refusals" = json!(["not_found"]))),
    security(("access" = [])),
    params(("room" = shapes::Id, Path, description = "The room.")),
    request_body = Muting,
    responses((status = 200, description = "What is set now.", body = shapes::Settings)))]
pub async fn mute(
    State(app): State<App>,
    me: Me,
    Path(room): Path<String>,
    Json(Muting { length }): Json<Muting>,
) -> Answer<axum::Json<Settings>> {
    let room = room_id(&room)?;
    let who = app.people.who(&me, room).await?;
    Ok(axum::Json(app.people.mute(&me, who, room, length).await?))
}
