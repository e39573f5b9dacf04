//! Who comes back to a room hears what is said there from then on. What was said while they were
//! away is not told to them by what is said about it later either, whichever way they ask.

use reqwest::Method;
use roost_server::log::Who;
use roost_shared::{
    Draft, EntryId, RoomId, Seq,
    frame::{ClientFrame, ServerFrame},
    policy::{Actor, Role},
    room::RoomKind,
};
use roost_tests::{
    desk::Desk,
    door::SignIn,
    ids,
    wire::{Heard, Wire},
    world::World,
};
use serde_json::{Value, json};

/// A word of everything that was said while Sam was away.
const BEFORE: &str = "lantern";
/// What Jo says about it when Sam is back.
const REPLY: &str = "see you all there";
const DAY_MS: i64 = 24 * 3_600_000;

/// Jo says something in the circle.
async fn says(
    world: &World,
    circle: RoomId,
    (kind, target, body): (&str, Option<EntryId>, Value),
) -> (EntryId, Seq) {
    let actor = Actor::Person { person: world.person("jo"), role: Role::Hub };
    let who = Who { constellation: world.cast.wren, actor };
    let draft = Draft { id: ids::entry(), kind: kind.to_owned(), target, body };
    let id = draft.id;
    let taken = world.app().log.append(who, circle, draft).await;
    (id, taken.unwrap_or_else(|refusal| panic!("{kind}: {refusal:?}")).seq)
}

fn details(world: &World, day: i64) -> Value {
    let starts_at = world.app().clock.now() + day * DAY_MS;
    json!({"details": {"title": "Lantern walk", "type": "meet_up", "place": "The lantern mill",
        "note": "Bring a lantern", "starts_at": starts_at, "ends_at": starts_at + DAY_MS}})
}

/// What was said while Sam was away: two messages, two gatherings, a poll.
async fn before(world: &World, circle: RoomId) -> [EntryId; 5] {
    let said = [
        ("message", None, json!({"text": "A lantern each", "please_confirm": true})),
        ("message", None, json!({"text": "Lanterns cost nothing"})),
        ("gathering", None, details(world, 1)),
        ("gathering", None, details(world, 2)),
        ("poll", None, json!({"ask": {"question": "Which lantern?", "options": ["1", "2"]}})),
    ];
    let mut ids = [ids::entry(); 5];
    for (id, said) in ids.iter_mut().zip(said) {
        *id = says(world, circle, said).await.0;
    }
    ids
}

/// Everything that can be said about it when Sam is back: how many entries, and the last of them.
async fn after(world: &World, circle: RoomId, [told, cost, walk, off, poll]: [EntryId; 5]) -> Seq {
    let said = [
        ("edit", Some(told), json!({"text": "A lantern or two each"})),
        ("reaction", Some(told), json!({"emoji": "👍"})),
        ("pin", Some(told), json!({"pinned": true})),
        ("confirm", Some(told), json!({})),
        ("redact", Some(cost), json!({})),
        ("rsvp", Some(walk), json!({"answer": "going", "heads": 2})),
        ("gathering", Some(walk), details(world, 3)),
        ("gathering", Some(off), json!({"cancelled": {"reason": "The lantern mill is flooded"}})),
        ("poll", Some(poll), json!({"choose": {"option": 1}})),
        ("poll", Some(poll), json!({"close": {}})),
        ("redact", Some(off), json!({})),
        ("message", Some(walk), json!({"text": REPLY})),
    ];
    let mut last = Seq::ZERO;
    for said in said {
        last = says(world, circle, said).await.1;
    }
    last
}

/// Sam leaves, and comes back when all this was said: his new phone.
async fn away(
    world: &World,
    meanwhile: impl Future<Output = [EntryId; 5]>,
) -> ([EntryId; 5], SignIn) {
    let desk = Desk::of(world, "priya").await;
    let sam = world.person("sam");
    desk.act(sam, "end", json!({})).await.with(204);
    let said = meanwhile.await;
    let home = json!({ "home": desk.home("The Okafors").await });
    let back = desk.act(sam, "return", home).await;
    back.with(201);
    (said, world.door.join(&back.json()).await)
}

/// All that a phone is sent up to this entry of the room, as it came.
async fn hears(wire: &mut Wire, circle: RoomId, last: Seq) -> String {
    let mut heard = String::new();
    loop {
        match wire.hear().await {
            Heard::Frame(frame, text) => {
                heard.push_str(&text);
                match *frame {
                    ServerFrame::Page(page) if page.room == circle && page.to >= last => {
                        return heard;
                    }
                    _ => {}
                }
            }
            Heard::Closed(code) => panic!("closed with {code}"),
        }
    }
}

/// What a new phone hears: the welcome, what it is behind, and what it asks for.
async fn hears_anew(world: &World, phone: &SignIn, circle: RoomId, last: Seq) -> Vec<String> {
    let (mut wire, welcome) = Wire::enter(world.door.address, &phone.access).await.unwrap();
    let mut all = vec![hears(&mut wire, circle, last).await];
    for (after, before) in [(Some(Seq::ZERO), None), (None, Some(last.next()))] {
        let limit = Some(200);
        wire.say(&ClientFrame::Range { room: circle, after, before, limit }).await.unwrap();
        all.push(hears(&mut wire, circle, last).await);
    }
    for path in ["entries?after=0".to_owned(), format!("entries?before={}", last.next())] {
        let path = format!("/api/rooms/{circle}/{path}");
        let heard = world.door.ask(Method::GET, &path, Some(&phone.access), None).await.unwrap();
        all.push(heard.text);
    }
    all[0].push_str(&serde_json::to_string(&welcome).unwrap());
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_about_it_later_does_not_tell_sam_what_was_said_while_he_was_away() {
    let mut world = World::new().await;
    let circle = world.room("jo", RoomKind::Circle).await;
    let (mut amara, _) = world.wire("amara").await;
    let (said, phone) = away(&world, before(&world, circle)).await;
    let (mut sam, _) = Wire::enter(world.door.address, &phone.access).await.unwrap();
    let last = after(&world, circle, said).await;
    let was_there = hears(&mut amara, circle, last).await.to_lowercase();
    assert!(was_there.contains(BEFORE), "there is something to be told");
    let mut all = vec![hears(&mut sam, circle, last).await];
    // From the tail of the feed, and from the log.
    all.extend(hears_anew(&world, &phone, circle, last).await);
    world.restart().await;
    all.extend(hears_anew(&world, &phone, circle, last).await);
    for heard in &all {
        assert!(!heard.to_lowercase().contains(BEFORE), "{heard}");
        for kind in ["edit", "reaction", "pin", "confirm", "redact", "rsvp", "gathering", "poll"] {
            assert!(heard.contains(&format!(r#""kind":"{kind}""#)), "Sam hears of it: {kind}");
        }
        assert!(heard.contains(REPLY), "and what is said now");
    }
    let get = async |path: &str| {
        let path = format!("/api/rooms/{circle}/{path}");
        world.door.ask(Method::GET, &path, Some(&phone.access), None).await.unwrap()
    };
    assert_eq!(get(&format!("search?q={BEFORE}")).await.json()["entries"], json!([]));
    assert_eq!(get(&format!("gatherings/{}.ics", said[2])).await.code(), "not_found");
}
