//! Knocks at every HTTP route as every actor.

use super::{ACTORS, Route, Scene, people, sign_in};
use reqwest::Method;
use roost_tests::{
    door::{Heard, SignIn},
    ids,
    wire::Wire,
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

const NO_SUCH_ROOM: &str = "no such room";

pub(super) async fn knock(rows: &[Route], scene: &Scene) {
    for (place, actor) in ACTORS.iter().enumerate() {
        for row in rows {
            let heard = ask(row, (place, actor), scene).await;
            let cell = format!("{} of {:?} as {actor}", row.ask, row.of);
            assert_eq!(heard.status.as_u16(), row.hear[place], "{cell}: {}", heard.text);
            let nowhere = match row.ask.as_str() {
                ask if ask.contains("{room}") => Some(NO_SUCH_ROOM),
                ask if ask.contains("{constellation}") => Some(people::NOWHERE),
                _ => None,
            };
            if let (404, Some(of)) = (heard.status.as_u16(), nowhere) {
                let of = of.to_owned();
                let missing = Route { ask: row.ask.clone(), of, hear: row.hear };
                let missing = ask(&missing, (place, actor), scene).await;
                assert_eq!(heard, missing, "{cell} differs from what is not there");
            }
        }
    }
}

async fn ask(row: &Route, (place, actor): (usize, &str), scene: &Scene) -> Heard {
    let (method, path) = row.ask.split_once(' ').unwrap();
    // A sign-in that is used up by the asking is made for it.
    let uses_up = ["/api/session/end", "/api/session/refresh", "/api/devices/{device}/end"];
    let uses_up = uses_up.contains(&path);
    let own: Option<SignIn> = match scene.sign_ins[place].clone() {
        Some(_) if uses_up => Some(sign_in(&scene.world, actor).await),
        own => own,
    };
    if path == "/ws" {
        return upgrade(row, scene).await;
    }
    let (path, body) = request(row, own.as_ref(), scene).await;
    let access = own.as_ref().map(|own| own.access.as_str());
    let method: Method = method.parse().unwrap();
    scene.world.door.ask(method, &path, access, body.as_ref()).await.unwrap()
}

/// The path and the body of what a row asks.
async fn request(row: &Route, own: Option<&SignIn>, scene: &Scene) -> (String, Option<Value>) {
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
        "GET /api/rooms/{room}/gatherings/{gathering}" => {
            let path = path.replace("{room}", &scene.room(&row.of).to_string());
            (path.replace("{gathering}", &format!("{}.ics", ids::entry())), None)
        }
        "GET /api/rooms/{room}/entries" => {
            (format!("/api/rooms/{}/entries?after=0", scene.room(&row.of)), None)
        }
        "POST /api/rooms/{room}/entries" => {
            let id = ids::entry().to_string();
            let body = json!({ "id": id, "kind": "message", "body": { "text": "good morning" } });
            (format!("/api/rooms/{}/entries", scene.room(&row.of)), Some(body))
        }
        _ => match people::request(row, own, scene).await {
            Some(request) => request,
            None => (path.replace("{*path}", "nothing.js").replace("{path}", "nothing.png"), None),
        },
    }
}

/// An enrolment link's token.
pub(super) async fn link(row: &Route, scene: &Scene) -> String {
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
