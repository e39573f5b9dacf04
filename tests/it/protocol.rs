//! What PROTOCOL.md promises to somebody who writes a client: codes, closes, and that a draft
//! counts once however often it is sent. Nothing a phone says harms anybody but itself.

use roost_shared::{
    Seq,
    frame::{ClientFrame, ServerFrame},
    room::RoomKind,
};
use roost_tests::{
    ids,
    wire::{Heard, Wire, draft},
    world::{World, room_of},
};
use serde_json::json;

/// The last words before a close, and its code.
async fn ending(wire: &mut Wire) -> (String, u16) {
    let mut word = String::new();
    loop {
        match wire.hear().await {
            Heard::Frame(frame, _) => match *frame {
                ServerFrame::Bye { told, .. } => word = told.code,
                _ => continue,
            },
            Heard::Closed(code) => return (word, code),
        }
    }
}

/// The code of the next refusal.
async fn refusal(wire: &mut Wire) -> String {
    wire.until(|frame| match frame {
        ServerFrame::Refused { told, .. } => Some(told.code),
        _ => None,
    })
    .await
}

async fn ack(wire: &mut Wire) -> Seq {
    wire.until(|frame| match frame {
        ServerFrame::Ack { seq, .. } => Some(seq),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn whoever_does_not_say_hello_properly_is_sent_away() {
    let world = World::with(|config| config.live.hello_ms = 300).await;
    let access = world.sign_in("sam").await.access;
    let hello = |v: u16, token: &str| json!({ "t": "hello", "v": v, "token": token }).to_string();
    let table = [
        (hello(1, "made up"), "sign_in_again", 4401),
        (hello(2, &access), "version_unknown", 4400),
        (json!({ "t": "beat", "digest": "811c9dc5" }).to_string(), "hello_expected", 4400),
        (json!({ "t": "hello", "v": 1 }).to_string(), "frame_malformed", 4400),
        ("good morning".to_owned(), "frame_malformed", 4400),
        (json!({ "t": "unheard_of" }).to_string(), "frame_unknown", 4400),
        ("x".repeat(70_000), "frame_too_large", 1009),
    ];
    for (text, word, code) in table {
        let mut wire = Wire::dial(world.door.address).await.unwrap();
        let shown: String = text.chars().take(60).collect();
        wire.say_text(text).await.unwrap();
        assert_eq!(ending(&mut wire).await, (word.to_owned(), code), "{shown}");
    }
    let mut mute = Wire::dial(world.door.address).await.unwrap();
    assert_eq!(ending(&mut mute).await, ("hello_late".to_owned(), 4408));
    let mut bytes = Wire::dial(world.door.address).await.unwrap();
    bytes.say_bytes(b"\x00\x01").await.unwrap();
    assert_eq!(ending(&mut bytes).await.1, 4400);
}

#[tokio::test]
async fn nonsense_after_hello_is_refused_and_the_connection_lives_on() {
    let world = World::new().await;
    let (mut sam, welcome) = world.wire("sam").await;
    let circle = room_of(&welcome, RoomKind::Circle);
    let nested = "[".repeat(20_000) + &"]".repeat(20_000);
    let extra = json!({ "t": "append", "room": circle.to_string(), "kind": "message",
        "id": ids::entry().to_string(), "body": { "text": "hello" }, "author": "jo", "seq": 1 });
    let table = [
        ("good morning".to_owned(), "frame_malformed"),
        (nested, "frame_malformed"),
        (json!({ "t": "unheard_of" }).to_string(), "frame_unknown"),
        (extra.to_string(), "frame_malformed"),
        (json!({ "t": "range", "room": circle.to_string() }).to_string(), "frame_malformed"),
        ("{\"t\":\"beat\",\"digest\":\"\\ud800\"}".to_owned(), "frame_malformed"),
    ];
    for (text, code) in table {
        let shown: String = text.chars().take(60).collect();
        sam.say_text(text).await.unwrap();
        assert_eq!(refusal(&mut sam).await, code, "{shown}");
    }
    let bodies = [
        (json!({ "text": "" }), "text_empty"),
        (json!({ "text": "x".repeat(4_001) }), "text_too_long"),
        (json!({ "text": "a\u{0}b" }), "text_unprintable"),
        (json!({ "text": "hello", "author": "jo" }), "body_invalid"),
        (json!({ "words": "hello" }), "body_invalid"),
        (json!([]), "body_invalid"),
    ];
    for (body, code) in bodies {
        // Beside each bad draft a good one: it goes through.
        let bad = ClientFrame::Append {
            room: circle,
            id: ids::entry(),
            kind: "message".to_owned(),
            target: None,
            body: body.clone(),
        };
        sam.say(&bad).await.unwrap();
        sam.post(circle, ids::entry(), "and yet").await.unwrap();
        assert_eq!(refusal(&mut sam).await, code, "{body}");
        ack(&mut sam).await;
    }
    for _ in 0..10 {
        sam.say_text("good morning".to_owned()).await.unwrap();
    }
    assert_eq!(ending(&mut sam).await, ("frame_malformed".to_owned(), 4400));
}

#[tokio::test]
async fn a_second_hello_or_bytes_end_the_connection() {
    let world = World::new().await;
    let access = world.sign_in("sam").await.access;
    let (mut twice, _) = Wire::enter(world.door.address, &access).await.unwrap();
    twice.hello(&access, None, Default::default()).await.unwrap();
    assert_eq!(ending(&mut twice).await, ("hello_twice".to_owned(), 4400));
    let (mut bytes, _) = Wire::enter(world.door.address, &access).await.unwrap();
    bytes.say_bytes(b"good morning").await.unwrap();
    assert_eq!(ending(&mut bytes).await.1, 4400);
}

#[tokio::test]
async fn a_silent_phone_is_let_go() {
    let world = World::with(|config| config.live.beat_ms = 100).await;
    let (mut sam, _) = world.wire("sam").await;
    sam.alive = false;
    assert_eq!(ending(&mut sam).await, ("silent".to_owned(), 4408));
}

#[tokio::test]
async fn a_draft_counts_once_however_often_it_is_sent() {
    let world = World::new().await;
    let access = world.sign_in("sam").await.access;
    let mut wires = Vec::new();
    for _ in 0..10 {
        wires.push(Wire::enter(world.door.address, &access).await.unwrap());
    }
    let circle = room_of(&wires[0].1, RoomKind::Circle);
    let begin = wires[0].1.rooms.iter().find(|listed| listed.room == circle).unwrap().head;
    for round in 1..=20 {
        let id = ids::entry();
        for (wire, _) in &mut wires {
            wire.post(circle, id, "again and again").await.unwrap();
            wire.post(circle, id, "again and again").await.unwrap();
        }
        for (wire, _) in &mut wires {
            assert_eq!(ack(wire).await, Seq(begin.0 + round));
            assert_eq!(ack(wire).await, Seq(begin.0 + round));
        }
        let (wire, _) = &mut wires[0];
        wire.post(circle, id, "something else").await.unwrap();
        assert_eq!(refusal(wire).await, "id_reused");
        let line = room_of(&wires[1].1, RoomKind::HubLine);
        let (wire, _) = &mut wires[1];
        wire.say(&draft(line, id, "again and again")).await.unwrap();
        assert_eq!(refusal(wire).await, "id_reused");
    }
}
