//! My phones: I see where I am signed in and end what I no longer hold; Priya ends any phone of her
//! constellation but an admin's, an admin any but a young person's, and everybody else only their
//! own. T08: what is somebody else's can be neither taken nor moved, and a tablet that two share is
//! of one at a time. T18: where a young person is signed in, nobody but Priya learns.

use reqwest::{Client, Method};
use roost_server::people::{By, register::NewPerson};
use roost_shared::{PersonId, policy::Role};
use roost_tests::{
    desk::Desk,
    door::{Heard, SignIn},
    ids,
    wire::Wire,
    world::World,
};
use serde_json::{Value, json};

#[tokio::test]
async fn sam_ends_a_phone_that_was_lost() {
    let world = World::new().await;
    let (lost, kept) = (world.sign_in("sam").await, world.sign_in("sam").await);
    let desk = Desk::with(&world, &kept);
    let heard = desk.ask(Method::GET, "/api/devices", None).await.with(200);
    let devices = heard["devices"].as_array().unwrap();
    let told: Vec<(&str, bool)> = devices
        .iter()
        .map(|one| (one["device"].as_str().unwrap(), one["this"].as_bool().unwrap()))
        .collect();
    let (old, this) = (lost.device.to_string(), kept.device.to_string());
    assert_eq!(told, [(old.as_str(), false), (this.as_str(), true)]);
    assert!(devices.iter().all(|one| one["name"] == "a test's phone" && one["seen_at"].is_i64()));

    let (mut wire, _) = Wire::enter(world.door.address, &lost.access).await.unwrap();
    let end = |device: &str| format!("/api/devices/{device}/end");
    desk.ask(Method::POST, &end(&old), Some(&json!({}))).await.with(204);
    assert_eq!(wire.closed().await, 4401);
    let again = desk.ask(Method::POST, &end(&old), Some(&json!({}))).await;
    assert_eq!(again.code(), "not_found");
    let heard = desk.ask(Method::GET, "/api/devices", None).await.with(200);
    assert_eq!(heard["devices"].as_array().unwrap().len(), 1);

    // Somebody else's phone is as if it were not there, and stays.
    let jo = world.sign_in("jo").await;
    let theirs = desk.ask(Method::POST, &end(&jo.device.to_string()), Some(&json!({}))).await;
    let nobodys = end(&ids::device().to_string());
    assert_eq!(theirs, desk.ask(Method::POST, &nobodys, Some(&json!({}))).await);
    assert!(Wire::enter(world.door.address, &jo.access).await.is_some());
}

#[tokio::test]
async fn priya_ends_any_phone_of_her_constellation() {
    let world = World::new().await;
    let priya = Desk::of(&world, "priya").await;
    let (sam, kit, noor) = (world.person("sam"), world.person("kit"), world.person("noor"));
    let lost = world.sign_in("sam").await;
    let list = priya.get(&format!("members/{sam}/devices")).await.with(200);
    assert_eq!(list["devices"][0]["device"], lost.device.to_string());
    let what = format!("devices/{}/end", lost.device);
    for wrong in [kit, noor] {
        let heard = priya.act(wrong, &what, json!({})).await;
        assert_eq!(heard.code(), "not_found", "the phone is not theirs");
    }
    assert_eq!(
        Desk::of(&world, "jo").await.act(sam, &what, json!({})).await.code(),
        "not_permitted"
    );
    priya.act(sam, &what, json!({})).await.with(204);
    assert!(Wire::enter(world.door.address, &lost.access).await.is_none());

    // When a young person was last here is nobody else's business.
    let young = world.sign_in("kit").await;
    let list = priya.get(&format!("members/{kit}/devices")).await.with(200);
    assert_eq!(list["devices"][0]["device"], young.device.to_string());
    assert!(list["devices"][0].get("seen_at").is_none(), "{list}");
    let own = Desk::with(&world, &young).ask(Method::GET, "/api/devices", None).await.with(200);
    assert!(own["devices"][0]["seen_at"].is_i64(), "but their own");
}

/// Somebody new of Wren, without a home, on a phone of their own.
async fn enlist(world: &World, role: Role, name: &str) -> SignIn {
    let new = NewPerson { constellation: world.cast.wren, home: None, role, name };
    let person = world.app().people.add_person(new).await.unwrap();
    world.door.accept(&world.app().people.enrol(person).await.unwrap()).await
}

/// What is heard by whoever asks where somebody is signed in: whether it is told, and whether also
/// when they were last here; or the code of the refusal.
async fn sees(desk: &Desk, person: PersonId) -> String {
    let heard = desk.get(&format!("members/{person}/devices")).await;
    if heard.status != 200 {
        return heard.code();
    }
    let phones = heard.json()["devices"].as_array().unwrap().clone();
    assert!(!phones.is_empty(), "{}", heard.text);
    let when = phones.iter().all(|phone| phone["seen_at"].is_i64());
    assert!(when || phones.iter().all(|phone| phone.get("seen_at").is_none()));
    (if when { "when" } else { "where" }).to_owned()
}

#[tokio::test]
async fn whose_phones_somebody_may_know_and_end() {
    const NO: &str = "not_permitted";
    const NOBODY: &str = "not_found";
    let world = World::new().await;
    let ana = enlist(&world, Role::Admin, "Ana").await;
    let (ben, lou) = (
        enlist(&world, Role::Admin, "Ben").await.person,
        enlist(&world, Role::Liaison, "Lou").await.person,
    );
    let mut actors = vec![("ana", Desk::with(&world, &ana))];
    for name in ["priya", "jo", "sam", "kit"] {
        actors.push((name, Desk::of(&world, name).await));
    }
    let (max, amara, kit) = (world.person("max"), world.person("amara"), world.person("kit"));
    // Whom it is about; what Ana, Priya, Jo, Sam and Kit hear.
    let table: [(&str, PersonId, [&str; 5]); 8] = [
        ("Ana, an admin", ana.person, ["when", NO, NO, NO, NOBODY]),
        ("another admin", ben, ["when", NO, NO, NO, NOBODY]),
        ("another liaison worker", lou, ["when", "where", NO, NO, NOBODY]),
        ("Priya", world.person("priya"), ["when", "when", NO, NO, NOBODY]),
        ("Max of the hub", max, ["where", "when", NO, NO, NOBODY]),
        ("Amara of a satellite", amara, ["where", "when", NO, NO, NOBODY]),
        ("Kit, a young person", kit, [NOBODY, "where", NO, NO, NOBODY]),
        ("nobody", PersonId::new(ids::now_ms(), ids::entropy()), [NOBODY, NOBODY, NO, NO, NOBODY]),
    ];
    let nobody = table[7].1;
    for (whom, person, row) in table {
        for ((name, desk), expected) in actors.iter().zip(row) {
            let device = match whom {
                "nobody" => ids::device(),
                _ => {
                    let link = world.app().people.enrol(person).await.unwrap();
                    world.door.accept(&link).await.device
                }
            };
            assert_eq!(sees(desk, person).await, expected, "{name} of {whom}");
            let what = format!("devices/{device}/end");
            let heard = desk.act(person, &what, json!({})).await;
            if expected.starts_with("not_") {
                assert_eq!(heard.code(), expected, "{name} ends {whom}'s");
            } else {
                assert_eq!(heard.status, 204, "{name} ends {whom}'s: {}", heard.text);
            }
            // Whoever may know nothing hears the same bytes as of nobody.
            if expected.starts_with("not_") && *name != "priya" {
                let nothing = desk.act(nobody, &what, json!({})).await;
                assert_eq!(heard, nothing, "{name} of {whom}");
            }
        }
    }
}

#[tokio::test]
async fn a_phone_that_is_somebody_elses_is_neither_taken_nor_moved() {
    let world = World::new().await;
    let (sams, amaras) = (world.sign_in("sam").await, world.sign_in("amara").await);
    let people = &world.app().people;
    let post = async |path: &str, body: Value| {
        world.door.ask(Method::POST, path, None, Some(&body)).await.unwrap()
    };
    // Amara has a link, a code at the table and a code of her own phone, and knows Sam's phone.
    let link = people.enrol(world.person("amara")).await.unwrap();
    let accept = |token: &str, device| {
        post(
            "/api/enrolments/accept",
            json!({ "token": token, "device": device, "device_name": "Amara's" }),
        )
    };
    assert_eq!(accept(&link, sams.device).await.code(), "enrolment_unusable");
    let (by, wren) = (By::Operator, world.cast.wren);
    let open = people.open_table(by, wren, world.person("max")).await.unwrap();
    let claimed = people.claim(&open.token, sams.device, "Max's").await.unwrap();
    let of = (wren, world.person("max"));
    people.confirm_claim(by, of, claimed.claim, claimed.number).await.unwrap();
    assert_eq!(accept(&open.token, sams.device).await.code(), "enrolment_unusable");
    let desk = Desk::with(&world, &amaras);
    let code = desk.ask(Method::POST, "/api/handover", None).await.text_of("code");
    let redeem = |device| {
        post(
            "/api/handover/redeem",
            json!({ "code": code, "device": device, "device_name": "Amara's",
                "as": "new_phone" }),
        )
    };
    assert_eq!(redeem(sams.device).await.code(), "code_invalid");

    // Nothing was spent, and Sam's phone is Sam's.
    let refreshed = post("/api/session/refresh", json!({ "refresh": sams.refresh })).await;
    refreshed.with(200);
    assert_eq!(refreshed.id::<roost_shared::PersonId>("person"), world.person("sam"));
    accept(&link, ids::device()).await.with(200);
    redeem(ids::device()).await.with(200);
}

#[tokio::test]
async fn on_a_shared_tablet_the_first_is_signed_out_when_the_second_signs_in() {
    let world = World::new().await;
    let tablet = Client::builder().cookie_store(true).build().unwrap();
    let post = async |path: &str, body: Value| {
        let asked = tablet.post(format!("{}{path}", world.door.base())).json(&body);
        let answer = asked.send().await.unwrap();
        Heard { status: answer.status(), text: answer.text().await.unwrap() }
    };
    let accept = "/api/enrolments/accept";
    let mut link = json!({ "device_name": "The tablet", "cookie": true });
    let sign_in = async |name: &str, link: &mut Value| {
        link["token"] = json!(world.app().people.enrol(world.person(name)).await.unwrap());
        link["device"] = json!(ids::device());
        let heard = post(accept, link.clone()).await;
        heard.with(200);
        heard.text_of("access")
    };
    let elsewhere = world.sign_in("sam").await;
    let sam = sign_in("sam", &mut link).await;
    let (mut wire, _) = Wire::enter(world.door.address, &sam).await.unwrap();
    let amara = sign_in("amara", &mut link).await;
    assert_eq!(wire.closed().await, 4401, "Sam is out of the tablet");
    assert!(Wire::enter(world.door.address, &sam).await.is_none());
    assert!(Wire::enter(world.door.address, &elsewhere.access).await.is_some());

    // An answer that was lost and is asked for again, and a new token, end nobody.
    post(accept, link.clone()).await.with(200);
    let refreshed = post("/api/session/refresh", json!({})).await;
    assert_eq!(refreshed.id::<roost_shared::PersonId>("person"), world.person("amara"));
    assert!(Wire::enter(world.door.address, &amara).await.is_some());

    // Max carries his sign-in there.
    let max = Desk::of(&world, "max").await;
    let code = max.ask(Method::POST, "/api/handover", None).await.text_of("code");
    let body = json!({ "code": code, "device": ids::device(), "device_name": "The tablet",
        "cookie": true });
    post("/api/handover/redeem", body).await.with(200);
    assert!(Wire::enter(world.door.address, &amara).await.is_none());
}
