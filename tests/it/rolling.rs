//! While servers of two builds stand over one database, the older one lets pass what it does not
//! know: the entries of tomorrow's kinds keep their places and their bodies, cards and states keep
//! the parts that it cannot read, nobody's phone chokes, and once the older one is replaced
//! everything is right as it stands.

use reqwest::Method;
use roost_server::{
    log::Who,
    opening,
    store::{
        Db, cards,
        entries::{self, EntryRow, NewEntry},
        meta, rooms,
    },
};
use roost_shared::{
    ConstellationId, Draft, EntryId, Refusal, RoomId, Seq,
    card::{Card, CardOf},
    frame::{ClientFrame, ServerFrame},
    kind::Body,
    policy::{Actor, Role},
    room::RoomKind,
};
use roost_tests::{ids, world::World};
use serde_json::{Value, json};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(5);
/// Bodies are text: one that says the same in other bytes would not be the same.
const CHORE: &str = r#"{"question":"Picnic or cinema?","answers":["Picnic","Cinema"], "ends":1e3}"#;

/// The server of tomorrow: it writes what its build knows and this one does not.
struct Tomorrow {
    db: Db,
    constellation: ConstellationId,
    room: RoomId,
}

impl Tomorrow {
    async fn beside(world: &World) -> Tomorrow {
        let data = &world.app().config.store.data;
        let db = opening::open(data, false).await.unwrap().db;
        let room = world.room("jo", RoomKind::Circle).await;
        Tomorrow { db, constellation: world.cast.wren, room }
    }

    /// Jo's entry of a kind of its own, which puts its part on the card of the target or on its
    /// own.
    async fn append(
        &self,
        world: &World,
        (kind, target): (&str, Option<EntryId>),
        (part, value): (&str, Value),
    ) -> EntryId {
        assert!(!Body::KINDS.contains(&kind), "this build knows {kind}");
        let (constellation, room, id) = (self.constellation, self.room, ids::entry());
        let mut tx = self.db.begin().await.unwrap();
        let conn = tx.conn();
        let seq = rooms::head(conn, constellation, room).await.unwrap().next();
        let (author, at) = (Some(world.person("jo")), world.app().clock.now());
        let (kind, body, digest) = (kind.to_owned(), CHORE.to_owned(), "tomorrow's".to_owned());
        let row = EntryRow { seq, id, kind, author, target, at, body, chain: None };
        let new = [NewEntry { constellation, room, row, digest }];
        entries::add(conn, &new).await.unwrap();
        let of = target.unwrap_or(id);
        let of_seq = entries::target(conn, constellation, room, of).await.unwrap().unwrap().seq;
        let card = cards::get(conn, constellation, room, of).await.unwrap();
        let mut card = serde_json::to_value(card).unwrap();
        (card["at_seq"], card[part]) = (json!(seq), value);
        let card: Card = serde_json::from_value(card).unwrap();
        let card = CardOf { target: of, seq: of_seq, card };
        cards::put(conn, constellation, room, &card).await.unwrap();
        meta::touch(conn, constellation).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Its own reading of an entry and its card, as they are stored.
    async fn read(&self, id: EntryId) -> (Seq, String, String, Value) {
        let mut conn = self.db.reader().await.unwrap();
        let (constellation, room) = (self.constellation, self.room);
        let row = entries::target(&mut conn, constellation, room, id).await.unwrap().unwrap();
        let place = (row.seq, row.seq);
        let all = cards::within(&mut conn, (constellation, room), place, row.seq).await.unwrap();
        let card = all.iter().find(|card| card.target == id.to_string());
        let card = card.map_or(Value::Null, |card| serde_json::from_str(&card.body).unwrap());
        (row.seq, row.kind, row.body, card)
    }
}

/// What jo's draft hears from the server of today.
async fn says(
    world: &World,
    room: RoomId,
    (kind, target, body): (&str, Option<EntryId>, Value),
) -> Result<EntryId, Refusal> {
    let actor = Actor::Person { person: world.person("jo"), role: Role::Hub };
    let who = Who { constellation: world.cast.wren, actor };
    let id = ids::entry();
    let draft = Draft { id, kind: kind.to_owned(), target, body };
    world.app().log.append(who, room, draft).await.map(|_| id)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_tomorrow_passes_through_the_server_of_today_untouched() {
    let mut world = World::new().await;
    let tomorrow = Tomorrow::beside(&world).await;
    let room = tomorrow.room;
    let sam = world.phone("sam").await;
    let chore = tomorrow.append(&world, ("chore", None), ("state", json!({"votes": {}}))).await;
    let vote = tomorrow.append(&world, ("vote", Some(chore)), ("state", json!({"votes": 1}))).await;
    let before = [tomorrow.read(chore).await, tomorrow.read(vote).await];
    assert_eq!((&before[0].1[..], &before[0].2[..]), ("chore", CHORE));
    // Sam's phone holds the places, and goes on.
    sam.wait_until(SOON, |view| view.cursor(room) >= before[1].0).await.unwrap();
    let held = sam.entries(room).await.unwrap();
    let bare = held.iter().filter(|entry| entry.body.is_none() && entry.at == 0);
    assert_eq!(bare.map(|entry| entry.id).collect::<Vec<_>>(), [chore, vote]);
    sam.reply(room, chore, "What is this? My phone says to update").await.unwrap();
    // Nothing can be done to it here but answer it.
    for (kind, body) in [
        ("reaction", json!({"emoji": "👍"})),
        ("redact", json!({})),
        ("pin", json!({"pinned": true})),
        ("rsvp", json!({"answer": "going", "heads": 1})),
        ("edit", json!({"text": "hello"})),
    ] {
        let answer = says(&world, room, (kind, Some(chore), body)).await;
        assert_eq!(answer, Err(Refusal::TargetUnfit), "{kind}");
    }
    for lives in ["the first", "the second"] {
        let jo = world.sign_in("jo").await;
        let path = format!("/api/rooms/{room}/entries?after={}&limit=1", before[0].0.0 - 1);
        let heard = world.door.ask(Method::GET, &path, Some(&jo.access), None).await.unwrap();
        let told = json!([{"seq": before[0].0, "id": chore, "kind": "chore"}]);
        assert_eq!(heard.json()["entries"], told, "{lives} life of the server");
        let after = [tomorrow.read(chore).await, tomorrow.read(vote).await];
        assert_eq!(after, before, "{lives} life of the server");
        world.restart().await;
    }
    tomorrow.db.close().await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tomorrow_knows_of_a_message_stays_on_its_card() {
    let world = World::new().await;
    let tomorrow = Tomorrow::beside(&world).await;
    let room = tomorrow.room;
    let hello = says(&world, room, ("message", None, json!({"text": "hello"}))).await.unwrap();
    let star = json!({"by": world.person("jo"), "why": {"of": "tomorrow"}});
    tomorrow.append(&world, ("star", Some(hello)), ("starred", star.clone())).await;
    for (kind, body) in [
        ("reaction", json!({"emoji": "👍"})),
        ("pin", json!({"pinned": true})),
        ("edit", json!({"text": "hello!"})),
    ] {
        says(&world, room, (kind, Some(hello), body)).await.unwrap();
        let (.., card) = tomorrow.read(hello).await;
        assert_eq!(card["starred"], star, "{kind}");
    }
    // A phone keeps it too: a later build of its app reads it there.
    let (mut sam, _) = world.wire("sam").await;
    let page = sam.page(room).await;
    let card = page.cards.iter().find(|card| card.target == hello).unwrap();
    assert_eq!(serde_json::to_value(card).unwrap()["starred"], star);
    // But a removal takes everything, known or not.
    says(&world, room, ("redact", Some(hello), json!({}))).await.unwrap();
    let (_, _, body, card) = tomorrow.read(hello).await;
    assert_eq!((&body[..], card.get("starred")), ("", None));
    tomorrow.db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tomorrow_knows_of_a_gathering_stays_in_its_state() {
    let world = World::new().await;
    let tomorrow = Tomorrow::beside(&world).await;
    let room = tomorrow.room;
    let starts_at = world.app().clock.now() + 86_400_000;
    let details = |title: &str| {
        let ends_at = starts_at + 3_600_000;
        json!({"details": {"title": title, "type": "meet_up", "starts_at": starts_at,
            "ends_at": ends_at}})
    };
    let tea = says(&world, room, ("gathering", None, details("Tea"))).await.unwrap();
    let (.., card) = tomorrow.read(tea).await;
    let (mut state, bring) = (card["state"].clone(), json!(["cups", {"of": "tomorrow"}]));
    (state["bring"], state["details"]["bring"]) = (bring.clone(), bring.clone());
    tomorrow.append(&world, ("list", Some(tea)), ("state", state)).await;
    for (kind, body) in [
        ("rsvp", json!({"answer": "going", "heads": 2})),
        ("gathering", details("Tea and cake")),
        ("rsvp", json!({"answer": "maybe", "heads": 1})),
        ("gathering", json!({"cancelled": {}})),
    ] {
        says(&world, room, (kind, Some(tea), body.clone())).await.unwrap();
        let (.., card) = tomorrow.read(tea).await;
        let state = &card["state"];
        assert_eq!([&state["bring"], &state["details"]["bring"]], [&bring; 2], "{kind} {body}");
    }
    let (_, _, body, card) = tomorrow.read(tea).await;
    assert_eq!(card["state"]["details"]["title"], "Tea and cake", "and today's part is folded");
    assert!(body.contains("cups"), "{body}");
    tomorrow.db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_of_tomorrow_is_refused_by_name_and_takes_no_place() {
    let world = World::new().await;
    let (mut sam, welcome) = world.wire("sam").await;
    let room = roost_tests::world::room_of(&welcome, RoomKind::Circle);
    let (id, kind, body) = (ids::entry(), "chore".to_owned(), json!({"question": "Picnic?"}));
    for target in [None, Some(ids::entry())] {
        let (kind, body) = (kind.clone(), body.clone());
        sam.say(&ClientFrame::Append { room, id, kind, target, body }).await.unwrap();
        let refused = sam.until(|frame| match frame {
            ServerFrame::Refused { room, id, told } => Some((room, id, told.code)),
            _ => None,
        });
        assert_eq!(refused.await, (Some(room), Some(id), Refusal::KindUnknown.code().to_owned()));
    }
    // The same draft is new to a server that knows it: no trace of the refusal is left.
    let hello = says(&world, room, ("message", None, json!({"text": "hello"}))).await.unwrap();
    let page = sam.until(|frame| match frame {
        ServerFrame::Page(page) if page.entries.iter().any(|entry| entry.id == hello) => Some(page),
        _ => None,
    });
    assert!(page.await.entries.iter().all(|entry| entry.id != id));
}
