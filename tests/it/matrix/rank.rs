//! T16: what callers say of themselves counts for nothing. Whoever adds a role, an author, a place
//! in the log or another's name to what a door asks for, at any depth, is refused, and nothing
//! changes. Nor does anything that two readers could read in two ways: a name that stands twice,
//! or a body that does not say that it is JSON.

use super::{ACTORS, Route, Scene, doors, matrix, people::Door, subject::Subject};
use reqwest::Method;
use roost_shared::{frame::ServerFrame, kind::Body};
use roost_tests::{
    door::{Heard, SignIn},
    dump, ids,
    wire::Wire,
};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// Whose name the rows about Wren are tried in: the first of these who may.
const LIAISON: usize = 2;

/// Answers every caller alike, so that it cannot refuse; but it changes nothing either.
const DEAF: &str = "POST /api/csp-reports";

/// What nobody may say of themselves, as it is and within something.
fn claims(scene: &Scene) -> Vec<(&'static str, Value)> {
    let (jo, heron) = (scene.world.person("jo"), scene.world.cast.heron);
    let plain = [
        ("role", json!("admin")),
        ("roles", json!(["admin"])),
        ("tenant", json!(heron)),
        ("constellation", json!(heron)),
        ("service", json!(heron)),
        ("author", json!(jo)),
        ("actor", json!("operator")),
        ("by", json!("operator")),
        ("seq", json!(1)),
        ("floor", json!(0)),
        ("view", json!("full")),
        ("approved_by", json!(jo)),
        ("confirmed_by", json!(jo)),
        ("at", json!(0)),
        ("created_at", json!(0)),
        ("person", json!(jo)),
        ("id", json!(ids::entry())),
        ("state", json!("active")),
        ("suspended_at", json!(null)),
        ("__proto__", json!({ "role": "admin" })),
    ];
    let within = plain.clone().map(|(name, value)| (name, json!({ "is": value })));
    plain.into_iter().chain(within).collect()
}

/// This body with each claim in each object of it that has no such field.
fn overreaching(body: &Value, claims: &[(&str, Value)]) -> Vec<Value> {
    let Some(fields) = body.as_object() else { return Vec::new() };
    let free = claims.iter().filter(|(name, _)| !fields.contains_key(*name));
    let mut all: Vec<Value> = free
        .map(|(name, value)| {
            let mut more = fields.clone();
            more.insert((*name).to_owned(), value.clone());
            more.into()
        })
        .collect();
    for (field, inner) in fields {
        for inner in overreaching(inner, claims) {
            let mut more = fields.clone();
            more.insert(field.clone(), inner);
            all.push(more.into());
        }
    }
    all
}

/// This object as text, once for each field of each object in it, which stands twice there.
fn doubled(body: &Value) -> Vec<String> {
    let Some(fields) = body.as_object() else { return Vec::new() };
    let field = |name: &str, value: &str| format!("{name:?}:{value}");
    let told: Vec<String> =
        fields.iter().map(|(name, value)| field(name, &value.to_string())).collect();
    let twice = told.iter().map(|one| format!("{{{},{one}}}", told.join(",")));
    let mut all: Vec<String> = twice.collect();
    for (place, (name, inner)) in fields.iter().enumerate() {
        for inner in doubled(inner) {
            let mut told = told.clone();
            told[place] = field(name, &inner);
            all.push(format!("{{{}}}", told.join(",")));
        }
    }
    all
}

/// What is not the type of a JSON body; a page of another site may send the first three.
const TYPES: [Option<&str>; 6] = [
    Some("text/plain"),
    Some("application/x-www-form-urlencoded"),
    Some("multipart/form-data"),
    Some("application/json; charset=utf-16"),
    Some("application/octet-stream"),
    None,
];

/// One request that would be taken.
struct Asked {
    name: String,
    path: String,
    own: Option<SignIn>,
    body: Value,
}

impl Asked {
    async fn post(&self, body: &Value, scene: &Scene) -> Heard {
        let access = self.own.as_ref().map(|own| own.access.as_str());
        scene.world.door.ask(Method::POST, &self.path, access, Some(body)).await.unwrap()
    }

    /// What is added to it is refused and changes nothing, and without it, it is taken.
    async fn hold(&self, scene: &Scene) {
        let data = &scene.world.app().config.store.data;
        let before = dump::everything(data).await.unwrap();
        for body in overreaching(&self.body, &claims(scene)) {
            let heard = self.post(&body, scene).await;
            let code = heard.code();
            let refused = ["frame_malformed", "body_invalid"].contains(&code.as_str());
            assert!(
                refused || self.name == DEAF,
                "{} takes {body}: {} {}",
                self.name,
                heard.status,
                heard.text
            );
        }
        let twice = doubled(&self.body).into_iter().map(|text| (Some("application/json"), text));
        let untold = TYPES.map(|kind| (kind, self.body.to_string()));
        for said in twice.chain(untold) {
            let access = self.own.as_ref().map(|own| own.access.as_str());
            let heard = scene.world.door.post_text(&self.path, access, said.clone());
            let code = heard.await.unwrap().code();
            let refused = code == "frame_malformed" || self.name == DEAF;
            assert!(refused, "{} takes {said:?}: {code}", self.name);
        }
        let after = dump::everything(data).await.unwrap();
        assert_eq!(before, after, "{} has changed something", self.name);
        let heard = self.post(&self.body, scene).await;
        // Nobody may open the young people's room yet.
        let taken = heard.status.is_success() || heard.code() == "room_not_ready";
        assert!(taken, "{} is not open: {}", self.name, heard.text);
    }
}

async fn of_route(row: &Route, scene: &Scene) -> Asked {
    let own = doors::own(row, (LIAISON, ACTORS[LIAISON]), scene).await;
    let (path, body) = doors::request(row, own.as_ref(), scene).await;
    Asked { name: row.ask.clone(), path, own, body: body.unwrap_or_else(|| json!({})) }
}

async fn of_door(door: &Door, scene: &Scene) -> Asked {
    let (whom, place) = door.taken();
    let (own, subject) = if door.ask.contains(" /api/devices/") {
        let own = Subject::enlist(ACTORS[place], scene).await;
        let me = scene.world.app().people.authenticate(&own.access).await.unwrap();
        let subject = Subject::oneself(&door.ask, &me, scene).await;
        (Some(own), subject)
    } else {
        (scene.sign_ins[place].clone(), Subject::stand(&door.ask, whom, scene).await)
    };
    let path = subject.path(door.ask.split_once(' ').unwrap().1);
    let mut body = subject.body.unwrap_or_else(|| json!({}));
    if door.ask.ends_with("/members") {
        body["role"] = json!("young");
        body["agreement"] = json!({ "band": "13_17", "agreed_by": "Pat Brennan",
            "capacity": "carer", "delegated": true, "agreed_at": 1_700_000_000_000_i64 });
    }
    Asked { name: door.ask.clone(), path, own, body }
}

#[tokio::test]
async fn no_door_takes_a_rank_from_its_caller() {
    let scene = Scene::set().await;
    let matrix = matrix();
    let taken = |row: &&Route| row.ask.starts_with("POST ") && row.hear[LIAISON] < 300;
    let mut held = Vec::new();
    for row in matrix.route.iter().filter(taken) {
        if !held.contains(&row.ask) {
            of_route(row, &scene).await.hold(&scene).await;
            held.push(row.ask.clone());
        }
    }
    for door in matrix.door.iter().filter(|door| !door.reads()) {
        of_door(door, &scene).await.hold(&scene).await;
        held.push(door.ask.clone());
    }
    let routes = roost_server::http::routes();
    let posts = routes.iter().filter(|(method, _)| *method == "POST").count();
    assert_eq!(held.len(), posts, "{held:?}");
}

#[tokio::test]
async fn no_kind_takes_a_rank_from_its_author() {
    let scene = Scene::set().await;
    let (data, room) = (&scene.world.app().config.store.data, scene.room("the circle"));
    let jo = scene.sign_ins[0].as_ref().unwrap();
    let path = format!("/api/rooms/{room}/entries");
    let target = ids::entry();
    let before = dump::everything(data).await.unwrap();
    for kind in Body::KINDS {
        let bodies = good_bodies(kind);
        assert!(!bodies.is_empty(), "{kind}");
        for body in bodies.iter().flat_map(|body| overreaching(body, &claims(&scene))) {
            let draft = json!({ "id": ids::entry(), "kind": kind, "target": target, "body": body });
            let (method, access) = (Method::POST, Some(jo.access.as_str()));
            let heard = scene.world.door.ask(method, &path, access, Some(&draft)).await.unwrap();
            assert_eq!(heard.code(), "body_invalid", "{kind}: {body}");
        }
    }
    assert_eq!(before, dump::everything(data).await.unwrap());
}

/// The bodies of a kind's vector that may be said: the first two, which have everything.
fn good_bodies(kind: &str) -> Vec<Value> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(top.join(format!("shared/vectors/{kind}.json"))).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    let good = cases.into_iter().filter(|case| case.get("text").is_some());
    good.map(|case| case["body"].clone()).take(2).collect()
}

#[tokio::test]
async fn no_frame_takes_a_rank_from_its_phone() {
    let scene = Scene::set().await;
    let room = scene.room("the circle");
    let access = &scene.sign_ins[0].as_ref().unwrap().access;
    let (mut wire, welcome) = Wire::enter(scene.world.door.address, access).await.unwrap();
    let head = |rooms: &[roost_shared::room::Listed]| {
        rooms.iter().find(|listed| listed.room == room).unwrap().head
    };
    let message = json!({ "text": "good morning" });
    let frames = [
        json!({ "t": "append", "room": room, "id": ids::entry(), "kind": "message",
            "body": message }),
        json!({ "t": "range", "room": room, "after": 0 }),
        json!({ "t": "resume", "cursors": { room.to_string(): 0 } }),
        json!({ "t": "mark", "room": room, "read": 1 }),
        json!({ "t": "typing", "room": room }),
        json!({ "t": "beat", "digest": "811c9dc5" }),
    ];
    for frame in &frames {
        let fields = frame.as_object().unwrap();
        for (name, value) in claims(&scene) {
            if fields.contains_key(name) {
                continue;
            }
            let mut more = fields.clone();
            more.insert(name.to_owned(), value);
            let more = Value::from(more).to_string();
            wire.say_text(more.clone()).await.unwrap();
            let code = wire.until(|frame| match frame {
                ServerFrame::Refused { told, .. } => Some(told.code),
                ServerFrame::Ack { .. } => Some("taken".to_owned()),
                _ => None,
            });
            assert_eq!(code.await, "frame_malformed", "{more}");
            // Ten wrong frames in a row would be the end.
            wire.say_text(json!({ "t": "beat", "digest": "" }).to_string()).await.unwrap();
        }
    }
    for text in frames.iter().flat_map(doubled) {
        wire.say_text(text.clone()).await.unwrap();
        let code = wire.until(|frame| match frame {
            ServerFrame::Refused { told, .. } => Some(told.code),
            ServerFrame::Ack { .. } => Some("taken".to_owned()),
            _ => None,
        });
        assert_eq!(code.await, "frame_malformed", "{text}");
        wire.say_text(json!({ "t": "beat", "digest": "" }).to_string()).await.unwrap();
    }
    let (_, now) = Wire::enter(scene.world.door.address, access).await.unwrap();
    assert_eq!(head(&welcome.rooms), head(&now.rooms));
    for (name, value) in claims(&scene) {
        let mut hello = json!({ "t": "hello", "v": 1, "token": access });
        hello[name] = value;
        let mut wire = Wire::dial(scene.world.door.address).await.unwrap();
        wire.say_text(hello.to_string()).await.unwrap();
        assert_eq!(wire.closed().await, 4400, "{hello}");
    }
}
