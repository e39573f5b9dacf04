//! Gaps, beats, floors and epochs, one story each.

use super::*;
use roost_shared::frame::Anchors;

#[test]
fn a_gap_is_asked_for_once_until_it_is_closed() {
    let mut bench = Bench::live(&[(1, 1, 0)]);
    bench.hear(&page(1, 1, 2));
    assert_eq!(transmitted(&bench.hear(&page(1, 6, 7))), [after_cursor(1, 2)]);
    assert_eq!(transmitted(&bench.hear(&page(1, 3, 4))), [after_cursor(1, 4)], "still open");
    let closing = bench.hear(&page(1, 4, 7));
    assert_eq!((written_seqs(&closing), transmitted(&closing)), (vec![5], vec![]));
    assert!(bench.hear(&page(1, 1, 7)).iter().all(|o| matches!(o, Output::Timer { .. })));
}

#[test]
fn an_answer_without_news_ends_the_asking() {
    let mut bench = Bench::live(&[(1, 1, 0)]);
    assert_eq!(transmitted(&bench.hear(&page(1, 6, 7))), [after_cursor(1, 0)]);
    assert_eq!(transmitted(&bench.hear(&page(1, 1, 0))), []);
}

#[test]
fn what_came_bare_is_read_again_from_the_next_server() {
    let mut bench = Bench::live(&[(1, 1, 0)]);
    let mut told = page(1, 1, 4);
    let whole = told.clone();
    told["entries"][2].as_object_mut().unwrap().retain(|name, _| name != "at" && name != "body");
    let ranges = |outputs: &[Output]| {
        outputs.iter().find_map(|output| match output {
            Output::Write { write: Write::PutRanges { ranges, .. } } => Some(ranges.clone()),
            _ => None,
        })
    };
    let kept = |list: &[(i64, i64)]| {
        Some(list.iter().map(|&(from, to)| Span { from: Seq(from), to: Seq(to) }).collect())
    };
    assert_eq!(ranges(&bench.hear(&told)), kept(&[(1, 2), (4, 4)]), "a phone that ends now");
    assert_eq!(transmitted(&bench.hear(&page(1, 5, 5))), [], "and one that goes on is whole");
    bench.step(Input::Closed { code: 1001 });
    bench.after(1_000, Input::Timer);
    let hello = transmitted(&bench.step(Input::Opened));
    let [ClientFrame::Hello { cursors, .. }] = &hello[..] else { panic!("{hello:?}") };
    assert_eq!(cursors[&room(1)], Seq(2));
    bench.hear(&welcome(EPOCH, &[(1, 1, 5)]));
    let again = bench.hear(&whole);
    assert_eq!((written_seqs(&again), ranges(&again)), (vec![3], kept(&[(1, 5)])));
}

#[test]
fn two_different_beats_in_a_row_resume() {
    let mut bench = Bench::live(&[(1, 1, 3)]);
    let theirs = json!({"t": "beat", "digest": digest([(room(1), Seq(3), None::<&str>)])});
    let own = ClientFrame::Beat { digest: digest([(room(1), Seq(0), None::<&str>)]) };
    let (cursors, anchors) = ([(room(1), Seq(0))].into(), Anchors::new());
    let resume = ClientFrame::Resume { cursors, anchors };
    assert_eq!(transmitted(&bench.hear(&theirs)), std::slice::from_ref(&own));
    assert_eq!(transmitted(&bench.hear(&theirs)), [own, resume]);
    bench.hear(&theirs);
    bench.hear(&page(1, 1, 2));
    assert_eq!(transmitted(&bench.hear(&theirs)).len(), 1, "a page came in between");
}

#[test]
fn what_is_held_stands_on_what_the_server_said_of_the_newest() {
    let mut bench = Bench::live(&[(1, 1, 0)]);
    let told = |from, to, anchor: &str| {
        let mut told = page(1, from, to);
        told["anchor"] = json!(anchor);
        told
    };
    bench.hear(&told(1, 2, "2.two.seal"));
    bench.hear(&told(5, 6, "6.six.seal"));
    bench.hear(&told(3, 3, "3.three.seal"));
    bench.hear(&page(1, 4, 4));
    let differs = json!({"t": "beat", "digest": "0badbeef"});
    let own = ClientFrame::Beat { digest: digest([(room(1), Seq(6), Some("six"))]) };
    assert_eq!(transmitted(&bench.hear(&differs)), std::slice::from_ref(&own));
    let anchors: Anchors = [(room(1), "6.six.seal".to_owned())].into();
    let resume = ClientFrame::Resume { cursors: [(room(1), Seq(6))].into(), anchors };
    assert_eq!(transmitted(&bench.hear(&differs)), [own, resume]);
    bench.hear(&welcome(8, &[(1, 1, 0)]));
    let own = ClientFrame::Beat { digest: digest([(room(1), Seq(0), None::<&str>)]) };
    assert_eq!(transmitted(&bench.hear(&differs)), [own], "another epoch: nothing is held");
}

#[test]
fn far_behind_the_newest_come_first() {
    let newest = ClientFrame::Range {
        room: room(1),
        after: None,
        before: Some(Seq(1_102)),
        limit: Some(50),
    };
    let mut bench = Bench::live(&[]);
    assert_eq!(transmitted(&bench.hear(&welcome(EPOCH, &[(1, 1, 1_101)]))), [newest]);
    assert_eq!(transmitted(&bench.hear(&page(1, 1_052, 1_101))), [], "the rest comes by itself");
    assert_eq!(transmitted(&bench.hear(&page(1, 1, 200))), []);
    let older = ClientFrame::Range {
        room: room(1),
        after: None,
        before: Some(Seq(1_052)),
        limit: Some(50),
    };
    assert_eq!(transmitted(&bench.step(Input::Older { room: room(1) })), [older]);
    assert_eq!(transmitted(&bench.step(Input::Older { room: room(1) })), []);
}

#[test]
fn a_welcome_changes_what_is_held() {
    let write = |write| Output::Write { write };
    let mut bench = Bench::live(&[(1, 1, 4), (2, 1, 0)]);
    bench.hear(&page(1, 1, 4));
    let raised = bench.hear(&welcome(EPOCH, &[(1, 3, 4)]));
    assert!(raised.contains(&write(Write::WipeRoom { room: room(2) })));
    assert!(raised.contains(&write(Write::DropBelow { room: room(1), floor: Seq(3) })));
    let ranges = vec![Span { from: Seq(3), to: Seq(4) }];
    assert!(raised.contains(&write(Write::PutRanges { room: room(1), ranges })));

    let lowered = bench.hear(&welcome(EPOCH, &[(1, 1, 4)]));
    assert_eq!(transmitted(&lowered), [after_cursor(1, 0)], "no page would bring what is below");

    let set_back = bench.hear(&welcome(2, &[(1, 1, 2)]));
    assert!(set_back.contains(&write(Write::WipeEntries)));
    assert_eq!(bench.engine.places().next().unwrap().1.head, Seq(2));
}
