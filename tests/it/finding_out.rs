//! T22: nobody finds out who fosters. At every door that asks for a secret, one that was once good
//! and one that never was hear the same bytes, after the same time.

use reqwest::Method;
use roost_server::{people::By, store::enrolments::Way};
use roost_tests::{desk::Desk, dice::Dice, gate, ids, world::World};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

/// At each door.
const PAIRS: usize = 200;
/// How far apart the middle ones may be.
const APART: Duration = Duration::from_millis(10);
const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CODE: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

fn made_up(dice: &mut Dice, alphabet: &[u8], letters: usize) -> String {
    let letter = |_| char::from(alphabet[dice.below(alphabet.len() as u64) as usize]);
    (0..letters).map(letter).collect()
}

/// Asks with each of a pair in turn, known and unknown.
async fn compare(world: &World, path: &str, mut pair: impl FnMut(usize) -> [Value; 2]) {
    let (mut heard, mut took) = (BTreeSet::new(), [Vec::new(), Vec::new()]);
    for n in 0..PAIRS {
        for (side, body) in pair(n).iter().enumerate() {
            let began = Instant::now();
            let answer = world.door.ask(Method::POST, path, None, Some(body)).await.unwrap();
            took[side].push(began.elapsed());
            heard.insert((answer.status.as_u16(), answer.text));
        }
    }
    assert_eq!(heard.len(), 1, "{path}: {heard:?}");
    assert!(heard.first().is_some_and(|(status, _)| *status >= 400), "{path}: {heard:?}");
    let [known, unknown] = took.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    assert!(known.abs_diff(unknown) < APART, "{path}: {known:?} known, {unknown:?} unknown");
}

/// ChainKeys that were real: taken back, spent, sent, and at the table.
async fn known_links(world: &World) -> Vec<String> {
    let (people, max) = (&world.app().people, world.person("max"));
    let mut links = Vec::new();
    for _ in 0..10 {
        links.push(people.enrol(max).await.unwrap());
    }
    let spent = people.enrol(max).await.unwrap();
    world.door.accept(&spent).await;
    links.push(spent);
    let wren = world.cast.wren;
    for _ in 0..10 {
        links.push(people.enrol_by(max, Way::Link).await.unwrap().token);
        links.push(people.open_table(By::Operator, wren, max).await.unwrap().token);
    }
    people.revoke_link(By::Operator, wren, max).await.unwrap();
    links
}

#[tokio::test]
async fn a_link_that_was_and_one_that_never_was_are_the_same() {
    let _timed = gate::timed().await;
    let world = World::new().await;
    let mut dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    let known = known_links(&world).await;
    let unknown: Vec<String> = (0..PAIRS).map(|_| made_up(&mut dice, BASE64URL, 22)).collect();
    for path in ["look", "opened", "verify", "accept", "claim", "claim/outcome"] {
        let body = |token: &str| match path {
            "look" | "opened" => json!({ "token": token }),
            "verify" => json!({ "token": token, "device": ids::device(), "code": "000000" }),
            "claim/outcome" => json!({ "token": token, "claim": ids::entry() }),
            _ => json!({ "token": token, "device": ids::device(), "device_name": "A phone" }),
        };
        let path = format!("/api/enrolments/{path}");
        let pair = |n: usize| [body(&known[n % known.len()]), body(&unknown[n])];
        compare(&world, &path, pair).await;
    }
    // A link that is good is none at the table, and the table's is none by itself.
    let (people, sam) = (&world.app().people, world.person("sam"));
    let link = people.enrol(sam).await.unwrap();
    let body =
        |token: &str| json!({ "token": token, "device": ids::device(), "device_name": "A phone" });
    let pair = |n: usize| [body(&link), body(&unknown[n])];
    compare(&world, "/api/enrolments/claim", pair).await;
    let table = people.open_table(By::Operator, world.cast.wren, sam).await.unwrap().token;
    let pair = |n: usize| [body(&table), body(&unknown[n])];
    compare(&world, "/api/enrolments/accept", pair).await;
    // Whoever photographed the table's code learns nothing of the scans of others.
    people.claim(&table, ids::device(), "Sam's phone").await.unwrap();
    let asking = |token: &str| json!({ "token": token, "claim": ids::entry() });
    let pair = |n: usize| [asking(&table), asking(&unknown[n])];
    compare(&world, "/api/enrolments/claim/outcome", pair).await;
}

#[tokio::test]
async fn a_phone_that_is_there_and_one_that_never_was_are_the_same() {
    let _timed = gate::timed().await;
    let world = World::new().await;
    let mut dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    let sam = world.sign_in("sam").await.device;
    let body = |device: &str, mac: String| json!({ "refresh": format!("{device}.1.{mac}") });
    compare(&world, "/api/session/refresh", |_| {
        let mut mac = || made_up(&mut dice, BASE64URL, 43);
        let known = body(&sam.to_string(), mac());
        [known, body(&ids::device().to_string(), mac())]
    })
    .await;
}

#[tokio::test]
async fn a_code_that_was_and_one_that_never_was_are_the_same() {
    let _timed = gate::timed().await;
    let world = World::new().await;
    let mut dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    let mut known = Vec::new();
    for name in ["sam", "amara", "jo", "max"] {
        let desk = Desk::of(&world, name).await;
        for spent in [false, true] {
            let code = desk.ask(Method::POST, "/api/handover", None).await.text_of("code");
            let body = json!({ "code": code, "device": ids::device(), "device_name": "The app" });
            if spent {
                let path = "/api/handover/redeem";
                desk.ask(Method::POST, path, Some(&body)).await.with(200);
            }
            known.push(code);
        }
    }
    let body = |code: &str| json!({ "code": code, "device": ids::device(), "device_name": "x" });
    compare(&world, "/api/handover/redeem", |n| {
        [body(&known[n % known.len()]), body(&made_up(&mut dice, CODE, 8))]
    })
    .await;
}
