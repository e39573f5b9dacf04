//! The web app's files, built into the binary: as they are, and compressed for who takes that.

use super::{answer::Answer, api, coding::Coding};
use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use roost_shared::Refusal;
use rust_embed::{Embed, EmbeddedFile};

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
    responses(
        (status = 200, description = "A page.", body = String, content_type = "text/html"),
        (status = 304, description = "It is what you have.")))]
pub async fn page(headers: HeaderMap) -> Answer<Response> {
    answer("index.html", EACH_TIME, &headers)
}

/// The web app, behind an enrolment link. The token is the link's fragment and never comes here.
#[utoipa::path(get, path = "/join", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses(
        (status = 200, description = "A page.", body = String, content_type = "text/html"),
        (status = 304, description = "It is what you have.")))]
pub async fn join(headers: HeaderMap) -> Answer<Response> {
    page(headers).await
}

/// The web app, at the page on how to keep it on a phone.
#[utoipa::path(get, path = "/install", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses(
        (status = 200, description = "A page.", body = String, content_type = "text/html"),
        (status = 304, description = "It is what you have.")))]
pub async fn install(headers: HeaderMap) -> Answer<Response> {
    page(headers).await
}

/// The service worker of the web app, which names the files of its build.
#[utoipa::path(get, path = "/sw.js", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses(
        (status = 200, description = "A script.", body = String,
        content_type = "text/javascript"),
        (status = 304, description = "It is what you have.")))]
pub async fn worker(headers: HeaderMap) -> Answer<Response> {
    answer("sw.js", EACH_TIME, &headers)
}

/// What a phone needs to know to keep the web app among its other apps.
#[utoipa::path(get, path = "/app.webmanifest", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses(
        (status = 200, description = "A web app manifest.", body = String,
        content_type = "application/manifest+json"),
        (status = 304, description = "It is what you have.")))]
pub async fn manifest(headers: HeaderMap) -> Answer<Response> {
    answer("app.webmanifest", EACH_TIME, &headers)
}

/// The picture that stands for the web app, by its size.
#[utoipa::path(get, path = "/icons/{path}", tag = api::PAGES,
    extensions(
        ("x-roost-who" = json!("everybody")),
        ("x-roost-refusals" = json!(["not_found"]))),
    params(("path" = String, Path, description = "As the page or the manifest names it.")),
    responses(
        (status = 200, description = "The picture."),
        (status = 304, description = "It is what you have.")))]
pub async fn icon(Path(path): Path<String>, headers: HeaderMap) -> Answer<Response> {
    answer(&format!("icons/{path}"), EACH_TIME, &headers)
}

/// A file of the web app. Its name holds the hash of its content, so it never changes.
#[utoipa::path(get, path = "/assets/{path}", tag = api::PAGES,
    extensions(
        ("x-roost-who" = json!("everybody")),
        ("x-roost-refusals" = json!(["not_found"]))),
    params(("path" = String, Path, description = "As the page names it.")),
    responses(
        (status = 200, description = "The file."),
        (status = 304, description = "It is what you have.")))]
pub async fn file(Path(path): Path<String>, headers: HeaderMap) -> Answer<Response> {
    answer(&format!("assets/{path}"), FOR_EVER, &headers)
}

fn answer(path: &str, keep: &'static str, headers: &HeaderMap) -> Answer<Response> {
    let plain = Web::get(path).ok_or(Refusal::NotFound)?;
    let kind = plain.metadata.mimetype().to_owned();
    let (coding, file) = compressed(path, headers).map_or((None, plain), |(c, f)| (Some(c), f));
    // Of these very bytes: each coding of a file has a tag of its own.
    let hash = file.metadata.sha256_hash();
    let tag = format!("\"{:032x}\"", u128::from_be_bytes(std::array::from_fn(|at| hash[at])));
    let known = knows(headers, &tag);
    let told = [
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::VARY, header::ACCEPT_ENCODING.to_string()),
        (header::ETAG, tag),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, told).into_response());
    }
    let mut response = (told, [(header::CONTENT_TYPE, kind)], file.data).into_response();
    if let Some(coding) = coding {
        let name = HeaderValue::from_static(coding.name());
        response.headers_mut().insert(header::CONTENT_ENCODING, name);
    }
    Ok(response)
}

/// The file as the build compressed it, in the way that its asker likes best. Pictures are small as
/// they are, and stand there only plain.
fn compressed(path: &str, headers: &HeaderMap) -> Option<(Coding, EmbeddedFile)> {
    let mut taken = Coding::taken(headers).into_iter();
    taken.find_map(|coding| Some((coding, Web::get(&format!("{path}{}", coding.end()))?)))
}

/// Whether the asker holds what bears this tag. A proxy may have called it weak on the way.
fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut tags = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    tags.any(|one| one.trim().trim_start_matches("W/") == tag)
}
