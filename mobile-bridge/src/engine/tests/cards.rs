//! What becomes of entries, one story each. That order does not matter is tried at random in
//! `property_cards`.

use super::*;

fn target(seq: i64) -> EntryId {
    EntryId::new(seq, [99; 10])
}

fn card(seq: i64, at_seq: i64) -> Value {
    json!({"target": target(seq), "seq": seq, "at_seq": at_seq, "reactions": {"of": "someone"}})
}

fn removed(seq: i64, at_seq: i64) -> Value {
    let hidden = json!({"by": "hub", "at": 5});
    json!({"target": target(seq), "seq": seq, "at_seq": at_seq, "hidden": hidden})
}

/// A page with bodies, and with these cards.
fn with_cards(from: i64, to: i64, cards: &[Value]) -> Value {
    let mut page = page(1, from, to);
    for entry in page["entries"].as_array_mut().unwrap() {
        entry["body"] = json!({"text": "words"});
    }
    page["cards"] = json!(cards);
    page
}

fn written(outputs: &[Output]) -> Vec<Write> {
    let writes = outputs.iter().filter_map(|output| match output {
        Output::Write { write } => Some(write.clone()),
        _ => None,
    });
    writes.collect()
}

fn put(cards: &[Value]) -> Write {
    Write::PutCards { room: room(1), cards: cards.to_vec() }
}

#[test]
fn only_a_newer_card_replaces_one() {
    let mut bench = Bench::live(&[(1, 1, 3)]);
    assert_eq!(written(&bench.hear(&with_cards(1, 3, &[card(2, 3)])))[0], put(&[card(2, 3)]));
    assert_eq!(written(&bench.hear(&with_cards(1, 3, &[card(2, 3)]))), []);
    assert_eq!(written(&bench.hear(&with_cards(1, 3, &[card(2, 2)]))), []);
    let newer = bench.hear(&with_cards(1, 3, &[card(2, 9), card(2, 7)]));
    assert_eq!(written(&newer), [put(&[card(2, 9)])], "and it may be newer than its page");
    assert!(newer.contains(&Output::Changed { what: Changed::Room { room: room(1) } }));
}

#[test]
fn a_card_is_kept_before_its_target_and_moves_no_cursor() {
    let mut bench = Bench::live(&[(1, 3, 40)]);
    let early = with_cards(40, 40, &[card(20, 40), card(2, 40), json!({"target": "odd"})]);
    assert_eq!(written(&bench.hear(&early))[0], put(&[card(20, 40)]), "none from below the floor");
    assert_eq!(bench.engine.places().next().unwrap().1.cursor, Seq(2));
}

#[test]
fn what_was_removed_is_never_written_and_else_forgotten() {
    let mut bench = Bench::live(&[(1, 1, 4)]);
    bench.hear(&with_cards(1, 2, &[]));
    let forget = |seq| Write::ForgetBody { room: room(1), seq: Seq(seq) };
    let page = with_cards(3, 4, &[removed(2, 4), removed(3, 4), removed(4, 4)]);
    let writes = written(&bench.hear(&page));
    let put_all = put(&[removed(2, 4), removed(3, 4), removed(4, 4)]);
    assert_eq!(writes[..4], [put_all, forget(2), forget(3), forget(4)]);
    let Write::PutEntries { entries, .. } = &writes[4] else { panic!("{writes:?}") };
    assert!(entries.iter().all(|entry| entry["body"].is_null()), "{entries:?}");
    let again = written(&bench.hear(&with_cards(1, 2, &[removed(2, 6)])));
    assert_eq!(again, [put(&[removed(2, 6)])], "it is forgotten already");
}

#[test]
fn cards_end_with_their_room_their_floor_and_their_epoch() {
    let mut bench = Bench::live(&[(1, 1, 3)]);
    let told = with_cards(1, 3, &[card(1, 3), card(3, 3)]);
    bench.hear(&told);
    bench.hear(&welcome(EPOCH, &[(1, 2, 3)]));
    bench.hear(&welcome(EPOCH, &[(1, 1, 3)]));
    assert_eq!(written(&bench.hear(&told))[0], put(&[card(1, 3)]), "below the floor it went");
    bench.hear(&welcome(EPOCH, &[]));
    bench.hear(&welcome(EPOCH, &[(1, 1, 3)]));
    assert_eq!(written(&bench.hear(&told))[0], put(&[card(1, 3), card(3, 3)]));
    bench.hear(&welcome(2, &[(1, 1, 3)]));
    assert_eq!(written(&bench.hear(&told))[0], put(&[card(1, 3), card(3, 3)]));
}
