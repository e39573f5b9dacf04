//! The log keeps its promises on SQLite and on Postgres alike: the same suite, run on each. Several
//! `Log`s over one database stand for several processes.

use roost_server::{
    log::{Receipt, Who},
    people::register::NewPerson,
    store::Commit,
};
use roost_shared::{
    ConstellationId, Draft, EntryId, Refusal, RoomId, Seq,
    frame::{Page, Side},
    policy::{Actor, Role},
};
use roost_tests::{
    dice::Dice,
    house::{Fault, House, PEOPLE},
    ids,
};
use serde_json::json;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

const WRITERS: usize = 64;
const DRAFTS_A_WRITER: usize = 3;
/// How late a commit may be, ms.
const LATE_MAX_MS: u64 = 500;
const POLLERS: usize = 8;

fn message(text: &str) -> Draft {
    draft(ids::entry(), text)
}

fn draft(id: EntryId, text: &str) -> Draft {
    Draft { id, kind: "message".to_owned(), target: None, body: json!({ "text": text }) }
}

/// A writer that never gives up on a draft, as a phone does not.
async fn insist(
    house: &House,
    who: Who,
    room: RoomId,
    draft: &Draft,
    dice: &Mutex<Dice>,
) -> Receipt {
    for _ in 0..200 {
        let log = {
            let mut dice = dice.lock().unwrap();
            let n = dice.below(house.logs.len() as u64);
            house.logs[usize::try_from(n).unwrap()].clone()
        };
        match log.append(who, room, draft.clone()).await {
            Ok(receipt) => return receipt,
            Err(Refusal::Busy | Refusal::StoreUnavailable) => {}
            Err(refusal) => panic!("{refusal}"),
        }
    }
    panic!("a draft was not taken in 200 tries");
}

/// 64 writers over two logs, random commit delays and failures, replays and refusals in between; 8
/// pollers read along. Every draft is there once, at its acknowledged place; no poller sees a hole.
#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_writers_make_one_dense_order() {
    let dice = Arc::new(Mutex::new(Dice::thrown()));
    let chance = dice.clone();
    let fault: Fault = Arc::new(move || {
        let mut dice = chance.lock().unwrap();
        match dice.below(40) {
            0 => Commit::Fail,
            1 => Commit::LoseAnswer,
            2..=5 => Commit::After(Duration::from_millis(dice.below(LATE_MAX_MS + 1))),
            _ => Commit::Now,
        }
    });
    for house in House::on_each_database(Some(fault)).await {
        let house = Arc::new(house);
        let total = Seq(i64::try_from(WRITERS * DRAFTS_A_WRITER).unwrap());
        let before = house.page(house.who(0), house.circle, Side::After(Seq::ZERO), 1).await.head;
        let end = Seq(before.0 + total.0);
        let writers = (0..WRITERS).map(|n| tokio::spawn(write(house.clone(), n, dice.clone())));
        let writers: Vec<_> = writers.collect();
        let pollers = (0..POLLERS).map(|_| tokio::spawn(poll(house.clone(), end)));
        let pollers: Vec<_> = pollers.collect();
        let mut acked = Vec::new();
        for writer in writers {
            acked.extend(writer.await.unwrap());
        }
        for poller in pollers {
            poller.await.unwrap();
        }
        let entries = house.whole(house.who(0), house.circle, 7).await;
        assert_eq!(entries.len(), usize::try_from(end.0).unwrap(), "nothing more, nothing less");
        for (id, seq) in acked {
            let entry = &entries[usize::try_from(seq.0 - 1).unwrap()];
            assert_eq!((entry.seq, entry.id), (seq, id), "an acknowledged draft has its place");
        }
    }
}

async fn write(house: Arc<House>, n: usize, dice: Arc<Mutex<Dice>>) -> Vec<(EntryId, Seq)> {
    let who = house.who(n % PEOPLE);
    let mut acked: Vec<(EntryId, Seq)> = Vec::new();
    for i in 0..DRAFTS_A_WRITER {
        let mine = message(&format!("writer {n} says {i}"));
        let receipt = insist(&house, who, house.circle, &mine, &dice).await;
        assert!(acked.last().is_none_or(|(_, seq)| *seq < receipt.seq), "my order is kept");
        acked.push((mine.id, receipt.seq));
        // A refusal takes no number, and a replay gets its first answer: both leave no trace.
        let log = &house.logs[n % house.logs.len()];
        if i % 3 == 0 {
            let refused = log.append(who, house.circle, message(" ")).await;
            let unwell = Err(Refusal::StoreUnavailable);
            assert!([Err(Refusal::TextEmpty), Err(Refusal::Busy), unwell].contains(&refused));
        }
        if i % 4 == 0 {
            let again = insist(&house, who, house.circle, &mine, &dice).await;
            assert_eq!((again.seq, again.at, again.first), (receipt.seq, receipt.at, false));
        }
    }
    acked
}

async fn poll(house: Arc<House>, end: Seq) {
    let (who, mut after) = (house.who(1), Seq::ZERO);
    while after < end {
        let page = house.page(who, house.circle, Side::After(after), 50).await;
        for entry in &page.entries {
            assert_eq!(entry.seq, after.next(), "a poller sees no hole");
            after = entry.seq;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_its_first_answer_for_ever() {
    for house in House::on_each_database(None).await {
        let (who, log) = (house.who(0), &house.logs[0]);
        let first = draft(ids::entry(), "the first");
        let receipt = log.append(who, house.circle, first.clone()).await.unwrap();
        let cases = [
            (who, house.circle, first.clone(), Ok(receipt.seq)),
            (who, house.circle, draft(first.id, "another text"), Err(Refusal::IdReused)),
            (who, house.lines[0], first.clone(), Err(Refusal::IdReused)),
            (
                who,
                house.circle,
                Draft { target: Some(first.id), ..first.clone() },
                Err(Refusal::IdReused),
            ),
            (house.who(1), house.circle, first.clone(), Err(Refusal::IdReused)),
        ];
        for (who, room, draft, expected) in cases {
            let answer = house.logs[1].append(who, room, draft).await;
            assert_eq!(answer.map(|receipt| receipt.seq), expected);
        }
        house.people.end_person(house.satellites[0]).await.unwrap();
        let again = log.append(who, house.circle, first).await;
        assert_eq!(again.map(|r| (r.seq, r.first)), Ok((receipt.seq, false)), "even now");
        let refused = log.append(who, house.circle, message("one more")).await;
        assert_eq!(refused, Err(Refusal::NotFound));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_room_and_a_missing_room_are_the_same() {
    for house in House::on_each_database(None).await {
        let (who, log) = (house.who(0), &house.logs[0]);
        let elsewhere = Who { constellation: ConstellationId::new(1, [9; 10]), ..who };
        let bodies = [
            message("hello"),
            message(" "),
            Draft { kind: "unheard_of".to_owned(), ..message("x") },
            Draft { target: Some(ids::entry()), ..message("x") },
        ];
        for draft in bodies {
            for (who, room) in
                [(who, house.lines[1]), (who, ids::room()), (elsewhere, house.circle)]
            {
                assert_eq!(log.append(who, room, draft.clone()).await, Err(Refusal::NotFound));
                let read = log.range(who, room, Side::After(Seq::ZERO), 10).await;
                assert_eq!(read.unwrap_err().refusal(), Refusal::NotFound);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_commit_harms_nobody() {
    let failures = Arc::new(Mutex::new(vec![Commit::LoseAnswer, Commit::Fail]));
    let plan = failures.clone();
    let fault: Fault = Arc::new(move || plan.lock().unwrap().pop().unwrap_or(Commit::Now));
    for house in House::on_each_database(Some(fault)).await {
        *failures.lock().unwrap() = vec![Commit::LoseAnswer, Commit::Fail];
        let waiting = (0..40).map(|n| {
            let (log, who, room) = (house.logs[0].clone(), house.who(n % PEOPLE), house.circle);
            tokio::spawn(async move { log.append(who, room, message("one of many")).await })
        });
        let waiting: Vec<_> = waiting.collect();
        let mut seqs = Vec::new();
        for answer in waiting {
            seqs.push(answer.await.unwrap().expect("each is taken in the end").seq);
        }
        seqs.sort_unstable();
        let dense = seqs.windows(2).all(|pair| pair[0].next() == pair[1]);
        assert!(dense, "{seqs:?}");
        assert!(failures.lock().unwrap().is_empty(), "the commits did fail");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_never_gets_below_the_floor_nor_a_page_over_the_limit() {
    for house in House::on_each_database(None).await {
        let (who, log, line) = (house.who(2), &house.logs[0], house.lines[2]);
        let early = message("before the newcomer");
        log.append(who, line, early.clone()).await.unwrap();
        let homes = house.people.roll().await.unwrap();
        let home = homes.iter().find(|one| one.card.person == house.satellites[2]).unwrap();
        let new = NewPerson {
            constellation: house.constellation,
            home: home.card.home,
            role: Role::Satellite,
            name: "Newcomer",
        };
        let person = house.people.add_person(new).await.unwrap();
        let actor = Actor::Person { person, role: Role::Satellite };
        let newcomer = Who { constellation: house.constellation, actor };
        let seen = house.whole(newcomer, line, 3).await;
        assert_eq!(seen.len(), 1, "only their own arrival");
        assert_eq!(seen[0].kind, "member");
        let reply = Draft { target: Some(early.id), ..message("what was that?") };
        assert_eq!(log.append(newcomer, line, reply).await, Err(Refusal::TargetUnknown));
        let below = house.page(newcomer, line, Side::Before(Seq(3)), 50).await;
        assert!(below.entries.is_empty() && below.from > below.to);
        // A page ends at 128 KiB, whatever was asked for.
        for _ in 0..12 {
            log.append(who, line, message(&"🐦".repeat(4_000))).await.unwrap();
        }
        let page = house.page(who, line, Side::After(Seq::ZERO), 200).await;
        assert!(page.to < page.head && serde_json::to_string(&page).unwrap().len() < 160 * 1024);
        let back = house.page(who, line, Side::Before(page.head.next()), 200).await;
        assert_eq!(back.to, back.head, "the newest first");
        assert_eq!(house.whole(who, line, 200).await.len(), usize::try_from(page.head.0).unwrap());
    }
}

/// The same operations in the same order give the same answers on both databases.
#[tokio::test(flavor = "multi_thread")]
async fn both_databases_answer_alike() {
    let seed = Dice::thrown().throw();
    println!("seed {seed}");
    let mut told: Vec<Vec<String>> = Vec::new();
    for house in House::on_each_database(None).await {
        told.push(random_operations(&house, seed).await);
        house.db.close().await;
    }
    let (sqlite, postgres) = (&told[0], &told[1]);
    for (n, (a, b)) in sqlite.iter().zip(postgres).enumerate() {
        assert_eq!(a, b, "operation {n} of seed {seed}");
    }
    assert!(sqlite.len() == postgres.len() && sqlite.len() > 400);
}

async fn random_operations(house: &House, seed: u64) -> Vec<String> {
    let mut dice = Dice::of(seed);
    let rooms = house.rooms();
    let mut told = Vec::new();
    let mut drafts: Vec<(usize, RoomId, Draft)> = Vec::new();
    for _ in 0..500 {
        let who = usize::try_from(dice.below(PEOPLE as u64)).unwrap();
        let room = rooms[usize::try_from(dice.below(rooms.len() as u64)).unwrap()];
        house.clock.turn(i64::try_from(dice.below(2_000)).unwrap() - 500);
        let line = match dice.below(10) {
            0..=4 => {
                let text = ["hello", " ", "nul \0", "Zoë 🐦", "a\nb"];
                let text = text[usize::try_from(dice.below(5)).unwrap()];
                let target = drafts.last().filter(|_| dice.below(3) == 0).map(|(.., d)| d.id);
                let draft = Draft { target, ..message(text) };
                drafts.push((who, room, draft.clone()));
                format!("{:?}", house.logs[0].append(house.who(who), room, draft).await)
            }
            5 | 6 if !drafts.is_empty() => {
                let n = usize::try_from(dice.below(drafts.len() as u64)).unwrap();
                let (author, room, draft) = drafts[n].clone();
                let author = if dice.below(4) == 0 { who } else { author };
                format!("{:?}", house.logs[1].append(house.who(author), room, draft).await)
            }
            _ => {
                let seq = Seq(i64::try_from(dice.below(30)).unwrap());
                let side = if dice.below(2) == 0 { Side::After(seq) } else { Side::Before(seq) };
                let limit = i64::try_from(dice.below(9)).unwrap() + 1;
                match house.logs[0].range(house.who(who), room, side, limit).await {
                    Ok(_) => told_page(&house.page(house.who(who), room, side, limit).await),
                    Err(error) => format!("{error}"),
                }
            }
        };
        told.push(line);
    }
    told
}

/// A page without the identities, which differ from house to house.
fn told_page(page: &Page) -> String {
    let entries = page.entries.iter().map(|e| {
        let text = e.body.as_ref().map(|body| body["text"].to_string());
        format!("{} {} {} {:?} {}", e.seq, e.kind, e.at, text, e.target.is_some())
    });
    format!("{}..{} of {}: {:?}", page.from, page.to, page.head, entries.collect::<Vec<_>>())
}
