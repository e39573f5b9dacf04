//! The people of every test, and the house they live in: a hub, two satellite families, their
//! liaison worker, a young person; and those who must never see any of it: one in another
//! constellation of their service, and a small constellation of another service.

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
const GULL: [Household; 2] = [
    ("Ola's house", true, &[("ola", Role::Hub)]),
    ("The Lunds", false, &[("mina", Role::Satellite)]),
];

/// Who is who.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The constellation of everybody who is not named below.
    pub wren: ConstellationId,
    /// That of `noor`.
    pub heron: ConstellationId,
    /// That of `ola`, of `mina`, and of `lee`, their liaison worker: another service's.
    pub gull: ConstellationId,
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
        let priya = liaison(wren, "priya");
        people.insert("priya", register.add_person(priya).await?);
        let heron = register.add_constellation(service, "Heron").await?;
        settle(register, heron, &HERON, &mut people).await?;
        let other = register.add_service("Lakeside Fostering").await?;
        let gull = register.add_constellation(other, "Gull").await?;
        settle(register, gull, &GULL, &mut people).await?;
        people.insert("lee", register.add_person(liaison(gull, "lee")).await?);
        Ok(Cast { wren, heron, gull, people })
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

fn liaison(constellation: ConstellationId, name: &str) -> NewPerson<'_> {
    NewPerson { constellation, home: None, role: Role::Liaison, name }
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
