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
/// What names the current files is asked for each time, or a phone would stay on an old build.
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

/// The web app, at the page on how to keep it on a phone.
#[utoipa::path(get, path = "/install", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub async fn install() -> Answer<Response> {
    page().await
}

/// The service worker of the web app, which names the files of its build.
#[utoipa::path(get, path = "/sw.js", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "A script.", body = String,
        content_type = "text/javascript")))]
pub async fn worker() -> Answer<Response> {
    answer("sw.js", EACH_TIME)
}

/// What a phone needs to know to keep the web app among its other apps.
#[utoipa::path(get, path = "/app.webmanifest", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 200, description = "A web app manifest.", body = String,
        content_type = "application/manifest+json")))]
pub async fn manifest() -> Answer<Response> {
    answer("app.webmanifest", EACH_TIME)
}

/// The picture that stands for the web app, by its size.
#[utoipa::path(get, path = "/icons/{path}", tag = api::PAGES,
    extensions(
        ("x-roost-who" = json!("everybody")),
        ("x-roost-refusals" = json!(["not_found"]))),
    params(("path" = String, Path, description = "As the page or the manifest names it.")),
    responses((status = 200, description = "The picture.")))]
pub async fn icon(Path(path): Path<String>) -> Answer<Response> {
    answer(&format!("icons/{path}"), EACH_TIME)
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
