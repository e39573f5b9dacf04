//! Enrolment at the kitchen table: the liaison worker's side, and the phone's.

use super::{
    address::Address,
    answer::{Answer, Json, Nothing},
    api::{self, people as shapes_of, shapes},
    path::{At, Somebody},
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
use roost_shared::{DeviceId, EntryId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Opens an enrolment at the kitchen table; the token is what the code on the screen says. An
/// earlier link is dead.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/table",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::EITHER)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "second_person_needed"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    responses((status = 201, description = "The link.", body = shapes_of::Invited)))]
pub async fn open(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
    _: Nothing,
) -> Answer<(StatusCode, axum::Json<Invited>)> {
    let invited = app.people.open_table(By::Person(&me), constellation, person).await?;
    Ok((StatusCode::CREATED, axum::Json(invited)))
}

/// Where the newest enrolment at the table stands, and the scans to decide on.
#[utoipa::path(get,
    path = "/api/constellations/{constellation}/members/{person}/table",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::EITHER)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    responses((status = 200, description = "The table.", body = shapes_of::Table)))]
pub async fn look(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
) -> Answer<axum::Json<Table>> {
    Ok(axum::Json(app.people.table(By::Person(&me), constellation, person).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    #[schema(value_type = shapes::Id)]
    claim: EntryId,
    number: i64,
}

/// Chooses the number that their phone shows. A wrong one refuses the scan, and three of them take
/// the enrolment back.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/table/confirm",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::EITHER)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "code_invalid"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    request_body = Chosen,
    responses((status = 204, description = "Their phone may accept now.")))]
pub async fn confirm(
    State(app): State<App>,
    me: Me,
    At(of): Somebody,
    Json(Chosen { claim, number }): Json<Chosen>,
) -> Answer<StatusCode> {
    app.people.confirm_claim(By::Person(&me), of, claim, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Scanned {
    /// What the code on the screen says.
    token: String,
    /// Made by the phone once, and kept.
    #[schema(value_type = shapes::Id)]
    device: DeviceId,
    /// 1 to 60 characters: "Sam's phone".
    device_name: String,
}

/// A phone has scanned the code at the table; the number that is answered is to be shown. The same
/// phone gets the same number, until it was refused.
#[utoipa::path(post, path = "/api/enrolments/claim", tag = api::SIGNING_IN,
    extensions(
        ("x-roost-who" = json!("whoever holds the token")),
        ("x-roost-refusals" = json!(["enrolment_unusable", "name_invalid", "too_many"]))),
    request_body = Scanned,
    responses((status = 200, description = "The scan.", body = shapes_of::Claimed)))]
pub async fn claim(
    State(app): State<App>,
    from: Address,
    Json(Scanned { token, device, device_name }): Json<Scanned>,
) -> Answer<axum::Json<Claimed>> {
    let claiming = app.people.claim(&token, device, &device_name);
    Ok(axum::Json(from.by_link(&app, &token, claiming).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    token: String,
    /// The answer to the scan.
    #[schema(value_type = shapes::Id)]
    claim: EntryId,
}

#[derive(Serialize, ToSchema)]
pub struct Became {
    #[schema(value_type = shapes_of::Outcome)]
    state: Outcome,
}

/// What became of a scan. To be asked every two seconds, which is half of how often a link may be
/// used.
#[utoipa::path(post, path = "/api/enrolments/claim/outcome", tag = api::SIGNING_IN,
    extensions(
        ("x-roost-who" = json!("whoever holds the token and has scanned")),
        ("x-roost-refusals" = json!(["enrolment_unusable", "too_many"]))),
    request_body = Asked,
    responses((status = 200, description = "Where it stands.", body = Became)))]
pub async fn outcome(
    State(app): State<App>,
    from: Address,
    Json(Asked { token, claim }): Json<Asked>,
) -> Answer<axum::Json<Became>> {
    let state = from.by_link(&app, &token, app.people.claim_outcome(&token, claim)).await?;
    Ok(axum::Json(Became { state }))
}
