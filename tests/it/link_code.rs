//! T17: a link that is sent opens with a code that Priya tells apart from it, so that whoever it is
//! forwarded to stays outside; five wrong codes end it, and then it is as if it had never been.

use reqwest::Method;
use roost_server::{
    people::{By, register::NewPerson},
    store::enrolments::Way,
};
use roost_shared::{DeviceId, Refusal, policy::Role};
use roost_tests::{desk::Desk, door::Heard, house::House, ids, world::World};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn post(world: &World, path: &str, body: Value) -> Heard {
    let path = format!("/api/enrolments/{path}");
    world.door.ask(Method::POST, &path, None, Some(&body)).await.unwrap()
}

async fn tells(world: &World, link: &Value, device: DeviceId, code: &str) -> Heard {
    post(world, "verify", json!({ "token": link["token"], "device": device, "code": code })).await
}

async fn accepts(world: &World, link: &Value, device: DeviceId) -> Heard {
    let body = json!({ "token": link["token"], "device": device, "device_name": "A phone" });
    post(world, "accept", body).await
}

/// Another code than this.
fn wrong(code: &Value) -> String {
    let code: u32 = code.as_str().unwrap().parse().unwrap();
    format!("{:06}", (code + 1) % 1_000_000)
}

#[tokio::test]
async fn whoever_a_link_is_forwarded_to_stays_outside() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let sam = world.person("sam");
    let link = desk.act(sam, "invite", json!({})).await.with(201);
    let code = link["code"].as_str().unwrap();
    assert!(code.len() == 6 && code.chars().all(|digit| digit.is_ascii_digit()), "{code}");
    assert_eq!(post(&world, "look", json!({ "token": link["token"] })).await.json()["code"], true);
    let (sams, thiefs) = (ids::device(), ids::device());

    // The link alone is worth nothing, and a code that is nearly right is wrong.
    let never = accepts(&world, &json!({ "token": "no link at all" }), thiefs).await;
    assert_eq!(accepts(&world, &link, thiefs).await, never);
    assert_eq!(tells(&world, &link, thiefs, &wrong(&link["code"])).await.code(), "code_invalid");
    assert_eq!(accepts(&world, &link, thiefs).await, never);

    // Priya is told the code for as long as it is of use, and how often somebody was wrong.
    let invitation = desk.member(sam).await["invitation"].clone();
    assert_eq!((&invitation["code"], &invitation["wrong_codes"]), (&link["code"], &json!(1)));

    // Ana, an admin, invites no carers, and is not told it.
    let new =
        NewPerson { constellation: world.cast.wren, home: None, role: Role::Admin, name: "Ana" };
    let ana = world.app().people.add_person(new).await.unwrap();
    let anas = world.door.accept(&world.app().people.enrol(ana).await.unwrap()).await;
    let seen = Desk::with(&world, &anas).member(sam).await["invitation"].clone();
    assert_eq!((&seen["state"], &seen["code"]), (&invitation["state"], &Value::Null));

    // Sam types it as people do. It is his phone that may accept then, and no other.
    let typed = format!(" {} - {} ", &code[..3], &code[3..]);
    tells(&world, &link, sams, &typed).await.with(204);
    assert_eq!(desk.member(sam).await["invitation"]["state"], "verified");
    assert_eq!(accepts(&world, &link, thiefs).await, never);
    accepts(&world, &link, sams).await.with(200);
    let invitation = desk.member(sam).await["invitation"].clone();
    assert_eq!((&invitation["state"], &invitation["code"]), (&json!("accepted"), &Value::Null));
    assert_eq!(tells(&world, &link, thiefs, code).await, never, "it is spent");
}

#[tokio::test]
async fn five_wrong_codes_end_a_link_and_it_is_as_if_it_had_never_been() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let sam = world.person("sam");
    let link = desk.act(sam, "invite", json!({})).await.with(201);
    let (device, code) = (ids::device(), link["code"].as_str().unwrap());
    let never = tells(&world, &json!({ "token": "no link at all" }), device, code).await;
    for wrong in ["", "12345", &format!("{code}0"), &wrong(&link["code"])] {
        assert_eq!(tells(&world, &link, device, wrong).await.code(), "code_invalid", "{wrong:?}");
    }
    let mut heard = Vec::new();
    heard.push(tells(&world, &link, device, &wrong(&link["code"])).await);
    heard.push(tells(&world, &link, device, code).await);
    heard.push(accepts(&world, &link, device).await);
    let invitation = desk.member(sam).await["invitation"].clone();
    assert_eq!((&invitation["state"], &invitation["wrong_codes"]), (&json!("revoked"), &json!(5)));

    // The same of one that Priya took back, also after it was told the right code.
    let link = desk.act(sam, "invite", json!({})).await.with(201);
    tells(&world, &link, device, link["code"].as_str().unwrap()).await.with(204);
    desk.act(sam, "revoke", json!({})).await.with(204);
    heard.push(tells(&world, &link, device, link["code"].as_str().unwrap()).await);
    heard.push(accepts(&world, &link, device).await);
    for one in heard {
        assert_eq!(one, never);
    }
}

#[tokio::test]
async fn a_hundred_who_guess_at_once_have_five_tries_between_them() {
    for house in House::on_each_database(None).await {
        let (people, of) = (&house.people, (house.constellation, house.satellites[0]));
        let sent = people.invite_again(By::Operator, of.0, of.1, Way::Link).await.unwrap();
        let right: u32 = sent.code.as_ref().unwrap().parse().unwrap();
        let guesses = (1..=100).map(|n| {
            let (people, token) = (people.clone(), sent.token.clone());
            let code = format!("{:06}", (right + n) % 1_000_000);
            tokio::spawn(async move { people.verify(&token, ids::device(), &code).await })
        });
        let mut invalid = 0;
        for guess in guesses.collect::<Vec<_>>() {
            match guess.await.unwrap().map_err(|error| error.refusal()) {
                Err(Refusal::CodeInvalid) => invalid += 1,
                Err(Refusal::EnrolmentUnusable) => {}
                other => panic!("a guess hears {other:?}"),
            }
        }
        assert_eq!(invalid, 4, "the fifth ends it");
        let late = people.verify(&sent.token, ids::device(), &sent.code.unwrap()).await;
        assert_eq!(late.map_err(|error| error.refusal()), Err(Refusal::EnrolmentUnusable));
    }
}

#[tokio::test]
async fn codes_of_many_links_are_many() {
    let house = House::on_each_database(None).await.remove(0);
    let mut codes = BTreeSet::new();
    for _ in 0..100 {
        let of = (house.constellation, house.satellites[0]);
        let sent = house.people.invite_again(By::Operator, of.0, of.1, Way::Link).await.unwrap();
        codes.insert(sent.code.unwrap());
    }
    assert!(codes.len() > 95, "{codes:?}");
}
