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

fn address(n: u32) -> Option<IpAddr> {
    Some(IpAddr::V4(n.into()))
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
fn guesses_are_counted_by_address_and_in_all() {
    let (limits, clock) = limits(|limits| {
        limits.attempts_burst = count(3);
        limits.attempts_of_all_burst = count(8);
    });
    let passed = |from, tries: u32| (0..tries).filter(|_| limits.attempt(from).is_ok()).count();
    assert_eq!(passed(address(1), 10), 3);
    assert_eq!(passed(address(2), 10), 3, "another address has its own");
    assert_eq!(passed(address(3), 10), 2, "until it is too much in all");
    clock.turn(60_000);
    assert_eq!(passed(address(1), 10), 3);
}

#[test]
fn whoever_waits_at_the_table_may_ask_as_long_as_the_code_is_good() {
    let (limits, clock) = limits(|_| {});
    let (phone, every_ms, good_ms) = (address(1), 2_000, 15 * 60_000);
    for at in (0..good_ms).step_by(2_000) {
        assert_eq!(limits.attempt(phone), Ok(()), "after {at} ms");
        clock.turn(every_ms);
    }
    let left = (0..100).filter(|_| limits.attempt(phone).is_ok()).count();
    assert_eq!(left, 60, "and then still get in");
}

#[test]
fn a_person_asks_as_often_as_they_may_from_wherever() {
    let (limits, _) = limits(|limits| limits.requests_burst = count(5));
    let (jo, sam) = (PersonId::new(1, [1; 10]), PersonId::new(1, [2; 10]));
    let passed = |who, tries: u32| (0..tries).filter(|_| limits.request(who).is_ok()).count();
    assert_eq!((passed(jo, 9), passed(sam, 9)), (5, 5));
}

#[test]
fn neighbours_are_one_address() {
    let table = [
        ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8::1", "2001:db8::ffff:1", true),
        ("2001:db8::1", "2001:db8:0:1::1", false),
        ("::ffff:192.0.2.1", "192.0.2.1", true),
    ];
    for (one, other, same) in table {
        let near = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(near(one) == near(other), same, "{one} and {other}");
    }
}

#[test]
fn a_hundred_thousand_guessers_take_no_more_room_than_a_few() {
    let (limits, clock) = limits(|limits| {
        limits.remembered = 1_000;
        limits.attempts_of_all_burst = count(1_000_000);
    });
    assert!(limits.attempt(address(7)).is_ok());
    let passed = (0..100_000).filter(|n| limits.attempt(address(100 + n)).is_ok()).count();
    assert_eq!(limits.0.attempts.len(), 1_000);
    assert_eq!(passed, 999 + 60, "those that are not told apart share one limit");
    assert!(limits.attempt(address(7)).is_ok(), "who was here before has their own");
    clock.turn(600_000);
    limits.0.attempts.retain_recent();
    assert_eq!(limits.0.attempts.len(), 0, "whoever was quiet is forgotten");
}
