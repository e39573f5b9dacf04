//! T23: a phone that does not read is let go before it costs anybody anything, and is whole when it
//! is back.

use roost_shared::{
    Seq,
    frame::{Cursors, ServerFrame},
    room::RoomKind,
};
use roost_tests::{
    gate, ids, wait,
    wire::{Heard, Wire},
    world::{World, room_of},
};
use std::time::{Duration, Instant};

/// Together more than any socket on the way holds.
const MESSAGES: usize = 700;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_is_let_go_and_comes_back_whole() {
    let _timed = gate::timed().await;
    let world = World::with(|config| config.live.write_ms = 500).await;
    let sign_in = world.sign_in("jo").await;
    let mut slow = Wire::dial_narrow(world.door.address).await.unwrap();
    slow.hello(&sign_in.access, None, Cursors::new()).await.unwrap();
    let welcome = slow.until(|frame| match frame {
        ServerFrame::Welcome(welcome) => Some(*welcome),
        _ => None,
    });
    let welcome = welcome.await;
    let circle = room_of(&welcome, RoomKind::Circle);

    let (mut sam, _) = world.wire("sam").await;
    let (mut slowest, mut head) = (Duration::ZERO, Seq::ZERO);
    let text = "🪺".repeat(4_000);
    for _ in 0..MESSAGES {
        let began = Instant::now();
        sam.post(circle, ids::entry(), &text).await.unwrap();
        head = sam
            .until(|frame| match frame {
                ServerFrame::Ack { seq, .. } => Some(seq),
                _ => None,
            })
            .await;
        slowest = slowest.max(began.elapsed());
    }
    assert!(slowest < Duration::from_secs(1), "others wait for the slow one: {slowest:?}");
    wait::until_some("the slow one is let go", Duration::from_secs(5), || async {
        (world.app().presence.count() == 1).then_some(())
    })
    .await;

    // What is left on its line ends with why, if that still got through, and never with a gap.
    let mut cursor = Seq::ZERO;
    while let Heard::Frame(frame, _) = slow.listen().await {
        match *frame {
            ServerFrame::Page(page) if page.room == circle => {
                assert_eq!(page.from, cursor.next());
                cursor = page.to;
            }
            ServerFrame::Bye { told, .. } => assert_eq!(told.code, "slow_reader"),
            _ => {}
        }
    }
    assert!(cursor < head, "it was let go before it had everything");

    let mut back = Wire::dial(world.door.address).await.unwrap();
    let cursors = Cursors::from([(circle, cursor)]);
    back.hello(&sign_in.access, Some(welcome.epoch), cursors).await.unwrap();
    while cursor < head {
        let page = back.page(circle).await;
        assert_eq!(page.from, cursor.next());
        cursor = page.to;
    }
}
