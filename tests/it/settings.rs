//! What somebody sets for themselves: quiet hours and muted rooms are the same on all their phones
//! and nobody else's to see or change, and a young person's nights are not shortened.

use reqwest::Method;
use roost_server::people::settings::Length;
use roost_shared::{RoomId, policy::Role, room::RoomKind};
use roost_tests::{desk::Desk, door::Heard, house::House, ids, world::World};
use serde_json::{Value, json};

const HOUR_MS: i64 = 60 * 60 * 1_000;

async fn settings(desk: &Desk) -> Value {
    desk.ask(Method::GET, "/api/settings", None).await.with(200)
}

async fn quiet(desk: &Desk, body: Value) -> Heard {
    desk.ask(Method::POST, "/api/settings/quiet", Some(&body)).await
}

async fn receipts(desk: &Desk, body: Value) -> Heard {
    desk.ask(Method::POST, "/api/settings/receipts", Some(&body)).await
}

async fn mute(desk: &Desk, room: RoomId, body: Value) -> Heard {
    desk.ask(Method::POST, &format!("/api/rooms/{room}/mute"), Some(&body)).await
}

/// Quiet hours of whole hours.
fn hours(on: bool, from: i64, to: i64) -> Value {
    json!({ "on": on, "from": from * 60, "to": to * 60 })
}

#[tokio::test]
async fn sams_quiet_hours_are_the_same_on_all_his_phones_and_nobody_elses() {
    let world = World::new().await;
    let (phone, tablet) = (Desk::of(&world, "sam").await, Desk::of(&world, "sam").await);
    let before = settings(&phone).await;
    let usual = json!({ "on": true, "from": 21 * 60, "to": 7 * 60 + 30 });
    assert_eq!(before, json!({ "quiet": usual, "usual": usual, "receipts": true, "mutes": [] }));

    let hidden = receipts(&tablet, json!({ "on": false })).await.with(200);
    assert_eq!((&hidden["receipts"], &hidden["quiet"]), (&json!(false), &usual), "one thing set");
    let early = hours(true, 19, 6);
    assert_eq!(quiet(&phone, early.clone()).await.with(200)["quiet"], early);
    assert_eq!(settings(&tablet).await["receipts"], false, "and it stays");
    assert_eq!(settings(&tablet).await["quiet"], early);
    let off = hours(false, 19, 6);
    quiet(&tablet, off.clone()).await.with(200);
    let after = settings(&phone).await;
    assert_eq!((&after["quiet"], &after["usual"]), (&off, &usual));
    for other in ["amara", "jo", "priya"] {
        assert_eq!(settings(&Desk::of(&world, other).await).await, before, "{other}");
    }
}

#[tokio::test]
async fn kits_nights_and_school_days_stay_quiet() {
    let world = World::new().await;
    let kit = Desk::of(&world, "kit").await;
    let before = settings(&kit).await;
    assert_eq!(before["quiet"], hours(true, 20, 8));
    assert_eq!(before["school"], json!({ "from": 8 * 60, "to": 15 * 60 + 30 }));
    for shorter in [hours(true, 21, 8), hours(true, 20, 7), hours(false, 20, 8)] {
        assert_eq!(quiet(&kit, shorter.clone()).await.code(), "quiet_too_short", "{shorter}");
    }
    assert_eq!(settings(&kit).await, before);
    let longer = hours(true, 19, 10);
    let set = quiet(&kit, longer.clone()).await.with(200);
    assert_eq!((&set["quiet"], &set["school"]), (&longer, &before["school"]));
}

#[tokio::test]
async fn a_room_that_sam_mutes_is_muted_for_him_alone_and_while_he_is_in_it() {
    let world = World::new().await;
    let (phone, tablet) = (Desk::of(&world, "sam").await, Desk::of(&world, "sam").await);
    let amara = Desk::of(&world, "amara").await;
    let circle = world.room("sam", RoomKind::Circle).await;
    let line = world.room("sam", RoomKind::HubLine).await;
    mute(&phone, circle, json!({ "length": "always" })).await.with(200);
    let both = mute(&phone, line, json!({ "length": "week" })).await.with(200);
    assert_eq!(settings(&tablet).await, both);
    let until = |told: &Value, room: RoomId| {
        let mutes = told["mutes"].as_array().unwrap().clone();
        let one = mutes.into_iter().find(|one| one["room"] == room.to_string());
        one.map(|one| one["until"].as_i64())
    };
    assert_eq!(until(&both, circle), Some(None));
    let week = world.app().clock.now() + 7 * 24 * HOUR_MS;
    let told = until(&both, line).unwrap().unwrap();
    assert!((week - 60_000..=week).contains(&told), "{told} is no week from now");
    assert_eq!(settings(&amara).await["mutes"], json!([]));

    let one = mute(&tablet, line, json!({ "length": "off" })).await.with(200);
    assert_eq!((until(&one, line), until(&one, circle)), (None, Some(None)));
    assert_eq!(mute(&tablet, line, json!({ "length": "off" })).await.with(200), one, "as it is");
    let homes = amara.ask(Method::GET, "/api/me", None).await.with(200)["homes"].clone();
    let brennans = homes.as_array().unwrap().iter().find(|home| home["name"] == "The Brennans");
    let brennans = brennans.unwrap()["home"].as_str().unwrap().parse().unwrap();
    mute(&phone, line, json!({ "length": "always" })).await.with(200);
    let (by, sam) = (roost_server::people::By::Operator, world.person("sam"));
    world.app().people.move_home(by, world.cast.wren, sam, brennans).await.unwrap();
    let moved = settings(&phone).await;
    assert_eq!((until(&moved, line), until(&moved, circle)), (None, Some(None)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mute_ends_by_itself() {
    for house in House::on_each_database(None).await {
        let (people, clock) = (&house.people, &house.clock);
        let link = people.enrol(house.satellites[0]).await.unwrap();
        let phone = people.accept(&link, ids::device(), "Sam's phone").await.unwrap();
        let me = people.authenticate(&phone.access).await.unwrap();
        assert_eq!(me.home().role, Role::Satellite);
        let table = [(Length::Hour, 1), (Length::EightHours, 8), (Length::Week, 7 * 24)];
        for (length, hours) in table {
            let who = house.who(0);
            let set = people.mute(&me, who, house.circle, length).await.unwrap();
            assert_eq!(set.mutes[0].until, Some(clock.now() + hours * HOUR_MS));
            clock.turn(hours * HOUR_MS - 1);
            assert_eq!(people.settings(&me).await.unwrap().mutes.len(), 1, "{length:?}");
            clock.turn(1);
            assert_eq!(people.settings(&me).await.unwrap().mutes.len(), 0, "{length:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_setting_is_refused_by_name() {
    let world = World::new().await;
    let sam = Desk::of(&world, "sam").await;
    let circle = world.room("sam", RoomKind::Circle).await;
    let before = settings(&sam).await;
    let table = [
        (json!({ "on": true, "from": 1_440, "to": 60 }), "body_invalid"),
        (json!({ "on": true, "from": 60, "to": 60 }), "body_invalid"),
        (json!({ "on": true, "from": -1, "to": 60 }), "frame_malformed"),
        (json!({ "on": true, "from": 60.5, "to": 61 }), "frame_malformed"),
        (json!({ "on": true, "from": 70_000, "to": 61 }), "frame_malformed"),
        (json!({ "on": 1, "from": 60, "to": 61 }), "frame_malformed"),
        (json!({ "on": true, "from": 60 }), "frame_malformed"),
        (json!({ "on": true, "from": 60, "to": 61, "person": "jo" }), "frame_malformed"),
        (json!([true, 60, 61]), "frame_malformed"),
        (json!(null), "frame_malformed"),
    ];
    for (body, code) in table {
        assert_eq!(quiet(&sam, body.clone()).await.code(), code, "{body}");
    }
    for body in [json!({}), json!({ "on": 1 }), json!(false), json!({ "on": true, "person": "jo" })]
    {
        assert_eq!(receipts(&sam, body.clone()).await.code(), "frame_malformed", "{body}");
    }
    for body in [json!(["hour"]), json!({}), json!({ "length": "year" }), json!({ "length": 1 })] {
        assert_eq!(mute(&sam, circle, body.clone()).await.code(), "frame_malformed", "{body}");
    }
    assert_eq!(settings(&sam).await, before);

    // A room that is somebody else's is as one that is not there.
    let brennans = world.room("amara", RoomKind::HubLine).await;
    let hour = json!({ "length": "hour" });
    let missing = mute(&sam, ids::room(), hour.clone()).await;
    assert_eq!(missing.code(), "not_found");
    assert_eq!(mute(&sam, brennans, hour).await, missing);
}
