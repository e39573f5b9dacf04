//! Both stores do the same, and the file survives being closed.

use super::*;
use crate::{
    engine::{ItemState, OutboxItem, Reading, Span},
    transcript::record,
};
use roost_shared::{Draft, EntryId, Epoch};
use serde_json::{Value, json};

fn room(n: u8) -> RoomId {
    RoomId::new(1, [n; 10])
}

fn entry(seq: i64) -> Value {
    let id = EntryId::new(seq, [7; 10]);
    json!({"seq": seq, "id": id, "kind": "message", "at": 5, "body": {"text": "hi"}, "new": [1]})
}

fn card(seq: i64, at_seq: i64) -> Value {
    let target = EntryId::new(seq, [7; 10]);
    json!({"target": target, "seq": seq, "at_seq": at_seq, "starred": true})
}

fn item(order: i64) -> OutboxItem {
    let draft = Draft {
        id: EntryId::new(order, [1; 10]),
        kind: "message".to_owned(),
        target: None,
        body: json!({"text": "kept"}),
    };
    let state = ItemState::Later { until: 9 };
    OutboxItem { order, room: room(1), draft, kept_at: 3, strikes: 1, state }
}

fn file(name: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("roost-bridge-{}-{name}", std::process::id()));
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    path
}

fn some_writes() -> Vec<Write> {
    vec![
        Write::PutEntries { room: room(1), entries: vec![entry(1), entry(2), entry(5)] },
        Write::PutEntries { room: room(2), entries: vec![entry(1)] },
        Write::PutRanges { room: room(1), ranges: vec![Span { from: Seq(1), to: Seq(2) }] },
        Write::PutAnchor { room: room(1), anchor: "1.old.seal".to_owned() },
        Write::PutAnchor { room: room(1), anchor: "2.chain.seal".to_owned() },
        Write::PutOutbox { item: item(2) },
        Write::PutOutbox { item: item(1) },
        Write::PutOutbox { item: OutboxItem { state: ItemState::Queued, ..item(2) } },
        Write::PutCards { room: room(1), cards: vec![card(2, 4), card(2, 5), card(9, 9)] },
        Write::PutMarks { room: room(1), reading: Reading { read: Seq(2), others: vec![] } },
        Write::PutEpoch { epoch: Epoch::new(4, [4; 10]) },
        Write::PutWelcome { welcome: json!({"rooms": [], "new": true}) },
    ]
}

#[tokio::test]
async fn a_file_keeps_what_was_written() {
    let path = file("keeps");
    let account = Account {
        base: "http://localhost".to_owned(),
        device: DeviceId::new(1, [1; 10]),
        refresh: Some("secret".to_owned()),
    };
    let mut store = Store::open(&path).await.unwrap();
    store.put_account(&account).await.unwrap();
    store.apply(&some_writes()).await.unwrap();
    drop(store);

    let mut store = Store::open(&path).await.unwrap();
    let saved = store.load().await.unwrap();
    assert_eq!(saved.outbox, [item(1), OutboxItem { state: ItemState::Queued, ..item(2) }]);
    assert_eq!(saved.welcome, Some(json!({"rooms": [], "new": true})));
    let seqs = |entries: Vec<Entry>| entries.iter().map(|entry| entry.seq.0).collect::<Vec<_>>();
    assert_eq!(seqs(store.entries(room(1), Seq(1), 9).await.unwrap()), [2, 5]);
    assert_eq!(seqs(store.entries(room(1), Seq(0), 1).await.unwrap()), [1]);

    let cards = store.cards(room(1)).await.unwrap();
    let places: Vec<_> = cards.iter().map(|card| (card.seq.0, card.card.at_seq.0)).collect();
    assert_eq!(places, [(2, 5), (9, 9)]);
    assert_eq!(saved.cards[&room(1)].len(), 2);
    assert_eq!(saved.marks[&room(1)].read, Seq(2));
    assert_eq!(saved.anchors, [(room(1), "2.chain.seal".to_owned())].into());

    store.apply(&[Write::WipeAll]).await.unwrap();
    assert_eq!(store.load().await.unwrap(), Saved::default());
    let left = store.account().await.unwrap().unwrap();
    assert_eq!((left.device, left.refresh), (account.device, None));
}

#[tokio::test]
async fn what_was_removed_is_forgotten_and_nothing_else() {
    for mut store in [Store::open(&file("forgets")).await.unwrap(), Store::in_memory()] {
        let entries = vec![entry(1), entry(2), entry(3)];
        let writes = [
            Write::PutEntries { room: room(1), entries: entries.clone() },
            Write::PutEntries { room: room(2), entries },
            Write::ForgetBody { room: room(1), seq: Seq(2) },
        ];
        store.apply(&writes).await.unwrap();
        let held = async |store: &mut Store, n| {
            let entries = store.entries(room(n), Seq::ZERO, 9).await.unwrap();
            entries.iter().map(|entry| entry.body.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(held(&mut store, 1).await, [true, false, true]);
        assert_eq!(held(&mut store, 2).await, [true; 3]);
        let cards = vec![card(1, 3), card(4, 4)];
        let cut = Write::DropBelow { room: room(1), floor: Seq(2) };
        store.apply(&[Write::PutCards { room: room(1), cards }, cut]).await.unwrap();
        assert_eq!(store.cards(room(1)).await.unwrap().len(), 1);
        store.apply(&[Write::WipeEntries]).await.unwrap();
        assert_eq!(store.load().await.unwrap(), Saved::default());
    }
}

#[tokio::test]
async fn a_file_of_before_there_were_cards_is_read_again() {
    let path = file("older");
    let mut store = Store::open(&path).await.unwrap();
    store.apply(&some_writes()).await.unwrap();
    drop(store);
    let url = format!("sqlite://{}", path.display());
    let mut older = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
    for sql in ["DROP TABLE cards", "DROP TABLE marks", "PRAGMA user_version = 0"] {
        sqlx::query(sql).execute(&mut older).await.unwrap();
    }
    drop(older);
    let saved = Store::open(&path).await.unwrap().load().await.unwrap();
    assert!(saved.anchors.is_empty());
    assert_eq!((saved.ranges.len(), saved.outbox.len()), (0, 2), "words that are not sent stay");
    assert!(saved.epoch.is_some() && saved.welcome.is_some());
}

#[tokio::test]
async fn a_step_is_written_whole_or_not_at_all() {
    let mut store = Store::open(&file("whole")).await.unwrap();
    let broken = Write::PutEntries { room: room(1), entries: vec![json!({"no": "seq"})] };
    let writes = [Write::PutOutbox { item: item(1) }, broken];
    store.apply(&writes).await.unwrap_err();
    assert_eq!(store.load().await.unwrap(), Saved::default());
}

/// The writes of real transcripts, to both stores.
#[tokio::test]
async fn both_stores_agree() {
    for seed in 0..12 {
        let (mut disk, mut memory) =
            (Store::open(&file(&format!("agree-{seed}"))).await.unwrap(), Store::in_memory());
        let mut rooms = vec![];
        for line in &record(seed)[1..] {
            let step: Value = serde_json::from_str(line).unwrap();
            let outputs = step["outputs"].as_array().unwrap().iter();
            let writes: Vec<Write> = outputs
                .filter_map(|output| serde_json::from_value(output["write"].clone()).ok())
                .collect();
            for store in [&mut disk, &mut memory] {
                store.apply(&writes).await.unwrap();
            }
            rooms.extend(writes.iter().filter_map(|write| match write {
                Write::PutEntries { room, .. } => Some(*room),
                _ => None,
            }));
        }
        assert_eq!(disk.load().await.unwrap(), memory.load().await.unwrap(), "seed {seed}");
        for room in rooms {
            let of_disk = disk.entries(room, Seq::ZERO, 1_000).await.unwrap();
            assert_eq!(of_disk, memory.entries(room, Seq::ZERO, 1_000).await.unwrap());
            assert_eq!(disk.cards(room).await.unwrap(), memory.cards(room).await.unwrap());
        }
    }
}
