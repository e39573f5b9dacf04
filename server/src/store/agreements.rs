//! Who agreed that a young person takes part. Rows are only ever added.

use super::Conn;
use crate::error::Result;
use roost_shared::{ConstellationId, PersonId};

const ADD: &str = "INSERT INTO agreements (agreement, constellation, person, band, agreed_by, \
     capacity, delegated, agreed_at, recorded_at, recorded_by) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// An agreement to keep.
pub struct NewAgreement<'a> {
    pub id: String,
    pub constellation: ConstellationId,
    pub person: PersonId,
    pub band: &'a str,
    pub agreed_by: &'a str,
    pub capacity: &'a str,
    pub delegated: bool,
    pub agreed_at: i64,
    pub recorded_at: i64,
    pub recorded_by: &'a str,
}

/// Keeps an agreement.
pub async fn add(conn: &mut Conn, new: NewAgreement<'_>) -> Result<()> {
    sqlx::query(ADD)
        .bind(new.id)
        .bind(new.constellation.to_string())
        .bind(new.person.to_string())
        .bind(new.band)
        .bind(new.agreed_by)
        .bind(new.capacity)
        .bind(i64::from(new.delegated))
        .bind(new.agreed_at)
        .bind(new.recorded_at)
        .bind(new.recorded_by)
        .execute(conn)
        .await?;
    Ok(())
}
