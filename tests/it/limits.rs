//! One who floods harms nobody else: frames, connections, guesses and requests have limits, each
//! told as `too_many`, and nobody else notices.

use reqwest::{Client, Method, StatusCode};
use roost_shared::{EntryId, RoomId, frame::ServerFrame, room::RoomKind};
use roost_tests::{
    ample,
    door::Heard,
    gate, ids, wait,
    wire::{self, Wire},
    world::{World, room_of},
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// Who floods, and who only wants to talk: twenty phones.
const HONEST: [&str; 19] = [
    "amara", "amara", "amara", "amara", "amara", "jo", "jo", "jo", "jo", "jo", "max", "max", "max",
    "max", "max", "priya", "priya", "priya", "priya",
];
const MESSAGES: usize = 5;
const GUESSES: usize = 10_000;

#[tokio::test]
async fn one_phone_of_twenty_floods_and_the_others_do_not_notice() {
    let _timed = gate::timed().await;
    let world = World::with(ample::shipped).await;
    let (mut flood, welcome) = world.wire("sam").await;
    let circle = room_of(&welcome, RoomKind::Circle);
    let mut others = Vec::new();
    for name in HONEST {
        others.push((world.wire(name).await.0, BTreeSet::new()));
    }
    let flooding = tokio::spawn(async move {
        let mut refused = 0;
        // It never listens before it speaks, so it may be closed in the middle of a word.
        for _ in 0..1_000 {
            let draft = wire::draft(circle, ids::entry(), "noise");
            if flood.say(&draft).await.is_err() {
                break;
            }
        }
        loop {
            match flood.hear().await {
                wire::Heard::Frame(frame, _) => match *frame {
                    ServerFrame::Refused { told, id, room } => {
                        assert_eq!((told.code.as_str(), room), ("too_many", Some(circle)));
                        assert!(id.is_some(), "a phone knows which draft it was");
                        refused += 1;
                    }
                    ServerFrame::Bye { told, .. } => assert_eq!(told.code, "too_many"),
                    _ => {}
                },
                wire::Heard::Closed(code) => return (refused, code),
            }
        }
    });
    let (mut said, mut slowest) = (BTreeSet::new(), Duration::ZERO);
    for _ in 0..MESSAGES {
        for (other, heard) in &mut others {
            let (id, began) = (ids::entry(), Instant::now());
            other.post(circle, id, "good morning").await.unwrap();
            let acked = |frame| {
                note(&frame, heard);
                matches!(frame, ServerFrame::Ack { id: of, .. } if of == id).then_some(())
            };
            other.until(acked).await;
            slowest = slowest.max(began.elapsed());
            said.insert(id);
        }
    }
    let (refused, code) = flooding.await.unwrap();
    assert_eq!(code, 4429);
    assert!(refused >= 9, "{refused} of the flood were refused by name");
    assert!(slowest < Duration::from_secs(1), "somebody else waited {slowest:?}");
    for (mut other, mut heard) in others {
        while !said.is_subset(&heard) {
            let page = other.until(|frame| note(&frame, &mut heard)).await;
            assert_eq!(page, circle);
        }
        let noise = heard.len() - said.len();
        assert!((15..=40).contains(&noise), "{noise} of the flood were taken");
    }
}

/// Keeps what a page holds, and says of which room it is.
fn note(frame: &ServerFrame, heard: &mut BTreeSet<EntryId>) -> Option<RoomId> {
    let ServerFrame::Page(page) = frame else { return None };
    heard.extend(page.entries.iter().filter(|entry| entry.kind == "message").map(|entry| entry.id));
    Some(page.room)
}

#[tokio::test]
async fn a_person_has_ten_connections_and_the_eleventh_is_turned_away() {
    let world = World::with(ample::shipped).await;
    let sam = world.sign_in("sam").await;
    let mut wires = Vec::new();
    for _ in 0..10 {
        wires.push(Wire::enter(world.door.address, &sam.access).await.expect("one of ten").0);
    }
    let mut late = Wire::dial(world.door.address).await.unwrap();
    late.hello(&sam.access, None, Default::default()).await.unwrap();
    let bye = |frame| match frame {
        ServerFrame::Bye { told, .. } => Some(told.code),
        _ => None,
    };
    assert_eq!(late.until(bye).await, "too_many");
    assert_eq!(late.closed().await, 4429);
    world.wire("kit").await;
    let circle = world.room("sam", RoomKind::Circle).await;
    for wire in &mut wires {
        wire.post(circle, ids::entry(), "still here").await.unwrap();
        wire.until(|frame| matches!(frame, ServerFrame::Ack { .. }).then_some(())).await;
    }
    drop(wires.pop());
    wait::until_some("there is room for one", wire::PATIENCE, || {
        Wire::enter(world.door.address, &sam.access)
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_guesses_find_nothing_and_tell_nothing() {
    let world = World::with(|config| {
        ample::shipped(config);
        config.server.proxies = 1;
    })
    .await;
    let right = world.app().people.enrol(world.person("max")).await.unwrap();
    let guesser = Guesser { client: Client::new(), url: world.door.base() };
    let (mut answered, mut refused) = (0, 0);
    for guess in 0..GUESSES {
        match guesser.look("192.0.2.1", &format!("guess {guess}")).await.status {
            StatusCode::NOT_FOUND => answered += 1,
            StatusCode::TOO_MANY_REQUESTS => refused += 1,
            other => panic!("a guess heard {other}"),
        }
    }
    // The burst, and a minute's worth for each minute that this took.
    assert!((60..200).contains(&answered), "{answered} of {GUESSES} guesses were looked at");
    assert_eq!(answered + refused, GUESSES);
    let lucky = wait::until_some("it is too much again", wire::PATIENCE, || async {
        let wrong = guesser.look("192.0.2.1", "made up").await;
        let lucky = guesser.look("192.0.2.1", &right).await;
        (lucky.status == StatusCode::TOO_MANY_REQUESTS).then_some((wrong, lucky))
    });
    let (wrong, lucky) = lucky.await;
    assert_eq!(wrong, lucky, "a right guess hears the same bytes as a wrong one");
    assert_eq!(guesser.look("192.0.2.2", &right).await.status, StatusCode::OK, "from elsewhere");
    let forged = guesser.look("192.0.2.2, 192.0.2.1", &right).await;
    assert_eq!(forged.status, StatusCode::TOO_MANY_REQUESTS, "what a caller says of itself");
}

/// Somebody behind our proxy.
struct Guesser {
    client: Client,
    url: String,
}

impl Guesser {
    async fn look(&self, from: &str, token: &str) -> Heard {
        let url = format!("{}/api/enrolments/look", self.url);
        let asked = self.client.post(url).header("x-forwarded-for", from);
        let answer = asked.json(&json!({ "token": token })).send().await.unwrap();
        let heard = Heard { status: answer.status(), text: answer.text().await.unwrap() };
        // Every request has an id of its own.
        let id = heard.json()["request"].as_str().unwrap_or("none").to_owned();
        Heard { text: heard.text.replace(&id, "?"), ..heard }
    }
}

#[tokio::test]
async fn a_person_who_asks_without_end_is_told_so_and_others_are_not() {
    let world = World::with(ample::shipped).await;
    let (sam, amara) = (world.sign_in("sam").await, world.sign_in("amara").await);
    let ask = |access: String| {
        let door = world.door.clone();
        async move { door.ask(Method::GET, "/api/me", Some(&access), None).await.unwrap() }
    };
    let mut passed = 0;
    let refused = loop {
        let heard = ask(sam.access.clone()).await;
        if heard.status != StatusCode::OK {
            break heard;
        }
        passed += 1;
        assert!(passed < 1_000, "nobody minds");
    };
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.json()["code"], "too_many");
    assert!(passed >= 60, "{passed}");
    assert_eq!(ask(amara.access.clone()).await.status, StatusCode::OK);
}
