//! T17: at the kitchen table: Priya shows a code, Ruth's phone scans it and shows a number, and
//! only the phone whose number Priya chooses gets in.

use reqwest::Method;
use roost_server::{
    error::Result,
    people::{By, table::Outcome},
};
use roost_shared::{DeviceId, EntryId, PersonId, Refusal};
use roost_tests::{desk::Desk, door::Heard, house::House, ids, world::World};
use serde_json::{Value, json};

/// A phone at the table.
struct Guest<'a> {
    world: &'a World,
    token: String,
    device: DeviceId,
}

impl Guest<'_> {
    async fn post(&self, path: &str, body: Value) -> Heard {
        let path = format!("/api/enrolments/{path}");
        self.world.door.ask(Method::POST, &path, None, Some(&body)).await.unwrap()
    }

    /// Scans: the claim and the number that it shows.
    async fn scan(&self) -> Heard {
        let body = json!({ "token": self.token, "device": self.device, "device_name": "Ruth's" });
        self.post("claim", body).await
    }

    async fn outcome(&self, claim: &str) -> String {
        let body = json!({ "token": self.token, "claim": claim });
        self.post("claim/outcome", body).await.text_of("state")
    }

    async fn accept(&self) -> Heard {
        let body = json!({ "token": self.token, "device": self.device, "device_name": "Ruth's",
            "cookie": false });
        self.post("accept", body).await
    }
}

async fn table<'a>(world: &'a World, desk: &Desk) -> (PersonId, Guest<'a>) {
    let body = json!({ "name": "Ruth", "role": "satellite",
        "home": desk.home("The Brennans").await });
    let ruth: PersonId = desk.post("members", body).await.id("person");
    let open = desk.act(ruth, "table", json!({})).await;
    let minutes = (open.with(201)["expires_at"].as_i64().unwrap() - ids::now_ms()) / 60_000;
    assert!((13..=15).contains(&minutes), "{minutes} minutes");
    (ruth, Guest { world, token: open.text_of("token"), device: ids::device() })
}

#[tokio::test]
async fn the_phone_whose_number_is_chosen_gets_in_and_the_other_does_not() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let (ruth, phone) = table(&world, &desk).await;
    let thief = Guest { world: &world, token: phone.token.clone(), device: ids::device() };
    let look = phone.post("look", json!({ "token": phone.token })).await.with(200);
    assert_eq!(look["confirm"], true, "the page knows that a number is to be shown");
    assert_eq!(phone.accept().await.code(), "enrolment_unusable", "not before it has scanned");

    let (mine, theirs) = (phone.scan().await, thief.scan().await);
    assert_eq!(phone.scan().await, mine, "asking again changes nothing");
    let (claim, number) = (mine.text_of("claim"), mine.with(200)["number"].clone());
    assert_ne!(number, theirs.with(200)["number"]);
    assert_eq!(phone.outcome(&claim).await, "waiting");
    assert_eq!(phone.accept().await.code(), "enrolment_unusable", "not before it is confirmed");

    let shown = desk.get(&format!("members/{ruth}/table")).await.with(200);
    let scans = shown["claims"].as_array().unwrap();
    let scan = scans.iter().find(|scan| scan["claim"] == claim.as_str()).unwrap();
    let choices = scan["choices"].as_array().unwrap();
    assert!(
        choices.len() == 3 && choices.contains(&number) && choices.is_sorted_by_key(|n| n.as_i64())
    );
    assert!(scan.get("number").is_none(), "the screen does not say which: {scan}");
    assert_eq!((scans.len(), &shown["invitation"]["state"]), (2, &json!("opened")));

    let right = json!({ "claim": claim, "number": number });
    desk.act(ruth, "table/confirm", right).await.with(204);
    assert_eq!(phone.outcome(&claim).await, "confirmed");
    assert_eq!(thief.accept().await.code(), "enrolment_unusable");
    phone.accept().await.with(200);
    phone.accept().await.with(200);
    assert_eq!(desk.member(ruth).await["state"], "active");
    assert_eq!(thief.scan().await.code(), "enrolment_unusable", "spent");
}

#[tokio::test]
async fn a_wrong_number_refuses_the_scan_and_three_take_it_back() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let (ruth, phone) = table(&world, &desk).await;
    for wrong in 1..=3 {
        let scan = phone.scan().await;
        let (claim, number) = (scan.text_of("claim"), scan.with(200)["number"].as_i64().unwrap());
        let choice = json!({ "claim": claim, "number": number + 1 });
        let chosen = desk.act(ruth, "table/confirm", choice).await;
        assert_eq!(chosen.code(), "code_invalid");
        let right = json!({ "claim": claim, "number": number });
        let late = desk.act(ruth, "table/confirm", right).await;
        assert_eq!(late.code(), "not_found", "this scan is over");
        assert_eq!(phone.accept().await.code(), "enrolment_unusable");
        if wrong < 3 {
            assert_eq!(phone.outcome(&claim).await, "refused", "and says so");
        }
    }
    assert_eq!(phone.scan().await.code(), "enrolment_unusable");
    assert_eq!(desk.member(ruth).await["invitation"]["state"], "revoked");
}

#[tokio::test]
async fn nobody_confirms_for_another_table_or_another_constellation() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let (ruth, phone) = table(&world, &desk).await;
    let scan = phone.scan().await;
    let right = json!({ "claim": scan.text_of("claim"), "number": scan.with(200)["number"] });
    for (who, code) in [("jo", "not_permitted"), ("kit", "not_found"), ("noor", "not_found")] {
        let other = Desk::of(&world, who).await;
        assert_eq!(other.act(ruth, "table/confirm", right.clone()).await.code(), code, "{who}");
    }
    let sam = world.person("sam");
    desk.act(sam, "table", json!({})).await.with(201);
    assert_eq!(desk.act(sam, "table/confirm", right.clone()).await.code(), "not_found");
    let unknown = json!({ "claim": ids::entry(), "number": 10 });
    assert_eq!(desk.act(ruth, "table/confirm", unknown).await.code(), "not_found");
    desk.act(ruth, "table/confirm", right).await.with(204);
}

#[tokio::test]
async fn the_table_is_cleared_after_a_quarter_of_an_hour() {
    fn refusal<T>(answer: Result<T>) -> Option<Refusal> {
        answer.err().map(|error| error.refusal())
    }
    for house in House::on_each_database(None).await {
        let (people, wren, carer) = (&house.people, house.constellation, house.satellites[0]);
        for (waits, works) in [(15 * 60_000, false), (15 * 60_000 - 1, true)] {
            let open = people.open_table(By::Operator, wren, carer).await.unwrap();
            let device = ids::device();
            let claimed = people.claim(&open.token, device, "A phone").await.unwrap();
            let of = (wren, carer);
            people.confirm_claim(By::Operator, of, claimed.claim, claimed.number).await.unwrap();
            house.clock.turn(waits);
            let accepted = people.accept(&open.token, device, "A phone").await;
            assert_eq!(accepted.is_ok(), works, "after {waits} ms");
        }
        let open = people.open_table(By::Operator, wren, carer).await.unwrap();
        let link = people.enrol(carer).await.unwrap();
        let unusable = Some(Refusal::EnrolmentUnusable);
        let device = ids::device();
        assert_eq!(refusal(people.claim(&open.token, device, "A phone").await), unusable);
        assert_eq!(refusal(people.claim(&link, device, "A phone").await), unusable, "no table");
        let claim: EntryId = ids::entry();
        assert_eq!(refusal(people.claim_outcome(&link, claim).await), unusable);
        assert_eq!(refusal(people.claim_outcome("none", claim).await), unusable);
        let open = people.open_table(By::Operator, wren, carer).await.unwrap();
        for _ in 0..6 {
            let claimed = people.claim(&open.token, ids::device(), "Many").await.unwrap();
            let outcome = people.claim_outcome(&open.token, claimed.claim).await.unwrap();
            assert_eq!(outcome, Outcome::Waiting);
        }
        let more = people.claim(&open.token, ids::device(), "One more").await;
        assert_eq!(refusal(more), unusable, "more phones than a family has");
    }
}
