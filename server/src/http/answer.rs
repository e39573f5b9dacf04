//! How HTTP says things: refusals as problems, JSON that is read strictly, and who is asking.

use crate::{app::App, error::Error, people::session::Me};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use roost_shared::{Refusal, refusal::Told};
use serde::{Serialize, de::DeserializeOwned};

/// The face of an error towards HTTP.
pub struct Problem(Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Problem {
        Problem(error.into())
    }
}

/// RFC 9457, with our four fields beside the standard ones.
#[derive(Serialize)]
struct ProblemBody {
    r#type: &'static str,
    status: u16,
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
        let body = ProblemBody { r#type: "about:blank", status, told: refusal.into() };
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

/// A JSON body. Unknown fields are refused by the types that are read.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Answer<Json<T>> {
        let bytes = Bytes::from_request(request, app).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::FrameTooLarge
            } else {
                Refusal::FrameMalformed
            }
        })?;
        Ok(Json(serde_json::from_slice(&bytes).map_err(|_| Refusal::FrameMalformed)?))
    }
}

impl FromRequestParts<App> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Me> {
        let token = bearer(&parts.headers).ok_or(Refusal::SignInAgain)?;
        Ok(app.people.authenticate(token).await?)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Refuses a request that another site's page makes.
///
/// # Errors
/// `OriginForeign` when there is an `Origin` and it is not ours.
pub fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(header::ORIGIN) {
        None => Ok(()),
        Some(origin) if origin.to_str().is_ok_and(|origin| app.is_own_origin(origin)) => Ok(()),
        Some(_) => Err(Refusal::OriginForeign),
    }
}
