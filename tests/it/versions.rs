//! What was said before an edit can be looked up by those who may read it and nobody else, and is
//! gone with a removal.

use reqwest::Method;
use roost_server::people::{By, register::NewPerson};
use roost_shared::{EntryId, RoomId, kind::REVISIONS_MAX, policy::Role, room::RoomKind};
use roost_tests::{
    desk::Desk,
    door::Heard,
    ids,
    world::{World, room_of},
};
use serde_json::{Value, json};

/// Appends something; the answer.
async fn say(desk: &Desk, room: RoomId, draft: Value) -> Heard {
    desk.ask(Method::POST, &format!("/api/rooms/{room}/entries"), Some(&draft)).await
}

async fn message(desk: &Desk, room: RoomId, text: &str) -> (EntryId, i64) {
    let id = ids::entry();
    let draft = json!({ "id": id, "kind": "message", "body": { "text": text } });
    (id, say(desk, room, draft).await.with(201)["at"].as_i64().unwrap())
}

/// Does something to a message.
async fn act(desk: &Desk, room: RoomId, target: EntryId, kind: &str, body: Value) -> Heard {
    let draft = json!({ "id": ids::entry(), "kind": kind, "target": target, "body": body });
    say(desk, room, draft).await
}

async fn versions(desk: &Desk, room: RoomId, entry: impl ToString) -> Heard {
    let path = format!("/api/rooms/{room}/entries/{}/versions", entry.to_string());
    desk.ask(Method::GET, &path, None).await
}

/// What was said, and since when.
fn told(heard: &Heard) -> Vec<(String, i64)> {
    let heard = heard.with(200);
    let versions = heard["versions"].as_array().unwrap().iter();
    let read = |one: &Value| {
        (one["body"]["text"].as_str().unwrap().to_owned(), one["at"].as_i64().unwrap())
    };
    versions.map(read).collect()
}

#[tokio::test]
async fn earlier_words_stand_in_their_order_each_with_when_it_began() {
    let world = World::new().await;
    let circle = world.room("sam", RoomKind::Circle).await;
    let (sam, amara) = (Desk::of(&world, "sam").await, Desk::of(&world, "amara").await);
    let (id, said_at) = message(&sam, circle, "Tea at four").await;
    assert_eq!(told(&versions(&amara, circle, id).await), [], "nothing was said before");
    let five = act(&sam, circle, id, "edit", json!({ "text": "Tea at five" })).await;
    let five_at = five.with(201)["at"].as_i64().unwrap();
    act(&sam, circle, id, "edit", json!({ "text": "Tea at six" })).await.with(201);
    let expected = [("Tea at four".to_owned(), said_at), ("Tea at five".to_owned(), five_at)];
    for desk in [&amara, &sam] {
        assert_eq!(told(&versions(desk, circle, id).await), expected);
    }
}

#[tokio::test]
async fn what_may_not_be_read_was_never_said() {
    let world = World::new().await;
    let (circle, line) =
        (world.room("sam", RoomKind::Circle).await, world.room("sam", RoomKind::HubLine).await);
    let mut desks = Vec::new();
    for name in ["sam", "jo", "amara", "priya", "noor"] {
        desks.push(Desk::of(&world, name).await);
    }
    let [sam, jo, amara, priya, noor] = &desks[..] else { panic!("five desks") };
    let (id, _) = message(sam, circle, "The key is under the pot").await;
    act(sam, circle, id, "edit", json!({ "text": "Ask me for the key" })).await;
    let elsewhere = versions(noor, circle, id).await;
    assert_eq!(elsewhere, versions(noor, ids::room(), ids::entry()).await, "of no room of hers");
    let missing = versions(amara, circle, ids::entry()).await;
    assert_eq!(missing.code(), "not_found");
    assert_eq!(versions(sam, line, id).await, missing, "of another room");
    assert_eq!(versions(sam, circle, "x").await, missing);

    assert_eq!(told(&versions(amara, circle, id).await).len(), 1);
    act(sam, circle, id, "redact", json!({})).await.with(201);
    for desk in [amara, jo, priya, sam] {
        assert_eq!(versions(desk, circle, id).await, missing, "it was removed");
    }
}

#[tokio::test]
async fn whoever_comes_later_does_not_look_behind_their_beginning() {
    let world = World::new().await;
    let line = world.room("sam", RoomKind::HubLine).await;
    let (sam, priya) = (Desk::of(&world, "sam").await, Desk::of(&world, "priya").await);
    let (id, _) = message(&sam, line, "Kit is upset about Tia").await;
    act(&sam, line, id, "edit", json!({ "text": "Kit had a bad day" })).await.with(201);
    let new = NewPerson {
        constellation: world.cast.wren,
        home: priya.home("The Okafors").await.as_str().unwrap().parse().ok(),
        role: Role::Satellite,
        name: "Ike",
    };
    let ike = world.app().people.add_person(new).await.unwrap();
    let link = world.app().people.enrol(ike).await.unwrap();
    let ike = Desk::with(&world, &world.door.accept(&link).await);
    let (own, _) = message(&ike, line, "Helo, I am Ike").await;
    act(&ike, line, own, "edit", json!({ "text": "Hello, I am Ike" })).await.with(201);
    assert_eq!(told(&versions(&ike, line, own).await).len(), 1);
    assert_eq!(versions(&ike, line, id).await, versions(&ike, line, ids::entry()).await);
    assert_eq!(told(&versions(&sam, line, id).await).len(), 1);
}

#[tokio::test]
async fn the_young_people_look_up_what_was_said_in_their_room() {
    let world = World::new().await;
    world.app().people.open_peers(By::Operator, world.cast.wren, true).await.unwrap();
    let (kit, priya) = (Desk::of(&world, "kit").await, Desk::of(&world, "priya").await);
    let room = room_of(&world.wire("kit").await.1, RoomKind::Peers);
    let (id, _) = message(&priya, room, "I red along").await;
    act(&priya, room, id, "edit", json!({ "text": "I read along" })).await;
    let told: Vec<String> =
        told(&versions(&kit, room, id).await).into_iter().map(|(text, _)| text).collect();
    assert_eq!(told, ["I red along"], "at any hour, as they read");
}

#[tokio::test]
async fn nobody_edits_so_often_that_a_wording_is_told_no_more() {
    let world = World::new().await;
    let circle = world.room("sam", RoomKind::Circle).await;
    let sam = Desk::of(&world, "sam").await;
    let (id, _) = message(&sam, circle, "wording 0").await;
    for count in 1..=REVISIONS_MAX {
        let body = json!({ "text": format!("wording {count}") });
        act(&sam, circle, id, "edit", body).await.with(201);
    }
    let once_more = act(&sam, circle, id, "edit", json!({ "text": "and again" })).await;
    assert_eq!(once_more.code(), "too_late");
    let texts: Vec<String> =
        told(&versions(&sam, circle, id).await).into_iter().map(|(text, _)| text).collect();
    let expected: Vec<String> = (0..REVISIONS_MAX).map(|n| format!("wording {n}")).collect();
    assert_eq!(texts, expected);
}
