//! T17: guessing gets nobody in: guesses of links, codes and tokens hit nothing and hear the same
//! bytes, whatever stands behind them; and they lock nobody out who holds a right one.

use reqwest::Method;
use roost_server::people::handover::{Becomes, Redeemer};
use roost_shared::Refusal;
use roost_tests::{ample, desk::Desk, dice::Dice, house::House, ids, world::World};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const GUESSES: usize = 10_000;
/// As the alphabets of links and of codes.
const LINK: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CODE: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

fn guess(dice: &mut Dice, alphabet: &[u8], letters: usize) -> String {
    let letter = |_| alphabet[dice.below(alphabet.len() as u64) as usize];
    String::from_utf8((0..letters).map(letter).collect()).unwrap()
}

#[tokio::test]
async fn ten_thousand_links_hear_the_same() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let mut dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    // What a guess might come near: open, spent, revoked, and at the table.
    let (sam, kit) = (world.person("sam"), world.person("kit"));
    let invited = desk.act(sam, "invite", json!({})).await.with(201);
    let open = invited["token"].as_str().unwrap().to_owned();
    let dead = desk.act(kit, "invite", json!({})).await.text_of("token");
    desk.act(kit, "table", json!({})).await.with(201);
    let spent = world.app().people.enrol(world.person("max")).await.unwrap();
    world.door.accept(&spent).await;

    let mut heard = BTreeSet::new();
    let paths = ["look", "opened", "verify", "accept", "claim", "claim/outcome"];
    let near = [dead, spent, open[..21].to_owned(), format!("{open}A"), String::new()];
    for path in paths {
        let made_up = (near.len()..GUESSES / paths.len()).map(|_| guess(&mut dice, LINK, 22));
        let bodies = near.iter().cloned().chain(made_up).map(|token| match path {
            "look" | "opened" => json!({ "token": token }),
            "verify" => json!({ "token": token, "device": ids::device(), "code": "000000" }),
            "claim/outcome" => json!({ "token": token, "claim": ids::entry() }),
            _ => json!({ "token": token, "device": ids::device(), "device_name": "A guess" }),
        });
        let bodies: Vec<Value> = bodies.collect();
        let path = format!("/api/enrolments/{path}");
        for answer in world.door.post_all(&path, "192.0.2.1", &bodies).await.unwrap() {
            assert_eq!(answer.status.as_u16(), 404, "{path}: {}", answer.text);
            heard.insert(answer.text);
        }
    }
    assert_eq!(heard.len(), 1, "{heard:?}");
    world.door.join(&invited).await;
}

#[tokio::test]
async fn ten_thousand_codes_hear_the_same_and_whoever_holds_one_is_in() {
    let mut dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    let house = House::on_each_database(None).await.remove(0);
    let people = &house.people;
    let mut codes = Vec::new();
    for carer in &house.satellites {
        let link = people.enrol(*carer).await.unwrap();
        let phone = people.accept(&link, ids::device(), "A phone").await.unwrap();
        let me = people.authenticate(&phone.access).await.unwrap();
        codes.push(people.hand_over(&me).await.unwrap().code);
    }
    let redeem = async |code: &str| {
        let by = Redeemer { device: ids::device(), name: "A guess", becomes: Becomes::Same };
        people.redeem(code, by).await.map_err(|error| error.refusal())
    };
    for tried in 0..GUESSES {
        let heard = redeem(&guess(&mut dice, CODE, 10)).await.map(|_| tried);
        assert_eq!(heard, Err(Refusal::CodeInvalid), "a guess");
    }
    for code in codes {
        assert!(redeem(&code).await.is_ok(), "whatever others tried");
    }
}

#[tokio::test]
async fn who_guesses_codes_is_soon_told_so_and_a_right_one_still_works_from_there() {
    let mut dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    let world = World::with(|config| {
        ample::shipped(config);
        config.server.proxies = 1;
    })
    .await;
    let sam = Desk::of(&world, "sam").await;
    let code = sam.ask(Method::POST, "/api/handover", None).await.text_of("code");
    let body =
        |code: &str| json!({ "code": code, "device": ids::device(), "device_name": "A guess" });
    let guesses: Vec<Value> = (0..700).map(|n| body(&guess(&mut dice, CODE, n % 14))).collect();
    let (path, home) = ("/api/handover/redeem", "[2001:db8::9]:4711");
    let mut heard = BTreeSet::new();
    for answer in world.door.post_all(path, home, &guesses).await.unwrap() {
        heard.insert((answer.status.as_u16(), answer.text));
    }
    let statuses: Vec<u16> = heard.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [404, 429], "{heard:?}");
    let right = world.door.post_all(path, home, &[body(&code)]).await.unwrap();
    right[0].with(200);
}

/// T17: a hundred thousand guesses hit nothing. Made-up tokens are turned away before any database.
#[tokio::test]
async fn a_hundred_thousand_made_up_tokens_are_nobodys() {
    let mut dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    let world = World::with(ample::shipped).await;
    let (app, sam) = (world.app(), world.sign_in("sam").await);
    let (mut refused, guesser) = (0, "192.0.2.1".parse().ok());
    for _ in 0..10 * GUESSES {
        let mac = guess(&mut dice, LINK, 43);
        let made_up = format!("{}.{}.{mac}", sam.device, 1 + dice.below(3));
        assert!(app.people.holder(&made_up).is_err(), "{made_up}");
        match app.limits.failed(guesser, Refusal::SignInAgain).await {
            Refusal::TooMany => refused += 1,
            heard => assert_eq!(heard, Refusal::SignInAgain),
        }
    }
    assert!(refused > 9 * GUESSES, "{refused} were told that it is too much");
    let holder = app.people.holder(&sam.refresh).unwrap();
    app.people.refresh(holder).await.unwrap();
}
