//! The people of every test, and the house they live in: a hub, two satellite families, their
//! liaison worker, a young person; and, in another constellation, one who must never see any of it.

use roost_server::{
    app::App,
    error::Result,
    people::{People, register::NewPerson},
};
use roost_shared::{ConstellationId, PersonId, policy::Role};
use std::collections::BTreeMap;

/// Home, whether it is the hub, and who lives there.
type Household = (&'static str, bool, &'static [(&'static str, Role)]);

const WREN: [Household; 3] = [
    ("Jo's house", true, &[("jo", Role::Hub), ("max", Role::Hub)]),
    ("The Okafors", false, &[("sam", Role::Satellite), ("kit", Role::Young)]),
    ("The Brennans", false, &[("amara", Role::Satellite)]),
];
const HERON: [Household; 1] = [("Noor's house", true, &[("noor", Role::Hub)])];

/// Who is who.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The constellation of everybody but `noor`.
    pub wren: ConstellationId,
    /// That of `noor`.
    pub heron: ConstellationId,
    people: BTreeMap<&'static str, PersonId>,
}

impl Cast {
    /// Moves everybody into an empty house.
    ///
    /// # Errors
    /// Whatever the register says.
    pub async fn furnish(app: &App) -> Result<Cast> {
        let register = &app.people;
        let service = register.add_service("Riverbank Fostering").await?;
        let mut people = BTreeMap::new();
        let wren = register.add_constellation(service, "Wren").await?;
        settle(register, wren, &WREN, &mut people).await?;
        let priya =
            NewPerson { constellation: wren, home: None, role: Role::Liaison, name: "priya" };
        people.insert("priya", register.add_person(priya).await?);
        let heron = register.add_constellation(service, "Heron").await?;
        settle(register, heron, &HERON, &mut people).await?;
        Ok(Cast { wren, heron, people })
    }

    /// A person by their name.
    pub fn person(&self, name: &str) -> PersonId {
        *self.people.get(name).unwrap_or_else(|| panic!("{name} is not of the cast"))
    }

    /// Everybody, by name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, PersonId)> {
        self.people.iter().map(|(name, person)| (*name, *person))
    }
}

async fn settle(
    register: &People,
    constellation: ConstellationId,
    households: &[Household],
    people: &mut BTreeMap<&'static str, PersonId>,
) -> Result<()> {
    for (name, hub, residents) in households {
        let home = register.add_home(constellation, name, *hub).await?;
        for &(name, role) in *residents {
            let new = NewPerson { constellation, home: Some(home), role, name };
            people.insert(name, register.add_person(new).await?);
        }
    }
    Ok(())
}
