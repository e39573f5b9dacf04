//! A phone that holds more than the database: one phone's word harms nobody else, two people's
//! phones end the epoch, and a database that was set back signs nobody out.

use roost_shared::{
    Epoch, Seq,
    frame::{Cursors, ServerFrame, Welcome},
    room::RoomKind,
};
use roost_tests::{folder::Folder, instance::Instance, wire::Wire, world::World};
use serde_json::json;
use std::fs;

/// Enters with a cursor far beyond the circle's head.
async fn claim(world: &World, name: &str, epoch: Epoch) -> Welcome {
    let sign_in = world.sign_in(name).await;
    let circle = world.room(name, RoomKind::Circle).await;
    let mut wire = Wire::dial(world.door.address).await.unwrap();
    let cursors: Cursors = [(circle, Seq(1_000))].into();
    wire.hello(&sign_in.access, Some(epoch), cursors).await.unwrap();
    let welcome = wire.until(|frame| match frame {
        ServerFrame::Welcome(welcome) => Some(*welcome),
        _ => None,
    });
    let welcome = welcome.await;
    let page = wire.page(circle).await;
    assert_eq!(page.from, Seq(1), "whoever is told of another epoch starts anew");
    welcome
}

#[tokio::test]
async fn one_phone_cannot_make_the_others_forget_but_two_people_can() {
    let world = World::new().await;
    let (_, welcome) = world.wire("jo").await;
    let epoch = welcome.epoch;
    for _ in 0..3 {
        let told = claim(&world, "sam", epoch).await.epoch;
        assert_ne!(told, epoch, "the phone that claims it forgets what it believes to hold");
        let (_, jo) = world.wire("jo").await;
        assert_eq!(jo.epoch, epoch, "nobody else does");
    }
    let ended = claim(&world, "amara", epoch).await.epoch;
    let (_, jo) = world.wire("jo").await;
    assert!(jo.epoch == ended && ended != epoch, "two people's phones say so: it is true");
    let still = claim(&world, "max", ended).await.epoch;
    let (_, jo) = world.wire("jo").await;
    assert!(still != ended && jo.epoch == ended, "once in the life of a process");
}

#[tokio::test]
async fn a_database_that_was_set_back_signs_nobody_out() {
    let (mut instance, phones) = Instance::furnished(&["sam"]).await;
    let backup = Folder::new("backup");
    fs::copy(instance.data().join("roost.db"), backup.path().join("roost.db")).unwrap();
    instance.start().await;
    let mut refresh = phones[0].refresh.clone();
    for _ in 0..3 {
        let body = json!({ "refresh": refresh });
        let path = "/api/session/refresh";
        let heard = instance.door.ask(reqwest::Method::POST, path, None, Some(&body)).await;
        refresh = heard.unwrap().json()["refresh"].as_str().unwrap().to_owned();
    }
    instance.kill();
    for file in ["roost.db-wal", "roost.db-shm"] {
        let _ = fs::remove_file(instance.data().join(file));
    }
    fs::copy(backup.path().join("roost.db"), instance.data().join("roost.db")).unwrap();
    instance.start().await;
    for _ in 0..2 {
        let body = json!({ "refresh": refresh });
        let path = "/api/session/refresh";
        let heard = instance.door.ask(reqwest::Method::POST, path, None, Some(&body)).await;
        let heard = heard.unwrap();
        assert_eq!(heard.status, 200, "{}", heard.text);
        refresh = heard.json()["refresh"].as_str().unwrap().to_owned();
    }
    assert!(instance.log().contains("ROLLBACK"), "the operator hears of it");
}
