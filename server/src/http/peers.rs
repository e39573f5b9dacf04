//! Opening the young people's room.

use super::{answer::Answer, path::At};
use crate::{
    app::App,
    people::{By, session::Me},
};
use axum::{extract::State, http::StatusCode};
use roost_shared::ConstellationId;

/// Nobody moderates yet: only the demo has such a room, and furnishes it itself.
const MODERATED: bool = false;

/// `POST /api/constellations/{constellation}/peers`: opens the young people's room.
pub async fn open(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
) -> Answer<StatusCode> {
    app.people.open_peers(By::Person(&me), constellation, MODERATED).await?;
    Ok(StatusCode::CREATED)
}
