//! Identities in a path. A text that is no identity names something that does not exist.

use super::answer::{Answer, Problem};
use crate::app::App;
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use roost_shared::{ConstellationId, PersonId, Refusal};
use serde::de::DeserializeOwned;

/// What a path names: one identity, or a tuple of several.
pub struct At<T>(pub T);

/// Somebody of a constellation.
pub type Somebody = At<(ConstellationId, PersonId)>;

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<At<T>> {
        let path = Path::<T>::from_request_parts(parts, app).await;
        let Path(named) = path.map_err(|_| Refusal::NotFound)?;
        Ok(At(named))
    }
}
