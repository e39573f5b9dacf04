//! People: their role, their home, and whether they are still here.

use super::{Conn, parsed};
use crate::error::{Error, Result};
use roost_shared::{ConstellationId, PersonId, frame::PersonCard, policy::Role};
use sqlx::FromRow;

const ADD: &str = "INSERT INTO people (person, constellation, home, role, name, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const END: &str = "UPDATE people SET ended_at = $1 \
     WHERE constellation = $2 AND person = $3 AND ended_at IS NULL";
const OF_CONSTELLATION: &str = "SELECT person, constellation, home, role, name, ended_at \
     FROM people WHERE constellation = $1 ORDER BY created_at, person";
const ONE: &str = "SELECT person, constellation, home, role, name, ended_at \
     FROM people WHERE person = $1";

/// A person and the constellation they are of.
#[derive(Clone, Debug)]
pub struct Person {
    pub constellation: ConstellationId,
    pub card: PersonCard,
}

/// Adds a person.
pub async fn add(
    conn: &mut Conn,
    constellation: ConstellationId,
    card: &PersonCard,
    at: i64,
) -> Result<()> {
    sqlx::query(ADD)
        .bind(card.person.to_string())
        .bind(constellation.to_string())
        .bind(card.home.map(|home| home.to_string()))
        .bind(card.role.as_str())
        .bind(card.name.as_str())
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a person. False when they were not there or had ended already.
pub async fn end(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(END)
        .bind(at)
        .bind(constellation.to_string())
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

#[derive(FromRow)]
struct Row {
    person: String,
    constellation: String,
    home: Option<String>,
    role: String,
    name: String,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for Person {
    type Error = Error;

    fn try_from(row: Row) -> Result<Person> {
        let role = role(&row.role)?;
        Ok(Person {
            constellation: parsed(row.constellation.parse())?,
            card: PersonCard {
                person: parsed(row.person.parse())?,
                name: row.name,
                role,
                home: row.home.map(|home| parsed(home.parse())).transpose()?,
                left: row.ended_at.is_some(),
            },
        })
    }
}

pub(super) fn role(text: &str) -> Result<Role> {
    Role::parse(text).ok_or_else(|| Error::internal("a stored role is unknown", text))
}

/// Everyone who is or was of a constellation, oldest first.
pub async fn of_constellation(
    conn: &mut Conn,
    constellation: ConstellationId,
) -> Result<Vec<PersonCard>> {
    let rows: Vec<Row> =
        sqlx::query_as(OF_CONSTELLATION).bind(constellation.to_string()).fetch_all(conn).await?;
    rows.into_iter().map(|row| Ok(Person::try_from(row)?.card)).collect()
}

/// One person. The constellation is what is being asked for.
pub async fn one(conn: &mut Conn, person: PersonId) -> Result<Option<Person>> {
    let row: Option<Row> =
        sqlx::query_as(ONE).bind(person.to_string()).fetch_optional(conn).await?;
    row.map(Person::try_from).transpose()
}
