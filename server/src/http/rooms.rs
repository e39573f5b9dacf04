//! Append and range over HTTP, for service workers and scripts: the same verbs as on the socket.

use super::answer::{Answer, Json};
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    after: Option<Seq>,
    before: Option<Seq>,
    limit: Option<i64>,
}

/// `GET /api/rooms/{room}/entries`: one page of a room.
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
    let page = app.log.range(me.who(), room_id(&room)?, side, limit).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], page.text).into_response())
}

#[derive(Serialize)]
struct Taken {
    room: RoomId,
    id: EntryId,
    seq: Seq,
    at: i64,
}

/// `POST /api/rooms/{room}/entries`: a draft. 201 when it is new, 200 when it was taken before.
pub async fn append(
    State(app): State<App>,
    me: Me,
    Path(room): Path<String>,
    Json(draft): Json<Draft>,
) -> Answer<Response> {
    let (room, id) = (room_id(&room)?, draft.id);
    let receipt = app.log.append(me.who(), room, draft).await?;
    let status = if receipt.first { StatusCode::CREATED } else { StatusCode::OK };
    let taken = Taken { room, id, seq: receipt.seq, at: receipt.at };
    Ok((status, axum::Json(taken)).into_response())
}

/// A text that is no room's id is a room that does not exist.
fn room_id(text: &str) -> Result<RoomId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}
