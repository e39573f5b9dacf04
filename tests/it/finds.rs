//! What was said in a room is found again by its words, by those who may read it and nobody else; a
//! gathering can be put into one's own calendar.

use reqwest::{Method, StatusCode};
use roost_server::log::Who;
use roost_shared::{
    Draft, EntryId, RoomId,
    policy::{Actor, Role},
    room::RoomKind,
};
use roost_tests::{
    door::{Heard, SignIn},
    drone::drone_on,
    ids,
    world::World,
};
use serde_json::{Value, json};

async fn say(
    world: &World,
    room: RoomId,
    kind: &str,
    target: Option<EntryId>,
    body: Value,
) -> EntryId {
    let actor = Actor::Person { person: world.person("jo"), role: Role::Hub };
    let who = Who { constellation: world.cast.wren, actor };
    let draft = Draft { id: ids::entry(), kind: kind.to_owned(), target, body };
    let id = draft.id;
    world.app().log.append(who, room, draft).await.unwrap();
    id
}

async fn get(world: &World, by: &SignIn, path: &str) -> Heard {
    world.door.ask(Method::GET, path, Some(&by.access), None).await.unwrap()
}

fn texts(heard: &Heard) -> Vec<String> {
    let entries = heard.json()["entries"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| entry["body"]["text"].as_str().unwrap_or("?").to_owned()).collect()
}

#[tokio::test]
async fn words_are_found_where_they_stand_now() {
    let world = World::new().await;
    let circle = world.room("jo", RoomKind::Circle).await;
    for text in
        ["Picnic on Sunday?", "No: ZO\u{cb} is ill", "a picnic, then, when Zo\u{eb} is well"]
    {
        say(&world, circle, "message", None, json!({ "text": text })).await;
    }
    let gone =
        say(&world, circle, "message", None, json!({"text": "the picnic is at 5 Elm Road"})).await;
    say(&world, circle, "redact", Some(gone), json!({})).await;
    let told = say(&world, circle, "message", None, json!({"text": "bring a picknick rug"})).await;
    say(&world, circle, "edit", Some(told), json!({"text": "bring a picnic rug"})).await;
    let sam = world.sign_in("sam").await;
    let at = format!("/api/rooms/{circle}/search");
    let heard = get(&world, &sam, &format!("{at}?q=PICNIC")).await;
    let newest =
        ["bring a picnic rug", "a picnic, then, when Zo\u{eb} is well", "Picnic on Sunday?"];
    assert_eq!(texts(&heard), newest, "what was edited, once; nothing that was removed");
    assert_eq!(texts(&get(&world, &sam, &format!("{at}?q=zo%C3%AB%20well")).await), newest[1..2]);
    let first = get(&world, &sam, &format!("{at}?q=picnic&limit=2")).await.json();
    assert_eq!(first["more"], true);
    let rest =
        get(&world, &sam, &format!("{at}?q=picnic&limit=50&before={}", first["before"])).await;
    assert_eq!(texts(&rest), newest[2..]);
    // Wildcards are letters, and what cannot be searched for says so.
    assert_eq!(texts(&get(&world, &sam, &format!("{at}?q=%25")).await), [] as [&str; 0]);
    let long = "%25".repeat(4_000);
    for query in [
        String::new(),
        "?q=".to_owned(),
        "?q=%20".to_owned(),
        format!("?q={long}"),
        "?q=a&limit=x".to_owned(),
    ] {
        let heard = get(&world, &sam, &format!("{at}{query}")).await;
        assert_eq!(heard.json()["code"], "query_invalid", "{:.20}", query);
    }
    let noor = world.sign_in("noor").await;
    let nowhere = format!("/api/rooms/{}/search?q=picnic", ids::room());
    assert_eq!(
        get(&world, &noor, &format!("{at}?q=picnic")).await,
        get(&world, &noor, &nowhere).await
    );
}

#[tokio::test]
async fn polls_and_gatherings_are_found_by_what_people_wrote_in_them() {
    let world = World::new().await;
    let circle = world.room("jo", RoomKind::Circle).await;
    let starts_at = world.app().clock.now() + 86_400_000;
    let details = json!({"title": "Tea", "type": "meet_up", "starts_at": starts_at,
        "ends_at": starts_at + 3_600_000, "place": "Jo's house", "note": "bring cake"});
    let tea = say(&world, circle, "gathering", None, json!({ "details": details })).await;
    let ask = json!({"ask": {"question": "Which day?", "options": ["Saturday", "Sunday week"]}});
    let poll = say(&world, circle, "poll", None, ask).await;
    say(&world, circle, "poll", Some(poll), json!({"choose": {"option": 1}})).await;
    let sam = world.sign_in("sam").await;
    let table = [
        ("which", vec![poll]),
        ("saturday", vec![poll]),
        ("day%20week", vec![poll]),
        ("cake", vec![tea]),
        ("house%20tea", vec![tea]),
        // Names of fields, of kinds and of choices are no words of anybody's.
        ("meet_up", vec![]),
        ("choose", vec![]),
        ("options", vec![]),
    ];
    for (words, expected) in table {
        let heard = get(&world, &sam, &format!("/api/rooms/{circle}/search?q={words}")).await;
        let entries = heard.json()["entries"].as_array().cloned().unwrap();
        let found: Vec<EntryId> =
            entries.iter().map(|entry| entry["id"].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(found, expected, "{words}");
    }
}

#[tokio::test]
async fn whatever_place_a_search_is_to_go_on_from_it_stays_within_the_room() {
    let world = World::new().await;
    let circle = world.room("jo", RoomKind::Circle).await;
    say(&world, circle, "message", None, json!({"text": "a picnic"})).await;
    let sam = world.sign_in("sam").await;
    let below = [i64::MIN, i64::MIN + 20_000, -1, 0, 1];
    let above = [1_000, 1 << 53, i64::MAX - 1, i64::MAX];
    for (all, expected) in [(&below[..], vec![]), (&above[..], vec!["a picnic"])] {
        for before in all {
            let path = format!("/api/rooms/{circle}/search?q=picnic&before={before}");
            let heard = get(&world, &sam, &path).await;
            assert_eq!(heard.status, StatusCode::OK, "{path}");
            assert_eq!(texts(&heard), expected, "{path}");
            assert_eq!(heard.json()["more"], false, "{path}");
        }
    }
    for before in ["9223372036854775808", "1.5", "x", ""] {
        let path = format!("/api/rooms/{circle}/search?q=picnic&before={before}");
        assert_eq!(get(&world, &sam, &path).await.json()["code"], "query_invalid", "{path}");
    }
}

#[tokio::test]
async fn a_search_says_where_to_go_on_also_where_it_found_nothing() {
    let world = World::new().await;
    let circle = world.room("jo", RoomKind::Circle).await;
    say(&world, circle, "message", None, json!({"text": "a picnic"})).await;
    let said = say(&world, circle, "message", None, json!({"text": "good morning"})).await;
    drone_on(&world.app().config.store.data, said, 25_000).await;
    let sam = world.sign_in("sam").await;
    let at = format!("/api/rooms/{circle}/search?q=picnic");
    let near = get(&world, &sam, &at).await;
    assert_eq!((texts(&near), near.json()["more"].clone()), (vec![], json!(true)));
    let further = near.json()["before"].as_i64().unwrap();
    assert!((2..=5_001).contains(&further), "it looked at {}", 25_001 - further);
    let far = get(&world, &sam, &format!("{at}&before={further}")).await;
    assert_eq!((texts(&far), far.json()["more"].clone()), (vec!["a picnic".into()], json!(false)));
}

#[tokio::test]
async fn a_gathering_goes_into_a_calendar_as_it_stands_now() {
    let world = World::new().await;
    let circle = world.room("jo", RoomKind::Circle).await;
    let starts_at = world.app().clock.now() + 86_400_000;
    let details = |title: &str| {
        let ends_at = starts_at + 3_600_000;
        json!({"details": {"title": title, "type": "meet_up", "starts_at": starts_at,
            "ends_at": ends_at}})
    };
    let picnic = say(&world, circle, "gathering", None, details("Picnic")).await;
    say(&world, circle, "gathering", Some(picnic), details("Picnic; with Zo\u{eb}, and cake"))
        .await;
    let sam = world.sign_in("sam").await;
    let heard = get(&world, &sam, &format!("/api/rooms/{circle}/gatherings/{picnic}.ics")).await;
    assert_eq!(heard.status, StatusCode::OK);
    assert!(
        heard.text.contains("SUMMARY:Picnic\\; with Zo\u{eb}\\, and cake\r\n"),
        "{}",
        heard.text
    );
    assert!(heard.text.contains("SEQUENCE:1\r\n"), "{}", heard.text);
    let message = say(&world, circle, "message", None, json!({"text": "hello"})).await;
    for id in [message.to_string(), "x".to_owned(), picnic.to_string()] {
        let ending = if id == picnic.to_string() { "" } else { ".ics" };
        let heard =
            get(&world, &sam, &format!("/api/rooms/{circle}/gatherings/{id}{ending}")).await;
        assert_eq!(heard.status, StatusCode::NOT_FOUND, "{id}");
    }
    let noor = world.sign_in("noor").await;
    let heard = get(&world, &noor, &format!("/api/rooms/{circle}/gatherings/{picnic}.ics")).await;
    assert_eq!(heard.status, StatusCode::NOT_FOUND);
}
