//! A restart is gentle: told to stop, Roost says so at once, every phone hears when to come back,
//! nothing that was acknowledged is lost, and the process is gone within ten seconds. Told twice,
//! it ends at once.

use reqwest::Method;
use roost_shared::{
    frame::{Cursors, ServerFrame},
    room::RoomKind,
};
use roost_tests::{
    gate, ids,
    instance::Instance,
    wait,
    wire::{Heard, Wire},
    world::room_of,
};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

const PHONES: usize = 12;
const ENDING: Duration = Duration::from_secs(10);

#[tokio::test]
async fn phones_hear_when_to_come_back_and_the_process_ends_well() {
    let _timed = gate::timed().await;
    let (mut instance, phones) = Instance::furnished(&["sam"; PHONES]).await;
    instance.start().await;
    let address = instance.door.address;
    let mut wires = Vec::new();
    for phone in &phones {
        wires.push(Wire::enter(address, &phone.access).await.unwrap());
    }
    let circle = room_of(&wires[0].1, RoomKind::Circle);
    wires[0].0.post(circle, ids::entry(), "good night").await.unwrap();
    let acked = |frame| match frame {
        ServerFrame::Ack { seq, .. } => Some(seq),
        _ => None,
    };
    let seq = wires[0].0.until(acked).await;
    let began = Instant::now();
    instance.signal("TERM");
    wait::until_some("it is not ready", Duration::from_millis(100), || async {
        let heard = instance.door.ask(Method::GET, "/readyz", None, None).await;
        // An answer, or nobody takes the call: both keep callers away.
        heard.map_or(true, |heard| heard.status == 503).then_some(())
    })
    .await;
    let mut waits = BTreeSet::new();
    for (wire, _) in wires {
        waits.insert(farewell(wire).await);
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(waits.len() > PHONES / 2, "they come back one by one: {waits:?}");
    wait::until("the process ends", ENDING, || instance.ended().is_some());
    assert!(began.elapsed() < ENDING, "{:?}", began.elapsed());
    assert_eq!(instance.ended().unwrap().code(), Some(0));
    instance.kill();
    instance.start().await;
    let mut wire = Wire::dial(address).await.unwrap();
    wire.hello(&phones[1].access, None, Cursors::new()).await.unwrap();
    assert!(wire.page(circle).await.to >= seq, "what was acknowledged is there");
}

/// The `bye` and the close of one phone: when it is to come back, ms.
async fn farewell(mut wire: Wire) -> i64 {
    let bye = |frame| match frame {
        ServerFrame::Bye { told, retry_ms } => Some((told.code, retry_ms)),
        _ => None,
    };
    let (code, retry_ms) = wire.until(bye).await;
    assert_eq!(code, "draining");
    assert_eq!(wire.hear().await, Heard::Closed(1001));
    retry_ms
}

#[tokio::test]
async fn whoever_is_not_listening_does_not_keep_it_from_ending() {
    let _timed = gate::timed().await;
    let (mut instance, phones) = Instance::furnished(&["sam", "amara"]).await;
    instance.start().await;
    let address = instance.door.address;
    // One that never says hello, one that hears nothing, one that never finishes its request.
    let _mute = Wire::dial(address).await.unwrap();
    let (_deaf, _) = Wire::enter(address, &phones[0].access).await.unwrap();
    let mut slow = TcpStream::connect(address).await.unwrap();
    let head = "POST /api/session/refresh HTTP/1.1\r\nhost: roost\r\n\
                content-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    slow.write_all(head.as_bytes()).await.unwrap();
    assert!(instance.door.is_alive().await, "all of them have arrived");
    let began = Instant::now();
    instance.signal("TERM");
    wait::until("the process ends", ENDING, || instance.ended().is_some());
    assert!(began.elapsed() < ENDING, "{:?}", began.elapsed());
    assert_eq!(instance.ended().unwrap().code(), Some(0));
}

#[tokio::test]
async fn told_twice_it_ends_at_once() {
    let _timed = gate::timed().await;
    let (mut instance, phones) = Instance::furnished(&["sam"]).await;
    instance.start().await;
    let address = instance.door.address;
    let (_deaf, _) = Wire::enter(address, &phones[0].access).await.unwrap();
    instance.signal("TERM");
    wait::until_some("it is not ready", Duration::from_secs(1), || async {
        let heard = instance.door.ask(Method::GET, "/readyz", None, None).await;
        heard.map_or(true, |heard| heard.status == 503).then_some(())
    })
    .await;
    instance.signal("TERM");
    wait::until("the process ends", Duration::from_millis(500), || instance.ended().is_some());
    assert_eq!(instance.ended().unwrap().code(), Some(1));
    assert!(instance.log().contains("told twice to stop"), "{}", instance.log());
}
