//! The door at which browsers tell that a page did, or was kept from doing, what its policy forbids
//! (CSP 3, section 5). A report holds addresses and pieces of what stood on the page, so that
//! nothing of it goes on but two words of ours.

use super::api;
use crate::{app::App, metrics};
use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::StatusCode,
};
use serde::Deserialize;

/// The largest report that is read. The policy is repeated in each, with addresses around it.
const REPORT_MAX_BYTES: usize = 8_192;

/// Keeps larger bodies from the door.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(REPORT_MAX_BYTES)
}

/// Every directive that a browser may name: what a caller makes up must not become a label.
const DIRECTIVES: [&str; 21] = [
    "base-uri",
    "child-src",
    "connect-src",
    "default-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "object-src",
    "require-trusted-types-for",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "trusted-types",
    "worker-src",
];

#[derive(Deserialize)]
struct Sent {
    #[serde(rename = "csp-report")]
    report: Report,
}

/// What is looked at of a report; browsers tell more.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Report {
    /// Older browsers put the directive with all its sources here, and have no other.
    #[serde(default)]
    violated_directive: String,
    #[serde(default)]
    effective_directive: String,
    #[serde(default)]
    blocked_uri: String,
}

/// Browsers tell here what the policy of our pages stopped. The answer is the same, whatever is
/// said and however often.
#[utoipa::path(post, path = "/api/csp-reports", tag = api::PAGES,
    extensions(("x-roost-who" = json!("everybody"))),
    responses((status = 204, description = "Heard.")))]
pub async fn report(State(app): State<App>, body: Result<Bytes, BytesRejection>) -> StatusCode {
    let sent = body.ok().and_then(|body| serde_json::from_slice::<Sent>(&body).ok());
    if let Some(Sent { report }) = sent
        && app.limits.report().is_ok()
    {
        let directive = directive_of(&report);
        let source = source_of(&report.blocked_uri, |origin| app.is_own_origin(origin));
        metrics::all().csp_report(directive, source);
        tracing::warn!(
            csp.directive = directive,
            csp.source = source,
            "a page did what its policy forbids"
        );
    }
    StatusCode::NO_CONTENT
}

fn directive_of(report: &Report) -> &'static str {
    let said = [&report.effective_directive, &report.violated_directive];
    let mut names = said.into_iter().filter_map(|said| said.split(' ').next());
    let known = names.find_map(|name| DIRECTIVES.into_iter().find(|known| *known == name));
    known.unwrap_or("other")
}

/// Where it came from that was stopped: a file of ours, the page's own text, a text that was to
/// become a program, or anywhere else.
fn source_of(blocked: &str, is_own: impl Fn(&str) -> bool) -> &'static str {
    // What stands in an address begins with the third slash.
    let origin = blocked.match_indices('/').nth(2).map_or(blocked, |(end, _)| &blocked[..end]);
    match blocked {
        "self" => "own",
        "inline" | "trusted-types-sink" | "trusted-types-policy" => "inline",
        "eval" | "wasm-eval" => "eval",
        _ if is_own(origin) => "own",
        _ => "foreign",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_report_two_words_remain() {
        let table = [
            ("script-src-elem", "", "inline", "script-src-elem", "inline"),
            ("", "script-src 'self' x", "eval", "script-src", "eval"),
            ("script-src", "", "wasm-eval", "script-src", "eval"),
            ("img-src", "", "https://roost.example.org/a?b", "img-src", "own"),
            ("img-src", "", "https://roost.example.org", "img-src", "own"),
            ("img-src", "", "https://roost.example.org.example.com/", "img-src", "foreign"),
            ("img-src", "", "data", "img-src", "foreign"),
            (
                "require-trusted-types-for",
                "",
                "trusted-types-sink",
                "require-trusted-types-for",
                "inline",
            ),
            ("Sam's secret", "kept", "", "other", "foreign"),
        ];
        for (effective, violated, blocked, directive, source) in table {
            let report = Report {
                violated_directive: violated.to_owned(),
                effective_directive: effective.to_owned(),
                blocked_uri: blocked.to_owned(),
            };
            let own = |origin: &str| origin == "https://roost.example.org";
            let heard = (directive_of(&report), source_of(&report.blocked_uri, own));
            assert_eq!(heard, (directive, source), "{effective}{violated} {blocked}");
        }
    }
}
