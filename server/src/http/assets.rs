//! The web app's files, built into the binary.

use super::{answer::Answer, api};
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

/// The web app.
#[utoipa::path(get, path = "/", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub async fn page() -> Answer<Response> {
    answer("index.html", EACH_TIME)
}

/// The web app, behind an enrolment link. The token is the link's fragment and never comes here.
#[utoipa::path(get, path = "/join", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub async fn join() -> Answer<Response> {
    page().await
}

/// A file of the web app. Its name holds the hash of its content, so it never changes.
#[utoipa::path(get, path = "/assets/{path}", tag = api::PAGES,
    extensions(
        ("x-roost-who" = json!("everybody")),
        ("x-roost-refusals" = json!(["not_found"]))),
    params(("path" = String, Path, description = "As the page names it.")),
    responses((status = 200, description = "The file.")))]
pub async fn file(Path(path): Path<String>) -> Answer<Response> {
    answer(&format!("assets/{path}"), FOR_EVER)
}

fn answer(path: &str, keep: &'static str) -> Answer<Response> {
    let file = Web::get(path).ok_or(Refusal::NotFound)?;
    let kind = file.metadata.mimetype().to_owned();
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep.to_owned())];
    Ok((headers, file.data).into_response())
}
