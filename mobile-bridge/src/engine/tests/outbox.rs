//! Drafts on their way, one story each.

use super::*;
use crate::engine::outbox::{ANSWER_MS, OUTBOX_MAX_ITEMS};

#[test]
fn a_draft_is_written_before_it_goes_out_and_one_goes_at_a_time() {
    let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
    let outputs = bench.send(1, &draft(1));
    assert!(matches!(outputs[0], Output::Write { write: Write::PutOutbox { .. } }));
    assert!(is_append(&transmitted(&outputs)[0], &draft(1)));
    assert_eq!(bench.send(1, &draft(1)), [], "the same draft again is the same draft");
    assert_eq!(transmitted(&bench.send(1, &draft(2))), []);
    assert!(is_append(&transmitted(&bench.send(2, &draft(3)))[0], &draft(3)), "another room");

    let ack = json!({"t": "ack", "room": room(1), "id": draft(1).id, "seq": 1, "at": 5});
    assert!(is_append(&transmitted(&bench.hear(&ack))[0], &draft(2)));
    assert_eq!(bench.states()[0], ItemState::Sent { seq: Seq(1) });
    let mut arrives = page(1, 1, 1);
    arrives["entries"][0]["id"] = json!(draft(1).id);
    let gone = bench.hear(&arrives);
    assert!(gone.contains(&Output::Write { write: Write::DropOutbox { id: draft(1).id } }));
    assert!(gone.contains(&Output::Changed { what: Changed::Outbox { room: room(1) } }));
}

#[test]
fn an_entry_before_its_ack_settles_a_draft() {
    let mut bench = Bench::live(&[(1, 1, 0)]);
    bench.send(1, &draft(1));
    bench.send(1, &draft(2));
    let mut arrives = page(1, 1, 1);
    arrives["entries"][0]["id"] = json!(draft(1).id);
    assert!(is_append(&transmitted(&bench.hear(&arrives))[0], &draft(2)));
    let ack = json!({"t": "ack", "room": room(1), "id": draft(1).id, "seq": 1, "at": 5});
    assert_eq!(transmitted(&bench.hear(&ack)), []);
    let late = json!({"t": "ack", "room": room(1), "id": draft(2).id, "seq": 1, "at": 5});
    bench.hear(&late);
    assert_eq!(bench.states(), [], "an ack for an entry that is here already");
}

#[test]
fn what_the_server_says_to_a_draft() {
    let (busy, final_no) = (Refusal::Busy, Refusal::TargetUnknown);
    let mut bench = Bench::live(&[(1, 1, 0)]);
    bench.send(1, &draft(1));
    bench.send(1, &draft(2));
    assert_eq!(transmitted(&bench.hear(&refused(1, draft(1).id, busy))), []);
    assert_eq!(bench.states(), [ItemState::Later { until: bench.now + 1_000 }, ItemState::Queued]);
    assert!(is_append(&transmitted(&bench.after(1_000, Input::Timer))[0], &draft(1)));
    let next = transmitted(&bench.hear(&refused(1, draft(1).id, final_no)));
    assert!(is_append(&next[0], &draft(2)), "the next one proceeds");
    assert!(
        matches!(&bench.states()[0], ItemState::Refused { code, .. } if code == "target_unknown")
    );

    let renewed = bench.hear(&refused(1, draft(2).id, Refusal::SignInAgain));
    assert!(renewed.contains(&Output::Close) && renewed.contains(&Output::NeedToken));
    assert_eq!(bench.states()[1], ItemState::Queued);
    bench.step(Input::Retry { id: draft(1).id });
    bench.step(Input::Discard { id: draft(2).id });
    assert_eq!(bench.states(), [ItemState::Queued]);
}

#[test]
fn what_is_tried_again_waits_for_what_is_in_the_air() {
    let mut bench = Bench::live(&[(1, 1, 0)]);
    bench.send(1, &draft(1));
    bench.send(1, &draft(2));
    bench.hear(&refused(1, draft(1).id, Refusal::TargetUnknown));
    let tried = bench.step(Input::Retry { id: draft(1).id });
    assert_eq!(transmitted(&tried), [], "one of a room at a time");
    let ack = json!({"t": "ack", "room": room(1), "id": draft(2).id, "seq": 1, "at": 5});
    assert!(is_append(&transmitted(&bench.hear(&ack))[0], &draft(1)));
}

#[test]
fn an_unanswered_draft_is_tried_again() {
    let mut bench = Bench::live(&[(1, 1, 0)]);
    bench.send(1, &draft(1));
    bench.after(ANSWER_MS - 1, Input::Frame { text: String::new() });
    assert!(is_append(&transmitted(&bench.after(1, Input::Timer))[0], &draft(1)));
    bench.step(Input::Closed { code: 1001 });
    assert_eq!(bench.states(), [ItemState::Queued]);
    bench.after(500, Input::Timer);
    let again = bench.greet(&[(1, 1, 0)]);
    assert!(is_append(&transmitted(&again)[0], &draft(1)), "the same id after the welcome");
}

#[test]
fn a_draft_that_breaks_the_connection_twice_is_kept_back_and_only_that_one() {
    let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
    bench.send(1, &draft(1));
    bench.send(2, &draft(2));
    bench.step(Input::Closed { code: 4400 });
    bench.after(500, Input::Timer);
    let alone = transmitted(&bench.greet(&[(1, 1, 0), (2, 1, 0)]));
    assert!(alone.len() == 1 && is_append(&alone[0], &draft(1)), "suspects go alone");
    bench.step(Input::Closed { code: 1009 });
    assert!(matches!(&bench.states()[0], ItemState::Refused { code, .. } if code == "poisonous"));
    assert_eq!(bench.states()[1], ItemState::Queued);
}

#[test]
fn what_is_not_taken_into_the_outbox() {
    let mut bench = Bench::live(&[(1, 1, 0)]);
    let body = |text: &str| Draft { body: json!({"text": text}), ..draft(9) };
    let table = [
        (1, body(" \n"), Refusal::TextEmpty),
        (1, body("bell \u{7}"), Refusal::TextUnprintable),
        (1, Draft { kind: "unheard_of".to_owned(), ..draft(9) }, Refusal::KindUnknown),
        (1, Draft { body: json!({"text": 5}), ..draft(9) }, Refusal::BodyInvalid),
        (2, draft(9), Refusal::NotFound),
    ];
    for (n, draft, code) in table {
        assert_eq!(bench.send(n, &draft), [Output::Rejected { id: draft.id, code }], "{code}");
    }
    bench.send(1, &draft(8));
    let other = Draft { body: json!({"text": "other words"}), ..draft(8) };
    let reused = Output::Rejected { id: other.id, code: Refusal::IdReused };
    assert_eq!(bench.send(1, &other), [reused]);
    for n in 1..OUTBOX_MAX_ITEMS {
        let id = EntryId::new(i64::try_from(n).unwrap() + 50, [0; 10]);
        bench.send(1, &Draft { id, ..draft(0) });
    }
    assert_eq!(
        bench.send(1, &draft(7)),
        [Output::Rejected { id: draft(7).id, code: Refusal::Busy }]
    );
}

#[test]
fn drafts_of_a_lost_room_are_kept_and_a_set_back_sends_again() {
    let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
    bench.send(1, &draft(1));
    let ack = json!({"t": "ack", "room": room(1), "id": draft(1).id, "seq": 1, "at": 5});
    bench.hear(&ack);
    bench.send(2, &draft(2));
    let again = transmitted(&bench.hear(&welcome(2, &[(1, 1, 0)])));
    assert!(again.len() == 1 && is_append(&again[0], &draft(1)));
    assert!(matches!(&bench.states()[1], ItemState::Refused { code, .. } if code == "not_found"));
}

#[test]
fn a_saved_phone_goes_on_where_it_was() {
    let item = |order, state| OutboxItem {
        order,
        room: room(1),
        draft: draft(u8::try_from(order).unwrap()),
        kept_at: 5,
        strikes: 0,
        state,
    };
    let mut told = welcome(EPOCH, &[(1, 1, 9)]);
    told.as_object_mut().unwrap().remove("t");
    let saved = Saved {
        epoch: Some(Epoch::new(1, [EPOCH; 10])),
        welcome: Some(told),
        ranges: [(room(1), vec![Span { from: Seq(1), to: Seq(4) }])].into(),
        outbox: vec![item(2, ItemState::Queued), item(1, ItemState::InFlight { until: 0 })],
        ..Saved::default()
    };
    let text = serde_json::to_string(&saved).unwrap();
    assert_eq!(serde_json::from_str::<Saved>(&text).unwrap(), saved);
    let mut bench = Bench::new(&saved);
    bench.step(Input::Start);
    let sent = transmitted(&bench.greet(&[(1, 1, 9)]));
    assert!(sent.len() == 1 && is_append(&sent[0], &draft(1)), "the first written goes first");
    assert_eq!(bench.engine.places().next().unwrap().1.cursor, Seq(4));
}
