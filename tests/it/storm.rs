//! T24: a thousand phones are cut off at once and come back at once. Each hears when to come, each
//! at its own time; and though none of them waits, each is told first where its rooms stand, gets
//! what it missed, and is refused for ever by nobody.

use roost_server::log::Who;
use roost_shared::{
    Draft, RoomId, Seq,
    frame::{Cursors, ServerFrame},
    id::Epoch,
    policy::{Actor, Role},
    room::RoomKind,
};
use roost_tests::{
    gate, ids, wait,
    wire::{Heard, Wire},
    world::{World, room_of},
};
use serde_json::json;
use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

const PHONES: usize = 1_000;
/// Sign-ins behind them: what is tried is the connections.
const SIGN_INS: usize = 20;
const MISSED: usize = 20;
/// How long the last of them may take, on a machine that does other things too.
const ALL_BACK: Duration = Duration::from_secs(60);

/// One that listens to its end: when it is to come back, ms.
async fn farewell(mut wire: Wire) -> i64 {
    let bye = |frame| match frame {
        ServerFrame::Bye { told, retry_ms } => Some((told.code, retry_ms)),
        _ => None,
    };
    let (code, retry_ms) = wire.until(bye).await;
    assert_eq!((code.as_str(), wire.closed().await), ("draining", 1001));
    retry_ms
}

/// A phone that stood at `cursor`.
#[derive(Clone)]
struct Lost {
    address: SocketAddr,
    access: String,
    epoch: Epoch,
    circle: RoomId,
    cursor: Seq,
}

impl Lost {
    /// One try to come back: how far the welcome said the room is, and how far the pages went.
    async fn come_back(&self) -> Option<(Seq, Seq)> {
        let mut wire = Wire::dial(self.address).await.ok()?;
        let cursors = Cursors::from([(self.circle, self.cursor)]);
        wire.hello(&self.access, Some(self.epoch), cursors).await.ok()?;
        let Heard::Frame(first, _) = wire.listen().await else { return None };
        let ServerFrame::Welcome(welcome) = *first else { return None };
        let listed = welcome.rooms.iter().find(|listed| listed.room == self.circle);
        let (head, mut at) = (listed.expect("it is Sam's room still").head, self.cursor);
        while at < head {
            let Heard::Frame(frame, _) = wire.listen().await else { return None };
            if let ServerFrame::Page(page) = *frame
                && page.room == self.circle
            {
                assert_eq!(page.from, at.next(), "nothing is skipped and nothing said twice");
                at = page.to;
            }
        }
        Some((head, at))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_phones_come_back_at_once_and_all_are_whole() {
    let _alone = gate::alone().await;
    let mut world = World::with(|config| config.live.hello_ms = 60_000).await;
    let spread_ms = world.app().config.live.retry_spread_ms;
    let mut sign_ins = Vec::new();
    for n in 0..SIGN_INS {
        sign_ins.push(world.sign_in(["sam", "jo", "amara", "max"][n % 4]).await);
    }
    let address = world.door.address;
    let entering = (0..PHONES).map(|n| {
        let access = sign_ins[n % SIGN_INS].access.clone();
        tokio::spawn(async move {
            let (wire, welcome) = Wire::enter(address, &access).await.expect("they are welcome");
            let circle = room_of(&welcome, RoomKind::Circle);
            let listed = welcome.rooms.iter().find(|listed| listed.room == circle);
            let (epoch, cursor) = (welcome.epoch, listed.unwrap().head);
            (wire, Lost { address, access, epoch, circle, cursor })
        })
    });
    let (mut ears, mut lost) = (Vec::new(), Vec::new());
    for phone in entering.collect::<Vec<_>>() {
        let (wire, phone) = phone.await.unwrap();
        ears.push(tokio::spawn(farewell(wire)));
        lost.push(phone);
    }
    world.restart().await;
    let mut waits = Vec::new();
    for ear in ears {
        waits.push(ear.await.unwrap());
    }
    assert_spread(&waits, spread_ms);

    let circle = lost[0].circle;
    let actor = Actor::Person { person: world.person("jo"), role: Role::Hub };
    let who = Who { constellation: world.cast.wren, actor };
    let mut head = Seq::ZERO;
    for _ in 0..MISSED {
        let (id, kind, body) = (ids::entry(), "message".to_owned(), json!({ "text": "missed" }));
        let draft = Draft { id, kind, target: None, body };
        head = world.app().log.append(who, circle, draft).await.unwrap().seq;
    }
    let back = lost.into_iter().map(|phone| {
        tokio::spawn(async move {
            let back = wait::until_some("it is back", ALL_BACK, || phone.come_back());
            wait::within("it is back", ALL_BACK, back).await
        })
    });
    for phone in back.collect::<Vec<_>>() {
        let (told, got) = phone.await.unwrap();
        assert_eq!((told, got), (head, head), "told where it stands, and got it all");
    }
}

/// Every tenth of the time has its share of the phones.
fn assert_spread(waits: &[i64], spread_ms: i64) {
    let least = *waits.iter().min().unwrap();
    let tenth = |wait: &i64| (wait - least) * 10 / spread_ms;
    let tenths: BTreeSet<i64> = waits.iter().map(tenth).collect();
    assert_eq!(tenths, (0..10).collect(), "from {least} ms on, {spread_ms} ms");
    for one in tenths {
        let share = waits.iter().filter(|wait| tenth(wait) == one).count();
        assert!((PHONES / 30..PHONES / 5).contains(&share), "{share} come in tenth {one}");
    }
}
