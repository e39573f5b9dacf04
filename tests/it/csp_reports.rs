//! What browsers report of the page's policy is counted and logged by two words; the rest of a
//! report, which may hold tokens and what people wrote, goes nowhere.

use crate::metrics::scrape;
use reqwest::{Client, StatusCode};
use roost_tests::{instance::Instance, postgres::free_port, wait, wire::PATIENCE};
use serde_json::{Value, json};
use std::net::SocketAddr;

const DOOR: &str = "/api/csp-reports";
const EVENT: &str = "a page did what its policy forbids";
const CANARY: &str = "the-heron-flies";

/// A report as Chromium sends it.
fn report(directive: &str, blocked: &str) -> Value {
    json!({ "csp-report": {
        "document-uri": format!("https://roost.example.org/join#{CANARY}"),
        "referrer": CANARY,
        "violated-directive": directive,
        "effective-directive": directive,
        "original-policy": CANARY,
        "disposition": "enforce",
        "blocked-uri": blocked,
        "line-number": 1,
        "source-file": CANARY,
        "status-code": 200,
        "script-sample": CANARY,
    } })
}

async fn send(instance: &Instance, body: String) -> StatusCode {
    let request = Client::new().post(format!("{}{DOOR}", instance.door.base()));
    let answer = request.header("content-type", "application/csp-report").body(body).send();
    let answer = answer.await.unwrap();
    assert_eq!(answer.content_length().unwrap_or(0), 0);
    answer.status()
}

async fn started() -> (Instance, SocketAddr) {
    let (mut instance, _) = Instance::furnished(&[]).await;
    let told = SocketAddr::from(([127, 0, 0, 1], free_port()));
    instance.start_with(&[("ROOST_METRICS__LISTEN", &told.to_string())]).await;
    (instance, told)
}

#[tokio::test]
async fn of_a_report_two_words_go_on() {
    let (instance, told) = started().await;
    let own = format!("{}/{CANARY}", instance.door.base());
    let foreign = format!("https://example.com/{CANARY}");
    let reports = [
        ("script-src-elem", "inline", "inline"),
        ("script-src", "eval", "eval"),
        ("img-src", own.as_str(), "own"),
        ("connect-src", foreign.as_str(), "foreign"),
        ("require-trusted-types-for", "trusted-types-sink", "inline"),
    ];
    for (directive, blocked, _) in reports {
        assert_eq!(send(&instance, report(directive, blocked).to_string()).await, 204);
    }
    assert_eq!(send(&instance, report(CANARY, CANARY).to_string()).await, 204);
    let text = scrape(told).await;
    let heard = reports.map(|(directive, _, source)| (directive, source));
    for (directive, source) in heard.into_iter().chain([("other", "foreign")]) {
        let labels = format!("{{directive=\"{directive}\",source=\"{source}\"}} 1");
        assert!(text.contains(&format!("roost_csp_reports_total{labels}")), "{labels}: {text}");
        wait::until("it is in the log", PATIENCE, || {
            instance.log().lines().any(|line| {
                let line: Value = serde_json::from_str(line).unwrap_or_default();
                let words = (&line["csp.directive"], &line["csp.source"]);
                line["message"] == EVENT && words == (&directive.into(), &source.into())
            })
        });
    }
    assert!(!text.contains(CANARY), "{text}");
    assert!(!instance.log().contains(CANARY), "{}", instance.log());
}

#[tokio::test]
async fn whatever_comes_is_answered_alike_and_only_so_much_is_heard() {
    let (instance, told) = started().await;
    let good = report("img-src", "data").to_string();
    let large = good.replace(CANARY, &CANARY.repeat(200));
    assert!(large.len() > 8_192 && large.len() < 65_536);
    let nothing = ["", "[]", "null", "{}", "{\"csp-report\":[1]}", "\u{0}", large.as_str()];
    for body in nothing {
        assert_eq!(send(&instance, body.to_owned()).await, 204, "{body}");
    }
    let text = scrape(told).await;
    assert!(!text.contains("roost_csp_reports_total{"), "{text}");
    for _ in 0..100 {
        assert_eq!(send(&instance, good.clone()).await, 204);
    }
    let text = scrape(told).await;
    let count = |metric: &str| -> u32 {
        let line = text.lines().find_map(|line| line.strip_prefix(metric));
        line.unwrap_or_else(|| panic!("no {metric} in {text}")).trim().parse().unwrap()
    };
    let heard = count("roost_csp_reports_total{directive=\"img-src\",source=\"foreign\"}");
    let lost = count("roost_limited_total{limit=\"reports\"}");
    assert_eq!(heard + lost, 100);
    assert!((60..90).contains(&heard), "{heard} were heard");
}
