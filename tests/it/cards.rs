//! What has become of an entry is the same for everybody: a phone that heard it live and one that
//! reads the room from its beginning hold the same cards at every moment. What was removed is gone
//! from the log, and kept apart.

use roost_server::{
    log::Who,
    presence::{self, Inlet, Push},
};
use roost_shared::{
    Draft, EntryId, Refusal, RoomId, Seq,
    card::CardOf,
    frame::{Page, ServerFrame, Side},
    policy::{Actor, Role},
    room::RoomKind,
};
use roost_tests::{dice::Dice, ids, world::World};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const HISTORIES: usize = 40;
const DRAFTS: usize = 50;

type Cards = BTreeMap<EntryId, CardOf>;

/// Somebody who listens to a room from here on, after having read it whole.
struct Listener {
    inlet: Inlet,
    cards: Cards,
    bodies: BTreeMap<EntryId, Option<Value>>,
}

impl Listener {
    async fn come(world: &World, who: Who, room: RoomId) -> Listener {
        let app = world.app();
        let Actor::Person { person, .. } = who.actor else { panic!("a listener is a person") };
        let inlet = presence::outlet(person, 10_000, 1 << 30);
        if app.feeds.listen(who.constellation, (room, Seq(1)), &inlet.outlet).is_none() {
            let head = page(world, who, room, Seq::ZERO).await.head;
            app.feeds.seen(room, head);
        }
        let mut listener = Listener { inlet, cards: Cards::new(), bodies: BTreeMap::new() };
        let mut after = Seq::ZERO;
        loop {
            let page = page(world, who, room, after).await;
            after = page.to;
            let whole = page.to >= page.head;
            listener.take(page);
            if whole {
                return listener;
            }
        }
    }

    fn take(&mut self, page: Page) {
        for entry in page.entries {
            self.bodies.insert(entry.id, entry.body);
        }
        for card in page.cards {
            let newer = |held: &CardOf| held.card.at_seq < card.card.at_seq;
            if self.cards.get(&card.target).is_none_or(newer) {
                self.cards.insert(card.target, card);
            }
        }
    }

    fn hear(&mut self) {
        while let Some(push) = self.inlet.ready() {
            if let Push::Page(page) = push {
                match serde_json::from_slice(&page.text).unwrap() {
                    ServerFrame::Page(page) => self.take(page),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

async fn page(world: &World, who: Who, room: RoomId, after: Seq) -> Page {
    let text = world.app().log.range(who, room, Side::After(after), 200).await.unwrap().text;
    match serde_json::from_slice(&text).unwrap() {
        ServerFrame::Page(page) => page,
        other => panic!("{other:?}"),
    }
}

fn who(world: &World, name: &str, role: Role) -> Who {
    let actor = Actor::Person { person: world.person(name), role };
    Who { constellation: world.cast.wren, actor }
}

/// Something that somebody may say, about one of the entries there are.
fn draft(dice: &mut Dice, entries: &[EntryId], now: i64) -> Draft {
    let target = entries.get(usize::try_from(dice.below(entries.len() as u64)).unwrap()).copied();
    let details = json!({"title": "Picnic", "type": "meet_up", "starts_at": now + 60_000 * 60,
        "ends_at": now + 60_000 * 120, "places": 1 + dice.below(6)});
    let emoji = ["👍", "🎉"][usize::try_from(dice.below(2)).unwrap()];
    let (kind, target, body) = match dice.below(12) {
        0 | 1 => ("message", None, json!({"text": "hello", "please_confirm": true})),
        2 => ("message", None, json!({"text": "hello"})),
        3 => ("gathering", None, json!({"details": details})),
        4 => ("gathering", target, json!({"details": details})),
        5 => (
            "reaction",
            target,
            json!({"emoji": if dice.below(4) == 0 { None } else { Some(emoji) }}),
        ),
        6 => ("edit", target, json!({"text": format!("hello {}", dice.below(9))})),
        7 => ("redact", target, json!({})),
        8 => ("pin", target, json!({"pinned": dice.below(2) == 0})),
        9 => ("confirm", target, json!({})),
        10 => ("rsvp", target, json!({"answer": "going", "heads": 1 + dice.below(3)})),
        _ => ("gathering", target, json!({"cancelled": {}})),
    };
    Draft { id: ids::entry(), kind: kind.to_owned(), target, body }
}

#[tokio::test(flavor = "multi_thread")]
async fn live_and_read_cards_are_the_same_at_every_moment() {
    let world = World::new().await;
    let mut dice = Dice::thrown();
    println!("ROOST_SEED={}", dice.seed);
    let people = [
        who(&world, "jo", Role::Hub),
        who(&world, "sam", Role::Satellite),
        who(&world, "amara", Role::Satellite),
        who(&world, "priya", Role::Liaison),
    ];
    let room = world.room("jo", RoomKind::Circle).await;
    let now = world.app().clock.now();
    let mut taken = BTreeMap::<String, usize>::new();
    for _ in 0..HISTORIES {
        let mut live = Listener::come(&world, people[0], room).await;
        let mut entries: Vec<EntryId> = Vec::new();
        for _ in 0..DRAFTS {
            let author = people[usize::try_from(dice.below(4)).unwrap()];
            let draft = draft(&mut dice, &entries, now);
            let (id, kind) = (draft.id, draft.kind.clone());
            match world.app().log.append(author, room, draft).await {
                Ok(_) => {
                    *taken.entry(kind).or_default() += 1;
                    entries.push(id);
                }
                Err(Refusal::StoreUnavailable | Refusal::Busy) => panic!("the store is well"),
                Err(_) => {}
            }
        }
        // The page of the last draft is handed over right after its ack.
        let read = Listener::come(&world, people[1], room).await;
        roost_tests::wait::until_some(
            "the live cards are whole",
            std::time::Duration::from_secs(5),
            || {
                live.hear();
                let same = live.cards == read.cards;
                async move { same.then_some(()) }
            },
        )
        .await;
        assert_eq!(live.cards, read.cards);
        for card in read.cards.values().filter(|card| card.card.hidden.is_some()) {
            assert_eq!(read.bodies[&card.target], None, "a removed body is not read any more");
        }
    }
    for kind in ["message", "reaction", "edit", "redact", "pin", "confirm", "gathering", "rsvp"] {
        assert!(taken.get(kind).is_some_and(|count| *count > 5), "{kind}: {taken:?}");
    }
}
