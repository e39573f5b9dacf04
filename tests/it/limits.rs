//! T23, T17: one who floods harms nobody else: frames, connections, guesses and requests have
//! limits, each told as `too_many`, and nobody else notices.

use reqwest::{Method, StatusCode};
use roost_shared::{EntryId, RoomId, frame::ServerFrame, room::RoomKind};
use roost_tests::{
    ample,
    door::Heard,
    gate, ids, wait,
    wire::{self, Wire},
    world::{World, room_of},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// Those who only want to talk.
const HONEST: usize = 99;
const NAMES: [&str; 4] = ["amara", "jo", "max", "priya"];
const MESSAGES: usize = 2;
/// What nobody notices on a machine that does other things too.
const FLOOR: Duration = Duration::from_millis(500);
const GUESSES: usize = 10_000;
/// How many of them go out in one breath.
const BATCH: usize = 100;

#[tokio::test]
async fn one_phone_of_a_hundred_floods_and_the_others_do_not_notice() {
    let _timed = gate::timed().await;
    let world = World::with(|config| {
        ample::shipped(config);
        // Four people hold a hundred phones here.
        config.limits.sockets_a_person = HONEST;
    })
    .await;
    let (flood, welcome) = world.wire("sam").await;
    let circle = room_of(&welcome, RoomKind::Circle);
    let mut phones = Vec::new();
    for name in NAMES {
        phones.push(world.sign_in(name).await);
    }
    let mut others = Vec::new();
    for n in 0..HONEST {
        let access = &phones[n % phones.len()].access;
        let (wire, _) = Wire::enter(world.door.address, access).await.expect("welcome");
        others.push((wire, BTreeSet::new()));
    }
    let mut said = BTreeSet::new();
    let alone = talk(&mut others, circle, &mut said).await;
    let flooding = tokio::spawn(flood_the(circle, flood));
    let beside = talk(&mut others, circle, &mut said).await;
    let (refused, code) = flooding.await.unwrap();
    assert_eq!(code, 4429);
    assert!(refused >= 9, "{refused} of the flood were refused by name");
    assert!(beside < (alone * 2).max(FLOOR), "{beside:?} beside a flood, {alone:?} without");
    for (mut other, mut heard) in others {
        while !said.is_subset(&heard) {
            let page = other.until(|frame| note(&frame, &mut heard)).await;
            assert_eq!(page, circle);
        }
        let noise = heard.len() - said.len();
        assert!((15..=40).contains(&noise), "{noise} of the flood were taken");
    }
}

/// How many drafts were refused by name, and with which code it was closed.
async fn flood_the(circle: RoomId, mut flood: Wire) -> (usize, u16) {
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
}

/// Everybody says something, one after the other: how long all but one in a hundred waited at most.
async fn talk(
    others: &mut [(Wire, BTreeSet<EntryId>)],
    circle: RoomId,
    said: &mut BTreeSet<EntryId>,
) -> Duration {
    let mut waits = Vec::new();
    for _ in 0..MESSAGES {
        for (other, heard) in others.iter_mut() {
            let (id, began) = (ids::entry(), Instant::now());
            other.post(circle, id, "good morning").await.unwrap();
            let acked = |frame| {
                note(&frame, heard);
                matches!(frame, ServerFrame::Ack { id: of, .. } if of == id).then_some(())
            };
            other.until(acked).await;
            waits.push(began.elapsed());
            said.insert(id);
        }
    }
    gate::p99(waits)
}

#[tokio::test]
async fn what_is_too_large_ends_its_connection_and_no_other() {
    let world = World::new().await;
    let ((mut sam, welcome), (mut amara, _)) = (world.wire("sam").await, world.wire("amara").await);
    let circle = room_of(&welcome, RoomKind::Circle);
    let _ = sam.post(circle, ids::entry(), &"x".repeat(70_000)).await;
    let bye = |frame| match frame {
        ServerFrame::Bye { told, .. } => Some(told.code),
        _ => None,
    };
    assert_eq!(sam.until(bye).await, "frame_too_large");
    assert_eq!(sam.closed().await, 1009);
    amara.post(circle, ids::entry(), "still here").await.unwrap();
    amara.until(|frame| matches!(frame, ServerFrame::Ack { .. }).then_some(())).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_guesses_find_nothing_and_tell_nothing() {
    let world = World::with(|config| {
        ample::shipped(config);
        config.server.proxies = 1;
    })
    .await;
    let right = world.app().people.enrol(world.person("max")).await.unwrap();
    let look = async |from: &str, tokens: &[String]| -> Vec<Heard> {
        let bodies: Vec<Value> = tokens.iter().map(|token| json!({ "token": token })).collect();
        world.door.post_all("/api/enrolments/look", from, &bodies).await.unwrap()
    };
    let guesser = "192.0.2.1";
    let (mut answered, mut refused) = (0, 0);
    for batch in 0..GUESSES / BATCH {
        let guesses: Vec<String> = (0..BATCH).map(|n| format!("guess {batch} {n}")).collect();
        for heard in look(guesser, &guesses).await {
            match heard.status {
                StatusCode::NOT_FOUND => answered += 1,
                StatusCode::TOO_MANY_REQUESTS => refused += 1,
                other => panic!("a guess heard {other}"),
            }
        }
    }
    // The burst, and a minute's worth for each minute that this took.
    assert!((60..200).contains(&answered), "{answered} of {GUESSES} guesses were told apart");
    assert_eq!(answered + refused, GUESSES);
    let pair = ["made up".to_owned(), right.clone()];
    wait::until_some("it is too much again", wire::PATIENCE, || async {
        let heard = look(guesser, &pair).await;
        assert_eq!(heard[1].status, StatusCode::OK, "who has a link has it, from there too");
        (heard[0].status == StatusCode::TOO_MANY_REQUESTS).then_some(())
    })
    .await;
    let guess = ["made up".to_owned()];
    assert_eq!(look("192.0.2.2", &guess).await[0].status, StatusCode::NOT_FOUND, "from elsewhere");
    let forged = look("192.0.2.2, 192.0.2.1", &guess).await;
    let told = "what a caller says of itself";
    assert_eq!(forged[0].status, StatusCode::TOO_MANY_REQUESTS, "{told}");
    // A right link is used as often as a link may be, and no more.
    let right = vec![right; 100];
    let uses = look("192.0.2.3", &right).await;
    assert_eq!(uses.last().unwrap().status, StatusCode::TOO_MANY_REQUESTS, "one link");
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
