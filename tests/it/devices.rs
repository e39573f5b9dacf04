//! My phones: I see where I am signed in and end what I no longer hold; Priya ends anybody's phone
//! of her constellation, and everybody else only their own.

use reqwest::Method;
use roost_tests::{desk::Desk, ids, wire::Wire, world::World};
use serde_json::json;

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
