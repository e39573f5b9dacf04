//! F01: the server is killed again and again while everybody talks, reacts, edits, takes out, pins,
//! confirms, plans, answers and votes. What was acknowledged is there, once, in order, without
//! holes, and every phone shows what has become of it; the proof is the checker's. Longer:
//! `ROOST_KILLS=500`.

use roost_tests::{
    checker::check,
    dice::Dice,
    dump,
    folder::Folder,
    gate,
    history::{self, Recorder},
    instance::Instance,
    sender::{Board, Sender},
    wait,
};
use std::{
    env, fs,
    path::Path,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::{Duration, Instant},
};

/// Acknowledged drafts for each kill: 50 kills, 100,000 drafts.
const SHARE: u64 = 2_000;
/// Two phones for most, as in life.
const PHONES: [&str; 9] =
    ["jo", "jo/2", "max", "sam", "sam/2", "amara", "amara/2", "priya", "priya/2"];
/// A phone is whole this soon after it is connected again (reliability, F01).
const WHOLE_MS: u64 = 5_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let _alone = gate::alone().await;
    let kills: u64 = env::var("ROOST_KILLS").map_or(50, |text| text.parse().unwrap());
    let (mut dice, began) = (Dice::thrown(), Instant::now());
    eprintln!("F01: seed {} (replay the moments with ROOST_SEED)", dice.seed);

    let names = PHONES.map(history::owner);
    let (mut instance, phones) = Instance::furnished(&names).await;
    instance.start().await;
    let folder = Folder::new("f01");
    let path = folder.path().join("history.jsonl");
    let recorder = Arc::new(Recorder::create(&path).unwrap());
    let board = Arc::new(Board::default());
    let mut talking = Vec::new();
    for (phone, sign_in) in PHONES.iter().zip(phones) {
        let address = instance.door.address;
        let chance = Dice::of(dice.throw());
        let sender = Sender::new(phone, (sign_in, chance), address, (&recorder, &board));
        talking.push(tokio::spawn(sender.run()));
    }

    for _ in 0..kills {
        let goal = board.acked.load(SeqCst) + dice.below(2 * SHARE);
        acked(&board, goal).await;
        instance.kill_within(Duration::from_millis(dice.below(30))).await;
        instance.start().await;
    }
    acked(&board, kills * SHARE).await;
    quiet(&board).await;
    talking.iter().for_each(tokio::task::JoinHandle::abort);
    instance.kill();

    let took = began.elapsed().as_secs();
    let rooms = dump::rooms(&instance.data(), &instance.cast).await.unwrap();
    let cards = dump::cards(&instance.data()).await.unwrap();
    for event in rooms.iter().chain(&cards).chain(&board.cards()) {
        recorder.note(event);
    }
    recorder.flush();
    assert!(dump::is_sound(&instance.data()).await.unwrap());
    let (acked, slowest) = (board.acked.load(SeqCst), board.slowest_ms.load(SeqCst));
    let violations = check(&history::read(&path).unwrap());
    println!(
        "F01: {kills} kills, {acked} acknowledged, {} cards, {} violations, whole again in \
         {slowest} ms at most, {took} s and {} s of proof, seed {}",
        cards.len(),
        violations.len(),
        began.elapsed().as_secs() - took,
        dice.seed
    );
    if !violations.is_empty() {
        keep(&path, dice.seed);
    }
    let first: Vec<String> = violations.iter().take(20).map(ToString::to_string).collect();
    assert!(first.is_empty(), "{}\n{}", first.join("\n"), instance.log());
    assert!(cards.len() > 1_000, "much has become of what was said");
    assert_eq!(board.refused.load(SeqCst), 0, "nothing is refused that a member may say");
    assert!(slowest <= WHOLE_MS, "{slowest} ms");
}

async fn acked(board: &Board, goal: u64) {
    wait::until_some("messages are acknowledged", Duration::from_secs(120), || async {
        (board.acked.load(SeqCst) >= goal).then_some(())
    })
    .await;
}

/// Everybody finishes what is under way, and sees what the others said.
async fn quiet(board: &Board) {
    board.quiet.store(true, SeqCst);
    wait::until_some("everybody has seen everything", Duration::from_secs(20), || async {
        (board.under_way.load(SeqCst) == 0 && board.is_whole()).then_some(())
    })
    .await;
}

/// A history that shows a violation outlives its test.
fn keep(path: &Path, seed: u64) {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("f01-{seed}.jsonl"));
    fs::copy(path, &kept).unwrap();
    eprintln!("the history is kept in {}", kept.display());
}
