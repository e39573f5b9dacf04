//! Where somebody is signed in, and moving a sign-in to another browser or a new phone.

use super::{
    address::Address,
    answer::{Answer, Json, Nothing, check_origin},
    api::{self, people as shapes_of, shapes},
    path::{At, Somebody},
    session::answer_new_sign_in,
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
use roost_shared::{ConstellationId, DeviceId, PersonId, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct Devices {
    #[schema(value_type = Vec<shapes_of::Phone>)]
    devices: Vec<Phone>,
}

/// Where one is signed in, oldest first.
#[utoipa::path(get, path = "/api/devices", tag = api::SIGNING_IN,
    extensions(("x-roost-who" = json!("everybody signed in, for themselves"))),
    security(("access" = [])),
    responses((status = 200, description = "The phones.", body = Devices)))]
pub async fn mine(State(app): State<App>, me: Me) -> Answer<axum::Json<Devices>> {
    Ok(axum::Json(Devices { devices: app.people.my_devices(&me).await? }))
}

/// Signs one of one's own phones out.
#[utoipa::path(post, path = "/api/devices/{device}/end", tag = api::SIGNING_IN,
    extensions(
        ("x-roost-who" = json!("everybody signed in, for themselves")),
        ("x-roost-refusals" = json!(["not_found"]))),
    security(("access" = [])),
    params(("device" = shapes::Id, Path, description = "A phone of one's own.")),
    responses((status = 204, description = "Signed out.")))]
pub async fn end_mine(
    State(app): State<App>,
    me: Me,
    At(device): At<DeviceId>,
    _: Nothing,
) -> Answer<StatusCode> {
    app.people.end_my_device(&me, device).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where somebody is signed in.
#[utoipa::path(get,
    path = "/api/constellations/{constellation}/members/{person}/devices",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::OF_PHONES)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted"]))),
    security(("access" = [])),
    params(shapes_of::OfMember),
    responses((status = 200, description = "The phones.", body = Devices)))]
pub async fn theirs(
    State(app): State<App>,
    me: Me,
    At((constellation, person)): Somebody,
) -> Answer<axum::Json<Devices>> {
    let devices = app.people.devices_of(&me, constellation, person).await?;
    Ok(axum::Json(Devices { devices }))
}

/// Signs one of their phones out.
#[utoipa::path(post,
    path = "/api/constellations/{constellation}/members/{person}/devices/{device}/end",
    tag = api::PEOPLE,
    extensions(
        ("x-roost-who" = json!(shapes_of::OF_PHONES)),
        ("x-roost-refusals" = json!(["not_found", "not_permitted"]))),
    security(("access" = [])),
    params(shapes_of::OfMember, ("device" = shapes::Id, Path, description = "A phone of theirs.")),
    responses((status = 204, description = "Signed out.")))]
pub async fn end_theirs(
    State(app): State<App>,
    me: Me,
    At((constellation, person, device)): At<(ConstellationId, PersonId, DeviceId)>,
    _: Nothing,
) -> Answer<StatusCode> {
    app.people.end_device_in(By::Person(&me), constellation, (person, device)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code that carries this sign-in to another browser, or to a new phone. An earlier one is dead.
#[utoipa::path(post, path = "/api/handover", tag = api::SIGNING_IN,
    extensions(("x-roost-who" = json!("everybody signed in, for themselves"))),
    security(("access" = [])),
    responses((status = 201, description = "The code.", body = shapes_of::Code)))]
pub async fn hand_over(
    State(app): State<App>,
    me: Me,
    _: Nothing,
) -> Answer<(StatusCode, axum::Json<Code>)> {
    Ok((StatusCode::CREATED, axum::Json(app.people.hand_over(&me).await?)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeem {
    /// As typed: small letters, spaces and dashes do no harm.
    code: String,
    /// An id that whoever redeems made once; the new phone's, or only for asking again.
    #[schema(value_type = shapes::Id)]
    device: DeviceId,
    /// 1 to 60 characters: "Sam's phone".
    device_name: String,
    #[serde(default)]
    #[schema(value_type = shapes_of::Becomes)]
    r#as: Becomes,
    /// Whether the refresh token is put into a cookie that no script reads, and left out of the
    /// body.
    #[serde(default)]
    cookie: bool,
}

/// Spends a code: becomes the device that it is of, or a new one in its place. Whoever redeemed it
/// may repeat it within ten minutes.
#[utoipa::path(post, path = "/api/handover/redeem", tag = api::SIGNING_IN,
    extensions(
        ("x-roost-who" = json!("whoever holds the code")),
        ("x-roost-refusals" = json!(["code_invalid", "name_invalid", "origin_foreign",
            "too_many"]))),
    request_body = Redeem,
    responses((status = 200, description = "The sign-in.", body = shapes::SignIn)))]
pub async fn redeem(
    State(app): State<App>,
    from: Address,
    headers: HeaderMap,
    Json(redeem): Json<Redeem>,
) -> Answer<Response> {
    check_origin(&app, &headers)?;
    let (device, name, becomes) = (redeem.device, redeem.device_name.as_str(), redeem.r#as);
    let redeeming = app.people.redeem(&redeem.code, Redeemer { device, name, becomes });
    let secret = (redeem.code.as_str(), Refusal::CodeInvalid);
    let sign_in = app.limits.by_secret(from.0, secret, redeeming).await?;
    answer_new_sign_in(&app, &headers, sign_in, redeem.cookie).await
}
