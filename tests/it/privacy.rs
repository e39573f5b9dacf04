//! Nothing personal leaves the database: whatever is done, well or badly, and however much is
//! logged, the log holds no name, no text and no token.

use reqwest::Method;
use roost_shared::{frame::Cursors, room::RoomKind};
use roost_tests::{
    ids,
    instance::{Instance, roost},
    wire::Wire,
    world::room_of,
};
use serde_json::json;

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
