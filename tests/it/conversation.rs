//! People talk: at once, from a second phone, out of a tunnel, across a restart. The phones are the
//! real ones; at the end of each test they must have sent everything and hold everything.

use roost_bridge::{Phone, View};
use roost_shared::{
    RoomId, Seq,
    frame::{PAGE_MAX_BYTES, PAGE_MAX_ENTRIES},
    room::RoomKind,
};
use roost_tests::{
    ids,
    wire::{Heard, draft},
    world::{World, room_of},
};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);

/// The first room of a kind on this phone.
fn room(phone: &Phone, kind: RoomKind) -> RoomId {
    phone.rooms().into_iter().find(|listed| listed.kind == kind).unwrap().room
}

/// What was said in a room, as this phone holds it.
async fn said(phone: &Phone, room: RoomId) -> Vec<String> {
    let entries = phone.entries(room).await.unwrap();
    let texts = entries.into_iter().filter(|entry| entry.kind == "message");
    texts.map(|entry| entry.body.unwrap()["text"].as_str().unwrap().to_owned()).collect()
}

/// Waits until this phone holds `count` messages of a room.
async fn holds(phone: &Phone, room: RoomId, head: Seq) {
    phone.wait_until(SOON, |view| view.cursor(room) >= head).await.unwrap();
}

async fn sent(phone: &Phone) {
    phone.wait_until(SOON, View::all_sent).await.unwrap();
}

/// The last seq of a room, as one of its members finds it.
fn head(phone: &Phone, room: RoomId) -> Seq {
    phone.view().cursor(room)
}

#[tokio::test]
async fn two_people_and_a_second_phone_talk() {
    let world = World::new().await;
    let (sam, jo, second) =
        (world.phone("sam").await, world.phone("jo").await, world.phone("sam").await);
    let line = room(&sam, RoomKind::HubLine);
    sam.send(line, "Could Kit stay over on the 12th?").await.unwrap();
    sent(&sam).await;
    let question = head(&sam, line).max(Seq(1));
    holds(&jo, line, question).await;
    let asked = jo.entries(line).await.unwrap().pop().unwrap();
    assert_eq!(asked.author, Some(world.person("sam")));
    jo.reply(line, asked.id, "Of course.").await.unwrap();
    sent(&jo).await;
    for phone in [&sam, &jo, &second] {
        holds(phone, line, asked.seq.next()).await;
        let expected = ["Could Kit stay over on the 12th?", "Of course."];
        assert_eq!(said(phone, line).await, expected);
        let answer = phone.entries(line).await.unwrap().pop().unwrap();
        assert_eq!(answer.target, Some(asked.id));
    }
    world.end().await;
}

#[tokio::test]
async fn whoever_wrote_sees_soon_that_it_has_arrived() {
    // No beat of the clock says so: the next one is minutes away.
    let world = World::with(|config| {
        (config.live.beat_ms, config.live.silence_ms) = (600_000, 1_200_000);
    })
    .await;
    let (sam, jo) = (world.phone("sam").await, world.phone("jo").await);
    let line = room(&sam, RoomKind::HubLine);
    for words in ["Could Kit stay over?", "On the 12th"] {
        jo.send(line, words).await.unwrap();
        sent(&jo).await;
        let said = head(&jo, line);
        let arrived = jo.wait_until(SOON, |view| {
            let mark = view.mark(line, world.person("sam"));
            mark.is_some_and(|mark| mark.delivered >= said && mark.read < said)
        });
        arrived.await.unwrap();
    }
    world.end().await;
}

#[tokio::test]
async fn a_severed_phone_resumes_without_a_gap() {
    let world = World::new().await;
    let (sam, jo) = (world.phone("sam").await, world.phone("jo").await);
    let circle = room(&sam, RoomKind::Circle);
    let begin = head(&sam, circle);
    for count in 0..40 {
        // Both lose their connection in the midst of it, and write on as if they had not.
        if count % 10 == 3 {
            sam.sever().await.unwrap();
            jo.sever().await.unwrap();
        }
        sam.send(circle, &format!("sam {count}")).await.unwrap();
        jo.send(circle, &format!("jo {count}")).await.unwrap();
    }
    sent(&sam).await;
    sent(&jo).await;
    for phone in [&sam, &jo] {
        holds(phone, circle, Seq(begin.0 + 80)).await;
        for name in ["sam", "jo"] {
            let all = said(phone, circle).await;
            let own: Vec<&String> = all.iter().filter(|text| text.starts_with(name)).collect();
            let expected: Vec<String> = (0..40).map(|count| format!("{name} {count}")).collect();
            assert!(own.iter().copied().eq(expected.iter()), "{own:?}");
        }
    }
    world.end().await;
}

#[tokio::test]
async fn a_phone_that_was_away_gets_everything_in_pages() {
    let world = World::new().await;
    let (sam, jo) = (world.phone("sam").await, world.phone("jo").await);
    let circle = room(&sam, RoomKind::Circle);
    let begin = head(&jo, circle);
    jo.stop().await.unwrap();
    for count in 0..300 {
        sam.send(circle, &format!("message {count}")).await.unwrap();
    }
    sam.wait_until(Duration::from_secs(60), View::all_sent).await.unwrap();
    jo.start().await.unwrap();
    holds(&jo, circle, Seq(begin.0 + 300)).await;
    assert_eq!(said(&jo, circle).await, said(&sam, circle).await);
    assert_eq!(said(&jo, circle).await.len(), 300);
    world.end().await;
}

#[tokio::test]
async fn pages_are_bounded_and_contiguous() {
    let world = World::new().await;
    let (mut sam, welcome) = world.wire("sam").await;
    let circle = room_of(&welcome, RoomKind::Circle);
    // 4,000 characters of four bytes: eight of them fill a page by bytes, the small ones by count.
    let texts = (0..24).map(|_| "🪺".repeat(4_000)).chain((0..230).map(|_| "hello".to_owned()));
    let mut expected = welcome.rooms.iter().find(|listed| listed.room == circle).unwrap().head;
    for text in texts {
        sam.post(circle, ids::entry(), &text).await.unwrap();
        expected = expected.next();
        let ack = sam.until(|frame| match frame {
            roost_shared::frame::ServerFrame::Ack { seq, .. } => Some(seq),
            _ => None,
        });
        assert_eq!(ack.await, expected);
    }
    let (mut jo, _) = world.wire("jo").await;
    let mut next = Seq(1);
    while next <= expected {
        let Heard::Frame(frame, text) = jo.hear().await else { panic!("closed") };
        let roost_shared::frame::ServerFrame::Page(page) = *frame else { continue };
        if page.room != circle {
            continue;
        }
        assert_eq!(page.from, next);
        assert!(page.entries.len() as i64 <= PAGE_MAX_ENTRIES);
        assert!(page.entries.len() == 1 || text.len() < PAGE_MAX_BYTES + 1_024, "{}", text.len());
        for entry in &page.entries {
            assert_eq!(entry.seq, next);
            next = next.next();
        }
        assert_eq!(page.to.next(), next);
    }
    // A draft that is longer than a frame ends the connection, and only that one.
    sam.say(&draft(circle, ids::entry(), &"x".repeat(70_000))).await.unwrap();
    assert_eq!(sam.closed().await, 1009);
}

#[tokio::test]
async fn a_restart_costs_a_moment_and_nothing_else() {
    let mut world = World::new().await;
    let (sam, jo) = (world.phone("sam").await, world.phone("jo").await);
    let circle = room(&sam, RoomKind::Circle);
    let begin = head(&sam, circle);
    sam.send(circle, "before").await.unwrap();
    sent(&sam).await;
    world.restart().await;
    sam.send(circle, "after").await.unwrap();
    sent(&sam).await;
    for phone in [&sam, &jo] {
        holds(phone, circle, Seq(begin.0 + 2)).await;
        assert_eq!(said(phone, circle).await, ["before", "after"]);
    }
    world.end().await;
}
