//! Append and range over HTTP, for service workers and scripts: the same verbs as on the socket.

use super::{
    answer::{Answer, Json},
    api::{self, shapes},
};
use crate::{app::App, people::session::Me};
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use roost_shared::{
    Draft, EntryId, Refusal, RoomId, Seq,
    frame::{PAGE_MAX_ENTRIES, Side},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The entries after this seq. Either this or `before`.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: Option<Seq>,
    /// The last entries before this seq.
    #[param(value_type = Option<i64>, minimum = 0)]
    before: Option<Seq>,
    /// At most so many; 200 when it is left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// One page of a room: the same bytes as on the socket. A room that is none of mine is not found.
#[utoipa::path(get, path = "/api/rooms/{room}/entries", tag = api::PHONES,
    extensions(
        ("x-roost-who" = json!("members of the room")),
        ("x-roost-refusals" = json!(["not_found", "frame_malformed"]))),
    security(("access" = [])),
    params(("room" = shapes::Id, Path, description = "The room."), Range),
    responses((status = 200, description = "The page.", body = shapes::Page)))]
pub async fn range(
    State(app): State<App>,
    me: Me,
    Path(room): Path<String>,
    query: Result<Query<Range>, axum::extract::rejection::QueryRejection>,
) -> Answer<Response> {
    let Query(range) = query.map_err(|_| Refusal::FrameMalformed)?;
    let side = Side::read(range.after, range.before)?;
    let limit = range.limit.unwrap_or(PAGE_MAX_ENTRIES);
    if !(1..=PAGE_MAX_ENTRIES).contains(&limit) {
        return Err(Refusal::FrameMalformed.into());
    }
    let room = room_id(&room)?;
    let who = app.people.who(&me, room).await?;
    let page = app.log.range(who, room, side, limit).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], page.text).into_response())
}

#[derive(Serialize, ToSchema)]
pub struct Taken {
    #[schema(value_type = shapes::Id)]
    room: RoomId,
    #[schema(value_type = shapes::Id)]
    id: EntryId,
    /// Its place in the room.
    #[schema(value_type = i64)]
    seq: Seq,
    /// When it was committed, epoch ms.
    at: i64,
}

/// Adds a draft to a room. It is on disk when the answer comes; sent again under its id, it gets
/// the first answer again.
#[utoipa::path(post, path = "/api/rooms/{room}/entries", tag = api::PHONES,
    extensions(
        ("x-roost-who" = json!("members of the room, as far as the kind permits")),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "kind_unknown", "body_invalid",
            "text_empty", "text_too_long", "text_unprintable", "details_invalid", "target_unknown",
            "target_unfit", "target_gone", "too_late", "nothing_to_change", "no_places",
            "room_closed", "id_reused", "store_full", "draining"]))),
    security(("access" = [])),
    params(("room" = shapes::Id, Path, description = "The room.")),
    request_body = shapes::Draft,
    responses(
        (status = 201, description = "Taken now.", body = Taken),
        (status = 200, description = "Taken before.", body = Taken)))]
pub async fn append(
    State(app): State<App>,
    me: Me,
    Path(room): Path<String>,
    Json(draft): Json<Draft>,
) -> Answer<Response> {
    let (room, id) = (room_id(&room)?, draft.id);
    let who = app.people.who(&me, room).await?;
    let receipt = app.log.append(who, room, draft).await?;
    let status = if receipt.first { StatusCode::CREATED } else { StatusCode::OK };
    let taken = Taken { room, id, seq: receipt.seq, at: receipt.at };
    Ok((status, axum::Json(taken)).into_response())
}

/// A text that is no room's id is a room that does not exist.
pub(super) fn room_id(text: &str) -> Result<RoomId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}
