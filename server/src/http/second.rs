//! What needs a second person: liaison workers, and lifting a suspension.

use super::{
    answer::{Answer, Json, Nothing},
    api::{self, people as shapes_of, shapes},
    path::{At, Somebody},
};
use crate::{
    app::App,
    people::{
        By,
        second::{Candidate, Confirmed, Proposed},
        session::Me,
    },
};
use axum::{extract::State, http::StatusCode};
use roost_shared::{ConstellationId, EntryId, PersonId, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct Proposals {
    #[schema(value_type = Vec<shapes_of::Proposed>)]
    proposals: Vec<Proposed>,
}

/// What waits for a second person, as far as the one who asks could be it.
#[utoipa::path(get, path = "/api/constellations/{constellation}/proposals", tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::BOTH)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted"]))),
    security(("access" = [])),
    params(shapes_of::OfConstellation),
    responses((status = 200, description = "The proposals.", body = Proposals)))]
pub async fn list(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
) -> Answer<axum::Json<Proposals>> {
    let proposals = app.people.proposals(By::Person(&me), constellation).await?;
    Ok(axum::Json(Proposals { proposals }))
}

/// Who is to become a liaison worker: somebody new by name, or somebody who is one elsewhere.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Liaison {
    /// 1 to 60 characters. Either this or `person`.
    name: Option<String>,
    /// A liaison worker of another constellation of the service.
    #[schema(value_type = Option<shapes::Id>)]
    person: Option<PersonId>,
}

/// Proposes a liaison worker. Another admin confirms within a week.
#[utoipa::path(post, path = "/api/constellations/{constellation}/proposals", tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::ADMINS)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "body_invalid", "name_invalid",
            "nothing_to_change"]))),
    security(("access" = [])),
    params(shapes_of::OfConstellation),
    request_body = Liaison,
    responses((status = 202, description = "It waits for somebody else.",
        body = shapes_of::Proposed)))]
pub async fn propose(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
    Json(liaison): Json<Liaison>,
) -> Answer<(StatusCode, axum::Json<Proposed>)> {
    let candidate = match (&liaison.name, liaison.person) {
        (Some(name), None) => Candidate::Named(name),
        (None, Some(person)) => Candidate::Here(person),
        _ => return Err(Refusal::BodyInvalid.into()),
    };
    let by = By::Person(&me);
    let proposed = app.people.propose_liaison(by, constellation, candidate).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(proposed)))
}

/// Proposes to lift a suspension. What somebody else has proposed already is answered again, to be
/// confirmed.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/lift",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::BOTH)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "nothing_to_change",
            "second_person_needed"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    responses((status = 202, description = "It waits for somebody else.",
        body = shapes_of::Proposed)))]
pub async fn lift(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
    _: Nothing,
) -> Answer<(StatusCode, axum::Json<Proposed>)> {
    let proposed = app.people.propose_lift(By::Person(&me), constellation, person).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(proposed)))
}

/// Confirms somebody else's proposal, and carries it out. Only an admin confirms a liaison worker.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/proposals/{proposal}/confirm",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::BOTH)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "second_person_needed",
            "nothing_to_change"]))),
    security(("access" = [])),
    params(shapes_of::OfConstellation,
        ("proposal" = shapes::Id, Path, description = "What to confirm.")),
    responses((status = 200, description = "It is done.", body = shapes_of::Confirmed)))]
pub async fn confirm(
    State(app): State<App>,
    me: Me,
    At((constellation, proposal)): At<(ConstellationId, EntryId)>,
    _: Nothing,
) -> Answer<axum::Json<Confirmed>> {
    Ok(axum::Json(app.people.confirm(By::Person(&me), constellation, proposal).await?))
}
