//! The doors about people, phones and what is found again: each answer has its described shape.

use super::{answered, operations, unlike};
use reqwest::Method;
use roost_server::{http::document, people::register::NewPerson};
use roost_shared::{policy::Role, room::RoomKind};
use roost_tests::{
    door::{Heard, SignIn},
    ids,
    world::World,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MEMBERS: &str = "/api/constellations/{constellation}/members";
const PROPOSALS: &str = "/api/constellations/{constellation}/proposals";

/// Asks, and holds what it hears to the description.
struct Asking {
    world: World,
    document: Value,
    /// What a path names, by the name in the route.
    named: Vec<(&'static str, String)>,
    seen: BTreeSet<String>,
}

impl Asking {
    async fn get(&mut self, route: &str, by: &SignIn) -> Heard {
        self.ask(Method::GET, route, Some(by), None).await
    }

    async fn post(&mut self, route: &str, by: Option<&SignIn>, body: Value) -> Heard {
        self.ask(Method::POST, route, by, Some(body)).await
    }

    async fn ask(
        &mut self,
        method: Method,
        route: &str,
        by: Option<&SignIn>,
        body: Option<Value>,
    ) -> Heard {
        let fill = |path: String, (name, id): &(&str, String)| path.replace(*name, id);
        let path = self.named.iter().fold(route.to_owned(), fill);
        let access = by.map(|by| by.access.as_str());
        let door = &self.world.door;
        let heard = door.ask(method.clone(), &path, access, body.as_ref()).await.unwrap();
        assert!(heard.status.is_success(), "{method} {route}: {}", heard.text);
        let route = route.split('?').next().unwrap();
        if !heard.text.is_empty() {
            let schema = answered(&self.document, &method, route, &heard);
            let wrong = unlike(&self.document, schema, &heard.json(), "");
            assert!(wrong.is_empty(), "{method} {route}: {wrong:?} of {}", heard.text);
        }
        self.seen.insert(format!("{method} {route}"));
        heard
    }
}

fn member(what: &str) -> String {
    format!("{MEMBERS}/{{person}}/{what}")
}

#[tokio::test]
async fn answers_about_people_and_phones_have_the_shapes_that_are_described() {
    let world = World::new().await;
    let (priya, sam) = (world.sign_in("priya").await, world.sign_in("sam").await);
    let ana = admin(&world).await;
    let circle = world.room("sam", RoomKind::Circle).await.to_string();
    let named = vec![("{constellation}", world.cast.wren.to_string()), ("{room}", circle)];
    let mut asking = Asking { world, document: document(), named, seen: BTreeSet::new() };
    let home = dev_at_the_table(&mut asking, &priya).await;
    dev_is_suspended_and_ends(&mut asking, (&priya, &ana), home).await;
    sam_looks_around(&mut asking, &sam).await;
    kit_is_left_in_peace(&mut asking).await;
    assert_every_door_was_asked(&asking);
}

/// Dev is invited, scans, and gets in: his home.
async fn dev_at_the_table(asking: &mut Asking, priya: &SignIn) -> Value {
    let by = Some(priya);
    let home = "/api/constellations/{constellation}/homes";
    let home =
        asking.post(home, by, json!({ "name": "Mill Cottage" })).await.json()["home"].clone();
    let dev = json!({ "name": "Dev", "role": "satellite", "home": home });
    let dev = asking.post(MEMBERS, by, dev).await.text_of("person");
    asking.named.push(("{person}", dev));
    let sent = asking.post(&member("invite"), by, json!({})).await;
    let (token, code) = (sent.text_of("token"), sent.text_of("code"));
    let told = json!({ "token": token, "device": ids::device(), "code": code });
    asking.post("/api/enrolments/verify", None, told).await;
    let open = asking.post(&member("table"), by, json!({})).await.text_of("token");
    let scan = json!({ "token": open, "device": ids::device(), "device_name": "Dev's" });
    let scanned = asking.post("/api/enrolments/claim", None, scan.clone()).await;
    asking.get(&member("table"), priya).await;
    let claim = scanned.text_of("claim");
    let asked = json!({ "token": open, "claim": claim });
    asking.post("/api/enrolments/claim/outcome", None, asked).await;
    let right = json!({ "claim": claim, "number": scanned.json()["number"] });
    asking.post(&member("table/confirm"), by, right).await;
    asking.post("/api/enrolments/accept", None, scan).await;
    asking.get(&member("devices"), priya).await;
    asking.get(MEMBERS, priya).await;
    asking.get("/api/constellations", priya).await;
    home
}

/// What takes two people; and Dev comes back.
async fn dev_is_suspended_and_ends(
    asking: &mut Asking,
    (priya, ana): (&SignIn, &SignIn),
    home: Value,
) {
    let by = Some(priya);
    asking.post(&member("suspend"), by, json!({})).await;
    let lift = asking.post(&member("lift"), by, json!({})).await.text_of("proposal");
    asking.named.push(("{proposal}", lift));
    asking.post(PROPOSALS, Some(ana), json!({ "name": "Lee" })).await;
    let open = asking.get(PROPOSALS, ana).await;
    assert_eq!(open.json()["proposals"].as_array().unwrap().len(), 2);
    let confirm = format!("{PROPOSALS}/{{proposal}}/confirm");
    asking.post(&confirm, Some(ana), json!({})).await;
    asking.post(&member("end"), by, json!({})).await;
    asking.post(&member("return"), by, json!({ "home": home })).await;
}

async fn sam_looks_around(asking: &mut Asking, sam: &SignIn) {
    let by = Some(sam);
    let message = json!({ "text": "good morning" });
    let draft = json!({ "id": ids::entry(), "kind": "message", "body": message });
    asking.post("/api/rooms/{room}/entries", by, draft).await;
    let found = asking.get("/api/rooms/{room}/search?q=morning", sam).await;
    assert_eq!(found.json()["entries"].as_array().unwrap().len(), 1);
    asking.get("/api/settings", sam).await;
    let late = json!({ "on": true, "from": 23 * 60, "to": 6 * 60 });
    asking.post("/api/settings/quiet", by, late).await;
    asking.post("/api/settings/receipts", by, json!({ "on": false })).await;
    asking.post("/api/rooms/{room}/mute", by, json!({ "length": "week" })).await;
    asking.get("/api/devices", sam).await;
    let code = asking.post("/api/handover", by, json!({})).await.text_of("code");
    let redeem = json!({ "code": code, "device": ids::device(), "device_name": "The app" });
    asking.post("/api/handover/redeem", None, redeem).await;
}

/// Kit alone has school hours.
async fn kit_is_left_in_peace(asking: &mut Asking) {
    let kit = asking.world.sign_in("kit").await;
    let told = asking.get("/api/settings", &kit).await;
    assert!(told.json()["school"].is_object());
}

/// No door about people or phones that answers something is without a line above.
fn assert_every_door_was_asked(asking: &Asking) {
    let about = [
        "/api/constellations",
        "/api/devices",
        "/api/handover",
        "/api/enrolments/claim",
        "/api/settings",
        "/api/rooms/{room}/mute",
    ];
    for (method, path, operation) in operations(&asking.document) {
        let answers = operation["responses"].as_object().unwrap();
        let tells = answers.values().any(|one| one["content"].get("application/json").is_some());
        if tells && about.iter().any(|one| path.starts_with(one)) {
            let door = format!("{} {path}", method.to_uppercase());
            assert!(asking.seen.contains(&door), "{door} was not asked");
        }
    }
}

async fn admin(world: &World) -> SignIn {
    let constellation = world.cast.wren;
    let new = NewPerson { constellation, home: None, role: Role::Admin, name: "Ana" };
    let ana = world.app().people.add_person(new).await.unwrap();
    world.door.accept(&world.app().people.enrol(ana).await.unwrap()).await
}
