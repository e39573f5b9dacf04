//! T24: two thousand phones are cut off at once, half of them with an access token that has run
//! out. Each hears when to come, each at its own time, and comes then: it is told first where its
//! rooms stand, gets what it missed, and is refused for ever by nobody; and whoever says something
//! meanwhile hardly notices (reliability, G10). And a thousand that do not wait for their turn, as
//! no phone of ours does: all are back, and whoever says something does not wait for the storm to
//! pass.

use reqwest::{Method, StatusCode};
use roost_server::log::Who;
use roost_shared::{
    Draft, RoomId, Seq,
    frame::{Cursors, ServerFrame, Welcome},
    id::Epoch,
    policy::{Actor, Role},
    room::RoomKind,
};
use roost_tests::{
    door::{Door, SignIn},
    gate, ids, wait,
    wire::{Heard, Wire},
    world::{World, room_of},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

/// Sign-ins behind the others: what is tried is the connections.
const SIGN_INS: usize = 20;
const MISSED: usize = 20;
/// Two hundred come back in a second.
const MS_A_PHONE: i64 = 5;
/// How long most of them and the last of them may take, and a send meanwhile (reliability, G10).
const MOST_BACK: Duration = Duration::from_secs(15);
const ALL_BACK: Duration = Duration::from_secs(30);
const SENT: Duration = Duration::from_millis(500);
/// How often Ola says something.
const PACE: Duration = Duration::from_millis(50);

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
struct Lost {
    door: Door,
    sign_in: SignIn,
    stale: bool,
    epoch: Epoch,
    circle: RoomId,
    cursor: Seq,
}

impl Lost {
    /// Comes back by itself after so long, however often that has to be tried: what it got, and
    /// when.
    async fn come_back(self, began: Instant, after: Duration) -> (Seq, Seq, Duration) {
        wait::passed(began, after).await;
        let access = match self.stale {
            true => wait::until_some("its token is new", ALL_BACK, || self.refresh()).await,
            false => self.sign_in.access.clone(),
        };
        let back = wait::until_some("it is back", ALL_BACK, || self.enter(&access));
        let (told, got) = wait::within("it is back", ALL_BACK, back).await;
        (told, got, began.elapsed())
    }

    /// One try to get another access token.
    async fn refresh(&self) -> Option<String> {
        let body = json!({ "refresh": self.sign_in.refresh });
        let asked = self.door.ask(Method::POST, "/api/session/refresh", None, Some(&body));
        let heard = asked.await.ok().filter(|heard| heard.status == StatusCode::OK)?;
        let told: Value = serde_json::from_str(&heard.text).unwrap();
        Some(told["access"].as_str().unwrap().to_owned())
    }

    /// One try to enter: how far the welcome said the room is, and how far the pages went.
    async fn enter(&self, access: &str) -> Option<(Seq, Seq)> {
        let mut wire = Wire::dial(self.door.address).await.ok()?;
        let cursors = Cursors::from([(self.circle, self.cursor)]);
        wire.hello(access, Some(self.epoch), cursors).await.ok()?;
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

/// Signs so many phones in and lets them come: their connections, and what they know. The first
/// half have a sign-in each, whose token will have run out; they refresh it first.
async fn enter(world: &World, count: usize) -> (Vec<Wire>, Vec<Lost>) {
    let (mut sign_ins, own) = (Vec::new(), count / 2);
    for n in 0..own + SIGN_INS {
        let person = world.person(["sam", "jo", "amara", "max"][n % 4]);
        let people = &world.app().people;
        let token = people.enrol(person).await.unwrap();
        let sign_in = people.accept(&token, ids::device(), "a test's phone").await.unwrap();
        sign_ins.push(serde_json::from_value::<SignIn>(json!(sign_in)).unwrap());
    }
    let coming = (0..count).map(|n| {
        let (door, stale) = (world.door.clone(), n < own);
        let sign_in = sign_ins[if stale { n } else { own + n % SIGN_INS }].clone();
        tokio::spawn(async move {
            let come = || Wire::enter(door.address, &sign_in.access);
            let (wire, welcome) = wait::until_some("they are welcome", ALL_BACK, come).await;
            let circle = room_of(&welcome, RoomKind::Circle);
            let listed = welcome.rooms.iter().find(|listed| listed.room == circle);
            let (epoch, cursor) = (welcome.epoch, listed.unwrap().head);
            (wire, Lost { door, sign_in, stale, epoch, circle, cursor })
        })
    });
    let (mut wires, mut phones) = (Vec::new(), Vec::new());
    for phone in coming.collect::<Vec<_>>() {
        let (wire, phone) = phone.await.unwrap();
        wires.push(wire);
        phones.push(phone);
    }
    (wires, phones)
}

/// Ola says something again and again: how long each was on its way to the disk and back.
async fn talk((mut ola, welcome): (Wire, Welcome), over: Arc<AtomicBool>) -> Vec<Duration> {
    let (circle, mut took) = (room_of(&welcome, RoomKind::Circle), Vec::new());
    let mut pace = tokio::time::interval(PACE);
    while !over.load(SeqCst) {
        pace.tick().await;
        let (id, since) = (ids::entry(), Instant::now());
        ola.post(circle, id, "a storm?").await.unwrap();
        ola.until(|frame| match frame {
            ServerFrame::Ack { id: of, .. } if of == id => Some(()),
            ServerFrame::Refused { told, .. } => panic!("Ola hears {}", told.code),
            _ => None,
        })
        .await;
        took.push(since.elapsed());
    }
    took
}

/// How long the phones took, and who said something meanwhile.
struct Passed {
    most: Duration,
    all: Duration,
    sent: Duration,
}

/// Cuts them all off and lets them come back, those who obey at the time they were told.
async fn storm(count: usize, obey: bool) -> Passed {
    let mut world = World::with(|config| config.live.hello_ms = 60_000).await;
    let (wires, lost) = enter(&world, count).await;
    let ears: Vec<_> = wires.into_iter().map(|wire| tokio::spawn(farewell(wire))).collect();
    world.restart().await;
    let mut waits = Vec::new();
    for ear in ears {
        waits.push(ear.await.unwrap());
    }
    assert_spread(&waits, spread_ms(count));

    let head = miss(&world, lost[0].circle).await;
    let over = Arc::new(AtomicBool::new(false));
    let talking = tokio::spawn(talk(world.wire("ola").await, over.clone()));
    let began = Instant::now();
    let coming = lost.into_iter().zip(waits).map(|(phone, wait_ms)| {
        let after = Duration::from_millis(if obey { wait_ms.unsigned_abs() } else { 0 });
        tokio::spawn(phone.come_back(began, after))
    });
    let mut times = Vec::new();
    for phone in coming.collect::<Vec<_>>() {
        let (told, got, time) = phone.await.unwrap();
        assert_eq!((told, got), (head, head), "told where it stands, and got it all");
        times.push(time);
    }
    over.store(true, SeqCst);
    let sends = talking.await.unwrap();
    let (most, all, sent) = (share(&times, 95), share(&times, 100), share(&sends, 99));
    let said = sends.len();
    println!("T24: {count} phones, 95 % in {most:?}, all in {all:?}; {said} sent, p99 {sent:?}");
    Passed { most, all, sent }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_phones_come_back_when_told_and_all_are_whole() {
    let _alone = gate::alone().await;
    let Passed { most, all, sent } = storm(2_000, true).await;
    assert!(most <= MOST_BACK && all <= ALL_BACK, "95 % in {most:?}, all in {all:?}");
    assert!(sent <= SENT, "whoever says something waits for {sent:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_phones_come_back_at_once_and_all_are_whole() {
    let _alone = gate::alone().await;
    let Passed { all, sent, .. } = storm(1_000, false).await;
    assert!(all <= ALL_BACK, "all in {all:?}");
    assert!(sent <= all / 2, "whoever says something waits for half of the storm: {sent:?}");
}

/// Over how long so many are spread.
fn spread_ms(phones: usize) -> i64 {
    (i64::try_from(phones).unwrap() * MS_A_PHONE).clamp(2_000, 10_000)
}

/// What the phones miss: where the room stands then.
async fn miss(world: &World, circle: RoomId) -> Seq {
    let actor = Actor::Person { person: world.person("jo"), role: Role::Hub };
    let who = Who { constellation: world.cast.wren, actor };
    let mut head = Seq::ZERO;
    for _ in 0..MISSED {
        let (id, kind, body) = (ids::entry(), "message".to_owned(), json!({ "text": "missed" }));
        let draft = Draft { id, kind, target: None, body };
        head = world.app().log.append(who, circle, draft).await.unwrap().seq;
    }
    head
}

/// Within what time so many of a hundred are.
fn share(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted[(sorted.len() * percent).div_ceil(100) - 1]
}

/// Every tenth of the time has its share of the phones.
fn assert_spread(waits: &[i64], spread_ms: i64) {
    let least = *waits.iter().min().unwrap();
    let tenth = |wait: &i64| (wait - least) * 10 / spread_ms;
    let tenths: BTreeSet<i64> = waits.iter().map(tenth).collect();
    assert_eq!(tenths, (0..10).collect(), "from {least} ms on, {spread_ms} ms");
    for one in tenths {
        let (all, share) = (waits.len(), waits.iter().filter(|wait| tenth(wait) == one).count());
        assert!((all / 30..all / 5).contains(&share), "{share} come in tenth {one}");
    }
}
