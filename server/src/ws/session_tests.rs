//! The session machine as tables, and as a property: whatever the order of live pages and reads, a
//! phone is sent every seq of its rooms once and in order.

use super::{super::answer::close_code, *};
use crate::store::rooms::Mine;
use bytes::Bytes;
use proptest::prelude::*;
use roost_shared::{
    ConstellationId, EntryId, Epoch,
    frame::{PAGE_MAX_ENTRIES, Welcome},
    policy::Role,
    refusal::Told,
    room::{RoomKind, View},
};

fn room(n: u8) -> RoomId {
    RoomId::new(1, [n; 10])
}

fn at(seq: i64) -> Point {
    Point { seq: Seq(seq), chain: None }
}

fn mine(n: u8, floor: i64, head: i64) -> Mine {
    let membership = crate::store::rooms::Membership { floor: Seq(floor), view: View::Full };
    Mine {
        room: room(n),
        constellation: ConstellationId::new(1, [1; 10]),
        role: Role::Satellite,
        kind: RoomKind::Circle,
        home: None,
        head: at(head),
        held: Seq::ZERO,
        read: Seq::ZERO,
        membership,
    }
}

fn entered(rooms: Vec<Mine>, cursors: &[(u8, i64)]) -> Input {
    entered_in(Epoch::new(1, [1; 10]), rooms, cursors)
}

fn entered_in(epoch: Epoch, rooms: Vec<Mine>, cursors: &[(u8, i64)]) -> Input {
    let welcome = Welcome {
        v: 1,
        epoch,
        now: 1,
        beat_ms: 20_000,
        silence_ms: 45_000,
        retry_ms: 1,
        me: PersonId::new(1, [1; 10]),
        constellations: Vec::new(),
        rooms: Vec::new(),
        people: Vec::new(),
        homes: Vec::new(),
    };
    let cursors = cursors.iter().map(|(n, seq)| (room(*n), Seq(*seq))).collect();
    Input::Entered(Ok(Box::new(Entered {
        person: PersonId::new(1, [1; 10]),
        rooms,
        welcome,
        forget: None,
        cursors,
    })))
}

fn hello() -> ClientFrame {
    let (cursors, anchors) = Default::default();
    ClientFrame::Hello {
        v: frame::VERSION,
        token: "token".to_owned(),
        epoch: None,
        cursors,
        anchors,
    }
}

fn page(n: u8, from: i64, to: i64, head: i64) -> Arc<PageText> {
    let text = Bytes::from(format!("{n}:{from}-{to}"));
    let (from, to, head) = (Seq(from), Seq(to), Seq(head));
    Arc::new(PageText { room: room(n), from, to, chain: None, head, text })
}

/// A session that is live in these rooms.
fn live(rooms: Vec<Mine>, cursors: &[(u8, i64)]) -> Session {
    let mut session = Session::default();
    session.step(Input::Frame(Ok(hello())));
    session.step(entered(rooms, cursors));
    session
}

/// Outputs as short words, for tables.
fn told(outputs: Vec<Output>) -> Vec<String> {
    let word = |output| match output {
        Output::SignIn { .. } => "sign in".to_owned(),
        Output::Check { shown, .. } => format!("check {}", shown.cursors.len()),
        Output::Reload => "reload".to_owned(),
        Output::Append { .. } => "append".to_owned(),
        Output::Fetch(Ask { side, limit, .. }) => format!("read {side:?} {limit}"),
        Output::Read { read, .. } => format!("mark {read}"),
        Output::Holds(rooms) => format!("holds {}", rooms.len()),
        Output::Typing(_) => "typing".to_owned(),
        Output::Close(refusal) => format!("close {refusal} {}", close_code(refusal)),
        Output::Send(text) => match serde_json::from_slice(&text) {
            Ok(ServerFrame::Welcome(_)) => "welcome".to_owned(),
            Ok(ServerFrame::Ack { seq, .. }) => format!("ack {seq}"),
            Ok(ServerFrame::Refused { told: Told { code, .. }, .. }) => format!("refused {code}"),
            Ok(ServerFrame::Beat { digest }) => format!("beat {digest}"),
            Ok(frame) => format!("{frame:?}"),
            Err(_) => String::from_utf8(text.to_vec()).unwrap(),
        },
    };
    outputs.into_iter().map(word).collect()
}

#[test]
fn before_the_welcome() {
    let append = ClientFrame::Beat { digest: String::new() };
    let (cursors, anchors) = Default::default();
    let old = ClientFrame::Hello { v: 9, token: String::new(), epoch: None, cursors, anchors };
    let table = [
        (Input::Frame(Ok(hello())), "sign in"),
        (Input::Frame(Ok(append)), "close hello_expected 4400"),
        (Input::Frame(Ok(old)), "close version_unknown 4400"),
        (Input::Frame(Err(Refusal::FrameMalformed.into())), "close frame_malformed 4400"),
        (Input::HelloLate, "close hello_late 4408"),
        (Input::End(Refusal::FrameTooLarge), "close frame_too_large 1009"),
        (Input::Entered(Err(Refusal::SignInAgain)), "close sign_in_again 4401"),
        (Input::Entered(Err(Refusal::StoreUnavailable)), "close store_unavailable 4503"),
    ];
    for (input, expected) in table {
        let name = format!("{input:?}");
        assert_eq!(told(Session::default().step(input)), [expected], "{name}");
    }
}

#[test]
fn a_closed_session_does_nothing_more() {
    let mut session = live(vec![mine(1, 1, 5)], &[]);
    assert_eq!(told(session.step(Input::End(Refusal::Draining))), ["close draining 1001"]);
    assert!(session.step(Input::Frame(Ok(hello()))).is_empty());
    assert!(session.step(Input::Push(Push::Page(page(1, 6, 6, 6)))).is_empty());
    assert!(!session.wants_turn());
}

#[test]
fn requests_and_their_refusals() {
    let (here, id) = (room(1), EntryId::new(1, [1; 10]));
    let range = |room, after, before, limit| ClientFrame::Range { room, after, before, limit };
    let one = Some(Seq(1));
    let body = serde_json::json!({"text": "hello"});
    let append = |room| ClientFrame::Append {
        room,
        id,
        kind: "message".to_owned(),
        target: None,
        body: body.clone(),
    };
    let table = [
        (hello(), "close hello_twice 4400"),
        // A foreign room goes to the log, which answers for it like for a missing one.
        (append(here), "append"),
        (append(room(9)), "append"),
        (range(room(9), one, None, None), "refused not_found"),
        (range(here, one, one, None), "refused frame_malformed"),
        (range(here, None, None, None), "refused frame_malformed"),
        (range(here, Some(Seq(-1)), None, None), "refused frame_malformed"),
        (range(here, one, None, Some(0)), "refused frame_malformed"),
        (range(here, one, None, Some(PAGE_MAX_ENTRIES + 1)), "refused frame_malformed"),
    ];
    for (frame, expected) in table {
        let name = format!("{frame:?}");
        let mut session = live(vec![mine(1, 1, 0)], &[]);
        assert_eq!(told(session.step(Input::Frame(Ok(frame)))), [expected], "{name}");
    }
    let mut session = live(vec![mine(1, 1, 0)], &[]);
    assert!(session.step(Input::Frame(Ok(range(here, None, one, Some(50))))).is_empty());
    assert_eq!(told(session.step(Input::Turn)), ["read Before(Seq(1)) 50"]);
    for _ in 0..ASKS_MAX {
        assert!(session.step(Input::Frame(Ok(range(here, one, None, None)))).is_empty());
    }
    let one_too_many = session.step(Input::Frame(Ok(range(here, one, None, None))));
    assert_eq!(told(one_too_many), ["refused busy"]);
}

#[test]
fn ten_unreadable_frames_in_a_row_end_it() {
    let mut session = live(vec![], &[]);
    let bad = || Input::Frame(Err(Refusal::FrameUnknown.into()));
    for _ in 1..BAD_FRAMES_MAX {
        assert_eq!(told(session.step(bad())), ["refused frame_unknown"]);
    }
    session.step(Input::Frame(Ok(ClientFrame::Beat { digest: String::new() })));
    for _ in 1..BAD_FRAMES_MAX {
        assert_eq!(told(session.step(bad())), ["refused frame_unknown"], "a good one forgives");
    }
    assert_eq!(told(session.step(bad())), ["close frame_unknown 4400"]);
}

#[test]
fn an_unanswered_beat_ends_it_with_the_next() {
    let mut session = live(vec![], &[]);
    let answer = || Input::Frame(Ok(ClientFrame::Beat { digest: String::new() }));
    assert_eq!(told(session.step(Input::Beat(Vec::new()))), ["beat 811c9dc5"]);
    assert!(session.step(answer()).is_empty(), "an answer is not answered");
    assert_eq!(told(session.step(answer())), ["beat 811c9dc5"], "a phone that wakes is");
    assert!(session.step(answer()).is_empty());
    session.step(Input::Beat(Vec::new()));
    assert_eq!(told(session.step(Input::Beat(Vec::new()))), ["close silent 4408"]);
}

#[test]
fn a_page_of_a_room_with_marks_is_asked_about_once() {
    let mut line = mine(1, 1, 3);
    line.kind = RoomKind::HubLine;
    let mut session = live(vec![line, mine(2, 1, 3)], &[(1, 3), (2, 3)]);
    let say = |session: &mut Session, n: u8, seq: i64| {
        session.step(Input::Push(Push::Page(page(n, seq, seq, seq))));
        session.wants_beat()
    };
    let answer = |session: &mut Session, line: i64, circle: i64| {
        let digest = frame::digest(
            [(1, line), (2, circle)].map(|(n, seq)| (room(n), Seq(seq), None::<&str>)),
        );
        told(session.step(Input::Frame(Ok(ClientFrame::Beat { digest }))))
    };
    assert!(!session.wants_beat(), "a hello says what is held");
    assert!(!say(&mut session, 2, 4), "nobody is told in the circle");
    assert!(say(&mut session, 1, 4));
    session.step(Input::Beat(Vec::new()));
    assert!(!session.wants_beat() && !say(&mut session, 1, 5), "one beat at a time");
    assert!(answer(&mut session, 4, 4).is_empty(), "it had not come yet");
    assert!(session.wants_beat());
    session.step(Input::Beat(Vec::new()));
    assert!(answer(&mut session, 4, 4).is_empty(), "it never comes");
    assert!(!session.wants_beat(), "what was asked in vain waits for the regular beat");
    session.step(Input::Beat(Vec::new()));
    assert_eq!(answer(&mut session, 5, 4), ["holds 1"]);
    assert!(!session.wants_beat());
    say(&mut session, 1, 6);
    session.step(Input::Frame(Ok(ClientFrame::Mark { room: room(1), read: Seq(6) })));
    assert!(!session.wants_beat(), "what was read has come");
}

#[test]
fn a_beat_knows_where_rooms_stand_and_finds_what_was_missed() {
    let mut session = live(vec![mine(1, 1, 3)], &[(1, 3)]);
    let stale = told(session.step(Input::Beat(vec![(room(1), at(3))])));
    assert!(!session.wants_turn());
    let beat = told(session.step(Input::Frame(Ok(ClientFrame::Beat { digest: String::new() }))));
    assert!(beat.is_empty());
    let fresh = told(session.step(Input::Beat(vec![(room(1), at(5)), (room(9), at(1))])));
    assert_ne!(stale, fresh, "the digest is of the head");
    assert_eq!(told(session.step(Input::Turn)), ["read After(Seq(3)) 200"]);
}

#[test]
fn whoever_left_while_a_page_was_read_is_looked_at_again() {
    let mut session = live(vec![mine(1, 1, 3)], &[]);
    let Output::Fetch(ask) = session.step(Input::Turn).remove(0) else { panic!("a read") };
    let left = session.step(Input::Page { ask, page: Err(Refusal::NotFound) });
    assert!(matches!(left[..], [Output::Reload]), "{left:?}");
}

#[test]
fn a_phone_whose_queue_was_full_reads_on() {
    let mut session = live(vec![mine(1, 1, 3)], &[(1, 3)]);
    assert!(session.step(Input::Behind(vec![(room(1), at(4))])).is_empty());
    assert_eq!(told(session.step(Input::Turn)), ["read After(Seq(3)) 200"]);
    let large = page(1, 4, 5, 300);
    session.step(Input::Push(Push::Page(large)));
    assert_eq!(told(session.step(Input::Turn)), ["read After(Seq(5)) 200"], "and tells the head");
}

#[test]
fn a_room_that_is_behind_is_read_page_by_page() {
    let mut session = live(vec![mine(1, 1, 300), mine(2, 5, 4)], &[(1, 10)]);
    assert!(session.wants_turn());
    let Output::Fetch(ask) = session.step(Input::Turn).remove(0) else { panic!("a read") };
    assert_eq!((ask.room, ask.side), (room(1), Side::After(Seq(10))));
    // While it is read, live pages of that room wait; of others they pass.
    assert!(session.step(Input::Push(Push::Page(page(1, 301, 301, 301)))).is_empty());
    assert_eq!(told(session.step(Input::Push(Push::Page(page(2, 5, 5, 5))))), ["2:5-5"]);
    let read = session.step(Input::Page { ask, page: Ok(page(1, 11, 210, 301)) });
    assert_eq!(told(read), ["1:11-210"]);
    assert_eq!(told(session.step(Input::Turn)), ["read After(Seq(210)) 200"]);
    let ask = Ask { side: Side::After(Seq(210)), ..ask };
    session.step(Input::Page { ask, page: Ok(page(1, 211, 301, 301)) });
    assert!(!session.wants_turn());
    assert_eq!(told(session.step(Input::Push(Push::Page(page(1, 302, 302, 302))))), ["1:302-302"]);
}

#[test]
fn cursors_are_held_between_the_floor_and_the_head() {
    let table = [(0, "After(Seq(4))"), (3, "After(Seq(4))"), (7, "After(Seq(7))")];
    for (cursor, expected) in table {
        let mut session = live(vec![mine(1, 5, 9)], &[(1, cursor)]);
        assert_eq!(told(session.step(Input::Turn)), [format!("read {expected} 200")]);
    }
    assert!(!live(vec![mine(1, 5, 9)], &[(1, 99)]).wants_turn(), "nothing above the head");
    let mut session = live(vec![mine(1, 1, 9)], &[(1, 9)]);
    let cursors = [(room(1), Seq(3)), (room(8), Seq(1))].into();
    let resume = ClientFrame::Resume { cursors, anchors: frame::Anchors::new() };
    assert_eq!(told(session.step(Input::Frame(Ok(resume)))), ["check 2"]);
    assert_eq!(told(session.step(Input::Turn)), ["read After(Seq(3)) 200"], "resume steps back");
}

#[test]
fn a_phone_that_is_told_of_another_epoch_is_sent_everything() {
    let mut session = live(vec![mine(1, 1, 9), mine(2, 4, 9)], &[(1, 9), (2, 9)]);
    session.step(entered_in(Epoch::new(2, [1; 10]), vec![mine(1, 1, 9), mine(2, 4, 9)], &[]));
    assert_eq!(told(session.step(Input::Turn)), ["read After(Seq(0)) 200"]);
}

#[test]
fn a_reload_keeps_my_place_and_drops_rooms_that_are_gone() {
    let mut session = live(vec![mine(1, 1, 9), mine(2, 1, 9)], &[(1, 9), (2, 9)]);
    assert_eq!(told(session.step(Input::Push(Push::Reload))), ["reload"]);
    session.step(entered(vec![mine(1, 1, 9), mine(3, 1, 0)], &[]));
    assert!(!session.wants_turn(), "room 1 is where it was, room 3 is empty");
    assert!(session.step(Input::Push(Push::Page(page(2, 10, 10, 10)))).is_empty());
    assert_eq!(told(session.step(Input::Push(Push::Page(page(1, 10, 10, 10))))), ["1:10-10"]);
    // Back in room 2 after being away: its floor has risen, and so the place is new.
    session.step(entered(vec![mine(1, 1, 10), mine(2, 12, 12)], &[]));
    assert_eq!(told(session.step(Input::Turn)), ["read After(Seq(11)) 200"]);
    let ended = session.step(Input::Entered(Err(Refusal::DeviceEnded)));
    assert_eq!(told(ended), ["close device_ended 4401"]);
}

proptest! {
    /// The log of one room grows; live pages arrive late, doubled or not at all; reads answer what
    /// is there. The phone is sent 1..=head, once each, in order.
    #[test]
    fn every_seq_is_sent_once_in_order(steps in prop::collection::vec((0u8..4, 1i64..5), 1..200)) {
        let mut session = live(vec![mine(1, 1, 0)], &[]);
        let (mut head, mut sent) = (0i64, 0i64);
        let mut step = |session: &mut Session, input: Input| {
            let mut outputs = VecDeque::from(session.step(input));
            while let Some(output) = outputs.pop_front() {
                match output {
                    Output::Send(text) => {
                        let text = String::from_utf8(text.to_vec()).unwrap();
                        let range = text.strip_prefix("1:").expect("a page of room 1");
                        let (from, to) = range.split_once('-').unwrap();
                        prop_assert_eq!(from.parse::<i64>().unwrap(), sent + 1);
                        sent = to.parse().unwrap();
                    }
                    Output::Fetch(_) => {}
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            Ok(())
        };
        for (what, n) in steps {
            match what {
                0 | 1 => {
                    let from = head + 1;
                    head += n;
                    if what == 0 {
                        step(&mut session, Input::Push(Push::Page(page(1, from, head, head))))?;
                    }
                }
                2 => {
                    let from = (head - n + 1).max(1);
                    if head > 0 {
                        step(&mut session, Input::Push(Push::Page(page(1, from, head, head))))?;
                    }
                }
                _ => read_once(&mut session, head, &mut step)?,
            }
        }
        // The last live page may have been lost: the next wake tells the head.
        if head > 0 {
            step(&mut session, Input::Push(Push::Page(page(1, head, head, head))))?;
        }
        while session.wants_turn() {
            read_once(&mut session, head, &mut step)?;
        }
        prop_assert_eq!(sent, head);
    }
}

/// One turn, answered from a log of this head, at most two entries a page.
fn read_once(
    session: &mut Session,
    head: i64,
    step: &mut impl FnMut(&mut Session, Input) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let Some(Output::Fetch(ask)) = session.step(Input::Turn).pop() else { return Ok(()) };
    let Side::After(Seq(after)) = ask.side else { return Ok(()) };
    let to = (after + 2).min(head);
    step(session, Input::Page { ask, page: Ok(page(1, after + 1, to, head)) })
}
