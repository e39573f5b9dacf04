//! The family of families decides by show of hands: whoever is in the room is counted once, sees
//! who chose what at once, and finds it so after the server was killed and started again.

use roost_shared::{
    EntryId, RoomId,
    card::Card,
    frame::{ClientFrame, ServerFrame},
    kind::poll::PollState,
    room::RoomKind,
};
use roost_tests::{ids, wire::Wire, world::World};
use serde_json::{Value, json};

/// Says something about the poll, and waits for what it is answered: nothing, or a refusal.
async fn say(
    wire: &mut Wire,
    room: RoomId,
    target: Option<EntryId>,
    body: Value,
) -> Option<String> {
    let id = ids::entry();
    let append = ClientFrame::Append { room, id, kind: "poll".to_owned(), target, body };
    wire.say(&append).await.unwrap();
    let answer = wire.until(|frame| match frame {
        ServerFrame::Ack { id: taken, .. } => (taken == id).then_some(None),
        ServerFrame::Refused { told, .. } => Some(Some(told.code)),
        _ => None,
    });
    answer.await
}

/// How the poll stands once so many are counted.
async fn counted(wire: &mut Wire, poll: EntryId, count: usize) -> PollState {
    let stands = |card: &Card| card.state().filter(|it: &PollState| it.choices.len() == count);
    let state = wire.until(|frame| match frame {
        ServerFrame::Page(page) => {
            page.cards.into_iter().find(|card| card.target == poll).and_then(|of| stands(&of.card))
        }
        _ => None,
    });
    state.await
}

#[tokio::test]
async fn which_day_suits_you() {
    let mut world = World::new().await;
    let room = world.room("jo", RoomKind::Circle).await;
    let (mut jo, _) = world.wire("jo").await;
    let (mut sam, _) = world.wire("sam").await;
    let ask = json!({"ask": {"question": "Which day?", "options": ["Saturday", "Sunday"]}});
    assert_eq!(say(&mut jo, room, None, ask).await, None);
    let page = loop {
        let page = sam.page(room).await;
        if page.entries.iter().any(|entry| entry.kind == "poll") {
            break page;
        }
    };
    let poll = page.entries.iter().find(|entry| entry.kind == "poll").unwrap().id;
    let choose = |option: u8| json!({"choose": {"option": option}});
    for (wire, option) in [(&mut sam, 0), (&mut jo, 0)] {
        assert_eq!(say(wire, room, Some(poll), choose(option)).await, None);
    }
    assert_eq!(say(&mut sam, room, Some(poll), choose(1)).await, None);
    let refused = say(&mut sam, room, Some(poll), choose(2)).await;
    assert_eq!(refused.as_deref(), Some("body_invalid"));
    let refused = say(&mut sam, room, Some(poll), json!({"close": {}})).await;
    assert_eq!(refused.as_deref(), Some("not_permitted"));

    world.restart().await;
    let (mut amara, _) = world.wire("amara").await;
    let state = counted(&mut amara, poll, 2).await;
    let [jos, sams] = ["jo", "sam"].map(|name| world.person(name));
    assert_eq!(state.choices, [(jos, 0), (sams, 1)].into());
    let (mut jo, _) = world.wire("jo").await;
    assert_eq!(say(&mut jo, room, Some(poll), json!({"close": {}})).await, None);
    let late = say(&mut amara, room, Some(poll), choose(0)).await;
    assert_eq!(late.as_deref(), Some("too_late"));
}
