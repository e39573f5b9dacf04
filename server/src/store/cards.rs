//! Cards: one current row for each entry that others target; and what was kept of bodies that were
//! changed or removed. Only `log` calls what writes here.

use super::Conn;
use crate::error::{Error, Result};
use roost_shared::{
    ConstellationId, EntryId, RoomId, Seq,
    card::{Card, CardOf},
};
use sqlx::FromRow;

const GET: &str = "SELECT body FROM cards WHERE constellation = $1 AND room = $2 AND target = $3";
const PUT: &str = "INSERT INTO cards (target, constellation, room, seq, at_seq, body) \
     VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT (target) DO UPDATE SET at_seq = excluded.at_seq, body = excluded.body";
const WITHIN: &str = "SELECT target, seq, at_seq, body FROM cards \
     WHERE constellation = $1 AND room = $2 AND seq >= $5 AND seq >= $3 AND seq <= $4 \
     UNION SELECT target, seq, at_seq, body FROM cards \
     WHERE constellation = $1 AND room = $2 AND seq >= $5 AND at_seq >= $3 AND at_seq <= $4 \
     ORDER BY seq";
const KEEP: &str = "INSERT INTO kept (id, by_seq, constellation, room, body, kept_at) \
     SELECT id, $1, constellation, room, body, $2 FROM entries \
     WHERE constellation = $3 AND room = $4 AND id = $5 AND body <> '' \
     ON CONFLICT DO NOTHING";
/// What was kept of an entry that was removed since is not for readers any more.
const EARLIER: &str = "SELECT k.body, k.kept_at FROM kept k \
     JOIN entries e ON e.constellation = k.constellation AND e.id = k.id \
     WHERE k.constellation = $1 AND k.room = $2 AND k.id = $3 AND e.body <> '' \
     ORDER BY k.by_seq LIMIT $4";
const REVISE: &str =
    "UPDATE entries SET body = $1 WHERE constellation = $2 AND room = $3 AND id = $4 RETURNING seq";

/// An entry whose row is being changed, and by which one.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub constellation: ConstellationId,
    pub room: RoomId,
    pub target: EntryId,
    pub by_seq: Seq,
    pub at: i64,
}

/// The card of an entry, the default one when it has none.
pub async fn get(
    conn: &mut Conn,
    constellation: ConstellationId,
    room: RoomId,
    target: EntryId,
) -> Result<Card> {
    let body: Option<String> = sqlx::query_scalar(GET)
        .bind(constellation.to_string())
        .bind(room.to_string())
        .bind(target.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(body) = body else { return Ok(Card::default()) };
    serde_json::from_str(&body)
        .map_err(|e| Error::internal("a stored card cannot be read", e.classify() as u8))
}

/// Puts the card in the place of the one before it.
pub async fn put(
    conn: &mut Conn,
    constellation: ConstellationId,
    room: RoomId,
    card: &CardOf,
) -> Result<CardRow> {
    let body = serde_json::to_string(&card.card)
        .map_err(|e| Error::internal("a card does not encode", e))?;
    let (target, seq, at_seq) = (card.target.to_string(), card.seq.0, card.card.at_seq.0);
    sqlx::query(PUT)
        .bind(target.as_str())
        .bind(constellation.to_string())
        .bind(room.to_string())
        .bind(seq)
        .bind(at_seq)
        .bind(body.as_str())
        .execute(conn)
        .await?;
    Ok(CardRow { target, seq, at_seq, body })
}

/// A card as it is stored: its JSON text, and where it belongs.
#[derive(Clone, Debug, FromRow)]
pub struct CardRow {
    pub target: String,
    pub seq: i64,
    pub at_seq: i64,
    pub body: String,
}

/// The cards of the entries from one seq to another, and of those that these changed; none of an
/// entry below the floor.
pub async fn within(
    conn: &mut Conn,
    (constellation, room): (ConstellationId, RoomId),
    (from, to): (Seq, Seq),
    floor: Seq,
) -> Result<Vec<CardRow>> {
    let rows = sqlx::query_as(WITHIN)
        .bind(constellation.to_string())
        .bind(room.to_string())
        .bind(from.0)
        .bind(to.0)
        .bind(floor.0)
        .fetch_all(conn)
        .await?;
    Ok(rows)
}

/// A body that an entry had, and until when.
#[derive(Clone, Debug, FromRow)]
pub struct KeptRow {
    pub body: String,
    pub kept_at: i64,
}

/// The bodies that a standing entry had before, the oldest first.
pub async fn earlier(
    conn: &mut Conn,
    (constellation, room): (ConstellationId, RoomId),
    id: EntryId,
    limit: u32,
) -> Result<Vec<KeptRow>> {
    let rows = sqlx::query_as(EARLIER)
        .bind(constellation.to_string())
        .bind(room.to_string())
        .bind(id.to_string())
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    Ok(rows)
}

/// Replaces the body of an entry and keeps the one before. Answers with its seq, if there is one.
pub async fn revise(conn: &mut Conn, change: Change, body: &str) -> Result<Option<Seq>> {
    sqlx::query(KEEP)
        .bind(change.by_seq.0)
        .bind(change.at)
        .bind(change.constellation.to_string())
        .bind(change.room.to_string())
        .bind(change.target.to_string())
        .execute(&mut *conn)
        .await?;
    let seq: Option<i64> = sqlx::query_scalar(REVISE)
        .bind(body)
        .bind(change.constellation.to_string())
        .bind(change.room.to_string())
        .bind(change.target.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(seq.map(Seq))
}
