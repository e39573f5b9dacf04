//! The people of a constellation, for the liaison worker; what an admin may see and do of it.

use super::{
    answer::{Answer, Json, Nothing, Object},
    api::{self, people as shapes_of, shapes},
    path::{At, Somebody},
};
use crate::{
    app::App,
    people::{
        By,
        agreement::Agreement,
        enrol::Invited,
        register::NewPerson,
        roll::{Constellation, Members},
        session::Me,
    },
    store::enrolments::Way,
};
use axum::{extract::State, http::StatusCode};
use roost_shared::{ConstellationId, HomeId, policy::Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct Constellations {
    #[schema(value_type = Vec<shapes_of::Constellation>)]
    constellations: Vec<Constellation>,
}

/// The constellations that one looks after, and how many of their people stand how.
#[utoipa::path(get, path = "/api/constellations", tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!("liaison workers, of their own constellations; admins, of all")),
        ("x-roost-refusals" = json!(["not_found", "not_permitted"]))),
    security(("access" = [])),
    responses((status = 200, description = "The constellations.", body = Constellations)))]
pub async fn constellations(State(app): State<App>, me: Me) -> Answer<axum::Json<Constellations>> {
    let constellations = app.people.constellations(&me).await?;
    Ok(axum::Json(Constellations { constellations }))
}

/// Who is of a constellation, and how they stand. Nothing of what anybody said.
#[utoipa::path(get, path = "/api/constellations/{constellation}/members", tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::BOTH)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted"]))),
    security(("access" = [])),
    params(shapes_of::OfConstellation),
    responses((status = 200, description = "The people.", body = shapes_of::Members)))]
pub async fn members(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
) -> Answer<axum::Json<Members>> {
    Ok(axum::Json(app.people.members(By::Person(&me), constellation).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHome {
    /// 1 to 60 characters.
    name: String,
    /// Whether it is the hub home. A constellation has one.
    #[serde(default)]
    hub: bool,
}

#[derive(Serialize, ToSchema)]
pub struct NewHomeId {
    #[schema(value_type = shapes::Id)]
    home: HomeId,
}

/// Adds a home, with its private lines.
#[utoipa::path(post, path = "/api/constellations/{constellation}/homes", tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::LIAISONS)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "name_invalid",
            "body_invalid"]))),
    security(("access" = [])),
    params(shapes_of::OfConstellation),
    request_body = NewHome,
    responses((status = 201, description = "The home.", body = NewHomeId)))]
pub async fn add_home(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
    Json(new): Json<NewHome>,
) -> Answer<(StatusCode, axum::Json<NewHomeId>)> {
    let by = By::Person(&me);
    let home = app.people.add_home_by(by, constellation, &new.name, new.hub).await?;
    Ok((StatusCode::CREATED, axum::Json(NewHomeId { home })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// 1 to 60 characters.
    name: String,
    #[schema(value_type = shapes::Role)]
    role: Role,
    #[schema(value_type = Option<shapes::Id>)]
    home: Option<HomeId>,
    /// For a young person, and for nobody else.
    #[schema(value_type = Option<shapes_of::Agreement>)]
    agreement: Option<Object<Agreement>>,
}

/// Adds an adult or a young person, and makes their link. A liaison worker is proposed instead.
#[utoipa::path(post, path = "/api/constellations/{constellation}/members", tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::LIAISONS)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "second_person_needed",
            "name_invalid", "body_invalid", "agreement_needed"]))),
    security(("access" = [])),
    params(shapes_of::OfConstellation),
    request_body = Invite,
    responses((status = 201, description = "The link.", body = shapes_of::Invited)))]
pub async fn invite(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
    Json(invite): Json<Invite>,
) -> Answer<(StatusCode, axum::Json<Invited>)> {
    let Invite { name, role, home, agreement } = invite;
    let agreement = agreement.map(|Object(agreement)| agreement);
    let new = NewPerson { constellation, home, role, name: &name };
    let invited = app.people.invite(By::Person(&me), &new, agreement.as_ref()).await?;
    Ok((StatusCode::CREATED, axum::Json(invited)))
}

/// Makes a new link for somebody; the one before is dead.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/invite",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::EITHER)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "second_person_needed"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    responses((status = 201, description = "The link.", body = shapes_of::Invited)))]
pub async fn invite_again(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
    _: Nothing,
) -> Answer<(StatusCode, axum::Json<Invited>)> {
    let by = By::Person(&me);
    let invited = app.people.invite_again(by, constellation, person, Way::Link).await?;
    Ok((StatusCode::CREATED, axum::Json(invited)))
}

/// Notes that their link is on its way to them. Saying it twice changes nothing.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/sent",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::EITHER)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "nothing_to_change"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    responses((status = 204, description = "Noted.")))]
pub async fn sent(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
    _: Nothing,
) -> Answer<StatusCode> {
    app.people.note_sent(By::Person(&me), constellation, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes their open link back.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/revoke",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::EITHER)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "nothing_to_change"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    responses((status = 204, description = "Taken back.")))]
pub async fn revoke(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
    _: Nothing,
) -> Answer<StatusCode> {
    app.people.revoke_link(By::Person(&me), constellation, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    #[schema(value_type = shapes::Id)]
    home: HomeId,
}

/// Moves them to another home; their rooms follow.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/move",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::LIAISONS)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "body_invalid",
            "nothing_to_change"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    request_body = Move,
    responses((status = 204, description = "Moved.")))]
pub async fn move_home(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
    Json(to): Json<Move>,
) -> Answer<StatusCode> {
    app.people.move_home(By::Person(&me), constellation, person, to.home).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Suspends them: their sign-ins, links and codes end at once. Nobody suspends themselves, and only
/// an admin suspends an admin.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/suspend",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::BOTH)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "nothing_to_change"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    responses((status = 204, description = "Suspended.")))]
pub async fn suspend(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
    _: Nothing,
) -> Answer<StatusCode> {
    app.people.suspend(By::Person(&me), constellation, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends their place: they are out of every room of the constellation. What they wrote stays.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/end",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::EITHER)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    responses((status = 204, description = "Ended.")))]
pub async fn end(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
    _: Nothing,
) -> Answer<StatusCode> {
    app.people.end_member(By::Person(&me), constellation, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Return {
    #[schema(value_type = Option<shapes::Id>)]
    home: Option<HomeId>,
    /// For a young person, and for nobody else.
    #[schema(value_type = Option<shapes_of::Agreement>)]
    agreement: Option<Object<Agreement>>,
}

/// Takes back somebody who had ended, as what they were, and makes their link. They read from their
/// return on.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/return",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::LIAISONS)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted", "nothing_to_change",
            "second_person_needed", "body_invalid", "name_invalid", "agreement_needed"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    request_body = Return,
    responses((status = 201, description = "The link.", body = shapes_of::Invited)))]
pub async fn take_back(
    State(app): State<App>,
    me: Me,
    At(of): Somebody,
    Json(back): Json<Return>,
) -> Answer<(StatusCode, axum::Json<Invited>)> {
    let Return { home, agreement } = back;
    let agreement = agreement.map(|Object(agreement)| agreement);
    let invited = app.people.take_back(By::Person(&me), of, home, agreement.as_ref()).await?;
    Ok((StatusCode::CREATED, axum::Json(invited)))
}
