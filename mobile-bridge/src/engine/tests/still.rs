//! What was written a day ago and could not be sent: the person is asked whether it should still
//! go.

use super::*;
use crate::engine::outbox::ASK_AFTER_MS;
use roost_shared::kind::Body;

impl Bench {
    /// The signal goes, and comes back so much later.
    fn tunnel(&mut self, ms: i64) -> Vec<Output> {
        self.step(Input::Closed { code: 1006 });
        self.after(ms, Input::Timer);
        self.greet(&[(1, 1, 0), (2, 1, 0)])
    }

    /// The app is ended and opened again, from what it wrote of its drafts.
    fn reopen(&mut self) {
        let outbox: Vec<OutboxItem> = self.engine.outbox().cloned().collect();
        self.engine = Engine::new(&Saved { outbox, ..Saved::default() });
        self.step(Input::Start);
    }
}

fn about(kind: &str, target: Option<EntryId>) -> Draft {
    let body = match kind {
        "message" | "edit" => json!({"text": "hello"}),
        "reaction" => json!({"emoji": "👍"}),
        "pin" => json!({"pinned": true}),
        "rsvp" => json!({"answer": "going", "heads": 2}),
        "member" => json!({"person": EntryId::new(1, [7; 10]), "change": "left"}),
        "poll" if target.is_some() => json!({"choose": {"option": 0}}),
        "poll" => json!({"ask": {"question": "When?", "options": ["Now", "Later"]}}),
        "gathering" if target.is_some() => json!({"cancelled": {}}),
        "gathering" => {
            let (starts_at, ends_at) = (5_000_000, 6_000_000);
            json!({"details": {"title": "Tea", "type": "meet_up", "starts_at": starts_at,
                "ends_at": ends_at}})
        }
        _ => json!({}),
    };
    Draft { id: EntryId::new(1, [9; 10]), kind: kind.to_owned(), target, body }
}

#[test]
fn what_waited_for_a_day_goes_only_when_the_person_says_so_and_under_its_id() {
    let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
    bench.step(Input::Closed { code: 1006 });
    bench.send(1, &draft(1));
    bench.after(ASK_AFTER_MS - 1, Input::Timer);
    assert_eq!(bench.states(), [ItemState::Queued], "it is not a day yet");
    let asks = bench.after(1, Input::Wake);
    assert_eq!(bench.states(), [ItemState::Asking]);
    assert!(
        matches!(&asks[0], Output::Write { write: Write::PutOutbox { item } }
            if item.state == ItemState::Asking),
        "it is on disk, and so outlives the app"
    );
    assert_eq!(transmitted(&bench.greet(&[(1, 1, 0)])).len(), 0, "it does not go by itself");
    let goes = transmitted(&bench.step(Input::Retry { id: draft(1).id }));
    assert!(goes.len() == 1 && is_append(&goes[0], &draft(1)));
}

#[test]
fn an_answer_without_signal_holds_for_a_day() {
    let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
    bench.step(Input::Closed { code: 1006 });
    bench.send(1, &draft(1));
    bench.after(ASK_AFTER_MS, Input::Timer);
    bench.step(Input::Retry { id: draft(1).id });
    assert_eq!(bench.states(), [ItemState::Queued], "who has just answered is not asked again");
    bench.reopen();
    bench.after(ASK_AFTER_MS - 1, Input::Timer);
    assert_eq!(bench.states(), [ItemState::Queued], "also after a restart");
    bench.after(1, Input::Timer);
    assert_eq!(bench.states(), [ItemState::Asking]);
    bench.step(Input::Discard { id: draft(1).id });
    assert_eq!(bench.states(), []);
}

#[test]
fn what_asks_holds_nobody_back_and_outlives_the_app() {
    let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
    bench.step(Input::Closed { code: 1006 });
    bench.send(1, &draft(1));
    bench.now += ASK_AFTER_MS;
    bench.send(1, &draft(2));
    bench.reopen();
    assert_eq!(bench.states(), [ItemState::Asking, ItemState::Queued]);
    let sent = transmitted(&bench.greet(&[(1, 1, 0)]));
    assert!(sent.len() == 1 && is_append(&sent[0], &draft(2)), "what is young goes");
    assert_eq!(transmitted(&bench.step(Input::Retry { id: draft(1).id })), [], "one at a time");
    let ack = json!({"t": "ack", "room": room(1), "id": draft(2).id, "seq": 1, "at": 5});
    assert!(is_append(&transmitted(&bench.hear(&ack))[0], &draft(1)), "and now it is its turn");
}

#[test]
fn a_phone_that_stays_connected_never_asks() {
    let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
    bench.send(1, &draft(1));
    bench.hear(&refused(1, draft(1).id, Refusal::Busy));
    let again = bench.after(2 * ASK_AFTER_MS, Input::Frame { text: String::new() });
    assert!(is_append(&transmitted(&again)[0], &draft(1)));
    bench.step(Input::Closed { code: 1006 });
    assert_eq!(bench.states(), [ItemState::Asking], "but when the signal goes it is overdue");
}

#[test]
fn what_reached_the_server_long_ago_settles_by_itself_asked_or_not() {
    for answer in [None, Some(Input::Retry { id: draft(1).id })] {
        let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
        bench.send(1, &draft(1));
        // It was committed, and its acknowledgement was lost with the signal.
        bench.tunnel(ASK_AFTER_MS);
        assert_eq!(bench.states(), [ItemState::Asking]);
        answer.into_iter().for_each(|input| drop(bench.step(input)));
        let mut arrives = page(1, 1, 1);
        arrives["entries"][0]["id"] = json!(draft(1).id);
        bench.hear(&arrives);
        assert_eq!(bench.states(), []);
    }
}

#[test]
fn what_lay_beside_the_outbox_for_a_day_is_asked_about_too() {
    let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
    let made_at = bench.now - ASK_AFTER_MS;
    bench.step(Input::Send { room: room(1), draft: draft(1), made_at });
    assert_eq!(bench.states(), [ItemState::Asking]);
}

#[test]
fn a_clock_that_was_set_back_loses_nothing() {
    let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
    bench.step(Input::Closed { code: 1006 });
    let made_at = bench.now + ASK_AFTER_MS;
    bench.step(Input::Send { room: room(1), draft: draft(1), made_at });
    bench.after(500, Input::Timer);
    assert!(is_append(&transmitted(&bench.greet(&[(1, 1, 0)]))[0], &draft(1)));
}

#[test]
fn only_what_people_say_is_asked_about_and_never_what_they_do_to_an_entry() {
    for kind in Body::KINDS {
        for target in [None, Some(EntryId::new(1, [8; 10]))] {
            let mut bench = Bench::live(&[(1, 1, 0), (2, 1, 0)]);
            bench.step(Input::Closed { code: 1006 });
            bench.send(1, &about(kind, target));
            bench.after(ASK_AFTER_MS, Input::Timer);
            // A reply is said; a gathering that is named is changed, and a poll answered.
            let says = match target {
                None => ["message", "poll", "gathering"].contains(kind),
                Some(_) => *kind == "message",
            };
            let expected = if says { ItemState::Asking } else { ItemState::Queued };
            assert_eq!(bench.states(), [expected], "{kind} about {target:?}");
        }
    }
}
