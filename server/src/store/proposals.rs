//! Proposals: what one person wants to do and another must confirm.

use super::{Conn, parsed};
use crate::error::{Error, Result};
use roost_shared::{ConstellationId, EntryId, PersonId};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

const ADD: &str = "INSERT INTO proposals \
     (proposal, constellation, what, person, name, proposed_by, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const OPEN: &str = "SELECT proposal, constellation, what, person, name, proposed_by, created_at, \
     expires_at FROM proposals \
     WHERE constellation = $1 AND confirmed_at IS NULL AND expires_at > $2 \
     ORDER BY created_at, proposal";
const CONFIRM: &str = "UPDATE proposals SET confirmed_at = $1, confirmed_by = $2 \
     WHERE constellation = $3 AND proposal = $4 AND confirmed_at IS NULL AND expires_at > $1";

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Somebody becomes a liaison worker of the constellation.
    Liaison,
    /// A suspension is lifted.
    Lift,
}

impl What {
    fn as_str(self) -> &'static str {
        match self {
            What::Liaison => "liaison",
            What::Lift => "lift",
        }
    }

    fn parse(text: &str) -> Result<What> {
        match text {
            "liaison" => Ok(What::Liaison),
            "lift" => Ok(What::Lift),
            _ => Err(Error::internal("a stored proposal is unknown", text)),
        }
    }
}

/// A proposal that nobody has confirmed yet.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub proposal: EntryId,
    pub constellation: ConstellationId,
    pub what: What,
    /// Whom it is about, if they are here already.
    pub person: Option<PersonId>,
    pub name: String,
    /// A person's id, or the operator.
    pub proposed_by: String,
    pub created_at: i64,
    pub expires_at: i64,
}

/// Adds a proposal.
pub async fn add(conn: &mut Conn, new: &Proposal) -> Result<()> {
    sqlx::query(ADD)
        .bind(new.proposal.to_string())
        .bind(new.constellation.to_string())
        .bind(new.what.as_str())
        .bind(new.person.map(|person| person.to_string()))
        .bind(new.name.as_str())
        .bind(new.proposed_by.as_str())
        .bind(new.created_at)
        .bind(new.expires_at)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    proposal: String,
    constellation: String,
    what: String,
    person: Option<String>,
    name: String,
    proposed_by: String,
    created_at: i64,
    expires_at: i64,
}

impl TryFrom<Row> for Proposal {
    type Error = Error;

    fn try_from(row: Row) -> Result<Proposal> {
        Ok(Proposal {
            proposal: parsed(row.proposal.parse())?,
            constellation: parsed(row.constellation.parse())?,
            what: What::parse(&row.what)?,
            person: row.person.map(|person| parsed(person.parse())).transpose()?,
            name: row.name,
            proposed_by: row.proposed_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

/// The proposals of a constellation that may still be confirmed, oldest first.
pub async fn open(
    conn: &mut Conn,
    constellation: ConstellationId,
    now: i64,
) -> Result<Vec<Proposal>> {
    let rows: Vec<Row> =
        sqlx::query_as(OPEN).bind(constellation.to_string()).bind(now).fetch_all(conn).await?;
    rows.into_iter().map(Proposal::try_from).collect()
}

/// Confirms a proposal. False when it was confirmed already, or is too old.
pub async fn confirm(conn: &mut Conn, of: &Proposal, by: &str, at: i64) -> Result<bool> {
    let done = sqlx::query(CONFIRM)
        .bind(at)
        .bind(by)
        .bind(of.constellation.to_string())
        .bind(of.proposal.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}
