//! T12 between two steps: who may read was decided, and they are removed before it is read. The
//! steps are taken by hand here, as a session and the doors take them.

use roost_server::{
    Config,
    chain::Point,
    error::Result,
    feed::Ask,
    limits::Limits,
    log::{self, Who, search::Search},
    outlet::{Inlet, Push},
    store::rooms::{self, Seat},
};
use roost_shared::{
    Draft, EntryId, Refusal, Seq,
    frame::Side,
    policy::{Action, Actor},
};
use roost_tests::{house::House, ids, wait};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

const SOON: Duration = Duration::from_secs(5);
/// Who leaves, and who is there throughout.
const SAM: usize = 0;
const AMARA: usize = 1;

async fn append(house: &House, who: Who, kind: &str, body: Value) -> Seq {
    write(house, who, (kind, None, body)).await.1
}

async fn write(
    house: &House,
    who: Who,
    (kind, target, body): (&str, Option<EntryId>, Value),
) -> (EntryId, Seq) {
    let (id, kind) = (ids::entry(), kind.to_owned());
    let draft = Draft { id, kind, target, body };
    (id, house.logs[0].append(who, house.circle, draft).await.unwrap().seq)
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
    let of = (house.constellation, house.epoch());
    if feeds.listen(of, place, &inlet.outlet).is_none() {
        feeds.seen(house.circle, Point { seq: head, chain: None });
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

/// What this reader is told of an edited message by each door that reads but for pages, who sits
/// where it was decided that they do: found by its words; its card, which a calendar's file is made
/// of; and what it said before.
async fn told(house: &House, sits: (Seat, Seq), edited: EntryId) -> [Result<usize>; 3] {
    let query = "picnic".to_owned();
    let search = Search { query, before: None, limit: 10 };
    let limits = Limits::start(&Config::in_folder(Path::new("unused")).limits, &house.clock);
    let searching = limits.search(sits.0.person).unwrap();
    let found = house.logs[0].search_seated(sits, search, &searching).await;
    let mut conn = house.db.reader().await.unwrap();
    let card = log::read_card(&mut conn, sits, edited).await;
    let versions = log::read_versions(&mut conn, sits, edited).await;
    [
        found.map(|found| found.lines.len()),
        card.map(|card| usize::from(card.edited.is_some())),
        versions.map(|versions| versions.len()),
    ]
}

#[tokio::test]
async fn what_was_asked_for_by_search_or_for_a_calendar_before_the_removal_is_not_told_after_it() {
    for house in House::on_each_database(None).await {
        let amara = house.who(AMARA);
        let (picnic, _) = write(&house, amara, ("message", None, json!({"text": "picnic"}))).await;
        let edit = ("edit", Some(picnic), json!({"text": "a picnic at two"}));
        write(&house, amara, edit).await;
        let sits = async |person| {
            let mut conn = house.db.reader().await.unwrap();
            let who = house.who(person);
            log::may(&mut conn, who, house.circle, Action::ReadRoom).await.unwrap()
        };
        let (sam_sits, amara_sits) = (sits(SAM).await, sits(AMARA).await);
        let told = async |sits| {
            let told = told(&house, sits, picnic).await;
            told.map(|told| told.map_err(|error| error.refusal()))
        };
        let (all, none) = ([1; 3].map(Ok), [Refusal::NotFound; 3].map(Err));
        assert_eq!(told(sam_sits).await, all, "while Sam is there");
        sam(&house, "left").await;
        assert_eq!(told(sam_sits).await, none, "removed");
        returns(&house).await;
        assert_eq!(told(sam_sits).await, none, "back, and reading from then on");
        assert_eq!(told(amara_sits).await, all, "Amara was there throughout");
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
