//! I5, F25: another history is known by its entries, not by how many there are, on each database:
//! at the door, where a phone shows what it was told, and in a feed whose log was set back under
//! it.

use roost_server::{
    outlet::{Inlet, Push},
    people::{
        rollback::{History, Shown},
        session::Me,
    },
    store::{homes, rooms},
};
use roost_shared::{
    Draft, Epoch, Refusal, RoomId, Seq,
    frame::{Anchors, Cursors, Side},
};
use roost_tests::{house::House, ids, wait};
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(10);
/// Who says everything, and whose phone is looked at.
const SAM: usize = 0;

async fn say(house: &House, log: usize, times: usize) {
    for _ in 0..times {
        let body = json!({"text": "Is anyone free for a cuppa?"});
        let draft = Draft { id: ids::entry(), kind: "message".to_owned(), target: None, body };
        house.logs[log].append(house.who(SAM), house.circle, draft).await.unwrap();
    }
}

/// Takes the last entries away, as a backup of before them does.
async fn set_back(house: &House, to: Seq) {
    let mut tx = house.db.begin().await.unwrap();
    sqlx::query("DELETE FROM entries WHERE room = $1 AND seq > $2")
        .bind(house.circle.to_string())
        .bind(to.0)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn sams_phone(house: &House) -> Me {
    let link = house.people.enrol(house.satellites[SAM]).await.unwrap();
    let sign_in = house.people.accept(&link, ids::device(), "Sam's phone").await.unwrap();
    house.people.authenticate(&sign_in.access).await.unwrap()
}

/// What a phone shows that was told the circle up to here.
async fn told(house: &House, upto: Seq) -> Shown {
    let page = house.page(house.who(SAM), house.circle, Side::Before(upto.next()), 1).await;
    assert_eq!(page.to, upto);
    let anchors = Anchors::from([(house.circle, page.anchor.expect("entries have anchors"))]);
    Shown { cursors: Cursors::from([(house.circle, upto)]), anchors }
}

async fn check(house: &House, me: &Me, shown: &Shown) -> (History, Epoch) {
    let mut conn = house.db.reader().await.unwrap();
    let constellation = house.constellation;
    let epoch = homes::constellation(&mut conn, constellation).await.unwrap().epoch;
    let mine = rooms::of_person(&mut conn, constellation, me.person).await.unwrap();
    let with = (&mut *conn, &house.feeds[0]);
    let history = house.people.check_history(with, (me, epoch), &mine, shown).await;
    let history = history.unwrap();
    let after = homes::constellation(&mut conn, constellation).await.unwrap().epoch;
    assert_eq!(after != epoch, history == History::SetBack, "an epoch ends with a proof alone");
    (history, after)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_shows_which_history_it_was_told() {
    for house in House::on_each_database(None).await {
        let me = sams_phone(&house).await;
        say(&house, 0, 6).await;
        let head = house.whole(house.who(SAM), house.circle, 200).await.last().unwrap().seq;
        let (early, late) = (Seq(head.0 - 3), head);
        let (known, lost) = (told(&house, early).await, told(&house, late).await);
        assert_eq!(check(&house, &me, &known).await.0, History::Same);
        assert_eq!(check(&house, &me, &lost).await.0, History::Same);
        set_back(&house, early).await;
        assert_eq!(check(&house, &me, &known).await.0, History::Same, "it still stands");
        // The log's own head is of before: another process writes what overtakes it.
        say(&house, 1, 5).await;
        assert_eq!(check(&house, &me, &known).await.0, History::Same);
        let (history, ended) = check(&house, &me, &lost).await;
        assert_eq!(history, History::SetBack);
        // The same proof again is of an epoch that is over.
        let (history, still) = check(&house, &me, &lost).await;
        assert_eq!((history, still), (History::Unproven, ended));
        let gone =
            Shown { anchors: [(ids::room(), "1.AAAAAAAAAAA.AAAAAAAAAAA".into())].into(), ..known };
        assert_eq!(check(&house, &me, &gone).await.0, History::Unproven);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_whose_log_was_set_back_sends_its_phones_off() {
    for house in House::on_each_database(None).await {
        say(&house, 0, 4).await;
        let mut inlet = listens(&house, house.circle).await;
        say(&house, 0, 1).await;
        let head = house.whole(house.who(SAM), house.circle, 200).await.last().unwrap().seq;
        // The feed is told after the author, so an earlier page may come first.
        while !matches!(heard(&mut inlet).await, Push::Page(page) if page.to == head) {}
        set_back(&house, Seq(head.0 - 2)).await;
        // Another process overtakes it, and says so.
        say(&house, 1, 3).await;
        house.feeds[0].look(house.constellation);
        let Push::End(why) = heard(&mut inlet).await else { panic!("no page of another history") };
        assert_eq!(why, Refusal::StoreUnavailable, "the phone comes back and shows what it knows");
        let mut inlet = listens(&house, house.circle).await;
        say(&house, 0, 1).await;
        assert!(matches!(heard(&mut inlet).await, Push::Page(_)), "the next one hears the new one");
    }
}

async fn listens(house: &House, room: RoomId) -> Inlet {
    let inlet = Inlet::new(house.satellites[SAM], 16, 1 << 20);
    let of = (house.constellation, house.epoch());
    if house.feeds[0].listen(of, (room, Seq(1)), &inlet.outlet).is_none() {
        let mut conn = house.db.reader().await.unwrap();
        let heads = rooms::heads(&mut conn, &[(room, house.constellation)]).await.unwrap();
        house.feeds[0].seen(room, heads[0].1);
    }
    inlet
}

async fn heard(inlet: &mut Inlet) -> Push {
    wait::within("the feed says something", SOON, inlet.next()).await
}
