//! T18: the young people's room: it opens only where somebody looks after it, the young people see
//! who reads along, and to the carers there is no such room, in no answer and by no byte.

use reqwest::Method;
use roost_server::people::{By, register::NewPerson};
use roost_shared::{
    PersonId, RoomId,
    frame::{ServerFrame, Welcome},
    policy::Role,
    room::{Listed, RoomKind},
};
use roost_tests::{desk::Desk, ids, wire::Wire, world::World};
use serde_json::{Value, json};

async fn welcome(world: &World, name: &str) -> Welcome {
    world.wire(name).await.1
}

fn peers(welcome: &Welcome) -> Option<&Listed> {
    welcome.rooms.iter().find(|listed| listed.kind == RoomKind::Peers)
}

/// What an answer says, but for what differs each time it is asked.
fn told(mut answer: Value) -> Value {
    for field in ["now", "retry_ms"] {
        answer.as_object_mut().unwrap().remove(field);
    }
    answer
}

async fn add_tia(world: &World, desk: &Desk) -> PersonId {
    let home = desk.home("The Brennans").await.as_str().unwrap().parse().ok();
    let constellation = world.cast.wren;
    let new = NewPerson { constellation, home, role: Role::Young, name: "Tia" };
    world.app().people.add_person(new).await.unwrap()
}

#[tokio::test]
async fn nobody_opens_a_room_that_nobody_looks_after() {
    let world = World::new().await;
    let priya = Desk::of(&world, "priya").await;
    assert_eq!(priya.post("peers", json!({})).await.code(), "room_not_ready");
    assert!(peers(&welcome(&world, "priya").await).is_none());
    for name in ["jo", "sam", "kit", "noor"] {
        let desk = Desk::of(&world, name).await;
        let nothing = desk.ask(Method::POST, "/api/no/such/route", Some(&json!({}))).await;
        assert_eq!(desk.post("peers", json!({})).await, nothing, "{name}");
    }
}

#[tokio::test]
async fn the_young_people_see_each_other_and_who_reads_along() {
    let world = World::new().await;
    let priya = Desk::of(&world, "priya").await;
    let (people, wren) = (&world.app().people, world.cast.wren);
    let before = welcome(&world, "kit").await;
    assert!(peers(&before).is_none() && before.people.len() == 2, "{:?}", before.people);
    people.open_peers(By::Operator, wren, true).await.unwrap();
    let tia = add_tia(&world, &priya).await;
    let again = people.open_peers(By::Operator, wren, true).await;
    assert_eq!(again.unwrap_err().refusal().code(), "nothing_to_change");

    let kit = welcome(&world, "kit").await;
    let room = peers(&kit).unwrap();
    assert!(room.marks.is_empty(), "nobody sees how far the others have read");
    let mut roles: Vec<(Role, bool)> =
        kit.people.iter().map(|card| (card.role, card.home.is_some())).collect();
    roles.sort_by_key(|(role, home)| (role.as_str(), *home));
    let wanted = [(Role::Liaison, false), (Role::Young, false), (Role::Young, true)];
    assert_eq!(roles, wanted, "the liaison worker, and no home but one's own");
    assert!(kit.people.iter().any(|card| card.person == tia));
    assert!(kit.homes.is_empty());

    let (mut wire, seen) = world.wire("priya").await;
    let room = peers(&seen).unwrap().room;
    wire.post(room, ids::entry(), "Hello, I am here and read along").await.unwrap();
    wire.until(|frame| matches!(frame, ServerFrame::Ack { .. }).then_some(())).await;
    let link = people.enrol(tia).await.unwrap();
    let (mut tia, _) =
        Wire::enter(world.door.address, &world.door.accept(&link).await.access).await.unwrap();
    let page = tia.page(room).await;
    assert!(page.entries.iter().any(|entry| entry.kind == "message"), "{page:?}");
}

#[tokio::test]
async fn to_the_carers_there_is_no_such_room() {
    let world = World::new().await;
    let priya = Desk::of(&world, "priya").await;
    let carers = ["jo", "max", "sam", "amara"];
    let mut desks = Vec::new();
    for name in carers {
        let desk = Desk::of(&world, name).await;
        let before = told(desk.ask(Method::GET, "/api/me", None).await.with(200));
        desks.push((name, desk, before));
    }
    world.app().people.open_peers(By::Operator, world.cast.wren, true).await.unwrap();
    add_tia(&world, &priya).await;
    let room = peers(&welcome(&world, "kit").await).unwrap().room;

    let draft = |id| json!({ "id": id, "kind": "message", "body": { "text": "hello?" } });
    for (name, desk, before) in desks {
        let after = desk.ask(Method::GET, "/api/me", None).await;
        assert_eq!(told(after.with(200)), before, "{name} is told of nothing");
        for trace in [room.to_string(), "peers".to_owned(), "Tia".to_owned()] {
            assert!(!after.text.contains(&trace), "{name} is told {trace}");
        }
        let (at, id) = (|room: RoomId| format!("/api/rooms/{room}/entries"), ids::entry());
        let missing = at(ids::room());
        let read = |path: &str| format!("{path}?after=0");
        assert_eq!(
            desk.ask(Method::GET, &read(&at(room)), None).await,
            desk.ask(Method::GET, &read(&missing), None).await,
            "{name} reads"
        );
        assert_eq!(
            desk.ask(Method::POST, &at(room), Some(&draft(id))).await,
            desk.ask(Method::POST, &missing, Some(&draft(id))).await,
            "{name} writes"
        );
        let words = |room: RoomId| format!("/api/rooms/{room}/search?q=hello");
        assert_eq!(
            desk.ask(Method::GET, &words(room), None).await,
            desk.ask(Method::GET, &words(ids::room()), None).await,
            "{name} searches"
        );
        let nothing = desk.ask(Method::POST, "/api/no/such/route", Some(&json!({}))).await;
        assert_eq!(desk.post("peers", json!({})).await, nothing, "{name} opens");
    }
}
