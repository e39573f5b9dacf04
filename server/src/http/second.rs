//! What needs a second person: liaison workers, and lifting a suspension.

use super::{
    answer::{Answer, Json},
    path::At,
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

#[derive(Serialize)]
pub struct Proposals {
    proposals: Vec<Proposed>,
}

/// `GET /api/constellations/{constellation}/proposals`: what waits for a second person.
pub async fn list(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
) -> Answer<axum::Json<Proposals>> {
    let proposals = app.people.proposals(By::Person(&me), constellation).await?;
    Ok(axum::Json(Proposals { proposals }))
}

/// Who is to become a liaison worker: somebody new by name, or somebody who is one elsewhere.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Liaison {
    name: Option<String>,
    person: Option<PersonId>,
}

/// `POST /api/constellations/{constellation}/proposals`: proposes a liaison worker. 202.
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

/// `POST …/members/{person}/lift`: proposes to lift a suspension. 202.
pub async fn lift(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): At<(ConstellationId, PersonId)>,
) -> Answer<(StatusCode, axum::Json<Proposed>)> {
    let proposed = app.people.propose_lift(By::Person(&me), constellation, person).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(proposed)))
}

/// `POST …/proposals/{proposal}/confirm`: somebody else's proposal is carried out.
pub async fn confirm(
    State(app): State<App>,
    me: Me,
    At((constellation, proposal)): At<(ConstellationId, EntryId)>,
) -> Answer<axum::Json<Confirmed>> {
    Ok(axum::Json(app.people.confirm(By::Person(&me), constellation, proposal).await?))
}
