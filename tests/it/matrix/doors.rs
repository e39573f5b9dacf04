//! Knocks at every HTTP route as every actor.

use super::{ACTORS, NO_SUCH_ROOM, Route, Scene, is_closed_to, sign_in};
use reqwest::{Method, StatusCode};
use roost_server::{people::By, store::enrolments::Way};
use roost_tests::{
    door::{Heard, SignIn},
    ids,
    wire::Wire,
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

pub(super) async fn knock(rows: &[Route], scene: &Scene) {
    for (place, actor) in ACTORS.iter().enumerate() {
        for row in rows {
            let own = own(row, (place, actor), scene).await;
            let heard = ask(row, own.as_ref(), scene).await;
            let cell = format!("{} of {:?} as {actor}", row.ask, row.of);
            if row.hear[place] == 201 && is_closed_to(actor, &row.of) {
                assert_eq!(heard.code(), "room_closed", "{cell}");
                continue;
            }
            assert_eq!(heard.status.as_u16(), row.hear[place], "{cell}: {}", heard.text);
            if heard.status == StatusCode::NOT_FOUND && row.ask.contains("{room}") {
                let of = NO_SUCH_ROOM.to_owned();
                let missing = Route { ask: row.ask.clone(), of, hear: row.hear };
                let missing = ask(&missing, own.as_ref(), scene).await;
                assert_eq!(heard, missing, "{cell} differs from what is not there");
            }
            if heard.status == StatusCode::UNAUTHORIZED && *actor == "revoked" {
                for gone in &scene.gone {
                    assert_eq!(heard, ask(row, Some(gone), scene).await, "{cell}, who is gone");
                }
            }
        }
    }
}

/// The sign-in of an actor. One that is used up by the asking is made for it.
pub(super) async fn own(
    row: &Route,
    (place, actor): (usize, &str),
    scene: &Scene,
) -> Option<SignIn> {
    let own = scene.sign_ins[place].clone()?;
    Some(match row.ask.as_str() {
        "POST /api/session/end" | "POST /api/session/refresh" if actor == "admin" => {
            scene.again(&own).await
        }
        "POST /api/session/end" | "POST /api/session/refresh" => sign_in(&scene.world, actor).await,
        _ => own,
    })
}

async fn ask(row: &Route, own: Option<&SignIn>, scene: &Scene) -> Heard {
    let (method, path) = row.ask.split_once(' ').unwrap();
    if path == "/ws" {
        return upgrade(row, scene).await;
    }
    let (path, body) = request(row, own, scene).await;
    let access = own.map(|own| own.access.as_str());
    let method: Method = method.parse().unwrap();
    scene.world.door.ask(method, &path, access, body.as_ref()).await.unwrap()
}

/// The path and the body of what a row asks.
pub(super) async fn request(
    row: &Route,
    own: Option<&SignIn>,
    scene: &Scene,
) -> (String, Option<Value>) {
    let path = row.ask.split_once(' ').unwrap().1;
    match row.ask.as_str() {
        "POST /api/enrolments/look" | "POST /api/enrolments/opened" => {
            (path.to_owned(), Some(json!({ "token": link(row, scene).await })))
        }
        "POST /api/enrolments/accept" => {
            let body = json!({ "token": link(row, scene).await, "cookie": false,
                "device": ids::device().to_string(), "device_name": "a phone" });
            (path.to_owned(), Some(body))
        }
        "POST /api/session/refresh" => {
            let refresh = own.map_or("made up", |own| &own.refresh);
            (path.to_owned(), Some(json!({ "refresh": refresh })))
        }
        "GET /api/rooms/{room}/search" => {
            (path.replace("{room}", &scene.room(&row.of).to_string()) + "?q=morning", None)
        }
        "GET /api/rooms/{room}/entries/{entry}/versions" => {
            let room = scene.room(&row.of);
            let path = path.replace("{room}", &room.to_string());
            (path.replace("{entry}", &scene.last(room).to_string()), None)
        }
        "GET /api/rooms/{room}/gatherings/{gathering}" => {
            let path = path.replace("{room}", &scene.room(&row.of).to_string());
            (path.replace("{gathering}", &format!("{}.ics", ids::entry())), None)
        }
        "GET /api/rooms/{room}/entries" => {
            (format!("/api/rooms/{}/entries?after=0", scene.room(&row.of)), None)
        }
        "POST /api/rooms/{room}/mute" => {
            let path = path.replace("{room}", &scene.room(&row.of).to_string());
            (path, Some(json!({ "length": "hour" })))
        }
        "POST /api/settings/quiet" => {
            (path.to_owned(), Some(json!({ "on": true, "from": 19 * 60, "to": 9 * 60 })))
        }
        "POST /api/settings/receipts" => (path.to_owned(), Some(json!({ "on": false }))),
        "POST /api/rooms/{room}/entries" => {
            let id = ids::entry().to_string();
            let body = json!({ "id": id, "kind": "message", "body": { "text": "good morning" } });
            (format!("/api/rooms/{}/entries", scene.room(&row.of)), Some(body))
        }
        _ => match unknown_caller(row, scene).await {
            Some(body) => (path.to_owned(), Some(body)),
            None => (path.replace("{*path}", "nothing.js").replace("{path}", "nothing.png"), None),
        },
    }
}

/// The body of what is asked by somebody who need not be signed in.
async fn unknown_caller(row: &Route, scene: &Scene) -> Option<Value> {
    let people = &scene.world.app().people;
    let device = ids::device();
    Some(match row.ask.as_str() {
        "POST /api/enrolments/verify" => {
            let (token, code) = sent_or_link(row, scene).await;
            json!({ "token": token, "device": device, "code": code })
        }
        "POST /api/enrolments/claim" => {
            let token = table_or_link(row, scene).await;
            json!({ "token": token, "device": device, "device_name": "a phone" })
        }
        "POST /api/enrolments/claim/outcome" => {
            let token = table_or_link(row, scene).await;
            let claim = people.claim(&token, device, "a phone").await;
            json!({ "token": token, "claim": claim.map_or(ids::entry(), |made| made.claim) })
        }
        "POST /api/handover/redeem" => {
            let phone = scene.world.sign_in("max").await;
            let me = people.authenticate(&phone.access).await.unwrap();
            let code = people.hand_over(&me).await.unwrap().code;
            let code = if row.of == "a fresh code" { code } else { "MADEUP22".to_owned() };
            json!({ "code": code, "device": device, "device_name": "a phone" })
        }
        _ => return None,
    })
}

async fn sent_or_link(row: &Route, scene: &Scene) -> (String, Option<String>) {
    if row.of != "a sent link" {
        return (link(row, scene).await, Some("123456".to_owned()));
    }
    let max = scene.world.person("max");
    let sent = scene.world.app().people.enrol_by(max, Way::Link).await.unwrap();
    (sent.token, sent.code)
}

async fn table_or_link(row: &Route, scene: &Scene) -> String {
    if row.of != "a code on the table" {
        return link(row, scene).await;
    }
    let (world, max) = (&scene.world, scene.world.person("max"));
    world.app().people.open_table(By::Operator, world.cast.wren, max).await.unwrap().token
}

/// An enrolment link's token.
async fn link(row: &Route, scene: &Scene) -> String {
    let token = scene.world.app().people.enrol(scene.world.person("max")).await.unwrap();
    match row.of.as_str() {
        "a fresh link" => token,
        "a spent link" => {
            scene.world.door.accept(&token).await;
            token
        }
        other => panic!("{other:?} is no link of the matrix"),
    }
}

async fn upgrade(row: &Route, scene: &Scene) -> Heard {
    let origin = match row.of.as_str() {
        "" => None,
        "another site's page" => Some("http://roost.example.org"),
        other => panic!("{other:?} is no page of the matrix"),
    };
    let status = match Wire::dial_as(scene.world.door.address, origin).await {
        Ok(_) => 101,
        Err(Error::Http(answer)) => answer.status().as_u16(),
        Err(error) => panic!("{error}"),
    };
    Heard { status: status.try_into().unwrap(), text: String::new() }
}
