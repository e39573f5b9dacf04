//! The places of a gathering are held by those who live in the constellation: a home that everybody
//! has left, or moved out of, holds none.

use reqwest::Method;
use roost_server::log::Who;
use roost_shared::{
    EntryId, RoomId,
    policy::{Actor, Role},
    room::RoomKind,
    tally::GatheringState,
};
use roost_tests::{desk::Desk, door::Heard, ids, world::World};
use serde_json::{Value, json};

async fn says(
    desk: &Desk,
    room: RoomId,
    (kind, target, body): (&str, Option<EntryId>, Value),
) -> (EntryId, Heard) {
    let id = ids::entry();
    let draft = json!({ "id": id, "kind": kind, "target": target, "body": body });
    (id, desk.ask(Method::POST, &format!("/api/rooms/{room}/entries"), Some(&draft)).await)
}

/// How many are coming, and of how many homes.
async fn coming(world: &World, room: RoomId, gathering: EntryId) -> (u32, usize) {
    let actor = Actor::Person { person: world.person("jo"), role: Role::Hub };
    let who = Who { constellation: world.cast.wren, actor };
    let card = world.app().log.card(who, room, gathering).await.unwrap();
    let state = GatheringState::of(&card).unwrap();
    (state.going_heads, state.answers.len())
}

#[tokio::test]
async fn when_amaras_home_is_empty_sam_has_the_places_that_it_held() {
    for moves in [false, true] {
        let world = World::new().await;
        let circle = world.room("jo", RoomKind::Circle).await;
        let (jo, sam) = (Desk::of(&world, "jo").await, Desk::of(&world, "sam").await);
        let (amara, priya) = (Desk::of(&world, "amara").await, Desk::of(&world, "priya").await);
        let starts_at = ids::now_ms() + 86_400_000;
        let details = json!({ "title": "Tea", "type": "meet_up", "starts_at": starts_at,
            "ends_at": starts_at + 3_600_000, "places": 4 });
        let (tea, heard) =
            says(&jo, circle, ("gathering", None, json!({ "details": details }))).await;
        heard.with(201);
        let going = |heads: u8| ("rsvp", Some(tea), json!({"answer": "going", "heads": heads}));
        says(&amara, circle, going(3)).await.1.with(201);
        assert_eq!(says(&sam, circle, going(2)).await.1.code(), "no_places");
        let person = world.person("amara");
        if moves {
            let home = json!({ "home": priya.home("The Okafors").await });
            priya.act(person, "move", home).await.with(204);
        } else {
            priya.act(person, "end", json!({})).await.with(204);
        }
        assert_eq!(says(&sam, circle, going(5)).await.1.code(), "no_places", "there are four");
        says(&sam, circle, going(2)).await.1.with(201);
        assert_eq!(coming(&world, circle, tea).await, (2, 1), "moves: {moves}");
        world.end().await;
    }
}
