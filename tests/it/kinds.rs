//! Every kind of entry is said on one phone, heard on another, outlives the server, and is read by
//! a third phone that knew nothing of it: the same entry, and the same card.

use crate::cards::reader::Reader;
use roost_server::people::register::NewPerson;
use roost_shared::{
    CardOf, Entry, EntryId, RoomId, Seq,
    frame::{ClientFrame, ServerFrame, Welcome},
    kind::Body,
    policy::Role,
    room::RoomKind,
};
use roost_tests::{
    ids,
    wire::Wire,
    world::{World, room_of},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const HOUR_MS: i64 = 3_600_000;

/// What it is about, who says it, its kind, and its body. The first row about something begins it,
/// the others target it. The service speaks when somebody moves in.
type Row = (&'static str, Option<&'static str>, &'static str, Value);

fn table(now: i64) -> Vec<Row> {
    let tea = |title: &str| {
        let (starts_at, ends_at) = (now + HOUR_MS, now + 2 * HOUR_MS);
        let kept = json!({"title": title, "type": "meet_up", "places": 4});
        let mut details = json!({"starts_at": starts_at, "ends_at": ends_at});
        details.as_object_mut().unwrap().extend(kept.as_object().unwrap().clone());
        json!({"details": details})
    };
    let drive = json!({"text": "Keep the drive clear.", "please_confirm": true});
    let ask = json!({"ask": {"question": "Which day?", "options": ["Monday", "Tuesday"]}});
    let (jo, sam) = (Some("jo"), Some("sam"));
    vec![
        ("hello", sam, "message", json!({"text": "hello"})),
        ("hello", jo, "message", json!({"text": "hello Sam"})),
        ("hello", jo, "reaction", json!({"emoji": "👍"})),
        ("hello", sam, "edit", json!({"text": "hello everybody"})),
        ("hello", jo, "pin", json!({"pinned": true})),
        ("drive", jo, "message", drive),
        ("drive", sam, "confirm", json!({})),
        ("slip", sam, "message", json!({"text": "a slip of the thumb"})),
        ("slip", sam, "redact", json!({})),
        ("tea", jo, "gathering", tea("Tea")),
        ("tea", sam, "rsvp", json!({"answer": "going", "heads": 3})),
        ("tea", jo, "gathering", tea("Tea and cake")),
        ("tea", jo, "gathering", json!({"cancelled": {"reason": "The hall is flooded"}})),
        ("day", sam, "poll", ask),
        ("day", jo, "poll", json!({"choose": {"option": 1}})),
        ("day", sam, "poll", json!({"close": {}})),
        ("Ruth", None, "member", Value::Null),
    ]
}

/// A phone that takes what comes.
struct Ear {
    wire: Wire,
    circle: RoomId,
    reader: Reader,
}

impl Ear {
    /// With nothing on it.
    async fn new(world: &World, name: &str) -> (Ear, Welcome) {
        let (wire, welcome) = world.wire(name).await;
        let circle = room_of(&welcome, RoomKind::Circle);
        let listed = welcome.rooms.iter().find(|listed| listed.room == circle);
        let reader = Reader::new(listed.unwrap().floor);
        (Ear { wire, circle, reader }, welcome)
    }

    /// The next page, whose entries it keeps.
    async fn page(&mut self) -> (Vec<Entry>, Vec<CardOf>) {
        let page = self.wire.page(self.circle).await;
        let told = (page.entries.clone(), page.cards.clone());
        assert!(self.reader.take(page.into()), "a page follows the one before");
        told
    }

    /// Everything up to here.
    async fn read_to(&mut self, head: Seq) {
        while self.reader.at < head {
            self.page().await;
        }
    }
}

/// Says it, and waits until it is acknowledged.
async fn say(wire: &mut Wire, frame: &ClientFrame) -> Seq {
    wire.say(frame).await.unwrap();
    wire.until(|heard| match heard {
        ServerFrame::Ack { seq, .. } => Some(seq),
        ServerFrame::Refused { told, .. } => panic!("{}: {frame:?}", told.code),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn what_is_said_is_heard_and_read_again_whatever_kind_it_is() {
    let mut world = World::new().await;
    let (mut amara, welcome) = Ear::new(&world, "amara").await;
    let circle = amara.circle;
    let head = welcome.rooms.iter().find(|listed| listed.room == circle).unwrap().head;
    amara.read_to(head).await;
    let mut speakers = BTreeMap::new();
    for name in ["jo", "sam"] {
        speakers.insert(name, world.wire(name).await.0);
    }
    let (mut began, mut kinds) = (BTreeMap::<&str, EntryId>::new(), BTreeSet::new());
    let mut head = head;
    for (about, by, kind, body) in table(welcome.now) {
        let target = began.get(about).copied();
        let id = ids::entry();
        if let Some(name) = by {
            let kind = kind.to_owned();
            let frame = ClientFrame::Append { room: circle, id, kind, target, body };
            head = say(speakers.get_mut(name).unwrap(), &frame).await;
        } else {
            let (role, constellation) = (Role::Liaison, world.cast.wren);
            let new = NewPerson { constellation, home: None, role, name: about };
            world.app().people.add_person(new).await.unwrap();
            head = head.next();
        }
        let (entries, cards) = amara.page().await;
        let [entry] = entries.as_slice() else { panic!("{about}: {entries:?}") };
        let author = by.map(|name| world.person(name));
        let said = (entry.seq, entry.kind.as_str(), entry.author, entry.target);
        assert_eq!(said, (head, kind, author, target), "{about} is heard");
        assert!(by.is_none() || entry.id == id, "{about}");
        let changed = cards.iter().any(|card| card.card.at_seq == head);
        let talk = matches!(kind, "message" | "member");
        assert_eq!(changed, !talk, "{kind} about {about}: {cards:?}");
        kinds.insert(kind);
        began.entry(about).or_insert(entry.id);
    }
    assert_eq!(kinds, Body::KINDS.iter().copied().collect(), "every kind has a row");

    world.restart().await;
    let (mut priya, welcome) = Ear::new(&world, "priya").await;
    let listed = welcome.rooms.iter().find(|listed| listed.room == circle).unwrap();
    assert_eq!(listed.head, head, "nothing was lost, nothing came to it");
    priya.read_to(head).await;
    amara.reader.shows_the_same_as(&priya.reader);
}
