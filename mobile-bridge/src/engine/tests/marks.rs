//! How far a room was read, one story each.

use super::*;
use roost_shared::{PersonId, frame::MARKS_EVERY_MS, room::Mark};

const ME: u8 = 7;

fn person(n: u8) -> PersonId {
    PersonId::new(1, [n; 10])
}

/// A `welcome` into room 1 with its head at 9, as somebody of this role.
fn told(role: &str, read: i64, marks: &Value) -> Value {
    let mut frame = welcome(EPOCH, &[(1, 1, 9)]);
    frame["me"] = json!(person(ME));
    frame["people"] = json!([{"person": person(ME), "name": "Sam", "role": role}]);
    frame["rooms"][0]["read"] = json!(read);
    frame["rooms"][0]["marks"] = marks.clone();
    frame
}

fn mark(n: u8, delivered: i64, read: i64) -> Value {
    json!({"person": person(n), "delivered": delivered, "read": read})
}

fn marks(list: &[Value]) -> Value {
    json!({"t": "marks", "room": room(1), "marks": list})
}

fn read(seq: i64) -> Input {
    Input::Read { room: room(1), seq: Seq(seq) }
}

fn said(seq: i64) -> ClientFrame {
    ClientFrame::Mark { room: room(1), read: Seq(seq) }
}

fn live(role: &str) -> Bench {
    let mut bench = Bench::live(&[]);
    bench.hear(&told(role, 0, &json!([mark(1, 0, 0), mark(2, 0, 0)])));
    bench
}

fn reading(bench: &Bench) -> (i64, Vec<Mark>) {
    let (_, reading) = bench.engine.readings().next().unwrap();
    (reading.read.0, reading.others)
}

#[test]
fn a_mark_is_said_at_its_pace_and_only_rises() {
    let mut bench = live("hub");
    let first = bench.step(read(3));
    assert!(matches!(&first[0], Output::Write { write: Write::PutMarks { .. } }));
    assert_eq!(transmitted(&first), [said(3)]);
    assert_eq!(transmitted(&bench.step(read(5))), []);
    assert_eq!(bench.step(read(4)), [], "it does not fall");
    assert_eq!(transmitted(&bench.after(MARKS_EVERY_MS, Input::Timer)), [said(5)]);
    assert_eq!(transmitted(&bench.after(60_000, read(5))), []);
    assert_eq!(transmitted(&bench.step(read(99))), [said(9)], "nothing is above the head");
}

#[test]
fn a_mark_waits_for_signal_and_is_said_when_it_is_news() {
    let mut bench = live("satellite");
    bench.step(read(3));
    bench.step(Input::Closed { code: 1006 });
    assert_eq!(transmitted(&bench.step(read(6))), []);
    bench.after(5_000, Input::Timer);
    bench.step(Input::Opened);
    assert_eq!(transmitted(&bench.hear(&told("satellite", 3, &json!([])))), [said(6)]);
    let known = bench.hear(&told("satellite", 8, &json!([])));
    assert_eq!((transmitted(&known), reading(&bench).0), (vec![], 8), "read on another phone");
}

#[test]
fn nothing_is_noted_on_when_a_young_person_looks() {
    let mut bench = live("young");
    assert_eq!(bench.step(read(5)), []);
    assert_eq!(reading(&bench).0, 0);
}

#[test]
fn the_marks_of_others_rise_and_leave_with_them() {
    let mut bench = live("hub");
    let heard = bench.hear(&marks(&[mark(1, 4, 2), mark(ME, 0, 6)]));
    assert!(heard.contains(&Output::Changed { what: Changed::Room { room: room(1) } }));
    bench.hear(&marks(&[mark(1, 3, 3), mark(2, 1, 1)]));
    let of =
        |n, delivered, read| Mark { person: person(n), delivered: Seq(delivered), read: Seq(read) };
    assert_eq!(reading(&bench), (6, vec![of(1, 4, 3), of(2, 1, 1)]));
    assert_eq!(transmitted(&bench.step(read(6))), [], "the server knows");
    assert!(written(&bench.hear(&marks(&[mark(1, 4, 3)]))).is_empty());
    bench.hear(&told("hub", 6, &json!([mark(1, 9, 1)])));
    assert_eq!(reading(&bench), (6, vec![of(1, 9, 3)]), "who is not told of has left");
    bench.hear(&marks(&[mark(1, 9, 9), mark(2, 1, -1)]));
    assert_eq!(reading(&bench).1, [of(1, 9, 3)], "a frame that cannot be read says nothing");
    bench.hear(&marks(&[mark(1, 9, 4), mark(2, 9, 9)]));
    assert_eq!(reading(&bench).1, [of(1, 9, 4)], "what was said before they left does not count");
}

fn written(outputs: &[Output]) -> Vec<&Output> {
    outputs.iter().filter(|output| matches!(output, Output::Write { .. })).collect()
}
