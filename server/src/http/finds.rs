//! Finding something in a room again: words, what a message said before it was edited, and a
//! gathering for one's own calendar.

use super::{
    answer::Answer,
    api::{self, shapes},
    rooms::room_id,
};
use crate::{
    app::App,
    log::{
        self,
        search::{FOUND_MAX, Search},
    },
    people::session::Me,
};
use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use roost_shared::{EntryId, Refusal, Seq, ics, tally::GatheringState};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Words, up to 100 characters in all; an entry must have each of them.
    q: String,
    /// Only below this seq; below the first there is nothing.
    #[param(value_type = Option<i64>, minimum = 0)]
    before: Option<Seq>,
    /// At most so many; 50 when it is left out.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
pub struct Found {
    /// The newest first.
    #[schema(value_type = Vec<shapes::Entry>)]
    entries: Vec<Box<RawValue>>,
    /// Whether there is more to look at, also where nothing was found yet.
    more: bool,
    /// Where to go on, as `before`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    before: Option<Seq>,
}

/// Looks for words in a room, in what stands there now. A room that is none of mine is not found.
/// A person searches one thing at a time (`busy`), and may have so many entries looked at a minute
/// (`too_many`): when that is used up on the way, the answer says where to go on.
#[utoipa::path(get, path = "/api/rooms/{room}/search", tag = api::PHONES,
    extensions(
        ("x-roost-who" = json!("members of the room")),
        ("x-roost-refusals" = json!(["not_found", "query_invalid"]))),
    security(("access" = [])),
    params(("room" = shapes::Id, Path, description = "The room."), Asked),
    responses((status = 200, description = "What was found.", body = Found)))]
pub async fn search(
    State(app): State<App>,
    me: Me,
    Path(room): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Answer<axum::Json<Found>> {
    let Query(Asked { q, before, limit }) = asked.map_err(|_| Refusal::QueryInvalid)?;
    let search = Search { query: q, before, limit: limit.unwrap_or(FOUND_MAX) };
    let searching = app.limits.search(me.person)?;
    let room = room_id(&room)?;
    let who = app.people.who(&me, room).await?;
    let found = app.log.search(who, room, search, &searching).await?;
    let raw = |text: Box<str>| RawValue::from_string(text.into_string());
    let entries = found.lines.into_iter().map(|line| raw(line.text)).collect::<Result<_, _>>();
    let entries = entries.map_err(|e| crate::Error::internal("an entry is not JSON", e))?;
    Ok(axum::Json(Found { entries, more: found.before.is_some(), before: found.before }))
}

/// What an entry said for a while.
#[derive(Serialize, ToSchema)]
pub struct Version {
    /// When it began to stand, epoch ms.
    at: i64,
    /// As the body of an entry of its kind.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
}

#[derive(Serialize, ToSchema)]
pub struct Versions {
    /// The oldest first, at most 20; what stands there now is not among them.
    versions: Vec<Version>,
}

/// What an entry said before it was edited; nothing, when it never was. One that was removed, or
/// lies below my floor, is not found.
#[utoipa::path(get, path = "/api/rooms/{room}/entries/{entry}/versions", tag = api::PHONES,
    extensions(
        ("x-roost-who" = json!("members of the room")),
        ("x-roost-refusals" = json!(["not_found"]))),
    security(("access" = [])),
    params(("room" = shapes::Id, Path, description = "The room."),
        ("entry" = shapes::Id, Path, description = "The entry.")),
    responses((status = 200, description = "The earlier versions.", body = Versions)))]
pub async fn versions(
    State(app): State<App>,
    me: Me,
    Path((room, entry)): Path<(String, String)>,
) -> Answer<axum::Json<Versions>> {
    let room = room_id(&room)?;
    let who = app.people.who(&me, room).await?;
    let entry: EntryId = entry.parse().map_err(|_| Refusal::NotFound)?;
    let earlier = app.log.versions(who, room, entry).await?;
    let raw =
        |log::Version { at, body }| RawValue::from_string(body).map(|body| Version { at, body });
    let versions = earlier.into_iter().map(raw).collect::<Result<_, _>>();
    let versions = versions.map_err(|e| crate::Error::internal("a kept body is not JSON", e))?;
    Ok(axum::Json(Versions { versions }))
}

/// One gathering as a calendar file (RFC 5545), as it stands now.
#[utoipa::path(get, path = "/api/rooms/{room}/gatherings/{gathering}", tag = api::PHONES,
    extensions(
        ("x-roost-who" = json!("members of the room")),
        ("x-roost-refusals" = json!(["not_found"]))),
    security(("access" = [])),
    params(("room" = shapes::Id, Path, description = "The room."),
        ("gathering" = String, Path, description = "The id of the gathering, and `.ics`.")),
    responses((status = 200, description = "The file.", content_type = "text/calendar",
        body = String)))]
pub async fn calendar(
    State(app): State<App>,
    me: Me,
    Path((room, gathering)): Path<(String, String)>,
) -> Answer<Response> {
    let room = room_id(&room)?;
    let id: Option<EntryId> = gathering.strip_suffix(".ics").and_then(|id| id.parse().ok());
    let id = id.ok_or(Refusal::NotFound)?;
    let who = app.people.who(&me, room).await?;
    let card = app.log.card(who, room, id).await?;
    let state = GatheringState::of(&card).ok_or(Refusal::NotFound)?;
    let text = ics::ics(&state, &format!("{id}@roost"), app.clock.now());
    let named = "attachment; filename=\"gathering.ics\"";
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, text).into_response())
}
