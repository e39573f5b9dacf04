//! What the rows about people ask: each time of somebody new, who stands as the act needs it.

use super::{Route, Scene, doors::link};
use roost_server::people::{By, register::NewPerson};
use roost_shared::{ConstellationId, DeviceId, HomeId, PersonId, policy::Role};
use roost_tests::{door::SignIn, ids};
use serde_json::{Value, json};

/// The constellation of a row about something that does not exist.
pub(super) const NOWHERE: &str = "no such constellation";

/// The path and the body of a row about people; nothing for another.
pub(super) async fn request(
    row: &Route,
    own: Option<&SignIn>,
    scene: &Scene,
) -> Option<(String, Option<Value>)> {
    let (_, path) = row.ask.split_once(' ')?;
    if let Some(body) = unknown_caller(row, scene).await {
        return Some((path.to_owned(), Some(body)));
    }
    if path == "/api/devices/{device}/end" {
        let others = scene.world.sign_in("amara").await.device;
        let device = if row.of == "their own" { own.map(|own| own.device) } else { None };
        return Some((path.replace("{device}", &device.unwrap_or(others).to_string()), None));
    }
    path.contains("{constellation}").then_some(())?;
    let cast = &scene.world.cast;
    let wren = match row.of.as_str() {
        "Wren" | "somebody of Wren" | "nobody of Wren" => true,
        "Heron" | "somebody of Heron" | NOWHERE => false,
        other => panic!("{other:?} is no constellation of the matrix"),
    };
    let constellation = if wren { cast.wren } else { cast.heron };
    let mut subject = Subject::new(scene, constellation).await;
    let body = subject.stand(path).await;
    if row.of == "nobody of Wren" {
        subject.person = PersonId::new(ids::now_ms(), ids::entropy());
    }
    let named = match row.of.as_str() {
        NOWHERE => ConstellationId::new(ids::now_ms(), ids::entropy()),
        _ => constellation,
    };
    let path = path
        .replace("{constellation}", &named.to_string())
        .replace("{person}", &subject.person.to_string())
        .replace("{proposal}", &subject.proposal)
        .replace("{device}", &subject.device.to_string());
    Some((path, body))
}

/// The body of what is asked by somebody who need not be signed in.
async fn unknown_caller(row: &Route, scene: &Scene) -> Option<Value> {
    let people = &scene.world.app().people;
    let device = ids::device();
    Some(match row.ask.as_str() {
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

async fn table_or_link(row: &Route, scene: &Scene) -> String {
    if row.of != "a code on the table" {
        return link(row, scene).await;
    }
    let (world, max) = (&scene.world, scene.world.person("max"));
    world.app().people.open_table(By::Operator, world.cast.wren, max).await.unwrap().token
}

/// Somebody new, on whom something is done.
struct Subject<'a> {
    scene: &'a Scene,
    constellation: ConstellationId,
    person: PersonId,
    /// Two homes that such a person may be in; there is one only in Heron.
    homes: Vec<HomeId>,
    device: DeviceId,
    proposal: String,
}

impl Subject<'_> {
    async fn new(scene: &Scene, constellation: ConstellationId) -> Subject<'_> {
        let people = &scene.world.app().people;
        let all = people.members(By::Operator, constellation).await.unwrap().homes;
        let wren = constellation == scene.world.cast.wren;
        let homes: Vec<HomeId> =
            all.iter().filter(|home| home.hub != wren).map(|home| home.home).collect();
        let role = if wren { Role::Satellite } else { Role::Hub };
        let new = NewPerson { constellation, home: homes.first().copied(), role, name: "Newcomer" };
        let person = people.add_person(new).await.unwrap();
        let (device, proposal) = (ids::device(), ids::entry().to_string());
        Subject { scene, constellation, person, homes, device, proposal }
    }

    /// Brings them to where the act can be done, and says its body.
    async fn stand(&mut self, path: &str) -> Option<Value> {
        let (people, constellation) = (&self.scene.world.app().people, self.constellation);
        let (by, person) = (By::Operator, self.person);
        let home = self.homes.last().copied();
        match path.rsplit_once('}').map_or("", |(_, what)| what) {
            "/members" => {
                let home = self.homes[0];
                return Some(json!({ "name": "Ruth", "role": "satellite", "home": home }));
            }
            "/homes" => return Some(json!({ "name": "Mill Cottage" })),
            "/proposals" => return Some(json!({ "name": "Lee" })),
            "/move" => return Some(json!({ "home": home })),
            "/sent" | "/revoke" => drop(people.enrol(person).await.unwrap()),
            "/lift" => people.suspend(by, constellation, person).await.unwrap(),
            "/confirm" => {
                people.suspend(by, constellation, person).await.unwrap();
                let proposed = people.propose_lift(by, constellation, person).await.unwrap();
                self.proposal = proposed.proposal.to_string();
            }
            "/return" => {
                people.end_member(by, constellation, person).await.unwrap();
                return Some(json!({ "home": home }));
            }
            "/table" => drop(people.open_table(by, constellation, person).await.unwrap()),
            "/table/confirm" => {
                let open = people.open_table(by, constellation, person).await.unwrap();
                let made = people.claim(&open.token, self.device, "a phone").await.unwrap();
                return Some(json!({ "claim": made.claim, "number": made.number }));
            }
            "/end" if path.contains("{device}") => {
                let link = people.enrol(person).await.unwrap();
                people.accept(&link, self.device, "a phone").await.unwrap();
            }
            _ => {}
        }
        None
    }
}
