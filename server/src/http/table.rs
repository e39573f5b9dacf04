//! Enrolment at the kitchen table: the liaison worker's side, and the phone's.

use super::{
    answer::{Answer, Json},
    path::At,
};
use crate::{
    app::App,
    people::{
        By,
        enrol::Invited,
        session::Me,
        table::{Claimed, Outcome, Table},
    },
};
use axum::{extract::State, http::StatusCode};
use roost_shared::{ConstellationId, DeviceId, EntryId, PersonId};
use serde::{Deserialize, Serialize};

/// Somebody of a constellation, as a path names them.
type Somebody = At<(ConstellationId, PersonId)>;

/// `POST …/members/{person}/table`: opens it; the token is what the code on the screen says. 201.
pub async fn open(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
) -> Answer<(StatusCode, axum::Json<Invited>)> {
    let invited = app.people.open_table(By::Person(&me), constellation, person).await?;
    Ok((StatusCode::CREATED, axum::Json(invited)))
}

/// `GET …/members/{person}/table`: where it stands, and the scans to decide on.
pub async fn look(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
) -> Answer<axum::Json<Table>> {
    Ok(axum::Json(app.people.table(By::Person(&me), constellation, person).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    claim: EntryId,
    number: i64,
}

/// `POST …/members/{person}/table/confirm`: the number that their phone shows.
pub async fn confirm(
    State(app): State<App>,
    me: Me,
    At(of): Somebody,
    Json(Chosen { claim, number }): Json<Chosen>,
) -> Answer<StatusCode> {
    app.people.confirm_claim(By::Person(&me), of, claim, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanned {
    token: String,
    device: DeviceId,
    device_name: String,
}

/// `POST /api/enrolments/claim`: a phone has scanned; what it answers is to be shown.
pub async fn claim(
    State(app): State<App>,
    Json(Scanned { token, device, device_name }): Json<Scanned>,
) -> Answer<axum::Json<Claimed>> {
    Ok(axum::Json(app.people.claim(&token, device, &device_name).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    token: String,
    claim: EntryId,
}

#[derive(Serialize)]
pub struct Became {
    state: Outcome,
}

/// `POST /api/enrolments/claim/outcome`: what became of a scan.
pub async fn outcome(
    State(app): State<App>,
    Json(Asked { token, claim }): Json<Asked>,
) -> Answer<axum::Json<Became>> {
    let state = app.people.claim_outcome(&token, claim).await?;
    Ok(axum::Json(Became { state }))
}
