//! Pages may come in any order and any number of times, each with the cards of its own moment: in
//! the end the phone holds the same cards, and no word of what was removed.

use super::{Engine, Input, Output, Saved, Write};
use crate::{
    store::Store,
    transcript::model::{Model, ModelRoom},
};
use futures_util::FutureExt;
use proptest::prelude::*;
use roost_shared::{CardOf, Draft, EntryId, Epoch, PersonId, RoomId, Seq};
use serde_json::{Value, json};

const HOUSE: [u8; 10] = [1; 10];

/// What happens to which of the entries there are: 0 adds one.
type Deed = (u8, u8);

fn room() -> RoomId {
    RoomId::new(1, HOUSE)
}

/// The frames a phone would hear while this happens, and the cards at the end.
fn live_through(deeds: &[Deed]) -> (Vec<Value>, Vec<CardOf>) {
    let mut model = Model::new(Epoch::new(1, HOUSE), PersonId::new(1, HOUSE), 4);
    model.rooms.insert(room(), ModelRoom::new(1));
    model.greeted = true;
    for (place, (what, of)) in (1_u8..).zip(deeds) {
        let ids = model.ids(room());
        let target = ids.get(usize::from(*of)).copied().filter(|_| *what > 0);
        let (kind, body) = match (what, target) {
            (1 | 2, Some(_)) => ("reaction", json!({"emoji": "👍"})),
            (3, Some(_)) => ("edit", json!({"text": "in other words"})),
            (4, Some(_)) => ("redact", json!({})),
            (5, Some(_)) => ("gathering", json!({"cancelled": {"reason": "in other words"}})),
            _ => ("message", json!({"text": "in these words"})),
        };
        let id = EntryId::new(2, [place; 10]);
        let draft = Draft { id, kind: kind.to_owned(), target, body };
        model.commit(room(), &draft, PersonId::new(3, HOUSE), 5);
    }
    let cards = model.rooms[&room()].cards.values();
    let mut cards: Vec<CardOf> =
        cards.map(|card| serde_json::from_value(card.clone()).unwrap()).collect();
    cards.sort_by_key(|card| card.seq);
    (model.wire.into(), cards)
}

/// A phone that is live and hears these frames.
fn hear(frames: &[&Value]) -> Store {
    let mut store = Store::in_memory();
    let mut engine = Engine::new(&Saved::default());
    let welcome = json!({
        "t": "welcome", "epoch": Epoch::new(1, HOUSE), "silence_ms": 45_000, "retry_ms": 1,
        "rooms": [{"room": room(), "floor": 1, "head": 0}],
    });
    let begin = [Input::Start, Input::Token { access: "a".to_owned() }, Input::Opened];
    let frames = [&welcome].into_iter().chain(frames.iter().copied());
    let heard = frames.map(|frame| Input::Frame { text: frame.to_string() });
    for input in begin.into_iter().chain(heard) {
        let outputs = engine.step(1, input).into_iter();
        let writes: Vec<Write> = outputs
            .filter_map(|output| match output {
                Output::Write { write } => Some(write),
                _ => None,
            })
            .collect();
        store.apply(&writes).now_or_never().unwrap().unwrap();
    }
    store
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_pages_does_not_matter(
        deeds in prop::collection::vec((0..6_u8, 0..12_u8), 1..40),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
    ) {
        let (frames, cards) = live_through(&deeds);
        // Drawn with repeats, then whatever was not drawn.
        let mut heard: Vec<&Value> = order.iter().map(|at| at.get(&frames)).collect();
        heard.extend(&frames);
        let mut store = hear(&heard);
        prop_assert_eq!(store.cards(room()).now_or_never().unwrap().unwrap(), cards.clone());
        let gone = |id: EntryId| {
            cards.iter().any(|card| card.target == id && card.card.hidden.is_some())
        };
        let entries = store.entries(room(), Seq::ZERO, 100).now_or_never().unwrap().unwrap();
        prop_assert_eq!(entries.len(), deeds.len());
        for entry in entries {
            prop_assert_eq!(entry.body.is_none(), gone(entry.id));
        }
    }
}
