//! The metrics tell how Roost is, on a door of their own, and nothing of anybody.

use reqwest::Method;
use roost_shared::{
    frame::{Cursors, ServerFrame},
    room::RoomKind,
};
use roost_tests::{
    ids,
    instance::{Instance, run, serve},
    postgres::free_port,
    wire::Wire,
    world::room_of,
};
use serde_json::json;
use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

const CANARY: &str = "the heron flies at midnight";

/// What stands in the metrics after the traffic below.
const LINES: [&str; 28] = [
    "roost_build_info{version=",
    "roost_ready 1",
    "roost_connections 1",
    "roost_connections_entered_total 1",
    "roost_closes_total{close=\"4401\",code=\"sign_in_again\"} 1",
    "roost_closes_total{close=\"1001\",code=\"draining\"} 0",
    "roost_entries_total 1",
    "roost_repeats_total 1",
    "roost_append_refusals_total{code=\"not_found\"} 1",
    "roost_append_refusals_total{code=\"busy\"} 0",
    "roost_group_drafts_count ",
    "roost_commit_seconds_bucket{le=\"0.001\"}",
    "roost_append_wait_seconds_sum ",
    "roost_queued_drafts 0",
    "roost_queued_bytes 0",
    "roost_pages_live_total 1",
    "roost_pages_read_total ",
    "roost_phones_behind 0",
    "roost_fell_behind_total 0",
    "roost_sign_ins_total{way=\"refresh\"} 1",
    "roost_limited_total{limit=\"frames\"} 0",
    "roost_http_requests_total{method=\"GET\",route=\"/api/rooms/{room}/entries\",status=\"404\"} 1",
    "roost_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
    "roost_http_requests_total{method=\"other\",route=\"/api/me\",status=\"404\"} 1",
    "roost_http_request_seconds_bucket{",
    "roost_rollback_alarms_total 0",
    "roost_wal_bytes ",
    "# EOF",
];

#[tokio::test]
async fn they_count_what_happens_and_name_nobody() {
    let (mut instance, phones) = Instance::furnished(&["sam", "amara"]).await;
    let told = SocketAddr::from(([127, 0, 0, 1], free_port()));
    instance.start_with(&[("ROOST_METRICS__LISTEN", &told.to_string())]).await;
    let (sam, amara) = (&phones[0], &phones[1]);
    let (mut wire, welcome) = Wire::enter(instance.door.address, &sam.access).await.unwrap();
    let circle = room_of(&welcome, RoomKind::Circle);
    let (id, stranger) = (ids::entry(), ids::room());
    wire.post(circle, id, CANARY).await.unwrap();
    wire.post(circle, id, CANARY).await.unwrap();
    wire.post(stranger, ids::entry(), CANARY).await.unwrap();
    wire.until(|frame| matches!(frame, ServerFrame::Refused { .. }).then_some(())).await;
    let mut forger = Wire::dial(instance.door.address).await.unwrap();
    forger.hello(CANARY, None, Cursors::new()).await.unwrap();
    assert_eq!(forger.closed().await, 4401);
    let refresh = json!({ "refresh": amara.refresh });
    let doors = [
        (Method::POST, "/api/session/refresh".to_owned(), Some(refresh)),
        (Method::GET, format!("/api/rooms/{stranger}/entries?after=0"), None),
        (Method::GET, format!("/{}", CANARY.replace(' ', "-")), None),
        ("HERON".parse().unwrap(), "/api/me".to_owned(), None),
    ];
    for (method, path, body) in doors {
        instance.door.ask(method, &path, Some(&amara.access), body.as_ref()).await.unwrap();
    }

    let text = scrape(told).await;
    for line in LINES {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
    let ids = [circle.to_string(), stranger.to_string(), id.to_string()];
    let people = phones.iter().flat_map(|phone| {
        let own = [phone.person.to_string(), phone.device.to_string()];
        own.into_iter().chain([phone.access.clone(), phone.refresh.clone()])
    });
    let names = ["heron", "Jo's house", "Okafor", "sam", "amara", "127.0.0.1", "a test's phone"];
    for secret in ids.into_iter().chain(people).chain(names.map(str::to_owned)) {
        assert!(!text.to_lowercase().contains(&secret.to_lowercase()), "{secret:?} is told");
    }
    let public = instance.door.ask(Method::GET, "/metrics", None, None).await.unwrap();
    assert_eq!(public.status, 404, "phones' doors tell no metrics");
}

pub(crate) async fn scrape(told: SocketAddr) -> String {
    let answer = reqwest::get(format!("http://{told}/metrics")).await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_port_that_is_taken_is_a_reason_not_to_start() {
    let (instance, _) = Instance::furnished(&[]).await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let neighbour = TcpListener::bind("127.0.0.1:0").unwrap();
    let neighbours = neighbour.local_addr().unwrap().to_string();
    let mut command = serve(&instance.data(), taken);
    command.env("ROOST_METRICS__LISTEN", &neighbours);
    let (status, said) = run(&mut command, Duration::from_secs(10));
    assert_eq!(status.code(), Some(78), "{said}");
    assert!(said.contains(&format!("metrics.listen {neighbours}")), "{said}");
}
