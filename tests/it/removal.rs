//! T12, T13: who is removed hears no more: within a second, on every open connection, and at every
//! door; nothing that was said later, and not whoever has stolen their sign-in either.

use reqwest::{Method, StatusCode};
use roost_server::log::{Log, Who};
use roost_shared::{
    Draft, RoomId, Seq,
    frame::ServerFrame,
    policy::{Actor, Role},
    room::RoomKind,
};
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

/// Ten writers who wait for nobody but the disk: some 500 messages a second and more.
struct Flood {
    writers: Vec<tokio::task::JoinHandle<()>>,
    log: Log,
    who: Who,
    circle: RoomId,
}

impl Flood {
    fn start(world: &World, circle: RoomId) -> Flood {
        let actor = Actor::Person { person: world.person("jo"), role: Role::Hub };
        let who = Who { constellation: world.cast.wren, actor };
        let log = world.app().log.clone();
        let writer = |_| {
            let log = log.clone();
            tokio::spawn(async move { while log.append(who, circle, message()).await.is_ok() {} })
        };
        let writers = (0..10).map(writer).collect();
        Flood { writers, log, who, circle }
    }

    /// Where the room stands now.
    async fn head(&self) -> Seq {
        self.log.append(self.who, self.circle, message()).await.unwrap().seq
    }

    async fn reach(&self, seq: Seq) {
        while self.head().await < seq {}
    }

    fn stop(self) {
        self.writers.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

fn message() -> Draft {
    let (kind, body) = ("message".to_owned(), serde_json::json!({ "text": "good morning" }));
    Draft { id: ids::entry(), kind, target: None, body }
}

/// The last entry of the room that a phone got before it was cut, and when that was.
async fn last_heard(mut wire: Wire, circle: RoomId) -> (Seq, Instant) {
    let mut last = Seq::ZERO;
    loop {
        match wire.listen().await {
            Heard::Frame(frame, _) => match *frame {
                ServerFrame::Page(page) if page.room == circle => last = last.max(page.to),
                _ => {}
            },
            Heard::Closed(_) => return (last, Instant::now()),
        }
    }
}

/// Reads on over HTTP for as long as it may, from its first page on: the last entry it got.
async fn last_read(world: &World, sign_in: &SignIn, circle: RoomId, first: Seq) -> Seq {
    let mut last = first;
    while let Some(to) = read_after(world, sign_in, circle, last).await {
        last = last.max(to);
    }
    last
}

/// Where one page over HTTP ends, if there is one for this phone.
async fn read_after(world: &World, sign_in: &SignIn, circle: RoomId, after: Seq) -> Option<Seq> {
    let path = format!("/api/rooms/{circle}/entries?after={after}");
    let access = Some(sign_in.access.as_str());
    let heard = world.door.ask(Method::GET, &path, access, None).await.unwrap();
    match serde_json::from_str(&heard.text) {
        Ok(ServerFrame::Page(page)) => Some(page.to),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_500_messages_a_second_the_removed_hear_nothing_that_was_said_later() {
    let _alone = gate::alone().await;
    for by in ["their place", "their phone"] {
        let world = World::new().await;
        let sign_in = world.sign_in("sam").await;
        let (quick, welcome) = enter(&world, &sign_in).await;
        let circle = room_of(&welcome, RoomKind::Circle);
        // One that reads nothing until all is over has everything before it that was sent to it.
        let (slow, _) = enter(&world, &sign_in).await;
        let quick = tokio::spawn(last_heard(quick, circle));
        let (flood, began) = (Flood::start(&world, circle), Instant::now());
        let start = flood.head().await;
        flood.reach(Seq(start.0 + 1_000)).await;
        let rate = 1_000_000 / began.elapsed().as_millis();
        println!("{rate} messages a second");
        let first = read_after(&world, &sign_in, circle, start).await.unwrap();
        let removal = async {
            let people = &world.app().people;
            match by {
                "their place" => people.end_person(world.person("sam")).await.unwrap(),
                _ => people.end_device(sign_in.device).await.unwrap(),
            }
            (flood.head().await, Instant::now())
        };
        let (read, (after, ended)) =
            tokio::join!(last_read(&world, &sign_in, circle, first), removal);
        flood.reach(Seq(after.0 + 1_000)).await;
        flood.stop();
        let left = match by {
            "their place" => left_with(&world, circle).await,
            _ => after,
        };
        let (heard, cut) = wait::within("it is cut", AT_ONCE, quick).await.unwrap();
        assert!(cut.saturating_duration_since(ended) < AT_ONCE, "{by}: too late");
        let (late, _) = wait::within("it is cut", AT_ONCE, last_heard(slow, circle)).await;
        for (heard, how) in [(heard, "quick"), (late, "slow"), (read, "over HTTP")] {
            assert!(heard <= left, "{by}, {how}: heard {heard} after {left}");
        }
        assert!(heard > start && read > start, "{by}: there was something to hear");
    }
}

/// The entry with which Sam left the circle.
async fn left_with(world: &World, circle: RoomId) -> Seq {
    let jo = world.sign_in("jo").await;
    let (mut wire, _) = enter(world, &jo).await;
    let left = serde_json::json!({ "person": world.person("sam"), "change": "left" });
    loop {
        let page = wire.page(circle).await;
        let found = page.entries.iter().find(|entry| entry.body.as_ref() == Some(&left));
        if let Some(entry) = found {
            return entry.seq;
        }
    }
}

#[tokio::test]
async fn a_thief_of_a_refresh_token_and_its_owner_are_both_out_at_once() {
    let _timed = gate::timed().await;
    let world = World::with(|config| config.session.refresh_grace_s = 0).await;
    let sam = world.sign_in("sam").await;
    let (mut wire, _) = enter(&world, &sam).await;
    let refresh = async |token: &str| {
        let body = serde_json::json!({ "refresh": token });
        let path = "/api/session/refresh";
        world.door.ask(Method::POST, path, None, Some(&body)).await.unwrap()
    };
    let second = refresh(&sam.refresh).await.text_of("refresh");
    let third = refresh(&second).await.text_of("refresh");
    let fourth = refresh(&third).await.text_of("refresh");
    // The thief comes with what Sam's phone has used up long ago.
    assert_eq!(refresh(&sam.refresh).await.code(), "sign_in_copied");
    let (code, word, took) = cut(&mut wire).await;
    assert_eq!((code, word.as_str()), (4401, "sign_in_copied"), "Sam is told, after {took:?}");
    for token in [&second, &third, &fourth] {
        assert_eq!(refresh(token).await.code(), "sign_in_copied", "the family is dead");
    }
    assert!(Wire::enter(world.door.address, &sam.access).await.is_none());
}
