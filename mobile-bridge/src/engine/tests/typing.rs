//! Who is writing, one story each.

use super::*;
use roost_shared::{
    PersonId,
    frame::{TYPING_EVERY_MS, TYPING_SHOWN_MS},
};

fn person(n: u8) -> PersonId {
    PersonId::new(1, [n; 10])
}

/// A phone in a line and in the young people's room.
fn live() -> Bench {
    let mut bench = Bench::live(&[]);
    let mut told = welcome(EPOCH, &[(1, 1, 3), (2, 1, 3)]);
    told["rooms"][0]["kind"] = json!("hub_line");
    told["rooms"][1]["kind"] = json!("peers");
    bench.hear(&told);
    bench
}

fn heard(n: u8, of: u8) -> Value {
    json!({"t": "typing", "room": room(n), "person": person(of)})
}

fn told(outputs: &[Output]) -> Vec<Vec<PersonId>> {
    let changed = outputs.iter().filter_map(|output| match output {
        Output::Changed { what: Changed::Typing { people, .. } } => Some(people.clone()),
        _ => None,
    });
    changed.collect()
}

#[test]
fn it_is_said_now_and_then_and_not_everywhere() {
    let mut bench = live();
    let typing = |n| Input::Typing { room: room(n) };
    let said = [ClientFrame::Typing { room: room(1) }];
    assert_eq!(transmitted(&bench.step(typing(1))), said);
    assert_eq!(transmitted(&bench.after(TYPING_EVERY_MS - 1, typing(1))), []);
    assert_eq!(transmitted(&bench.after(1, typing(1))), said);
    assert_eq!(transmitted(&bench.step(typing(2))), [], "young people are not watched");
    assert_eq!(transmitted(&bench.step(typing(3))), []);
    bench.step(Input::Closed { code: 1006 });
    assert_eq!(transmitted(&bench.after(60_000, typing(1))), []);
}

#[test]
fn it_is_shown_for_a_while_or_until_what_was_written_comes() {
    let mut bench = live();
    assert_eq!(told(&bench.hear(&heard(1, 5))), [[person(5)]]);
    assert_eq!(told(&bench.after(3_000, Input::Wake)), [] as [Vec<PersonId>; 0]);
    assert_eq!(told(&bench.hear(&heard(1, 4))), [[person(4), person(5)]]);
    let rings = bench.after(TYPING_SHOWN_MS - 3_000, Input::Timer);
    assert_eq!(told(&rings), [[person(4)]]);
    let mut page = page(1, 3, 4);
    page["entries"][0]["author"] = json!(person(4));
    assert!(told(&bench.hear(&page)).is_empty(), "that was said before");
    let mut page = super::page(1, 4, 5);
    page["entries"][1]["author"] = json!(person(4));
    assert_eq!(told(&bench.hear(&page)), [[]] as [[PersonId; 0]; 1]);
    assert!(told(&bench.hear(&heard(2, 4))).is_empty());
}

#[test]
fn it_ends_with_the_connection() {
    let mut bench = live();
    bench.hear(&heard(1, 5));
    assert_eq!(told(&bench.step(Input::Closed { code: 1006 })), [[]] as [[PersonId; 0]; 1]);
    assert!(bench.engine.typing().is_empty());
}
