//! The limits as tables, on a clock that is turned by hand.

use super::*;
use crate::Config;
use roost_shared::{EntryId, RoomId};
use serde_json::json;
use std::path::Path;

fn limits(change: impl FnOnce(&mut config::Limits)) -> (Limits, Clock) {
    let mut limits = Config::in_folder(Path::new("unused")).limits;
    change(&mut limits);
    let clock = Clock::turned_by_hand(1_795_310_400_000);
    (Limits::new(&limits, &clock), clock)
}

fn count(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).unwrap()
}

fn beat() -> Result<ClientFrame, Unread> {
    Ok(ClientFrame::Beat { digest: String::new() })
}

#[test]
fn a_connection_says_twenty_at_once_and_a_hundred_a_minute() {
    let (limits, clock) = limits(|_| {});
    let (frames, other) = (limits.frames(), limits.frames());
    let passed =
        |frames: &Frames, tries: u32| (0..tries).filter(|_| frames.admit(beat()).is_ok()).count();
    assert_eq!(passed(&frames, 100), 20);
    assert_eq!(passed(&other, 1), 1, "another connection has its own");
    let minute: usize = (0..60).map(|_| (clock.turn(1_000), passed(&frames, 10)).1).sum();
    assert!((99..=100).contains(&minute), "{minute} in a minute");
    clock.turn(3_600_000);
    assert_eq!(passed(&frames, 100), 20, "nobody saves up for a flood");
}

#[test]
fn what_is_over_the_limit_is_named() {
    let (limits, _) = limits(|limits| limits.frames_burst = count(1));
    let frames = limits.frames();
    assert!(frames.admit(beat()).is_ok());
    let (room, id) = (RoomId::new(1, [1; 10]), EntryId::new(1, [2; 10]));
    let (kind, body) = ("message".to_owned(), json!({ "text": "good morning" }));
    let append = ClientFrame::Append { room, id, kind, target: None, body };
    let range = ClientFrame::Range { room, after: None, before: None, limit: None };
    let unread = Unread { refusal: Refusal::FrameMalformed, room: Some(room), id: None };
    let table = [
        (Ok(append), Some(room), Some(id)),
        (Ok(range), Some(room), None),
        (beat(), None, None),
        (Err(unread), Some(room), None),
    ];
    for (frame, room, id) in table {
        let refusal = Refusal::TooMany;
        assert_eq!(frames.admit(frame.clone()), Err(Unread { refusal, room, id }), "{frame:?}");
    }
}

#[test]
fn a_person_asks_as_often_as_they_may_from_wherever() {
    let (limits, _) = limits(|limits| limits.requests_burst = count(5));
    let (jo, sam) = (PersonId::new(1, [1; 10]), PersonId::new(1, [2; 10]));
    let passed = |who, tries: u32| (0..tries).filter(|_| limits.request(who).is_ok()).count();
    assert_eq!((passed(jo, 9), passed(sam, 9)), (5, 5));
}

#[tokio::test]
async fn a_sign_in_is_used_as_often_as_it_may_be_and_no_other_is_the_worse_for_it() {
    let (limits, clock) = limits(|_| {});
    let (sams, amaras) = (DeviceId::new(1, [1; 10]), DeviceId::new(1, [2; 10]));
    let passed = async |device, uses: i64| {
        let mut passed = 0;
        for generation in 0..uses {
            let used = limits.by_token((device, generation), async { Ok(()) }).await;
            passed += i64::from(used.is_ok());
        }
        passed
    };
    assert_eq!((passed(sams, 100).await, passed(amaras, 100).await), (60, 60));
    clock.turn(60_000);
    assert_eq!(passed(sams, 100).await, 60);
}

#[tokio::test]
async fn who_held_a_sign_in_before_uses_up_nothing_of_who_holds_it_now() {
    let (limits, _) = limits(|_| {});
    let device = DeviceId::new(1, [1; 10]);
    let ended = async || Err::<(), _>(Refusal::DeviceEnded.into());
    let heard = async || {
        let answer = limits.by_token((device, 1), ended()).await;
        answer.map_err(|error| error.refusal())
    };
    for _ in 0..60 {
        assert_eq!(heard().await, Err(Refusal::DeviceEnded));
    }
    assert_eq!(heard().await, Err(Refusal::TooMany), "an old token, again and again");
    assert!(limits.by_token((device, 5), async { Ok(()) }).await.is_ok(), "the present one");
}

#[tokio::test]
async fn a_link_is_used_as_often_as_it_may_be_and_what_is_made_up_is_not_remembered() {
    let (limits, clock) = limits(|_| {});
    let guess = Refusal::EnrolmentUnusable;
    let uses = async |link: &str, good: bool| {
        let act = async { if good { Ok(()) } else { Err(guess.into()) } };
        limits.by_secret(None, (link, guess), act).await.map_err(|error| error.refusal())
    };
    for n in 0..200 {
        assert_eq!(uses(&format!("made up {n}"), false).await, Err(guess));
    }
    assert_eq!(limits.0.secrets.len(), 0);
    // Whoever waits at the table asks every two seconds, for as long as the code is good.
    for at in (0..15 * 60_000).step_by(2_000) {
        assert_eq!(uses("the table's", true).await, Ok(()), "after {at} ms");
        clock.turn(2_000);
    }
    for _ in 0..60 {
        assert_eq!(uses("the table's", true).await, Ok(()), "and then still gets in");
    }
    assert_eq!(uses("the table's", true).await, Err(Refusal::TooMany));
    assert_eq!(uses("another's", true).await, Ok(()));
}
