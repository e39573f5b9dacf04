//! F16: the machine's clock is set wrong under a Roost that serves: nobody's rules follow it, the
//! operator hears of it, and so it is after a restart by a clock that is behind.

use reqwest::{Method, StatusCode};
use roost_server::{App, Config, clock, people::By};
use roost_shared::{
    frame::Welcome,
    policy::Role,
    room::{RoomKind, open},
};
use roost_tests::{door::SignIn, ids, instance::Instance, wait, world::room_of};
use serde_json::json;
use std::time::Duration;

/// The clock is looked at every 10 s.
const NOTICED: Duration = Duration::from_secs(12);
const HOUR_MS: i64 = 3_600_000;
const DAY_S: i64 = 24 * 3_600;

/// Waits until the server says of itself that it is ready, or is not.
async fn until_ready(instance: &Instance, ready: bool) {
    let wanted = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    wait::until_some("readiness changes", NOTICED, || async {
        let heard = instance.door.ask(Method::GET, "/readyz", None, None).await.unwrap();
        (heard.status == wanted).then_some(())
    })
    .await;
}

fn is_open(away_ms: i64) -> bool {
    let local = clock::local(clock::Clock::system().now() + away_ms);
    open(RoomKind::Peers, Some(Role::Young), local).is_ok()
}

/// An hour of the wall clock at which the room is as it truly is not.
fn misleading() -> i64 {
    (1..24).find(|hours| is_open(hours * HOUR_MS) != is_open(0)).unwrap()
}

/// The app goes by the date of each answer.
async fn date_told(instance: &Instance) -> i64 {
    let answer = reqwest::get(format!("{}/healthz", instance.door.base())).await.unwrap();
    let date = answer.headers()["date"].to_str().unwrap().to_owned();
    // Of the day: that is enough to tell two hours apart.
    let clock: Vec<i64> = date[17..25].split(':').map(|part| part.parse().unwrap()).collect();
    (clock[0] * 60 + clock[1]) * 60 + clock[2]
}

/// Kit hears about the room what is true on earth.
async fn kit_is_told_the_truth(instance: &Instance, kit: &SignIn) {
    let access = Some(kit.access.as_str());
    let heard = instance.door.ask(Method::GET, "/api/me", access, None).await.unwrap();
    let welcome: Welcome = serde_json::from_str(&heard.text).unwrap();
    let now = clock::Clock::system().now();
    assert!((welcome.now - now).abs() < HOUR_MS / 60, "{} at {now}", welcome.now);
    let apart = (date_told(instance).await - now / 1_000).rem_euclid(DAY_S);
    assert!(!(60..DAY_S - 60).contains(&apart), "the date is {apart} s off");
    let path = format!("/api/rooms/{}/entries", room_of(&welcome, RoomKind::Peers));
    let draft = json!({"id": ids::entry(), "kind": "message", "body": {"text": "hello"}});
    let before = is_open(0);
    let heard = instance.door.ask(Method::POST, &path, access, Some(&draft)).await.unwrap();
    // The minute in which it opens or closes is not that of a test.
    if before == is_open(0) {
        assert_eq!(heard.status.is_success(), before, "{}", heard.text);
    }
}

fn alarms(instance: &Instance) -> usize {
    instance.log().matches("CLOCK: ").count()
}

#[tokio::test]
async fn nothing_follows_a_wall_clock_that_is_set_wrong() {
    let (mut instance, phones) = Instance::furnished(&["kit"]).await;
    let (kit, wren) = (&phones[0], instance.cast.wren);
    let app = App::open(Config::in_folder(&instance.data())).await.unwrap();
    app.people.open_peers(By::Operator, wren, true).await.unwrap();
    app.close().await;
    drop(app);
    instance.set_wall_clock("+0");
    instance.start_with_wall_clock().await;
    until_ready(&instance, true).await;
    kit_is_told_the_truth(&instance, kit).await;

    instance.set_wall_clock("+2h");
    kit_is_told_the_truth(&instance, kit).await;
    until_ready(&instance, false).await;
    assert_eq!(alarms(&instance), 1, "{}", instance.log());
    kit_is_told_the_truth(&instance, kit).await;
    instance.set_wall_clock(&format!("+{}h", misleading()));
    kit_is_told_the_truth(&instance, kit).await;
    instance.set_wall_clock("+0");
    until_ready(&instance, true).await;
    instance.set_wall_clock("-5h");
    until_ready(&instance, false).await;
    kit_is_told_the_truth(&instance, kit).await;
    assert_eq!(alarms(&instance), 2, "{}", instance.log());

    // Killed, and started by a clock five hours before its last commit.
    instance.kill();
    instance.start_with_wall_clock().await;
    until_ready(&instance, false).await;
    kit_is_told_the_truth(&instance, kit).await;
    assert!(instance.log().contains("CLOCK: started before this house's last commit"));
    // Whoever says that it is right is believed: it is five hours earlier from now on.
    let said = instance.admin(&["accept-clock"]);
    assert!(said.contains("A running server goes by that within ten seconds"), "{said}");
    until_ready(&instance, true).await;
    let heard = instance.door.ask(Method::GET, "/api/me", Some(&kit.access), None).await.unwrap();
    assert_eq!(heard.status, StatusCode::UNAUTHORIZED, "a token of later than now: {}", heard.text);
    instance.kill();
}
