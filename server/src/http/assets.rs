//! The web app's files, built into the binary.

use super::answer::Answer;
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use roost_shared::Refusal;
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$OUT_DIR/web"]
struct Web;

/// A file whose name holds the hash of its content never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The page names the current files, so it is asked for each time.
const EACH_TIME: &str = "no-cache";

/// `GET /` and `GET /join`: the one page.
pub async fn page() -> Answer<Response> {
    answer("index.html", EACH_TIME)
}

/// `GET /assets/{*path}`.
pub async fn file(Path(path): Path<String>) -> Answer<Response> {
    answer(&format!("assets/{path}"), FOR_EVER)
}

fn answer(path: &str, keep: &'static str) -> Answer<Response> {
    let file = Web::get(path).ok_or(Refusal::NotFound)?;
    let kind = file.metadata.mimetype().to_owned();
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep.to_owned())];
    Ok((headers, file.data).into_response())
}
