//! The desk of somebody who is signed in: the routes about the people of a constellation, as the
//! liaison worker's screen asks them.

use crate::{
    door::{Door, Heard, SignIn},
    world::World,
};
use reqwest::{Method, StatusCode};
use roost_shared::{ConstellationId, PersonId};
use serde_json::Value;

/// A desk.
#[derive(Clone, Debug)]
pub struct Desk {
    door: Door,
    access: String,
    constellation: ConstellationId,
}

impl Desk {
    /// The desk of a person of the cast, about Wren, on a phone of its own.
    pub async fn of(world: &World, name: &str) -> Desk {
        Desk::with(world, &world.sign_in(name).await)
    }

    /// The desk of whoever is signed in, about Wren.
    pub fn with(world: &World, sign_in: &SignIn) -> Desk {
        let access = sign_in.access.clone();
        Desk { door: world.door.clone(), access, constellation: world.cast.wren }
    }

    /// The same desk, about another constellation.
    #[must_use]
    pub fn about(&self, constellation: ConstellationId) -> Desk {
        Desk { constellation, ..self.clone() }
    }

    /// Asks at a path of the constellation.
    pub async fn get(&self, path: &str) -> Heard {
        let path = format!("/api/constellations/{}/{path}", self.constellation);
        self.ask(Method::GET, &path, None).await
    }

    /// Does something at a path of the constellation.
    pub async fn post(&self, path: &str, body: Value) -> Heard {
        let path = format!("/api/constellations/{}/{path}", self.constellation);
        self.ask(Method::POST, &path, Some(&body)).await
    }

    /// Does something to somebody of the constellation.
    pub async fn act(&self, person: PersonId, what: &str, body: Value) -> Heard {
        self.post(&format!("members/{person}/{what}"), body).await
    }

    /// Asks anywhere.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Heard {
        let heard = self.door.ask(method, path, Some(&self.access), body).await;
        heard.expect("the server answers")
    }

    /// A home of the constellation, by its name, as JSON has it.
    pub async fn home(&self, name: &str) -> Value {
        let heard = self.get("members").await;
        assert_eq!(heard.status, StatusCode::OK, "{}", heard.text);
        let heard = heard.json();
        let homes = heard["homes"].as_array().expect("a list of homes");
        let home = homes.iter().find(|home| home["name"] == name);
        home.unwrap_or_else(|| panic!("{name} is no home of {homes:?}"))["home"].clone()
    }

    /// How somebody stands.
    pub async fn member(&self, person: PersonId) -> Value {
        let heard = self.get("members").await.json();
        let members = heard["members"].as_array().expect("a list of members").clone();
        let found = members.into_iter().find(|one| one["person"] == person.to_string());
        found.unwrap_or(Value::Null)
    }
}

impl Heard {
    /// The body, which must have come with this status.
    pub fn with(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    /// The code of a refusal.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// An identity in the body.
    pub fn id<T: std::str::FromStr>(&self, field: &str) -> T {
        let id = self.json()[field].as_str().and_then(|text| text.parse().ok());
        id.unwrap_or_else(|| panic!("no {field} in {}", self.text))
    }

    /// A text in the body.
    pub fn text_of(&self, field: &str) -> String {
        let text = self.json()[field].as_str().map(str::to_owned);
        text.unwrap_or_else(|| panic!("no {field} in {}", self.text))
    }
}
