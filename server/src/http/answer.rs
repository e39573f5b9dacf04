//! How HTTP says things: refusals as problems, JSON that is read strictly, and who is asking.

use super::{address::Address, pass::request_id};
use crate::{app::App, error::Error, people::session::Me};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use roost_shared::{Refusal, json, refusal::Told};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _},
};
use std::sync::Arc;

/// The face of an error towards HTTP.
pub struct Problem(Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Problem {
        Problem(error.into())
    }
}

/// RFC 9457, with our four fields and the request's id beside the standard ones.
#[derive(Serialize)]
struct ProblemBody {
    r#type: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Arc<str>>,
    #[serde(flatten)]
    told: Told,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Error::Internal(cause) = &self.0 {
            tracing::error!(%cause, "a request failed");
        }
        let refusal = self.0.refusal();
        let status = refusal.status();
        tracing::debug!(
            refusal.code = refusal.code(),
            http.status = status,
            "a request was refused"
        );
        let (r#type, request) = ("about:blank", request_id());
        let body = ProblemBody { r#type, status, request, told: refusal.into() };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = (header::CONTENT_TYPE, "application/problem+json");
        let mut response = (code, [kind], text).into_response();
        if refusal.after_ms() > 0 {
            let seconds = refusal.after_ms().div_euclid(1_000).max(1);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// What a handler returns.
pub type Answer<T> = Result<T, Problem>;

/// Whatever is not in the table.
pub async fn nothing_here() -> Problem {
    Refusal::NotFound.into()
}

/// A JSON body. Unknown fields are refused by the types that are read, and so are names that stand
/// twice.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Answer<Json<T>> {
        check_is_json(request.headers())?;
        let bytes = Bytes::from_request(request, app).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::FrameTooLarge
            } else {
                Refusal::FrameMalformed
            }
        })?;
        // serde would also take a list for the fields of a struct, in their order.
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(Refusal::FrameMalformed.into());
        }
        Ok(Json(serde_json::from_slice(&bytes).map_err(|_| Refusal::FrameMalformed)?))
    }
}

/// Whether a body says once, and plainly, that it is JSON. It is a defence, not a form: the three
/// types that a page of another site may post without asking us first (forms, and `text/plain`;
/// Fetch, "CORS-safelisted request-header") never reach a door, whatever is done with `Origin`.
///
/// # Errors
/// `FrameMalformed` for any other type, or none.
fn check_is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter().map(HeaderValue::to_str);
    let (Some(Ok(said)), None) = (types.next(), types.next()) else {
        return Err(Refusal::FrameMalformed);
    };
    let (essence, parameter) = said.split_once(';').map_or((said, None), |(a, b)| (a, Some(b)));
    let is_json = essence.trim().eq_ignore_ascii_case("application/json");
    let charset = parameter.map(|said| said.trim().replace('"', "").to_ascii_lowercase());
    let is_utf8 = charset.is_none_or(|said| said == "charset=utf-8");
    if is_json && is_utf8 { Ok(()) } else { Err(Refusal::FrameMalformed) }
}

/// A part of a body that is an object: there, too, serde would take a list.
pub struct Object<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Object<T>, D::Error> {
        T::deserialize(json::object(reader)?).map(Object).map_err(D::Error::custom)
    }
}

/// The body of a door that asks for none: whoever puts something in means what would not happen.
pub struct Nothing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {}

impl FromRequest<App> for Nothing {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Answer<Nothing> {
        let is_json = check_is_json(request.headers());
        let bytes = Bytes::from_request(request, app).await;
        let bytes = bytes.map_err(|_| Refusal::FrameMalformed)?;
        // An empty body is of no type, whatever type it says it has.
        if !bytes.is_empty() {
            is_json?;
            let _: Option<Empty> =
                serde_json::from_slice(&bytes).map_err(|_| Refusal::FrameMalformed)?;
        }
        Ok(Nothing)
    }
}

impl FromRequestParts<App> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Me> {
        let Ok(Address(from)) = Address::from_request_parts(parts, app).await;
        let token = bearer(&parts.headers).ok_or(Refusal::SignInAgain)?;
        let bearer = app.bearer(token, from).await?;
        app.limits.asked(bearer.device)?;
        let me = app.people.present(&mut *app.directory.reader().await?, bearer).await?;
        app.limits.request(me.person)?;
        Ok(me)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Refuses a request that another site's page makes.
///
/// # Errors
/// `OriginForeign` when there is an `Origin` that is not ours, be it beside one that is.
pub fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let own = origins.all(|origin| origin.to_str().is_ok_and(|one| app.is_own_origin(one)));
    if own { Ok(()) } else { Err(Refusal::OriginForeign) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_that_it_is_json() {
        let table: [(&[&str], bool); 17] = [
            (&["application/json"], true),
            (&["Application/JSON"], true),
            (&["application/json;charset=utf-8"], true),
            (&["application/json; charset=UTF-8"], true),
            (&["application/json; charset=\"utf-8\""], true),
            (&[], false),
            (&[""], false),
            (&["text/plain"], false),
            (&["text/plain;charset=UTF-8"], false),
            (&["text/plain; application/json"], false),
            (&["application/x-www-form-urlencoded"], false),
            (&["multipart/form-data; boundary=a"], false),
            (&["application/json; charset=utf-16"], false),
            (&["application/json; charset=utf-8; q=1"], false),
            (&["application/json, text/plain"], false),
            (&["application/jsonp"], false),
            (&["text/plain", "application/json"], false),
        ];
        for (types, is_json) in table {
            let mut headers = HeaderMap::new();
            for said in types {
                headers.append(header::CONTENT_TYPE, said.parse().unwrap());
            }
            assert_eq!(check_is_json(&headers).is_ok(), is_json, "{types:?}");
        }
    }
}
