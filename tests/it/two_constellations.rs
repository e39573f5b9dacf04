//! T15: a liaison worker may be of several constellations: one sign-in, one connection, the rooms
//! of all of them; and whoever is removed from one stays in the other. Everybody else is of one.

use reqwest::Method;
use roost_server::people::register::NewPerson;
use roost_shared::{
    ConstellationId, RoomId, Seq,
    frame::{ServerFrame, Welcome},
    policy::Role,
    room::RoomKind,
};
use roost_tests::{desk::Desk, door::SignIn, gate, ids, wire::Wire, world::World};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const AT_ONCE: Duration = Duration::from_secs(1);

/// The next welcome that tells of these constellations.
async fn told(wire: &mut Wire, names: &[&str]) -> Welcome {
    let welcome = wire.until(|frame| match frame {
        ServerFrame::Welcome(welcome) => {
            let told: Vec<&str> =
                welcome.constellations.iter().map(|one| one.name.as_str()).collect();
            (told == names).then_some(*welcome)
        }
        _ => None,
    });
    welcome.await
}

/// The circle of one of the constellations.
fn circle(welcome: &Welcome, of: ConstellationId) -> RoomId {
    let card = welcome.constellations.iter().find(|card| card.constellation == of).unwrap();
    let circle = |room: &&RoomId| {
        welcome.rooms.iter().any(|one| one.room == **room && one.kind == RoomKind::Circle)
    };
    *card.rooms.iter().find(circle).unwrap()
}

async fn post(wire: &mut Wire, room: RoomId) -> Seq {
    let id = ids::entry();
    wire.post(room, id, "Good morning from Priya").await.unwrap();
    let seq = wire.until(|frame| match frame {
        ServerFrame::Ack { id: taken, seq, .. } => (taken == id).then_some(seq),
        ServerFrame::Refused { told, .. } => panic!("refused: {told:?}"),
        _ => None,
    });
    seq.await
}

async fn reads(world: &World, sign_in: &SignIn, room: RoomId) -> u16 {
    let path = format!("/api/rooms/{room}/entries?after=0");
    let heard = world.door.ask(Method::GET, &path, Some(&sign_in.access), None).await.unwrap();
    heard.status.as_u16()
}

#[tokio::test]
async fn priya_looks_after_both_with_one_sign_in() {
    let world = World::new().await;
    let (wren, heron) = (world.cast.wren, world.cast.heron);
    let phone = world.sign_in("priya").await;
    let (mut wire, before) = Wire::enter(world.door.address, &phone.access).await.unwrap();
    assert_eq!(before.constellations.len(), 1);
    world.app().people.add_liaison(heron, world.person("priya")).await.unwrap();
    let both = told(&mut wire, &["Wren", "Heron"]).await;
    assert!(both.constellations.iter().all(|card| card.role == Role::Liaison));
    let mut rooms: Vec<RoomId> =
        both.constellations.iter().flat_map(|card| card.rooms.clone()).collect();
    rooms.sort_unstable();
    let mut listed: Vec<RoomId> = both.rooms.iter().map(|listed| listed.room).collect();
    listed.sort_unstable();
    assert_eq!(rooms, listed, "every room is of one constellation");
    let mine = both.people.iter().filter(|card| card.person == both.me).count();
    assert_eq!(mine, 1, "she is told of herself once");

    let (mut noor, hers) = world.wire("noor").await;
    let (mut jo, his) = world.wire("jo").await;
    for (of, other) in [(heron, &mut noor), (wren, &mut jo)] {
        let room = circle(&both, of);
        let seq = post(&mut wire, room).await;
        while other.page(room).await.to < seq {}
        assert_eq!(reads(&world, &phone, room).await, 200);
        let path = format!("/api/rooms/{room}/entries");
        let draft = json!({ "id": ids::entry(), "kind": "message", "body": { "text": "By HTTP" } });
        let taken =
            world.door.ask(Method::POST, &path, Some(&phone.access), Some(&draft)).await.unwrap();
        taken.with(201);
        while other.page(room).await.to < Seq(seq.0 + 1) {}
    }
    // The two do not learn of each other by her.
    for (one, other) in [(&hers, "jo"), (&his, "noor")] {
        assert_eq!(one.constellations.len(), 1);
        assert!(one.people.iter().all(|card| card.person != world.person(other)), "{other}");
    }
    // What is not hers is not there, in either.
    let sams = world.room("sam", RoomKind::HubLine).await;
    let missing = reads(&world, &phone, ids::room()).await;
    assert_eq!((reads(&world, &phone, sams).await, missing), (404, 404));
    let desk = Desk::with(&world, &phone);
    for of in [wren, heron] {
        desk.about(of).get("members").await.with(200);
    }
    let all = desk.ask(Method::GET, "/api/constellations", None).await.with(200);
    assert_eq!(all["constellations"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn who_is_removed_from_one_stays_in_the_other() {
    let _timed = gate::timed().await;
    for stays in ["Wren", "Heron"] {
        let world = World::new().await;
        let (people, priya) = (&world.app().people, world.person("priya"));
        people.add_liaison(world.cast.heron, priya).await.unwrap();
        let phone = world.sign_in("priya").await;
        let (mut wire, both) = Wire::enter(world.door.address, &phone.access).await.unwrap();
        let (kept, lost) = match stays {
            "Wren" => (world.cast.wren, world.cast.heron),
            _ => (world.cast.heron, world.cast.wren),
        };
        let began = Instant::now();
        let end = roost_server::people::By::Operator;
        people.end_member(end, lost, priya).await.unwrap();
        let left = told(&mut wire, &[stays]).await;
        assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
        let gone = circle(&both, lost);
        assert!(left.rooms.iter().all(|listed| listed.room != gone));
        assert_eq!(reads(&world, &phone, gone).await, 404);
        let id = ids::entry();
        wire.post(gone, id, "still there?").await.unwrap();
        let code = wire.until(|frame| match frame {
            ServerFrame::Refused { told, .. } => Some(told.code),
            _ => None,
        });
        assert_eq!(code.await, "not_found");
        post(&mut wire, circle(&left, kept)).await;
        // Her phone is still within reach, by the constellation that is left.
        people.end_device(phone.device).await.unwrap();
        assert_eq!(wire.closed().await, 4401);
    }
}

#[tokio::test]
async fn only_liaison_workers_are_of_several_and_by_two_admins() {
    let world = World::new().await;
    let (wren, heron) = (world.cast.wren, world.cast.heron);
    let people = &world.app().people;
    for name in ["jo", "sam", "kit"] {
        let placed = people.add_liaison(heron, world.person(name)).await;
        assert_eq!(placed.unwrap_err().refusal().code(), "not_found", "{name}");
    }
    let again = people.add_liaison(wren, world.person("priya")).await;
    assert_eq!(again.unwrap_err().refusal().code(), "nothing_to_change");

    let mut admins = Vec::new();
    for name in ["Ana", "Ben"] {
        let new = NewPerson { constellation: wren, home: None, role: Role::Admin, name };
        let person = people.add_person(new).await.unwrap();
        let link = people.enrol(person).await.unwrap();
        let phone = world.door.accept(&link).await;
        admins.push(Desk::with(&world, &phone).about(heron));
    }
    let body = json!({ "person": world.person("priya") });
    let proposed = admins[0].post("proposals", body).await;
    proposed.with(202);
    let confirm = format!("proposals/{}/confirm", proposed.text_of("proposal"));
    let (mut wire, _) = world.wire("priya").await;
    let confirmed = admins[1].post(&confirm, json!({})).await.with(200);
    assert_eq!(confirmed["invited"], Value::Null, "she has a sign-in already");
    told(&mut wire, &["Wren", "Heron"]).await;
}
