//! Whoever comes in while the house is busy with itself hears everything from then on.

use roost_shared::{frame::ServerFrame, room::RoomKind};
use roost_tests::{
    gate, ids, wait,
    wire::Wire,
    world::{World, room_of},
};
use std::time::Duration;

const ROUNDS: usize = 12;
const PHONES: usize = 24;
const SOON: Duration = Duration::from_secs(5);

/// Each change of people makes every feed of the constellation compare itself with its log, and
/// every phone look again at its rooms. Phones that come in during that must not fall out of a
/// feed.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_deaf_who_came_in_during_a_change() {
    let _timed = gate::timed().await;
    let world = World::new().await;
    let (mut jo, welcome) = world.wire("jo").await;
    let circle = room_of(&welcome, RoomKind::Circle);
    let sign_in = world.sign_in("sam").await;
    for round in 0..ROUNDS {
        let mut victims = Vec::new();
        for _ in 0..6 {
            victims.push(world.sign_in("amara").await);
        }
        let people = world.app().people.clone();
        let changes = tokio::spawn(async move {
            for victim in victims {
                people.end_device(victim.device).await.unwrap();
            }
        });
        let coming = (0..PHONES).map(|_| {
            let (address, access) = (world.door.address, sign_in.access.clone());
            tokio::spawn(async move { Wire::enter(address, &access).await.unwrap().0 })
        });
        let mut phones = Vec::new();
        for phone in coming.collect::<Vec<_>>() {
            phones.push(phone.await.unwrap());
        }
        changes.await.unwrap();
        let id = ids::entry();
        jo.post(circle, id, &format!("round {round}")).await.unwrap();
        for phone in &mut phones {
            let heard = phone.until(|frame| match frame {
                ServerFrame::Page(page) => page.entries.iter().find(|e| e.id == id).map(|e| e.seq),
                _ => None,
            });
            wait::within("a newcomer hears the message", SOON, heard).await;
        }
    }
}
