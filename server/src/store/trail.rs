//! The trail: who did what to whom, one row in the same transaction as the act. Rows are only ever
//! added.

use super::Conn;
use crate::error::Result;
use roost_shared::ConstellationId;

const ADD: &str = "INSERT INTO trail (id, constellation, at, actor, action, object) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const ACTIONS: &str = "SELECT action, object FROM trail WHERE constellation = $1 ORDER BY at, id";

/// One act. `actor` is `operator` or a person's id, `object` the id of what was acted upon: no
/// names.
pub struct Act<'a> {
    pub id: String,
    pub constellation: Option<ConstellationId>,
    pub at: i64,
    pub actor: &'a str,
    pub action: &'a str,
    pub object: String,
}

/// Adds an act.
pub async fn add(conn: &mut Conn, act: Act<'_>) -> Result<()> {
    sqlx::query(ADD)
        .bind(act.id)
        .bind(act.constellation.map(|id| id.to_string()))
        .bind(act.at)
        .bind(act.actor)
        .bind(act.action)
        .bind(act.object)
        .execute(conn)
        .await?;
    Ok(())
}

/// What was done in a constellation: (action, object), oldest first.
pub async fn of(conn: &mut Conn, constellation: ConstellationId) -> Result<Vec<(String, String)>> {
    Ok(sqlx::query_as(ACTIONS).bind(constellation.to_string()).fetch_all(conn).await?)
}
