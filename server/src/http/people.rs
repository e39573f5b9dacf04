//! The people of a constellation, for the liaison worker; what an admin may see and do of it.

use super::{
    answer::{Answer, Json},
    path::At,
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
use roost_shared::{ConstellationId, HomeId, PersonId, policy::Role};
use serde::{Deserialize, Serialize};

/// Somebody of a constellation, as a path names them.
type Somebody = At<(ConstellationId, PersonId)>;

#[derive(Serialize)]
pub struct Constellations {
    constellations: Vec<Constellation>,
}

/// `GET /api/constellations`: those one looks after, and how many people stand how.
pub async fn constellations(State(app): State<App>, me: Me) -> Answer<axum::Json<Constellations>> {
    let constellations = app.people.constellations(&me).await?;
    Ok(axum::Json(Constellations { constellations }))
}

/// `GET /api/constellations/{constellation}/members`: who there is, and how they stand.
pub async fn members(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
) -> Answer<axum::Json<Members>> {
    Ok(axum::Json(app.people.members(By::Person(&me), constellation).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHome {
    name: String,
    #[serde(default)]
    hub: bool,
}

#[derive(Serialize)]
pub struct Home {
    home: HomeId,
}

/// `POST /api/constellations/{constellation}/homes`: adds a home. 201.
pub async fn add_home(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
    Json(new): Json<NewHome>,
) -> Answer<(StatusCode, axum::Json<Home>)> {
    let by = By::Person(&me);
    let home = app.people.add_home_by(by, constellation, &new.name, new.hub).await?;
    Ok((StatusCode::CREATED, axum::Json(Home { home })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    name: String,
    role: Role,
    home: Option<HomeId>,
    /// For a young person, and for nobody else.
    agreement: Option<Agreement>,
}

/// `POST /api/constellations/{constellation}/members`: adds an adult or a young person, and makes
/// their link. 201.
pub async fn invite(
    State(app): State<App>,
    me: Me,
    At(constellation): At<ConstellationId>,
    Json(invite): Json<Invite>,
) -> Answer<(StatusCode, axum::Json<Invited>)> {
    let Invite { name, role, home, agreement } = invite;
    let new = NewPerson { constellation, home, role, name: &name };
    let invited = app.people.invite(By::Person(&me), &new, agreement.as_ref()).await?;
    Ok((StatusCode::CREATED, axum::Json(invited)))
}

/// `POST …/members/{person}/invite`: a new link; the one before is dead. 201.
pub async fn invite_again(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
) -> Answer<(StatusCode, axum::Json<Invited>)> {
    let by = By::Person(&me);
    let invited = app.people.invite_again(by, constellation, person, Way::Link).await?;
    Ok((StatusCode::CREATED, axum::Json(invited)))
}

/// `POST …/members/{person}/sent`: their link is on its way to them.
pub async fn sent(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
) -> Answer<StatusCode> {
    app.people.note_sent(By::Person(&me), constellation, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/members/{person}/revoke`: takes their open link back.
pub async fn revoke(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
) -> Answer<StatusCode> {
    app.people.revoke_link(By::Person(&me), constellation, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    home: HomeId,
}

/// `POST …/members/{person}/move`: to another home; their rooms follow.
pub async fn move_home(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
    Json(to): Json<Move>,
) -> Answer<StatusCode> {
    app.people.move_home(By::Person(&me), constellation, person, to.home).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/members/{person}/suspend`: their sign-ins end at once.
pub async fn suspend(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
) -> Answer<StatusCode> {
    app.people.suspend(By::Person(&me), constellation, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST …/members/{person}/end`: out of every room of the constellation.
pub async fn end(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
) -> Answer<StatusCode> {
    app.people.end_member(By::Person(&me), constellation, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Return {
    home: Option<HomeId>,
    /// For a young person, and for nobody else.
    agreement: Option<Agreement>,
}

/// `POST …/members/{person}/return`: takes back somebody who had ended, and makes their link. 201.
pub async fn take_back(
    State(app): State<App>,
    me: Me,
    At(of): Somebody,
    Json(back): Json<Return>,
) -> Answer<(StatusCode, axum::Json<Invited>)> {
    let Return { home, agreement } = back;
    let invited = app.people.take_back(By::Person(&me), of, home, agreement.as_ref()).await?;
    Ok((StatusCode::CREATED, axum::Json(invited)))
}
