//! T17, T12: Priya, the liaison worker, looks after who is in the constellation: she invites,
//! moves, suspends, ends and takes back, and what people may read follows at once.

use reqwest::Method;
use roost_server::people::register::NewPerson;
use roost_shared::{
    PersonId, RoomId, Seq,
    frame::{ClientFrame, ServerFrame, Welcome},
    policy::Role,
    room::RoomKind,
};
use roost_tests::{
    desk::Desk,
    door::SignIn,
    gate, ids,
    wire::Wire,
    world::{World, room_of},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const AT_ONCE: Duration = Duration::from_secs(1);

async fn me(world: &World, sign_in: &SignIn) -> Option<Welcome> {
    let path = "/api/me";
    let heard = world.door.ask(Method::GET, path, Some(&sign_in.access), None).await.unwrap();
    serde_json::from_str(&heard.text).ok()
}

fn rooms(welcome: &Welcome) -> Vec<(RoomKind, RoomId)> {
    welcome.rooms.iter().map(|listed| (listed.kind, listed.room)).collect()
}

async fn reads(world: &World, sign_in: &SignIn, room: RoomId) -> u16 {
    let path = format!("/api/rooms/{room}/entries?after=0");
    let heard = world.door.ask(Method::GET, &path, Some(&sign_in.access), None).await.unwrap();
    heard.status.as_u16()
}

/// Priya invites Ruth into a home: her id, and her link with its code.
async fn invite_ruth(desk: &Desk, home: &str) -> (PersonId, Value) {
    let body = json!({ "name": "Ruth", "role": "satellite", "home": desk.home(home).await });
    let heard = desk.post("members", body).await;
    (heard.id("person"), heard.with(201))
}

async fn admin(world: &World) -> Desk {
    let constellation = world.cast.wren;
    let new = NewPerson { constellation, home: None, role: Role::Admin, name: "Ana" };
    let ana = world.app().people.add_person(new).await.unwrap();
    let link = world.app().people.enrol(ana).await.unwrap();
    Desk::with(world, &world.door.accept(&link).await)
}

#[tokio::test]
async fn from_the_invitation_to_the_first_message() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let (ruth, link) = invite_ruth(&desk, "The Brennans").await;
    let step = |member: &Value| member["invitation"]["state"].clone();

    let member = desk.member(ruth).await;
    assert_eq!((member["state"].clone(), step(&member)), (json!("invited"), json!("created")));
    desk.act(ruth, "sent", json!({})).await.with(204);
    desk.act(ruth, "sent", json!({})).await.with(204);
    assert_eq!(step(&desk.member(ruth).await), "sent");

    let body = json!({ "token": link["token"] });
    for (path, status, state) in [("look", 200, "sent"), ("opened", 204, "opened")] {
        let path = format!("/api/enrolments/{path}");
        let heard = world.door.ask(Method::POST, &path, None, Some(&body)).await.unwrap();
        let said = heard.with(status);
        if path.ends_with("look") {
            assert_eq!(said["liaisons"], json!(["priya"]), "an invitation says whose it is");
        }
        assert_eq!(step(&desk.member(ruth).await), state, "after {path}");
    }
    let phone = world.door.join(&link).await;
    let member = desk.member(ruth).await;
    assert_eq!((member["state"].clone(), step(&member)), (json!("active"), json!("accepted")));
    let times = ["created_at", "sent_at", "opened_at", "verified_at", "accepted_at"];
    let times: Vec<i64> =
        times.iter().map(|time| member["invitation"][time].as_i64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    let opened = world.door.ask(Method::POST, "/api/enrolments/opened", None, Some(&body)).await;
    assert_eq!(opened.unwrap().code(), "enrolment_unusable", "a spent link opens nothing");

    let welcome = me(&world, &phone).await.unwrap();
    let amara = me(&world, &world.sign_in("amara").await).await.unwrap();
    assert_eq!(rooms(&welcome), rooms(&amara), "two adults of one home have the same rooms");
    let mut wire = Wire::enter(world.door.address, &phone.access).await.unwrap().0;
    let circle = room_of(&welcome, RoomKind::Circle);
    wire.post(circle, ids::entry(), "Hello, I am Ruth").await.unwrap();
    wire.until(|frame| matches!(frame, ServerFrame::Ack { .. }).then_some(())).await;
}

#[tokio::test]
async fn a_link_that_is_sent_again_kills_the_one_before() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let (ruth, first) = invite_ruth(&desk, "The Brennans").await;
    let second = desk.act(ruth, "invite", json!({})).await;
    second.with(201);
    let look = |token: Value| {
        let door = world.door.clone();
        async move {
            let (path, body) = ("/api/enrolments/look", json!({ "token": token }));
            door.ask(Method::POST, path, None, Some(&body)).await.unwrap()
        }
    };
    let never = look(json!("no link at all")).await;
    assert_eq!(look(first["token"].clone()).await, never, "dead is as if it had never been");
    let second = second.json()["token"].clone();
    look(second.clone()).await.with(200);
    desk.act(ruth, "revoke", json!({})).await.with(204);
    assert_eq!(look(second).await, never);
    assert_eq!(desk.act(ruth, "revoke", json!({})).await.code(), "nothing_to_change");
    assert_eq!(desk.member(ruth).await["state"], "waiting");
}

#[tokio::test]
async fn who_moves_takes_their_rooms_along() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let (ruth, link) = invite_ruth(&desk, "The Brennans").await;
    let phone = world.door.join(&link).await;
    let before = me(&world, &phone).await.unwrap();
    let okafors = me(&world, &world.sign_in("sam").await).await.unwrap();
    let (mut wire, _) = Wire::enter(world.door.address, &phone.access).await.unwrap();

    desk.act(ruth, "move", json!({ "home": desk.home("The Okafors").await })).await.with(204);
    let told = wire.until(|frame| match frame {
        ServerFrame::Welcome(welcome) => (rooms(&welcome) == rooms(&okafors)).then_some(welcome),
        _ => None,
    });
    let told = told.await;
    let old = room_of(&before, RoomKind::HubLine);
    assert_eq!(reads(&world, &phone, old).await, 404, "the old home's line is gone");
    for listed in told.rooms.iter().filter(|listed| listed.kind != RoomKind::Circle) {
        assert_eq!(listed.floor, listed.head, "{:?}: from the arrival on", listed.kind);
    }
    let circle = told.rooms.iter().find(|listed| listed.kind == RoomKind::Circle).unwrap();
    assert_eq!(circle.floor, Seq(1), "who stays in the circle goes on reading it");

    let table = [
        (json!({ "home": desk.home("The Okafors").await }), "nothing_to_change"),
        (json!({ "home": desk.home("Jo's house").await }), "body_invalid"),
        (json!({ "home": ids::room() }), "not_found"),
    ];
    for (body, code) in table {
        assert_eq!(desk.act(ruth, "move", body.clone()).await.code(), code, "{body}");
    }
}

#[tokio::test]
async fn who_is_suspended_is_out_at_once_and_back_only_by_two() {
    let _timed = gate::timed().await;
    let world = World::new().await;
    let (desk, ana) = (Desk::of(&world, "priya").await, admin(&world).await);
    let (sam, phone) = (world.person("sam"), world.sign_in("sam").await);
    let (mut wire, welcome) = Wire::enter(world.door.address, &phone.access).await.unwrap();
    let circle = room_of(&welcome, RoomKind::Circle);
    let (mut jo, _) = world.wire("jo").await;

    let began = Instant::now();
    desk.act(sam, "suspend", json!({})).await.with(204);
    assert_eq!(wire.closed().await, 4401);
    assert!(began.elapsed() < AT_ONCE, "cut after {:?}", began.elapsed());
    assert_eq!(reads(&world, &phone, circle).await, 401);
    let refresh = json!({ "refresh": phone.refresh });
    let path = "/api/session/refresh";
    let heard = world.door.ask(Method::POST, path, None, Some(&refresh)).await.unwrap();
    assert_eq!(heard.code(), "device_ended");
    // Nobody is told: Sam is still in the list, and no entry says anything.
    let told = jo.until(|frame| match frame {
        ServerFrame::Welcome(welcome) => Some(welcome),
        _ => None,
    });
    let told = told.await;
    assert!(told.people.iter().any(|card| card.person == sam && !card.left));
    assert_eq!(desk.member(sam).await["state"], "suspended");

    assert_eq!(desk.act(sam, "suspend", json!({})).await.code(), "nothing_to_change");
    assert_eq!(desk.act(sam, "invite", json!({})).await.code(), "second_person_needed");
    let lift = desk.act(sam, "lift", json!({})).await;
    lift.with(202);
    assert_eq!(desk.act(sam, "lift", json!({})).await.code(), "second_person_needed");
    let confirm = format!("proposals/{}/confirm", lift.text_of("proposal"));
    assert_eq!(desk.post(&confirm, json!({})).await.code(), "second_person_needed");
    assert_eq!(desk.member(sam).await["state"], "suspended", "one is not enough");
    let seen = ana.act(sam, "lift", json!({})).await;
    assert_eq!(seen.with(202)["mine"], false, "what is proposed already is Ana's to confirm");
    ana.post(&confirm, json!({})).await.with(200);
    assert_eq!(ana.post(&confirm, json!({})).await.code(), "not_found", "once");

    assert_eq!(reads(&world, &phone, circle).await, 401, "the old phone stays out");
    let link = desk.act(sam, "invite", json!({})).await;
    let back = world.door.join(&link.json()).await;
    let now = me(&world, &back).await.unwrap();
    assert_eq!(rooms(&now), rooms(&welcome), "and the rooms are as they were");
}

/// Jo publishes a picnic in the circle.
async fn publish(jo: &Desk, circle: RoomId, title: &str) -> Value {
    let starts_at = ids::now_ms() + 86_400_000;
    let details = json!({ "title": title, "type": "meet_up", "starts_at": starts_at,
        "ends_at": starts_at + 3_600_000 });
    let id = json!(ids::entry());
    let draft = json!({ "id": id, "kind": "gathering", "body": { "details": details } });
    jo.ask(Method::POST, &at(circle, "entries"), Some(&draft)).await.with(201);
    id
}

fn at(room: RoomId, what: &str) -> String {
    format!("/api/rooms/{room}/{what}")
}

#[tokio::test]
async fn who_has_ended_and_returns_reads_from_their_return_on() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let jo = Desk::of(&world, "jo").await;
    let (ruth, link) = invite_ruth(&desk, "The Brennans").await;
    let phone = world.door.join(&link).await;
    let (mut wire, before) = Wire::enter(world.door.address, &phone.access).await.unwrap();
    let circle = room_of(&before, RoomKind::Circle);
    let seen = publish(&jo, circle, "Picnic while Ruth is here").await;
    desk.act(ruth, "end", json!({})).await.with(204);
    assert_eq!(wire.closed().await, 4401);
    assert!(me(&world, &phone).await.is_none());
    assert_eq!(desk.act(ruth, "end", json!({})).await.code(), "not_found");
    assert_eq!(desk.member(ruth).await["state"], "ended");
    let missed = publish(&jo, circle, "Picnic while Ruth is away").await;

    let body = json!({ "home": desk.home("The Okafors").await });
    let back = desk.act(ruth, "return", body.clone()).await;
    back.with(201);
    assert_eq!(desk.act(ruth, "return", body).await.code(), "nothing_to_change");
    let phone = world.door.join(&back.json()).await;
    let now = me(&world, &phone).await.unwrap();
    assert_eq!(now.me, ruth, "the same person");
    assert_ne!(rooms(&now), rooms(&before), "in another home");
    for listed in &now.rooms {
        assert_eq!(listed.floor, listed.head, "{:?}: from the return on", listed.kind);
    }

    let new = publish(&jo, circle, "Picnic now that Ruth is back").await;
    let floor = now.rooms.iter().find(|listed| listed.room == circle).unwrap().floor;
    let own = Desk::with(&world, &phone);
    let ask = async |path: String| own.ask(Method::GET, &at(circle, &path), None).await;
    // The months away, and those before, asked for by every door that reads.
    for path in ["entries?after=0", "entries?before=1000", "search?q=picnic", "search?q=ruth"] {
        let heard = ask(path.to_owned()).await;
        let seqs: Vec<i64> = heard.with(200)["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["seq"].as_i64().unwrap())
            .collect();
        assert!(seqs.contains(&floor.next().0), "{path} tells what is new: {seqs:?}");
        assert!(seqs.iter().all(|seq| *seq >= floor.0), "{path}: {seqs:?} below {floor}");
        assert!(!heard.text.contains("is here") && !heard.text.contains("is away"), "{path}");
    }
    for path in [format!("entries?before={floor}"), format!("search?q=picnic&before={floor}")] {
        let heard = ask(path.clone()).await;
        assert_eq!(heard.with(200)["entries"], json!([]), "{path}");
        assert_ne!(heard.json()["more"], true, "{path}: there is nothing to go on to");
    }
    let file = async |id: &Value| ask(format!("gatherings/{}.ics", id.as_str().unwrap())).await;
    file(&new).await.with(200);
    let never = file(&json!(ids::entry())).await;
    for old in [&seen, &missed] {
        assert_eq!(file(old).await, never, "as if it had never been");
    }
    let (mut wire, _) = Wire::enter(world.door.address, &phone.access).await.unwrap();
    for (after, below) in [(Some(Seq::ZERO), None), (None, Some(Seq(1_000)))] {
        let range = ClientFrame::Range { room: circle, after, before: below, limit: None };
        wire.say(&range).await.unwrap();
        let page = wire.page(circle).await;
        assert_eq!(page.from, floor, "after {after:?}, before {below:?}");
        assert!(page.cards.iter().all(|of| of.seq >= floor), "{page:?}");
    }
}

#[tokio::test]
async fn what_stands_elsewhere_cannot_be_answered_and_is_not_even_there() {
    let world = World::new().await;
    let (sam, jo) = (Desk::of(&world, "sam").await, Desk::of(&world, "jo").await);
    let (noor, mina) = (Desk::of(&world, "noor").await, Desk::of(&world, "mina").await);
    let circle = world.room("sam", RoomKind::Circle).await;
    let say = async |desk: &Desk, room: RoomId| {
        let id = json!(ids::entry());
        let draft = json!({ "id": id, "kind": "message", "body": { "text": "hello" } });
        desk.ask(Method::POST, &at(room, "entries"), Some(&draft)).await.with(201);
        id
    };
    let elsewhere = [
        ("Sam's own line", say(&sam, world.room("sam", RoomKind::HubLine).await).await),
        ("a line of Jo's", say(&jo, world.room("jo", RoomKind::LiaisonLine).await).await),
        ("another constellation", say(&noor, world.room("noor", RoomKind::Circle).await).await),
        ("another service", say(&mina, world.room("mina", RoomKind::Circle).await).await),
    ];
    let acts = [
        ("message", json!({ "text": "what was that?" })),
        ("reaction", json!({ "emoji": "\u{1f44d}" })),
        ("edit", json!({ "text": "what was that?" })),
        ("redact", json!({})),
        ("confirm", json!({})),
        ("rsvp", json!({ "answer": "going", "heads": 1 })),
        ("poll", json!({ "choose": { "option": 0 } })),
    ];
    for (kind, body) in acts {
        let answer = async |target: &Value| {
            let draft = json!({ "id": ids::entry(), "kind": kind, "target": target, "body": body });
            sam.ask(Method::POST, &at(circle, "entries"), Some(&draft)).await
        };
        let never = answer(&json!(ids::entry())).await;
        assert_eq!(never.code(), "target_unknown", "{kind}");
        for (place, id) in &elsewhere {
            assert_eq!(answer(id).await, never, "{kind} about what was said in {place}");
        }
    }
}

#[tokio::test]
async fn a_young_person_needs_the_agreement_that_fits() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let home = desk.home("The Brennans").await;
    let agreed = |band: &str, capacity: &str, delegated: bool| {
        json!({ "band": band, "agreed_by": "Pat Brennan", "capacity": capacity,
            "delegated": delegated, "agreed_at": 1_700_000_000_000_i64 })
    };
    let invite = |role: &str, agreement: Value| {
        let mut body = json!({ "name": "Tia", "role": role, "home": home });
        body["agreement"] = agreement;
        body
    };
    let table = [
        (invite("young", Value::Null), "agreement_needed"),
        (invite("young", agreed("13_17", "carer", false)), "agreement_needed"),
        (invite("young", agreed("11_12", "carer", true)), "agreement_needed"),
        (invite("young", agreed("9_10", "local_authority", true)), "frame_malformed"),
        (invite("young", json!(["13_17", "Pat Brennan", "carer", true, 1])), "frame_malformed"),
        (invite("satellite", agreed("13_17", "carer", true)), "body_invalid"),
        (invite("liaison", Value::Null), "not_permitted"),
        (invite("admin", Value::Null), "not_permitted"),
    ];
    for (body, code) in table {
        assert_eq!(desk.post("members", body.clone()).await.code(), code, "{body}");
    }
    let names = desk.get("members").await.text;
    assert!(!names.contains("Tia"), "what was refused did not happen: {names}");
    for (band, capacity, delegated) in [
        ("13_17", "carer", true),
        ("13_17", "local_authority", false),
        ("11_12", "parental_responsibility", false),
    ] {
        let body = invite("young", agreed(band, capacity, delegated));
        let heard = desk.post("members", body).await;
        heard.with(201);
        let days = (heard.json()["expires_at"].as_i64().unwrap() - ids::now_ms()) / 86_400_000;
        assert!(days <= 3, "a young person's link is short-lived: {days} days");
    }
}

#[tokio::test]
async fn a_home_that_is_added_has_its_lines() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let heard = desk.post("homes", json!({ "name": "Mill Cottage" })).await;
    heard.with(201);
    let body = json!({ "name": "Dev", "role": "satellite", "home": heard.json()["home"] });
    let dev = desk.post("members", body).await;
    let phone = world.door.join(&dev.json()).await;
    let mut kinds: Vec<&str> =
        me(&world, &phone).await.unwrap().rooms.iter().map(|listed| listed.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["circle", "hub_line", "liaison_line"]);
    let second_hub = desk.post("homes", json!({ "name": "Another", "hub": true })).await;
    assert_eq!(second_hub.code(), "body_invalid");
}
