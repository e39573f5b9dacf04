//! Opening the young people's room.

use super::{
    answer::{Answer, Nothing},
    api::{self, people as shapes_of},
    path::At,
};
use crate::{
    app::App,
    people::{By, session::Me},
};
use axum::{extract::State, http::StatusCode};
use roost_shared::ConstellationId;

/// Nobody moderates yet: only the demo has such a room, and furnishes it itself.
const MODERATED: bool = false;

/// Opens the young people's room: refused until its moderation is in place.
#[utoipa::path(post, path = "/api/constellations/{constellation}/peers", tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::LIAISONS)),
        ("x-roost-refusals" = json!(["not_found", "room_not_ready"]))),
    security(("access" = [])),
    params(shapes_of::OfConstellation),
    responses((status = 201, description = "The room is open.")))]
pub async fn open(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
    _: Nothing,
) -> Answer<StatusCode> {
    app.people.open_peers(By::Person(&me), constellation, MODERATED).await?;
    Ok(StatusCode::CREATED)
}
