//! Who is removed hears no more: within a second, on every open connection, and at every door.

use reqwest::{Method, StatusCode};
use roost_shared::{frame::ServerFrame, room::RoomKind};
use roost_tests::{
    door::SignIn,
    gate, ids, wait,
    wire::{Heard, Wire},
    world::{World, room_of},
};
use std::time::{Duration, Instant};

const AT_ONCE: Duration = Duration::from_secs(1);

async fn enter(world: &World, sign_in: &SignIn) -> (Wire, roost_shared::frame::Welcome) {
    Wire::enter(world.door.address, &sign_in.access).await.unwrap()
}

/// Posts as Jo until told to stop, so that there is always something that must not arrive.
async fn chatter(world: &World) -> tokio::task::JoinHandle<()> {
    let (mut jo, welcome) = world.wire("jo").await;
    let circle = room_of(&welcome, RoomKind::Circle);
    tokio::spawn(async move {
        for count in 0..10_000 {
            if jo.post(circle, ids::entry(), &format!("message {count}")).await.is_err() {
                return;
            }
            jo.until(|frame| matches!(frame, ServerFrame::Ack { .. }).then_some(())).await;
        }
    })
}

/// Listens until the connection is closed: the close code, the last word, and how long that took.
async fn cut(wire: &mut Wire) -> (u16, String, Duration) {
    let (began, mut last) = (Instant::now(), String::new());
    loop {
        match wait::within("the connection is cut", AT_ONCE, wire.listen()).await {
            Heard::Frame(frame, _) => {
                if let ServerFrame::Bye { told, .. } = *frame {
                    last = told.code;
                }
            }
            Heard::Closed(code) => return (code, last, began.elapsed()),
        }
    }
}

#[tokio::test]
async fn a_phone_that_is_signed_out_is_cut_at_once_and_the_other_is_not() {
    let _timed = gate::timed().await;
    let world = World::new().await;
    let (lost, kept) = (world.sign_in("sam").await, world.sign_in("sam").await);
    let ((mut lost_wire, _), (mut kept_wire, _)) =
        (enter(&world, &lost).await, enter(&world, &kept).await);
    let chatter = chatter(&world).await;
    // Signed out by another connection of the same phone: the page's own button.
    let end = "/api/session/end";
    let heard = world.door.ask(Method::POST, end, Some(&lost.access), None).await.unwrap();
    assert_eq!(heard.status, StatusCode::NO_CONTENT);
    let (code, word, took) = cut(&mut lost_wire).await;
    assert_eq!((code, word.as_str()), (4401, "device_ended"), "after {took:?}");

    for path in ["/api/me", end] {
        let method = if path == end { Method::POST } else { Method::GET };
        let heard = world.door.ask(method, path, Some(&lost.access), None).await.unwrap();
        assert_eq!(heard.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let body = serde_json::json!({ "refresh": lost.refresh });
    let refresh = "/api/session/refresh";
    let heard = world.door.ask(Method::POST, refresh, None, Some(&body)).await.unwrap();
    assert_eq!(heard.status, StatusCode::UNAUTHORIZED);
    assert!(Wire::enter(world.door.address, &lost.access).await.is_none());

    kept_wire.until(|frame| matches!(frame, ServerFrame::Page(_)).then_some(())).await;
    chatter.abort();
}

#[tokio::test]
async fn a_person_who_is_ended_is_cut_everywhere_at_once() {
    let _timed = gate::timed().await;
    let world = World::new().await;
    let (one, two) = (world.sign_in("sam").await, world.sign_in("sam").await);
    let ((mut first, welcome), (mut second, _)) =
        (enter(&world, &one).await, enter(&world, &two).await);
    let circle = room_of(&welcome, RoomKind::Circle);
    let chatter = chatter(&world).await;
    world.app().people.end_person(world.person("sam")).await.unwrap();
    for wire in [&mut first, &mut second] {
        let (code, _, took) = cut(wire).await;
        assert_eq!(code, 4401, "after {took:?}");
    }
    let path = format!("/api/rooms/{circle}/entries?after=0");
    for sign_in in [&one, &two] {
        let access = Some(sign_in.access.as_str());
        let heard = world.door.ask(Method::GET, &path, access, None).await.unwrap();
        assert_eq!(heard.status, StatusCode::UNAUTHORIZED);
    }
    // What they wrote stays, and the others see them as having left.
    let (mut jo, welcome) = world.wire("jo").await;
    let sam = welcome.people.iter().find(|card| card.person == world.person("sam")).unwrap();
    assert!(sam.left);
    jo.until(|frame| matches!(frame, ServerFrame::Page(_)).then_some(())).await;
    chatter.abort();
}

#[tokio::test]
async fn the_command_line_beside_the_server_cuts_too() {
    let _timed = gate::timed().await;
    let world = World::new().await;
    let sign_in = world.sign_in("amara").await;
    let (mut wire, _) = enter(&world, &sign_in).await;
    let chatter = chatter(&world).await;
    // Another process, as `roost admin` is one: it knows nothing of the sockets here.
    let beside = roost_server::App::beside(world.app().config.clone()).await.unwrap();
    beside.people.end_person(world.person("amara")).await.unwrap();
    let began = Instant::now();
    let code = wait::within("cut from beside", Duration::from_secs(5), wire.closed()).await;
    assert_eq!(code, 4401, "after {:?}", began.elapsed());
    beside.close().await;
    chatter.abort();
}
