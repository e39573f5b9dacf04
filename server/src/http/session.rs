//! The sign-in of a phone over HTTP: refresh it, end it, and ask who one is.

use super::{
    address::Address,
    answer::{Answer, Json, Nothing, Problem, check_origin},
    api::{self, shapes},
};
use crate::{
    app::App,
    error::Error,
    metrics,
    people::session::{Me, SignIn},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use roost_shared::{Refusal, frame::Welcome};
use serde::Deserialize;
use utoipa::ToSchema;

/// How long a browser keeps the cookie, s. The server decides at each refresh whether it is still
/// good.
const COOKIE_S: i64 = 400 * 24 * 3_600;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token; left out by a browser, which has it in its cookie.
    refresh: Option<String>,
}

/// New access, and the successor of the refresh token.
#[utoipa::path(post, path = "/api/session/refresh", tag = api::SIGNING_IN,
    extensions(
        ("x-roost-who" = json!("whoever holds a refresh token")),
        ("x-roost-refusals" = json!(["sign_in_again", "device_ended", "sign_in_copied",
            "origin_foreign", "too_many"]))),
    request_body = Refresh,
    responses((status = 200, description = "The sign-in.", body = shapes::SignIn)))]
pub async fn refresh(
    State(app): State<App>,
    Address(from): Address,
    headers: HeaderMap,
    Json(body): Json<Refresh>,
) -> Answer<Response> {
    check_origin(&app, &headers)?;
    let in_cookie = body.refresh.is_none();
    let token = body.refresh.or_else(|| cookie(&app, &headers)).ok_or(Refusal::SignInAgain)?;
    let holder = match app.people.holder(&token) {
        Ok(holder) => holder,
        Err(guess) => return Err(app.limits.failed(from, guess).await.into()),
    };
    let token = (holder.device, holder.generation);
    let sign_in = match app.limits.by_token(token, app.people.refresh(holder)).await {
        Ok(sign_in) => sign_in,
        Err(no) if in_cookie && no.refusal().ends_sign_in() => return Ok(forget(no)),
        Err(no) => return Err(no.into()),
    };
    metrics::all().signed_in("refresh");
    Ok(answer_sign_in(&app, sign_in, in_cookie))
}

/// Tells a browser whose sign-in is over to forget what was kept of it, also where the web app can
/// no longer do so itself. Only a row of ours says that it is over: a token that is not ours may be
/// from before a disk that was not mounted. The dead cookie stays, here and where somebody signs
/// out: a page that was ended before it had forgotten everything is told again when it opens. A new
/// sign-in replaces it.
fn forget(no: Error) -> Response {
    let mut response = Problem::from(no).into_response();
    let storage = HeaderValue::from_static("\"storage\"");
    response.headers_mut().insert("clear-site-data", storage);
    response
}

/// Signs this phone out.
#[utoipa::path(post, path = "/api/session/end", tag = api::SIGNING_IN,
    extensions(("x-roost-who" = json!("everybody signed in, for themselves"))),
    security(("access" = [])),
    responses((status = 204, description = "Signed out.")))]
pub async fn end(State(app): State<App>, me: Me, _: Nothing) -> Answer<StatusCode> {
    app.people.end_own(&me).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The welcome, for those who hold no socket: who I am, my rooms, and who is in them.
#[utoipa::path(get, path = "/api/me", tag = api::PHONES,
    extensions(("x-roost-who" = json!("everybody signed in"))),
    security(("access" = [])),
    responses((status = 200, description = "The welcome.", body = shapes::Welcome)))]
pub async fn me(State(app): State<App>, me: Me) -> Answer<axum::Json<Welcome>> {
    let mut conn = app.directory.reader().await?;
    let rooms = app.directory.rooms_of(&mut conn, &me).await?;
    let known = app.directory.known_to(&mut conn, &me).await?;
    Ok(axum::Json(app.directory.welcome(&mut conn, &me, &rooms, &known).await?))
}

/// The answer to a new sign-in. A browser holds one cookie: whoever was signed in there is signed
/// out, and not only out of sight.
pub async fn answer_new_sign_in(
    app: &App,
    headers: &HeaderMap,
    sign_in: SignIn,
    in_cookie: bool,
) -> Answer<Response> {
    if in_cookie && let Some(former) = cookie(app, headers) {
        app.people.give_way(&former, sign_in.device).await?;
    }
    Ok(answer_sign_in(app, sign_in, in_cookie))
}

/// A sign-in as the phone wants it: the refresh token in the body, or in a cookie that no script
/// reads.
fn answer_sign_in(app: &App, mut sign_in: SignIn, in_cookie: bool) -> Response {
    let refresh = if in_cookie { sign_in.refresh.take() } else { None };
    let mut response = axum::Json(sign_in).into_response();
    if let Some(token) = refresh {
        set_cookie(&mut response, app, &token);
    }
    response
}

/// Under https the name binds the cookie to exactly this host (RFC 6265bis, `__Host-`).
fn cookie_name(app: &App) -> &'static str {
    if app.is_https() { "__Host-roost" } else { "roost" }
}

fn set_cookie(response: &mut Response, app: &App, token: &str) {
    let name = cookie_name(app);
    let secure = if app.is_https() { "; Secure" } else { "" };
    let text =
        format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={COOKIE_S}{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn cookie(app: &App, headers: &HeaderMap) -> Option<String> {
    let all = headers.get(header::COOKIE)?.to_str().ok()?;
    let ours =
        all.split("; ").find_map(|one| one.strip_prefix(cookie_name(app))?.strip_prefix('='));
    ours.map(str::to_owned)
}
