//! T12 between two steps: who may read was decided, and they are removed before it is read. The
//! steps are taken by hand here, as a session takes them.

use roost_server::{
    feed::Ask,
    log::Who,
    outlet::{Inlet, Push},
    store::rooms::{self, Seat},
};
use roost_shared::{Draft, Refusal, Seq, frame::Side, policy::Actor};
use roost_tests::{house::House, ids, wait};
use serde_json::{Value, json};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(5);
/// Who leaves, and who is there throughout.
const SAM: usize = 0;
const AMARA: usize = 1;

async fn append(house: &House, who: Who, kind: &str, body: Value) -> Seq {
    let draft = Draft { id: ids::entry(), kind: kind.to_owned(), target: None, body };
    house.logs[0].append(who, house.circle, draft).await.unwrap().seq
}

async fn says(house: &House, text: &str) -> Seq {
    append(house, house.who(AMARA), "message", json!({ "text": text })).await
}

async fn sam(house: &House, change: &str) -> Seq {
    let who = Who { constellation: house.constellation, actor: Actor::Operator };
    let body = json!({"person": house.satellites[SAM], "change": change});
    append(house, who, "member", body).await
}

/// Sam comes back, and reads from then on.
async fn returns(house: &House) {
    let floor = sam(house, "joined").await;
    let (constellation, room) = (house.constellation, house.circle);
    let seat = Seat { constellation, room, person: house.satellites[SAM] };
    let mut tx = house.db.begin().await.unwrap();
    rooms::raise_floor(tx.conn(), seat, floor).await.unwrap();
    tx.commit().await.unwrap();
}

/// A phone that reads the circle from its beginning, where this log's or the other's feed is.
fn listens(house: &House, instance: usize, person: usize, head: Seq) -> Inlet {
    let inlet = Inlet::new(house.satellites[person], 16, 1 << 20);
    let (feeds, place) = (&house.feeds[instance], (house.circle, Seq(1)));
    if feeds.listen(house.constellation, place, &inlet.outlet).is_none() {
        feeds.seen(house.circle, head);
    }
    inlet
}

/// Until this entry has come.
async fn hears(inlet: &mut Inlet, last: Seq) {
    let mut heard = Seq::ZERO;
    while heard < last {
        match wait::within("a page comes", SOON, inlet.next()).await {
            Push::Page(page) => heard = page.to,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_asked_for_before_the_removal_is_not_read_after_it() {
    for house in House::on_each_database(None).await {
        let head = says(&house, "good morning").await;
        let sam_hears = listens(&house, 0, SAM, head);
        let mut amara = listens(&house, 0, AMARA, head);
        let first = says(&house, "who comes on Sunday?").await;
        hears(&mut amara, first).await;
        let ask = |side| Ask {
            constellation: house.constellation,
            room: house.circle,
            floor: Seq(1),
            side,
            limit: 200,
        };
        // From the tail of the feed, from the log upwards and downwards.
        let asks = [Side::After(head), Side::After(Seq::ZERO), Side::Before(Seq(1_000))].map(ask);
        let feeds = &house.feeds[0];
        for ask in asks {
            assert_eq!(feeds.page(ask, &sam_hears.outlet).await.unwrap().to, first, "{ask:?}");
        }
        sam(&house, "left").await;
        let later = says(&house, "now that Sam has gone").await;
        hears(&mut amara, later).await;
        let refused = async |when: &str| {
            for ask in asks {
                let page = feeds.page(ask, &sam_hears.outlet).await;
                let refusal = page.map(|page| page.to).map_err(|error| error.refusal());
                assert_eq!(refusal, Err(Refusal::NotFound), "{when}: {ask:?}");
                assert!(feeds.page(ask, &amara.outlet).await.is_ok_and(|page| page.to >= later));
            }
        };
        refused("removed").await;
        returns(&house).await;
        refused("back, and reading from then on").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_and_came_back_behind_a_feeds_back_is_not_sent_what_was_said_between() {
    for house in House::on_each_database(None).await {
        let head = says(&house, "good morning").await;
        let mut sam_hears = listens(&house, 1, SAM, head);
        let mut amara = listens(&house, 1, AMARA, head);
        // All of it through the other instance, before this one looks.
        sam(&house, "left").await;
        says(&house, "now that Sam has gone").await;
        returns(&house).await;
        let last = says(&house, "hello again").await;
        house.feeds[1].look(house.constellation);
        hears(&mut amara, last).await;
        assert!(sam_hears.ready().is_none(), "nothing until his session has looked again");
    }
}
