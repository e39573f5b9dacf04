//! F06: a disk that fills up under the server: it says so, before the first message is refused,
//! keeps nothing it cannot keep, goes on reading, and is well again without a restart when there is
//! room.

use reqwest::{Method, StatusCode};
use roost_shared::{
    EntryId, RoomId, Seq,
    frame::{Page, ServerFrame},
    refusal::{Class, Told},
    room::RoomKind,
};
use roost_tests::{
    ids,
    instance::Instance,
    wait,
    wire::{PATIENCE, Wire},
    world::room_of,
};
use std::{fs, os::unix::fs::MetadataExt};

/// The answer to one draft.
async fn post(wire: &mut Wire, room: RoomId, id: EntryId) -> Result<Seq, Told> {
    wire.post(room, id, &"🪺".repeat(4_000)).await.unwrap();
    wire.until(|frame| match frame {
        ServerFrame::Ack { seq, .. } => Some(Ok(seq)),
        ServerFrame::Refused { told, .. } => Some(Err(told)),
        _ => None,
    })
    .await
}

fn is_root(test: &str) -> bool {
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    if !root {
        println!("{test}: skipped, it takes root to mount a small disk");
    }
    root
}

/// Waits until `/readyz` answers so.
async fn until_ready(instance: &Instance, status: StatusCode) {
    wait::until_some("readiness follows the disk", PATIENCE, || async {
        let heard = instance.door.ask(Method::GET, "/readyz", None, None).await.unwrap();
        (heard.status == status).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_almost_full_disk_is_not_ready_and_still_serves() {
    if !is_root("an_almost_full_disk_is_not_ready_and_still_serves") {
        return;
    }
    let (mut instance, phones) = Instance::furnished(&["sam"]).await;
    instance.start_on_small_disk(12, 4).await;
    let access = &phones[0].access;
    let (mut sam, welcome) = Wire::enter(instance.door.address, access).await.unwrap();
    let circle = room_of(&welcome, RoomKind::Circle);
    until_ready(&instance, StatusCode::OK).await;
    let said = |words: &str| instance.log().matches(words).count();

    instance.crowd_small_disk(768 * 1_024);
    until_ready(&instance, StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(instance.door.is_alive().await, "nobody is to restart it for that");
    post(&mut sam, circle, ids::entry()).await.expect("nothing is refused yet");
    let path = format!("/api/rooms/{circle}/entries?after=0");
    let heard = instance.door.ask(Method::GET, &path, Some(access), None).await.unwrap();
    assert_eq!(heard.status, StatusCode::OK, "reading goes on");
    let again = Wire::enter(instance.door.address, access).await;
    assert!(again.is_some(), "and so do connections");
    let warning = "the disk does not take a megabyte more: not ready";
    assert_eq!(said(warning), 1, "{}", instance.log());

    instance.free_small_disk();
    until_ready(&instance, StatusCode::OK).await;
    assert_eq!(said(warning), 1, "{}", instance.log());
}

#[tokio::test]
async fn a_full_disk_is_said_and_survived() {
    if !is_root("a_full_disk_is_said_and_survived") {
        return;
    }
    let (mut instance, phones) = Instance::furnished(&["sam"]).await;
    instance.start_on_small_disk(12, 4).await;
    let access = &phones[0].access;
    let (mut sam, welcome) = Wire::enter(instance.door.address, access).await.unwrap();
    let circle = room_of(&welcome, RoomKind::Circle);
    let mut acked = Vec::new();
    let (refused, told) = loop {
        let id = ids::entry();
        match post(&mut sam, circle, id).await {
            Ok(seq) => acked.push((seq, id)),
            Err(told) => break (id, told),
        }
        assert!(acked.len() < 1_000, "the disk never fills");
    };
    assert_eq!(
        (told.code.as_str(), told.class),
        ("store_full", Class::Later),
        "{}",
        instance.log()
    );

    let path = format!("/api/rooms/{circle}/entries?before={}&limit=5", acked.len());
    let heard = instance.door.ask(Method::GET, &path, Some(access), None).await.unwrap();
    assert_eq!(heard.status, StatusCode::OK, "reading goes on");
    assert!(instance.door.is_alive().await);
    until_ready(&instance, StatusCode::SERVICE_UNAVAILABLE).await;

    instance.free_small_disk();
    let seq = post(&mut sam, circle, refused).await.expect("there is room again");
    acked.push((seq, refused));
    let mut all = Vec::new();
    loop {
        let after = all.len();
        let path = format!("/api/rooms/{circle}/entries?after={after}");
        let heard = instance.door.ask(Method::GET, &path, Some(access), None).await.unwrap();
        let page: Page = serde_json::from_str(&heard.text).unwrap();
        if page.entries.is_empty() {
            break;
        }
        all.extend(page.entries.into_iter().map(|entry| (entry.seq, entry.id)));
    }
    let held: Vec<(Seq, EntryId)> =
        all.into_iter().filter(|(_, id)| acked.iter().any(|(_, own)| own == id)).collect();
    assert_eq!(held, acked);
}
