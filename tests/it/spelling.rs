//! T15, T16: what has a name has one, in one spelling, and what stands on one line stays there. An
//! id in capitals, in braces or without hyphens names nothing; a name, title, place, question or
//! search with any kind of line break in it is refused.

use reqwest::Method;
use roost_server::people::{By, register::NewPerson, second::Candidate};
use roost_shared::{Refusal, frame::ServerFrame, policy::Role, room::RoomKind};
use roost_tests::{desk::Desk, ids, world::World};
use serde_json::{Value, json};

/// The other spellings of an id that libraries read, and what is close to it. An id of today has a
/// letter among its first digits.
fn others(id: &str) -> Vec<String> {
    let plain = id.replace('-', "");
    let mut mixed = id.to_owned();
    mixed.replace_range(35.., "F");
    vec![
        id.to_uppercase(),
        mixed,
        plain.clone(),
        plain.to_uppercase(),
        format!("{{{id}}}"),
        format!("urn:uuid:{id}"),
        format!(" {id}"),
        format!("{id}\n"),
    ]
}

#[tokio::test]
async fn in_a_path_only_one_spelling_names_anything() {
    let world = World::new().await;
    let (sam, priya) = (world.sign_in("sam").await, world.sign_in("priya").await);
    let (sam, priya) = (Desk::with(&world, &sam), Desk::with(&world, &priya));
    let circle = world.room("sam", RoomKind::Circle).await.to_string();
    let entry = ids::entry();
    let body = json!({ "id": entry, "kind": "message", "body": { "text": "good morning" } });
    let path = format!("/api/rooms/{circle}/entries");
    sam.ask(Method::POST, &path, Some(&body)).await.with(201);
    let (wren, max) = (world.cast.wren.to_string(), world.person("max").to_string());
    let entry = entry.to_string();
    let doors: [(&Desk, &str, String); 5] = [
        (&sam, &circle, format!("/api/rooms/{circle}/entries?after=0")),
        (&sam, &circle, format!("/api/rooms/{circle}/search?q=morning")),
        (&sam, &entry, format!("/api/rooms/{circle}/entries/{entry}/versions")),
        (&priya, &wren, format!("/api/constellations/{wren}/members")),
        (&priya, &max, format!("/api/constellations/{wren}/members/{max}/devices")),
    ];
    for (desk, id, path) in doors {
        desk.ask(Method::GET, &path, None).await.with(200);
        let missing = desk.ask(Method::GET, &path.replace(id, "nothing"), None).await;
        assert_eq!(missing.code(), "not_found", "{path}");
        for other in others(id) {
            let other = other.replace('\n', "%0A");
            let heard = desk.ask(Method::GET, &path.replace(id, &other), None).await;
            assert_eq!(heard, missing, "{path} with {other:?}");
        }
    }
}

#[tokio::test]
async fn in_bodies_and_frames_only_one_spelling_is_read() {
    let world = World::new().await;
    let link = world.app().people.enrol(world.person("max")).await.unwrap();
    let device = ids::device().to_string();
    let accept = async |device: &str| {
        let body = json!({ "token": link, "device": device, "device_name": "Max's phone" });
        let path = "/api/enrolments/accept";
        world.door.ask(Method::POST, path, None, Some(&body)).await.unwrap()
    };
    for other in others(&device) {
        assert_eq!(accept(&other).await.code(), "frame_malformed", "{other:?}");
    }
    let access = accept(&device).await.text_of("access");

    let (mut wire, welcome) =
        roost_tests::wire::Wire::enter(world.door.address, &access).await.unwrap();
    let room = roost_tests::world::room_of(&welcome, RoomKind::Circle).to_string();
    let id = ids::entry().to_string();
    let append = |room: &str, id: &str, target: Option<&str>| {
        json!({ "t": "append", "room": room, "id": id, "kind": "message", "target": target,
            "body": { "text": "good morning" } })
    };
    let mut wrong: Vec<Value> = Vec::new();
    for other in others(&id) {
        wrong.push(append(&room, &other, None));
        wrong.push(append(&room, &id, Some(&other)));
    }
    for other in others(&room) {
        wrong.push(append(&other, &id, None));
        wrong.push(json!({ "t": "resume", "cursors": { other.clone(): 0 } }));
        wrong.push(json!({ "t": "typing", "room": other }));
    }
    for frame in wrong {
        wire.say_text(frame.to_string()).await.unwrap();
        let heard = wire.until(|heard| match heard {
            ServerFrame::Refused { told, .. } => Some(told.code),
            ServerFrame::Ack { .. } => Some("taken".to_owned()),
            _ => None,
        });
        assert_eq!(heard.await, "frame_malformed", "{frame}");
        // Ten wrong frames in a row would be the end.
        wire.say_text(json!({ "t": "beat", "digest": "" }).to_string()).await.unwrap();
    }
    wire.say_text(append(&room, &id, None).to_string()).await.unwrap();
    wire.until(|heard| matches!(heard, ServerFrame::Ack { .. }).then_some(())).await;
}

/// What breaks a line, in one reader or another.
const BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

#[tokio::test]
async fn no_name_has_a_line_break() {
    let world = World::new().await;
    let people = &world.app().people;
    let priya = Desk::of(&world, "priya").await;
    let home = priya.home("The Okafors").await;
    let link = people.enrol(world.person("max")).await.unwrap();
    let (by, wren) = (By::Operator, world.cast.wren);
    let open = people.open_table(by, wren, world.person("amara")).await.unwrap().token;
    let max = Desk::of(&world, "max").await;
    let code = max.ask(Method::POST, "/api/handover", None).await.text_of("code");
    let device = ids::device();
    for wrong in BREAKS.map(|mark| format!("Mill{mark}Cottage")) {
        let agreement = json!({ "band": "13_17", "agreed_by": wrong, "capacity": "local_authority",
            "delegated": false, "agreed_at": 1_700_000_000_000_i64 });
        let asked = [
            ("homes", json!({ "name": wrong })),
            ("members", json!({ "name": wrong, "role": "satellite", "home": home })),
            (
                "members",
                json!({ "name": "Tia", "role": "young", "home": home, "agreement": agreement }),
            ),
        ];
        for (path, body) in asked {
            let heard = priya.post(path, body.clone()).await;
            assert_eq!(heard.code(), "name_invalid", "{path} {body}");
        }
        let asked = [
            ("/api/enrolments/accept", ("token", &link)),
            ("/api/enrolments/claim", ("token", &open)),
            ("/api/handover/redeem", ("code", &code)),
        ];
        for (path, (name, secret)) in asked {
            let body = json!({ name: secret, "device": device, "device_name": wrong });
            let heard = world.door.ask(Method::POST, path, None, Some(&body)).await.unwrap();
            assert_eq!(heard.code(), "name_invalid", "{path} {body}");
        }
    }
    priya.post("homes", json!({ "name": "Mill Cottage" })).await.with(201);
}

#[tokio::test]
async fn nor_has_one_that_the_operator_gives() {
    let world = World::new().await;
    let (people, wren) = (&world.app().people, world.cast.wren);
    let service = people.add_service("Hillside Fostering").await.unwrap();
    for name in BREAKS.map(|mark| format!("Mill{mark}Cottage")) {
        let (by, named) = (By::Operator, Candidate::Named(&name));
        let admin = NewPerson { constellation: wren, home: None, role: Role::Admin, name: &name };
        let refused = [
            people.add_service(&name).await.err(),
            people.add_constellation(service, &name).await.err(),
            people.add_home(wren, &name, false).await.err(),
            people.add_person(admin).await.err(),
            people.propose_liaison(by, wren, named).await.err(),
        ];
        let refused = refused.map(|error| error.map(|error| error.refusal()));
        assert_eq!(refused, [Some(Refusal::NameInvalid); 5], "{name:?}");
    }
}

#[tokio::test]
async fn no_title_question_or_search_has_a_line_break() {
    let world = World::new().await;
    let jo = Desk::of(&world, "jo").await;
    let circle = world.room("jo", RoomKind::Circle).await;
    let append = async |kind: &str, body: Value| {
        let draft = json!({ "id": ids::entry(), "kind": kind, "body": body });
        jo.ask(Method::POST, &format!("/api/rooms/{circle}/entries"), Some(&draft)).await
    };
    let begins = ids::now_ms() + 86_400_000;
    let gathering = |title: &str, place: &str| {
        json!({ "details": { "title": title, "type": "meet_up", "starts_at": begins,
            "ends_at": begins + 3_600_000, "place": place } })
    };
    let poll = |question: &str, option: &str| {
        let options = [option, "Sunday"];
        json!({ "ask": { "question": question, "options": options } })
    };
    for wrong in BREAKS.map(|mark| format!("Tea{mark}time")) {
        for (kind, body) in [
            ("gathering", gathering(&wrong, "Jo's house")),
            ("gathering", gathering("Tea", &wrong)),
            ("poll", poll(&wrong, "Saturday")),
            ("poll", poll("Which day?", &wrong)),
        ] {
            let heard = append(kind, body.clone()).await;
            assert_eq!(heard.code(), "details_invalid", "{kind} {body}");
        }
        let (url, pairs) = (format!("/api/rooms/{circle}/search"), [("q", wrong.as_str())]);
        let query = reqwest::Url::parse_with_params("http://roost/", pairs).unwrap();
        let path = format!("{url}?{}", query.query().unwrap());
        assert_eq!(jo.ask(Method::GET, &path, None).await.code(), "query_invalid", "{path}");
    }
    append("gathering", gathering("Tea", "Jo's house")).await.with(201);
    append("poll", poll("Which day?", "Saturday")).await.with(201);
    // A text of several lines may have them as whoever wrote it made them.
    append("message", json!({ "text": "one\ntwo\u{2028}three" })).await.with(201);
}
