//! Somebody on whom something is done, standing as the act needs it.

use super::{Scene, enlist, newcomer, people::Whom};
use roost_server::people::{By, register::NewPerson, second::Candidate, session::Me};
use roost_shared::{ConstellationId, DeviceId, HomeId, PersonId, policy::Role};
use roost_tests::{door::SignIn, ids};
use serde_json::{Value, json};

/// What the path and the body of a door name.
#[derive(Clone)]
pub(super) struct Subject {
    constellation: ConstellationId,
    person: PersonId,
    pub(super) device: DeviceId,
    proposal: String,
    pub(super) body: Option<Value>,
}

impl Subject {
    /// Somebody new of Wren as what an actor is, signed in.
    pub(super) async fn enlist(actor: &str, scene: &Scene) -> SignIn {
        let role = match actor {
            "hub" => Role::Hub,
            "satellite" => Role::Satellite,
            "liaison" => Role::Liaison,
            "young" => Role::Young,
            "admin" => Role::Admin,
            other => panic!("{other} has no role"),
        };
        let homes = homes(scene, scene.world.cast.wren, role).await;
        let new = NewPerson { role, home: homes.first().copied(), ..newcomer(&scene.world) };
        enlist(&scene.world, new).await
    }

    /// The one who asks.
    pub(super) async fn oneself(ask: &str, me: &Me, scene: &Scene) -> Subject {
        let people = &scene.world.app().people;
        let constellation = scene.world.cast.wren;
        let body = body(ask, &homes(scene, constellation, Role::Satellite).await);
        let mut proposal = ids::entry().to_string();
        if ask.ends_with("/confirm") && ask.contains("{proposal}") {
            let lee = Candidate::Named("Lee");
            let own = if me.is_admin() {
                people.propose_liaison(By::Person(me), constellation, lee).await
            } else {
                let person = Subject::suspended(scene).await;
                people.propose_lift(By::Person(me), constellation, person).await
            };
            proposal = own.unwrap().proposal.to_string();
        }
        let (person, device) = (me.person, me.device);
        Subject { constellation, person, device, proposal, body }
    }

    async fn suspended(scene: &Scene) -> PersonId {
        let own = Subject::enlist("satellite", scene).await;
        let (people, wren) = (&scene.world.app().people, scene.world.cast.wren);
        people.suspend(By::Operator, wren, own.person).await.unwrap();
        own.person
    }

    /// Somebody new, brought to where the act can be done.
    pub(super) async fn stand(ask: &str, whom: Whom, scene: &Scene) -> Subject {
        let (people, cast, by) = (&scene.world.app().people, &scene.world.cast, By::Operator);
        let (constellation, role) = match whom {
            Whom::Service => (cast.heron, Role::Hub),
            Whom::Elsewhere => (cast.gull, Role::Satellite),
            Whom::Own | Whom::Same | Whom::Ended | Whom::Held => (cast.wren, Role::Satellite),
            Whom::Admin => (cast.wren, Role::Admin),
            Whom::Young => (cast.wren, Role::Young),
        };
        let homes = homes(scene, constellation, role).await;
        let new = NewPerson { constellation, role, home: homes.first().copied(), name: "Newcomer" };
        let own = enlist(&scene.world, new).await;
        let (person, device) = (own.person, own.device);
        let body = body(ask, &homes);
        let mut subject = Subject { constellation, person, device, proposal: String::new(), body };
        let what = ask.rsplit_once('}').map_or("", |(_, what)| what);
        match what {
            "/sent" | "/revoke" => drop(people.enrol(person).await.unwrap()),
            "/table" => drop(people.open_table(by, constellation, person).await.unwrap()),
            "/table/confirm" => {
                let open = people.open_table(by, constellation, person).await.unwrap();
                let made = people.claim(&open.token, ids::device(), "a phone").await.unwrap();
                subject.body = Some(json!({ "claim": made.claim, "number": made.number }));
            }
            "/confirm" => {
                people.suspend(by, constellation, person).await.unwrap();
                let proposed = people.propose_lift(by, constellation, person).await.unwrap();
                subject.proposal = proposed.proposal.to_string();
            }
            _ => {}
        }
        match whom {
            Whom::Ended => people.end_member(by, constellation, person).await.unwrap(),
            Whom::Held if what != "/confirm" => {
                people.suspend(by, constellation, person).await.unwrap();
            }
            Whom::Admin if what == "/lift" => {
                people.suspend(by, constellation, person).await.unwrap();
            }
            _ => {}
        }
        subject
    }

    /// The same question of what is not there.
    pub(super) fn missing(&self) -> Subject {
        let now = ids::now_ms();
        Subject {
            constellation: ConstellationId::new(now, ids::entropy()),
            person: PersonId::new(now, ids::entropy()),
            device: ids::device(),
            proposal: ids::entry().to_string(),
            body: self.body.clone(),
        }
    }

    /// A path of the table with what it names.
    pub(super) fn path(&self, path: &str) -> String {
        path.replace("{constellation}", &self.constellation.to_string())
            .replace("{person}", &self.person.to_string())
            .replace("{proposal}", &self.proposal)
            .replace("{device}", &self.device.to_string())
    }
}

/// The homes that somebody of this role may be in.
async fn homes(scene: &Scene, constellation: ConstellationId, role: Role) -> Vec<HomeId> {
    let people = &scene.world.app().people;
    let all = people.members(By::Operator, constellation).await.unwrap().homes;
    let fits = |hub: bool| match role {
        Role::Hub => hub,
        Role::Satellite | Role::Young => !hub,
        Role::Liaison | Role::Admin => false,
    };
    all.iter().filter(|home| fits(home.hub)).map(|home| home.home).collect()
}

/// What a door wants to be told; whoever stands in the first home may move to the last.
fn body(ask: &str, homes: &[HomeId]) -> Option<Value> {
    let (first, last) = (homes.first(), homes.last());
    match ask.rsplit_once('}').map_or("", |(_, what)| what) {
        "/members" if ask.starts_with("POST") => {
            Some(json!({ "name": "Ruth", "role": "satellite", "home": first }))
        }
        "/homes" => Some(json!({ "name": "Mill Cottage" })),
        "/proposals" if ask.starts_with("POST") => Some(json!({ "name": "Lee" })),
        "/move" | "/return" => Some(json!({ "home": last })),
        "/table/confirm" => Some(json!({ "claim": ids::entry(), "number": 10 })),
        _ => None,
    }
}
