//! T13, T17: handing over: Sam carries the sign-in from the browser into the app on the home
//! screen, or to a new phone. A code works once, for a quarter of an hour, and where it came from
//! nothing is kept.

use roost_server::{
    error::Result,
    people::{
        handover::{Becomes, Redeemer},
        session::{Me, SignIn},
    },
};
use roost_shared::{DeviceId, Refusal};
use roost_tests::{desk::Desk, gate, house::House, ids, wire::Wire, world::World};
use serde_json::json;
use std::time::{Duration, Instant};

const MINUTE_MS: i64 = 60_000;

fn refusal<T>(answer: Result<T>) -> Option<Refusal> {
    answer.err().map(|error| error.refusal())
}

fn app(device: DeviceId, becomes: Becomes) -> Redeemer<'static> {
    Redeemer { device, name: "The app", becomes }
}

async fn signed_in(house: &House, n: usize) -> (SignIn, Me) {
    let link = house.people.enrol(house.satellites[n]).await.unwrap();
    let phone = house.people.accept(&link, ids::device(), "The browser").await.unwrap();
    let me = house.people.authenticate(&phone.access).await.unwrap();
    (phone, me)
}

#[tokio::test]
async fn the_app_on_the_home_screen_becomes_the_same_device() {
    let _timed = gate::timed().await;
    let world = World::new().await;
    let browser = world.sign_in("sam").await;
    let (mut wire, _) = Wire::enter(world.door.address, &browser.access).await.unwrap();
    let desk = Desk::with(&world, &browser);
    let post = |path: &'static str, body| {
        let desk = desk.clone();
        async move { desk.ask(reqwest::Method::POST, path, Some(&body)).await }
    };
    let code = post("/api/handover", json!({})).await;
    code.with(201);
    let body = json!({ "code": code.text_of("code"), "device": ids::device(),
        "device_name": "The app" });
    let began = Instant::now();
    let redeemed = post("/api/handover/redeem", body.clone()).await;
    redeemed.with(200);
    assert_eq!(redeemed.id::<DeviceId>("device"), browser.device, "the same device");

    assert_eq!(wire.closed().await, 4401, "the browser keeps nothing");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    desk.ask(reqwest::Method::GET, "/api/me", None).await.with(401);
    let old = json!({ "refresh": browser.refresh });
    assert_eq!(post("/api/session/refresh", old).await.code(), "device_ended");
    // And its last try harms nobody.
    let fresh = json!({ "refresh": redeemed.text_of("refresh") });
    post("/api/session/refresh", fresh).await.with(200);
    assert!(Wire::enter(world.door.address, &redeemed.text_of("access")).await.is_some());
    let again = post("/api/handover/redeem", body).await;
    assert_eq!(again.code(), "code_invalid", "used");
}

#[tokio::test]
async fn a_new_phone_takes_the_place_of_the_old_one() {
    for house in House::on_each_database(None).await {
        let people = &house.people;
        let (old, me) = signed_in(&house, 0).await;
        let code = people.hand_over(&me).await.unwrap().code;
        let new = ids::device();
        let phone = people.redeem(&code, app(new, Becomes::NewPhone)).await.unwrap();
        assert_eq!((phone.device, phone.person), (new, old.person));
        let now = people.authenticate(&phone.access).await.unwrap();
        assert_eq!(refusal(people.authenticate(&old.access).await), Some(Refusal::DeviceEnded));
        let mine = people.my_devices(&now).await.unwrap();
        assert_eq!(mine.iter().map(|one| one.device).collect::<Vec<_>>(), [new]);
    }
}

#[tokio::test]
async fn a_code_works_once_and_soon_and_a_lost_answer_costs_nothing() {
    for house in House::on_each_database(None).await {
        let people = &house.people;
        let invalid = Some(Refusal::CodeInvalid);
        let (_, me) = signed_in(&house, 0).await;
        let first = people.hand_over(&me).await.unwrap().code;
        let code = people.hand_over(&me).await.unwrap().code;
        let (mine, theirs) = (ids::device(), ids::device());
        let replaced = people.redeem(&first, app(mine, Becomes::Same)).await;
        assert_eq!(refusal(replaced), invalid, "one open code a device");
        let typed = format!("{} - {}", code[..5].to_lowercase(), &code[5..]);
        let one = people.redeem(&typed, app(mine, Becomes::Same)).await.unwrap();
        for (device, becomes) in [(theirs, Becomes::Same), (mine, Becomes::NewPhone)] {
            let other = people.redeem(&code, app(device, becomes)).await;
            assert_eq!(refusal(other), invalid, "{becomes:?}");
        }
        house.clock.turn(9 * MINUTE_MS);
        let two = people.redeem(&code, app(mine, Becomes::Same)).await.unwrap();
        assert_eq!(two.refresh, one.refresh, "the same sign-in again");
        house.refresh(&two.refresh.unwrap()).await.unwrap();
        let late = people.redeem(&code, app(mine, Becomes::Same)).await;
        assert_eq!(refusal(late), invalid, "not once the answer was seen to arrive");

        for (waits, works) in [(15 * MINUTE_MS, false), (15 * MINUTE_MS - 1, true)] {
            let (_, me) = signed_in(&house, 1).await;
            let code = people.hand_over(&me).await.unwrap().code;
            house.clock.turn(waits);
            let redeemed = people.redeem(&code, app(ids::device(), Becomes::Same)).await;
            assert_eq!(redeemed.is_ok(), works, "after {waits} ms");
        }
    }
}

#[tokio::test]
async fn who_has_ended_hands_nothing_over() {
    for house in House::on_each_database(None).await {
        let people = &house.people;
        let (phone, me) = signed_in(&house, 0).await;
        let code = people.hand_over(&me).await.unwrap().code;
        people.end_device(phone.device).await.unwrap();
        let redeemed = people.redeem(&code, app(ids::device(), Becomes::Same)).await;
        assert_eq!(refusal(redeemed), Some(Refusal::CodeInvalid));
        let (_, me) = signed_in(&house, 1).await;
        let code = people.hand_over(&me).await.unwrap().code;
        people.end_person(house.satellites[1]).await.unwrap();
        for becomes in [Becomes::Same, Becomes::NewPhone] {
            let redeemed = people.redeem(&code, app(ids::device(), becomes)).await;
            assert_eq!(refusal(redeemed), Some(Refusal::CodeInvalid));
        }
    }
}
