//! Dialling, greeting, silence, back-off and tokens, one story each.

use super::*;
use crate::engine::connection::{GREETING_MS, PROOF_MS, TOKEN_USE_MS};

#[test]
fn a_phone_connects_and_says_where_it_stands() {
    let mut bench = Bench::new(&Saved::default());
    assert!(bench.step(Input::Start).contains(&Output::NeedToken));
    assert!(bench.step(Input::Token { access: "a".to_owned() }).contains(&Output::Open));
    let hello = transmitted(&bench.step(Input::Opened));
    assert!(matches!(&hello[..], [ClientFrame::Hello { v: 1, token, .. }] if token == "a"));
    bench.hear(&welcome(EPOCH, &[(1, 1, 3)]));
    assert_eq!(bench.engine.state(), State::Live);
    assert_eq!(written_seqs(&bench.hear(&page(1, 1, 3))), [1, 2, 3]);

    bench.step(Input::Closed { code: 1006 });
    assert!(bench.after(500, Input::Timer).contains(&Output::Open), "the token is still good");
    let hello = transmitted(&bench.step(Input::Opened));
    let ClientFrame::Hello { cursors, epoch, .. } = &hello[0] else { panic!("{hello:?}") };
    assert_eq!((cursors[&room(1)], epoch.is_some()), (Seq(3), true));
}

#[test]
fn failures_in_a_row_are_spaced_out_and_a_wake_cuts_the_wait() {
    let mut bench = Bench::new(&Saved::default());
    bench.step(Input::Start);
    let mut waits = vec![];
    for attempt in 1..=9 {
        bench.step(Input::TokenRefused { is_final: false });
        let State::Waiting { until, attempt: told } = bench.engine.state() else { panic!() };
        assert_eq!(told, attempt);
        waits.push(until - bench.now);
        bench.now = until;
        bench.step(Input::Timer);
    }
    assert_eq!(waits, [500, 1_500, 2_500, 4_500, 8_500, 16_500, 32_500, 60_000, 60_000]);
    bench.step(Input::TokenRefused { is_final: false });
    assert!(bench.step(Input::Wake).contains(&Output::NeedToken));
}

#[test]
fn what_does_not_answer_is_given_up() {
    let mut bench = Bench::new(&Saved::default());
    bench.step(Input::Start);
    bench.step(Input::Token { access: "a".to_owned() });
    assert!(!bench.after(GREETING_MS - 1, Input::Timer).contains(&Output::Close));
    assert!(bench.after(1, Input::Timer).contains(&Output::Close), "opening");
    bench.step(Input::Wake);
    bench.step(Input::Opened);
    assert!(bench.after(GREETING_MS, Input::Timer).contains(&Output::Close), "greeting");
    bench.step(Input::Wake);
    bench.greet(&[]);
    bench.after(44_000, Input::Frame { text: "noise is a sign of life".to_owned() });
    assert!(!bench.after(44_999, Input::Timer).contains(&Output::Close));
    assert!(bench.after(1, Input::Timer).contains(&Output::Close), "silence");
}

#[test]
fn on_wake_a_live_connection_must_prove_itself() {
    let mut bench = Bench::live(&[]);
    let beat = ClientFrame::Beat { digest: digest::<&str>([]) };
    assert_eq!(transmitted(&bench.step(Input::Wake)), [beat]);
    bench.hear(&json!({"t": "beat", "digest": digest::<&str>([])}));
    assert!(!bench.after(PROOF_MS, Input::Timer).contains(&Output::Close));
    bench.step(Input::Wake);
    bench.after(PROOF_MS - 1, Input::Wake);
    assert!(bench.after(1, Input::Timer).contains(&Output::Close), "a second wake buys no time");
}

#[test]
fn a_bad_token_is_renewed_once_before_waiting() {
    let mut bench = Bench::live(&[]);
    assert!(bench.step(Input::Closed { code: 4401 }).contains(&Output::NeedToken));
    bench.step(Input::Token { access: "b".to_owned() });
    bench.step(Input::Opened);
    bench.step(Input::Closed { code: 4401 });
    assert!(matches!(bench.engine.state(), State::Waiting { .. }), "{:?}", bench.engine.state());
    assert!(bench.after(500, Input::Timer).contains(&Output::NeedToken));
    let wiped = bench.step(Input::TokenRefused { is_final: true });
    assert!(wiped.contains(&Output::Write { write: Write::WipeAll }));
    assert_eq!(bench.engine.state(), State::SignedOut);
    let rejected = Output::Rejected { id: draft(1).id, code: Refusal::SignInAgain };
    assert_eq!(bench.send(1, &draft(1)), [rejected]);
}

#[test]
fn an_old_token_is_not_tried() {
    let mut bench = Bench::live(&[]);
    bench.now += TOKEN_USE_MS;
    bench.step(Input::Closed { code: 1006 });
    assert!(bench.after(500, Input::Timer).contains(&Output::NeedToken));
}
