//! T13, F16: a sign-in that is ours and that the database has forgotten is an alarm, and its phone
//! comes back later with everything it keeps. Only a row that says so ends a sign-in, and only then
//! is a browser told to clear its storage.

use reqwest::{Client, Method, header};
use roost_bridge::{View, engine::State};
use roost_server::{error::Result, people::session::SignIn};
use roost_shared::{Refusal, room::RoomKind};
use roost_tests::{house::House, ids, instance::Instance, wait, world::World};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::{path::Path, time::Duration};

const DEADLINE: Duration = Duration::from_secs(10);

fn refusal<T>(answer: Result<T>) -> Option<Refusal> {
    answer.err().map(|error| error.refusal())
}

async fn signed_in(house: &House, n: usize) -> SignIn {
    let link = house.people.enrol(house.satellites[n]).await.unwrap();
    house.people.accept(&link, ids::device(), "A phone").await.unwrap()
}

/// Takes rows away, as a disk does that is not the one it was.
async fn forget(house: &House, table: &'static str, key: &'static str, id: String) {
    let mut tx = house.db.begin().await.unwrap();
    let sql = AssertSqlSafe(format!("DELETE FROM {table} WHERE {key} = $1"));
    sqlx::query(sql).bind(id).execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_has_forgotten_has_not_ended() {
    for house in House::on_each_database(None).await {
        let people = &house.people;
        let (sam, amara) = (signed_in(&house, 0).await, signed_in(&house, 1).await);
        forget(&house, "devices", "device", sam.device.to_string()).await;
        forget(&house, "places", "person", amara.person.to_string()).await;
        for phone in [&sam, &amara] {
            let later = Some(Refusal::StoreUnavailable);
            let refresh = phone.refresh.as_deref().unwrap();
            assert_eq!(refusal(house.refresh(refresh).await), later);
            assert_eq!(refusal(people.authenticate(&phone.access).await), later);
            // Nor does it stand in the way of another sign-in in the same browser.
            people.give_way(refresh, ids::device()).await.unwrap();
        }
        // With a new link the same phone is here again.
        let link = people.enrol(house.satellites[0]).await.unwrap();
        let again = people.accept(&link, sam.device, "The same phone").await.unwrap();
        people.authenticate(&again.access).await.unwrap();
        house.refresh(&again.refresh.unwrap()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_row_says_that_it_has() {
    for house in House::on_each_database(None).await {
        let people = &house.people;
        let (sam, amara) = (signed_in(&house, 0).await, signed_in(&house, 1).await);
        people.end_device(sam.device).await.unwrap();
        people.end_person(house.satellites[1]).await.unwrap();
        for phone in [&sam, &amara] {
            let over = Some(Refusal::DeviceEnded);
            assert_eq!(refusal(house.refresh(phone.refresh.as_deref().unwrap()).await), over);
            assert_eq!(refusal(people.authenticate(&phone.access).await), over);
        }
    }
}

/// What a browser is told: the code, whether to clear its storage, and what becomes of its cookie.
async fn browser(world: &World, cookie: &str) -> (String, bool, bool) {
    let url = format!("{}/api/session/refresh", world.door.base());
    let asked = Client::new().post(url).header(header::COOKIE, format!("roost={cookie}"));
    let answer = asked.json(&json!({})).send().await.unwrap();
    let has = |name: &str| answer.headers().contains_key(name);
    let (clears, sets) = (has("clear-site-data"), has("set-cookie"));
    let told: Value = answer.json().await.unwrap();
    (told["code"].as_str().unwrap_or_default().to_owned(), clears, sets)
}

#[tokio::test]
async fn a_browser_clears_its_storage_when_its_sign_in_has_ended_and_never_else() {
    let world = World::new().await;
    let (sam, amara) = (world.sign_in("sam").await, world.sign_in("amara").await);
    world.app().people.end_device(sam.device).await.unwrap();
    // Jo signs out, and her browser ends before it has forgotten anything.
    let jo = world.sign_in("jo").await;
    let end = "/api/session/end";
    let ended = world.door.ask(Method::POST, end, Some(&jo.access), None).await.unwrap();
    assert_eq!(ended.status, 204);
    execute(&world.app().config.store.data, &amara.device.to_string()).await;
    let of_another_house = format!("{}.1.{}", sam.device, "A".repeat(43));
    for (cookie, code, clears) in [
        (of_another_house.as_str(), "sign_in_again", false),
        ("", "sign_in_again", false),
        (&amara.refresh, "store_unavailable", false),
        (&sam.refresh, "device_ended", true),
        (&jo.refresh, "device_ended", true),
    ] {
        for _ in 0..2 {
            let told = browser(&world, cookie).await;
            assert_eq!(told, (code.to_owned(), clears, false), "and says so each time");
        }
    }
}

/// Forgets a device, past the server.
async fn execute(data: &Path, device: &str) {
    let url = format!("sqlite://{}", data.join("roost.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let sql = "DELETE FROM devices WHERE device = $1";
    sqlx::query(sql).bind(device).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn the_operator_hears_of_it() {
    let (mut instance, phones) = Instance::furnished(&["sam"]).await;
    instance.start().await;
    execute(&instance.data(), &phones[0].device.to_string()).await;
    let alarm = "ROLLBACK? a sign-in of ours is not in this database";
    assert!(!instance.log().contains(alarm));
    let body = json!({ "refresh": phones[0].refresh });
    let heard = instance.door.ask(Method::POST, "/api/session/refresh", None, Some(&body)).await;
    assert_eq!(heard.unwrap().code(), "store_unavailable");
    assert!(instance.log().contains(alarm), "{}", instance.log());
}

#[tokio::test]
async fn a_phone_whose_sign_in_was_forgotten_keeps_what_it_has() {
    let world = World::new().await;
    let phone = world.phone("sam").await;
    let circle = world.room("sam", RoomKind::Circle).await;
    phone.send(circle, "kept here").await.unwrap();
    phone.wait_until(DEADLINE, View::all_sent).await.unwrap();
    let held = phone.entries(circle).await.unwrap();
    let mine = world.app().people.my_devices(&me(&world).await).await.unwrap();
    for device in mine {
        execute(&world.app().config.store.data, &device.device.to_string()).await;
    }
    let mut tries = 0;
    phone.sever().await.unwrap();
    while tries < 3 {
        let waits = |view: &View| matches!(view.state, State::Waiting { .. });
        phone.wait_until(DEADLINE, waits).await.unwrap();
        phone.wake().await.unwrap();
        tries += 1;
    }
    phone.send(circle, "written meanwhile").await.unwrap();
    wait::within("it waits", DEADLINE, async {
        let waits = |view: &View| matches!(view.state, State::Waiting { .. });
        phone.wait_until(DEADLINE, waits).await.unwrap();
    })
    .await;
    assert_eq!(phone.entries(circle).await.unwrap(), held, "nothing is wiped");
    assert_eq!((phone.outbox().len(), phone.rooms().is_empty()), (1, false));
    world.forget_phones();
}

async fn me(world: &World) -> roost_server::people::session::Me {
    let sign_in = world.sign_in("sam").await;
    world.app().people.authenticate(&sign_in.access).await.unwrap()
}
