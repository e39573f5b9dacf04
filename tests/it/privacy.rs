//! T11: nothing personal leaves the database: whatever is done, well or badly, and however much is
//! logged, logs and metrics hold no name, no text and no token; nor does any address or header that
//! a server in between would note.

use reqwest::{Client, Method, redirect::Policy};
use roost_shared::{frame::Cursors, room::RoomKind};
use roost_tests::{
    door::SignIn,
    ids,
    instance::{Instance, roost},
    postgres::free_port,
    wire::Wire,
    world::room_of,
};
use serde_json::{Value, json};
use std::net::SocketAddr;

const CANARY: &str = "the heron flies at midnight";

#[tokio::test]
async fn the_log_holds_no_name_no_text_and_no_token() {
    let (mut instance, phones) = Instance::furnished(&["sam", "amara"]).await;
    instance.start_talkative().await;
    let (sam, amara) = (&phones[0], &phones[1]);
    let (mut wire, welcome) = Wire::enter(instance.door.address, &sam.access).await.unwrap();
    let circle = room_of(&welcome, RoomKind::Circle);
    let id = ids::entry();
    wire.post(circle, id, CANARY).await.unwrap();
    wire.post(circle, id, &format!("{CANARY} again")).await.unwrap();
    wire.post(ids::room(), ids::entry(), CANARY).await.unwrap();
    wire.say_text(format!(r#"{{"t":"{CANARY}"}}"#)).await.unwrap();
    wire.say_text(format!("{CANARY} {}", "x".repeat(70_000))).await.unwrap();
    wire.closed().await;
    let mut forger = Wire::dial(instance.door.address).await.unwrap();
    forger.hello(&format!("{}x", sam.access), None, Cursors::new()).await.unwrap();
    forger.closed().await;
    let doors = [
        (Method::POST, "/api/enrolments/look".to_owned(), json!({ "token": CANARY })),
        (
            Method::POST,
            "/api/enrolments/accept".to_owned(),
            json!({ "token": CANARY, "device": ids::device(), "device_name": CANARY }),
        ),
        (Method::POST, "/api/session/refresh".to_owned(), json!({ "refresh": amara.refresh })),
        (
            Method::POST,
            format!("/api/rooms/{circle}/entries"),
            json!({ "id": ids::entry(), "kind": "message", "body": { "text": CANARY } }),
        ),
        (Method::POST, "/api/session/end".to_owned(), json!(null)),
    ];
    for (method, path, body) in doors {
        let access = Some(amara.access.as_str());
        instance.door.ask(method, &path, access, Some(&body)).await.unwrap();
    }
    let listed = roost().args(["--data"]).arg(instance.data()).args(["admin", "list"]).output();
    let listed = listed.unwrap();
    assert!(listed.status.success(), "the operator's own screen may name people");

    let log = instance.log();
    assert!(log.lines().count() >= 5, "something was logged:\n{log}");
    let names = ["Jo's house", "Okafor", "Brennan", "\"sam\"", "\"amara\"", "a test's phone"];
    let tokens = [&sam.access, &sam.refresh, &amara.access, &amara.refresh];
    let secrets = names.into_iter().chain(tokens.map(String::as_str)).chain([CANARY]);
    for secret in secrets {
        assert!(!log.contains(secret), "{secret:?} stands in the log");
    }
}

/// A signed-in desk with every secret that a person ever holds.
async fn secrets(instance: &Instance, phone: &SignIn) -> Vec<(&'static str, String)> {
    let door = &instance.door;
    let access = Some(phone.access.as_str());
    let post = async |path: &str, access: Option<&str>, body: Value| {
        door.ask(Method::POST, path, access, Some(&body)).await.unwrap()
    };
    let wren = instance.cast.wren;
    let sam = instance.cast.person("sam");
    let member = format!("/api/constellations/{wren}/members/{sam}");
    let table = post(&format!("{member}/table"), access, json!({})).await.text_of("token");
    let scan = json!({ "token": table, "device": ids::device(), "device_name": "Sam's" });
    post("/api/enrolments/claim", None, scan).await.with(200);
    let sent = post(&format!("{member}/invite"), access, json!({})).await;
    let (link, device) = (sent.text_of("token"), ids::device());
    for path in ["look", "opened"] {
        let path = format!("/api/enrolments/{path}");
        post(&path, None, json!({ "token": link })).await;
    }
    let told = json!({ "token": link, "device": device, "code": sent.text_of("code") });
    post("/api/enrolments/verify", None, told).await.with(204);
    let accept = json!({ "token": link, "device": device, "device_name": "Sam's" });
    let sams = post("/api/enrolments/accept", None, accept.clone()).await;
    sams.with(200);
    post(
        "/api/enrolments/accept",
        None,
        json!({ "token": table, "device": ids::device(),
        "device_name": "late" }),
    )
    .await;
    let code = post("/api/handover", Some(&sams.text_of("access")), json!({})).await;
    let code = code.text_of("code");
    let redeem = json!({ "code": code, "device": ids::device(), "device_name": "The app" });
    let moved = post("/api/handover/redeem", None, redeem).await;
    moved.with(200);
    let spent = json!({ "refresh": sams.text_of("refresh") });
    post("/api/session/refresh", None, spent).await;
    let fresh = json!({ "refresh": moved.text_of("refresh") });
    let fresh = post("/api/session/refresh", None, fresh).await;
    vec![
        ("a link", link),
        ("the code that opens it", sent.text_of("code")),
        ("a code at the table", table),
        ("an access token", sams.text_of("access")),
        ("a refresh token", sams.text_of("refresh")),
        ("a hand-over code", code),
        ("the access token that was moved", moved.text_of("access")),
        ("the refresh token that was moved", moved.text_of("refresh")),
        ("a newer refresh token", fresh.text_of("refresh")),
        ("the liaison worker's token", phone.access.clone()),
    ]
}

#[tokio::test]
async fn a_secret_stands_in_no_log_no_metric_and_no_header_wherever_it_is_put() {
    let (mut instance, phones) = Instance::furnished(&["priya"]).await;
    let told = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let (filter, listen) = ("ROOST_TELEMETRY__FILTER", "ROOST_METRICS__LISTEN");
    instance.start_with(&[(filter, "trace"), (listen, &told.to_string())]).await;
    let secrets = secrets(&instance, &phones[0]).await;
    let base = instance.door.base();
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    for (name, secret) in &secrets {
        // Where it belongs in a fragment, a body or a first frame, somebody puts it elsewhere.
        for path in [
            format!("/join?token={secret}"),
            format!("/join/{secret}"),
            format!("/?access_token={secret}"),
            format!("/ws?token={secret}"),
            format!("/api/me?token={secret}"),
            format!("/api/rooms/{secret}/entries?after=0"),
            format!("/assets/{secret}.js"),
        ] {
            let asked = client.get(format!("{base}{path}"));
            let asked = asked.bearer_auth(secret).header("x-request-id", secret);
            let answer = asked.header("cookie", format!("roost={secret}")).send().await.unwrap();
            let policy = &answer.headers()["referrer-policy"];
            assert_eq!(policy, "no-referrer", "{path} would be told to the next page");
            for (header, value) in answer.headers() {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                assert!(!holds(&value, secret), "{name} stands in {header}");
            }
        }
        let mut wire = Wire::dial(instance.door.address).await.unwrap();
        wire.hello(secret, None, Cursors::new()).await.unwrap();
        let _ = wire.say_text(json!({ "t": secret, "token": secret }).to_string()).await;
        wire.hear().await;
    }
    let metrics = reqwest::get(format!("http://{told}/metrics")).await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("roost_sign_ins_total"), "{metrics}");
    let log = instance.log();
    assert!(log.contains("a request was answered"), "{log}");
    for (name, secret) in &secrets {
        assert!(!holds(&log, secret), "{name} stands in the log");
        assert!(!holds(&metrics, secret), "{name} stands in the metrics");
    }
}

/// Whether a secret stands in a text. One of digits alone must stand alone: any six may be part of
/// a time.
fn holds(text: &str, secret: &str) -> bool {
    let digits = secret.chars().all(|char| char.is_ascii_digit());
    let part_of_number = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_digit() || *b == b'.');
    text.match_indices(secret).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        let after = text.as_bytes().get(at + secret.len());
        !(digits && (part_of_number(before) || part_of_number(after)))
    })
}
