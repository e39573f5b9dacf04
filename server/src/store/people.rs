//! People, one row each, and their places: what they are in which constellation. A person belongs
//! to one service, a place to one constellation.

use super::{Conn, parsed};
use crate::error::{Error, Result};
use roost_shared::{ConstellationId, HomeId, PersonId, ServiceId, frame::PersonCard, policy::Role};
use sqlx::FromRow;

const ADD: &str = "INSERT INTO people (person, service, name, created_at) VALUES ($1, $2, $3, $4)";
const ADD_PLACE: &str = "INSERT INTO places (person, constellation, home, role, created_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
const MOVE: &str = "UPDATE places SET home = $1 \
     WHERE constellation = $2 AND person = $3 AND ended_at IS NULL";
const END: &str = "UPDATE places SET ended_at = $1 \
     WHERE constellation = $2 AND person = $3 AND ended_at IS NULL";
const RETURN: &str = "UPDATE places SET ended_at = NULL, home = $1 \
     WHERE constellation = $2 AND person = $3 AND ended_at IS NOT NULL";
const SUSPEND: &str = "UPDATE people SET suspended_at = $1 \
     WHERE service = $2 AND person = $3 AND suspended_at IS NULL";
const LIFT: &str = "UPDATE people SET suspended_at = NULL \
     WHERE service = $1 AND person = $2 AND suspended_at IS NOT NULL";
const OF_CONSTELLATION: &str = "SELECT l.person, l.home, l.role, p.name, l.ended_at, \
     p.suspended_at FROM places l JOIN people p ON p.person = l.person \
     WHERE l.constellation = $1 ORDER BY p.created_at, l.person";
const ONE: &str = "SELECT l.person, l.home, l.role, p.name, l.ended_at, p.suspended_at \
     FROM places l JOIN people p ON p.person = l.person \
     WHERE l.constellation = $1 AND l.person = $2";
const PLACES: &str = "SELECT p.service, l.constellation, l.role, l.ended_at \
     FROM people p JOIN places l ON l.person = p.person WHERE p.person = $1 \
     ORDER BY l.created_at, l.constellation";

/// What a person is in one constellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub constellation: ConstellationId,
    pub role: Role,
}

/// Somebody who is or was of a constellation.
#[derive(Clone, Debug)]
pub struct Member {
    pub card: PersonCard,
    pub suspended: bool,
}

/// A person's service and the places they have or had.
#[derive(Clone, Debug)]
pub struct Whereabouts {
    pub service: ServiceId,
    /// Oldest first.
    pub places: Vec<Place>,
    /// As `places`, of those that have ended.
    pub ended: Vec<Place>,
}

/// Adds a person, who is nowhere yet.
pub async fn add(
    conn: &mut Conn,
    service: ServiceId,
    (person, name): (PersonId, &str),
    at: i64,
) -> Result<()> {
    sqlx::query(ADD)
        .bind(person.to_string())
        .bind(service.to_string())
        .bind(name)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a person a place. False when they have or had one there.
pub async fn add_place(
    conn: &mut Conn,
    constellation: ConstellationId,
    card: &PersonCard,
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(ADD_PLACE)
        .bind(card.person.to_string())
        .bind(constellation.to_string())
        .bind(card.home.map(|home| home.to_string()))
        .bind(card.role.as_str())
        .bind(at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Moves a person to another home. False when they are not there.
pub async fn move_to(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
    home: Option<HomeId>,
) -> Result<bool> {
    let done = sqlx::query(MOVE)
        .bind(home.map(|home| home.to_string()))
        .bind(constellation.to_string())
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a person's place. False when they were not there or had ended already.
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

/// Gives a person who had ended their place back. False when there is none that has ended.
pub async fn bring_back(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
    home: Option<HomeId>,
) -> Result<bool> {
    let done = sqlx::query(RETURN)
        .bind(home.map(|home| home.to_string()))
        .bind(constellation.to_string())
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Suspends a person, everywhere. False when they were already.
pub async fn suspend(
    conn: &mut Conn,
    service: ServiceId,
    person: PersonId,
    at: i64,
) -> Result<bool> {
    let done = sqlx::query(SUSPEND)
        .bind(at)
        .bind(service.to_string())
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Lifts a suspension. False when there is none.
pub async fn lift(conn: &mut Conn, service: ServiceId, person: PersonId) -> Result<bool> {
    let done =
        sqlx::query(LIFT).bind(service.to_string()).bind(person.to_string()).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}

#[derive(FromRow)]
struct MemberRow {
    person: String,
    home: Option<String>,
    role: String,
    name: String,
    ended_at: Option<i64>,
    suspended_at: Option<i64>,
}

impl TryFrom<MemberRow> for Member {
    type Error = Error;

    fn try_from(row: MemberRow) -> Result<Member> {
        Ok(Member {
            card: PersonCard {
                person: parsed(row.person.parse())?,
                name: row.name,
                role: role(&row.role)?,
                home: row.home.map(|home| parsed(home.parse())).transpose()?,
                left: row.ended_at.is_some(),
            },
            suspended: row.suspended_at.is_some(),
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
) -> Result<Vec<Member>> {
    let rows: Vec<MemberRow> =
        sqlx::query_as(OF_CONSTELLATION).bind(constellation.to_string()).fetch_all(conn).await?;
    rows.into_iter().map(Member::try_from).collect()
}

/// One person of a constellation, whether or not they have left it.
pub async fn one(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
) -> Result<Option<Member>> {
    let row: Option<MemberRow> = sqlx::query_as(ONE)
        .bind(constellation.to_string())
        .bind(person.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(Member::try_from).transpose()
}

/// Where a person is and was. `None`: there is no such person.
pub async fn whereabouts(conn: &mut Conn, person: PersonId) -> Result<Option<Whereabouts>> {
    let rows: Vec<(String, String, String, Option<i64>)> =
        sqlx::query_as(PLACES).bind(person.to_string()).fetch_all(conn).await?;
    let Some((service, ..)) = rows.first() else { return Ok(None) };
    let service = parsed(service.parse())?;
    let (mut places, mut ended) = (Vec::new(), Vec::new());
    for (_, constellation, name, ended_at) in rows {
        let place = Place { constellation: parsed(constellation.parse())?, role: role(&name)? };
        if ended_at.is_some() { &mut ended } else { &mut places }.push(place);
    }
    Ok(Some(Whereabouts { service, places, ended }))
}
