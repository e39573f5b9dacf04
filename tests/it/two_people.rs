//! T16, T20: what one person cannot do alone: nobody becomes a liaison worker unless two admins
//! want it, and no admin ever sees what anybody said.

use reqwest::Method;
use roost_server::people::{
    By,
    register::NewPerson,
    second::{Candidate, Confirmed},
    session::Me,
};
use roost_shared::{ConstellationId, Refusal, policy::Role};
use roost_tests::{desk::Desk, house::House, ids, world::World};
use serde_json::json;

async fn admin(world: &World, name: &str) -> Desk {
    let constellation = world.cast.wren;
    let new = NewPerson { constellation, home: None, role: Role::Admin, name };
    let person = world.app().people.add_person(new).await.unwrap();
    let link = world.app().people.enrol(person).await.unwrap();
    Desk::with(world, &world.door.accept(&link).await)
}

#[tokio::test]
async fn a_liaison_worker_takes_two_admins() {
    let world = World::new().await;
    let (ana, ben) = (admin(&world, "Ana").await, admin(&world, "Ben").await);
    let priya = Desk::of(&world, "priya").await;
    let proposed = ana.post("proposals", json!({ "name": "Lee" })).await;
    proposed.with(202);
    let confirm = format!("proposals/{}/confirm", proposed.text_of("proposal"));

    assert_eq!(ana.post(&confirm, json!({})).await.code(), "second_person_needed");
    assert_eq!(priya.post(&confirm, json!({})).await.code(), "not_found", "none of hers");
    let open = priya.get("proposals").await.with(200);
    assert_eq!(open["proposals"], json!([]), "nor does she see it");
    let open = ben.get("proposals").await.with(200);
    assert_eq!(
        (&open["proposals"][0]["name"], &open["proposals"][0]["mine"]),
        (&json!("Lee"), &json!(false))
    );
    assert!(!ana.get("members").await.text.contains("Lee"), "one is not enough");

    let confirmed = ben.post(&confirm, json!({})).await.with(200);
    assert_eq!(ben.post(&confirm, json!({})).await.code(), "not_found", "once");
    let lee = Desk::with(&world, &world.door.join(&confirmed["invited"]).await);
    lee.get("members").await.with(200);

    for (body, code) in [
        (json!({}), "body_invalid"),
        (json!({ "name": "Lee", "person": world.person("sam") }), "body_invalid"),
        (json!({ "name": " " }), "name_invalid"),
        (json!({ "person": world.person("sam") }), "not_found"),
        (json!({ "person": world.person("priya") }), "nothing_to_change"),
        (json!({ "name": "Lee", "role": "admin" }), "frame_malformed"),
    ] {
        assert_eq!(ana.post("proposals", body.clone()).await.code(), code, "{body}");
    }
    assert_eq!(priya.post("proposals", json!({ "name": "X" })).await.code(), "not_permitted");
    // An admin ends a liaison worker alone; a liaison worker does not end another.
    let them = world.person("priya");
    assert_eq!(lee.act(them, "end", json!({})).await.code(), "not_permitted");
    ana.act(them, "end", json!({})).await.with(204);
    assert_eq!(ana.act(them, "return", json!({})).await.code(), "second_person_needed");
    priya.get("members").await.with(401);
}

#[tokio::test]
async fn an_admin_sees_how_people_stand_and_nothing_of_what_they_say() {
    let world = World::new().await;
    let ana = admin(&world, "Ana").await;
    let wren = world.cast.wren;
    let members = ana.get("members").await;
    members.with(200);
    assert!(members.text.contains("sam") && !members.text.contains("kit"), "{}", members.text);
    let all = ana.ask(Method::GET, "/api/constellations", None).await.with(200);
    let names: Vec<&str> = all["constellations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Wren", "Heron"], "every constellation of the service");
    let heron: ConstellationId =
        all["constellations"][1]["constellation"].as_str().unwrap().parse().unwrap();
    ana.about(heron).get("members").await.with(200);

    let me = ana.ask(Method::GET, "/api/me", None).await.with(200);
    assert_eq!(me["rooms"], json!([]));
    for room in world.app().directory.rooms(wren, world.person("jo")).await.unwrap() {
        let path = format!("/api/rooms/{}/entries?after=0", room.room);
        let other = format!("/api/rooms/{}/entries?after=0", ids::room());
        let heard = ana.ask(Method::GET, &path, None).await;
        assert_eq!(heard, ana.ask(Method::GET, &other, None).await, "as if it were not there");
    }
    // Inviting carers is a social worker's decision.
    let sam = world.person("sam");
    for what in ["invite", "end", "sent", "revoke", "table"] {
        assert_eq!(ana.act(sam, what, json!({})).await.code(), "not_permitted", "{what}");
    }
    ana.act(sam, "suspend", json!({})).await.with(204);
    // And carers are told of no admin.
    let amara = Desk::of(&world, "amara").await;
    let told = amara.ask(Method::GET, "/api/me", None).await;
    assert!(!told.text.contains("Ana"), "{}", told.text);
}

#[tokio::test]
async fn a_proposal_waits_for_a_week() {
    for house in House::on_each_database(None).await {
        let (people, wren) = (&house.people, house.constellation);
        let mut admins: Vec<Me> = Vec::new();
        for name in ["Ana", "Ben"] {
            let new = NewPerson { constellation: wren, home: None, role: Role::Admin, name };
            let person = people.add_person(new).await.unwrap();
            let link = people.enrol(person).await.unwrap();
            let phone = people.accept(&link, ids::device(), "A phone").await.unwrap();
            admins.push(people.authenticate(&phone.access).await.unwrap());
        }
        let [ana, ben] = &admins[..] else { unreachable!() };
        let week = 7 * 24 * 3_600_000;
        for (later, wanted) in [(week, Some(Refusal::NotFound)), (week - 1, None)] {
            let lee = Candidate::Named("Lee");
            let proposed = people.propose_liaison(By::Person(ana), wren, lee).await.unwrap();
            house.clock.turn(later);
            let confirmed = people.confirm(By::Person(ben), wren, proposed.proposal).await;
            let refusal = confirmed.as_ref().err().map(|error| error.refusal());
            assert_eq!(refusal, wanted, "after {later} ms");
            if let Ok(Confirmed { invited, .. }) = confirmed {
                people.look(&invited.unwrap().token).await.unwrap();
            }
        }
    }
}
