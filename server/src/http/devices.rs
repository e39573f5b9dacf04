//! Where somebody is signed in, and moving a sign-in to another browser or a new phone.

use super::{
    answer::{Answer, Json, check_origin},
    path::At,
    session::answer_sign_in,
};
use crate::{
    app::App,
    people::{
        By,
        devices::Phone,
        handover::{Becomes, Code, Redeemer},
        session::Me,
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use roost_shared::{ConstellationId, DeviceId, PersonId};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
pub struct Devices {
    devices: Vec<Phone>,
}

/// `GET /api/devices`: my own, oldest first.
pub async fn mine(State(app): State<App>, me: Me) -> Answer<axum::Json<Devices>> {
    Ok(axum::Json(Devices { devices: app.people.my_devices(&me).await? }))
}

/// `POST /api/devices/{device}/end`: signs one of mine out.
pub async fn end_mine(
    State(app): State<App>,
    me: Me,
    At(device): At<DeviceId>,
) -> Answer<StatusCode> {
    app.people.end_my_device(&me, device).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET …/members/{person}/devices`: somebody else's, for whoever may end them.
pub async fn theirs(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): At<(ConstellationId, PersonId)>,
) -> Answer<axum::Json<Devices>> {
    let devices = app.people.devices_of(&me, constellation, person).await?;
    Ok(axum::Json(Devices { devices }))
}

/// `POST …/members/{person}/devices/{device}/end`: signs one of theirs out.
pub async fn end_theirs(
    State(app): State<App>,
    me: Me,
    At((constellation, person, device)): At<(ConstellationId, PersonId, DeviceId)>,
) -> Answer<StatusCode> {
    app.people.end_device_in(By::Person(&me), constellation, (person, device)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/handover`: a code that carries this sign-in to another browser. 201.
pub async fn hand_over(State(app): State<App>, me: Me) -> Answer<(StatusCode, axum::Json<Code>)> {
    Ok((StatusCode::CREATED, axum::Json(app.people.hand_over(&me).await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redeem {
    code: String,
    /// An id that whoever redeems made once; the new phone's, or only for asking again.
    device: DeviceId,
    device_name: String,
    #[serde(default)]
    r#as: Becomes,
    #[serde(default)]
    cookie: bool,
}

/// `POST /api/handover/redeem`: becomes the device that the code is of, or a new one in its place.
pub async fn redeem(
    State(app): State<App>,
    headers: HeaderMap,
    Json(redeem): Json<Redeem>,
) -> Answer<Response> {
    check_origin(&app, &headers)?;
    let (device, name, becomes) = (redeem.device, redeem.device_name.as_str(), redeem.r#as);
    let sign_in = app.people.redeem(&redeem.code, Redeemer { device, name, becomes }).await?;
    Ok(answer_sign_in(&app, sign_in, redeem.cookie))
}
