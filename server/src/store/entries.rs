//! Entries: the rows of the log. Only `log` calls what writes here.

use super::{
    Conn, parsed,
    rooms::{Membership, Seat},
};
use crate::error::Result;
use roost_shared::{ConstellationId, EntryId, PersonId, RoomId, Seq, frame::Side};
use sqlx::FromRow;

const ADD: &str = "INSERT INTO entries \
     (room, seq, constellation, id, kind, author, target, at, body, digest) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
const STANDING: &str = "SELECT m.floor, m.view, m.left_at, e.room, e.seq, e.at, e.digest \
     FROM members m LEFT JOIN entries e ON e.author = m.person AND e.id = $4 \
     WHERE m.constellation = $1 AND m.room = $2 AND m.person = $3";
const BY_ID: &str = "SELECT room, seq, at, digest FROM entries \
     WHERE constellation = $1 AND room = $2 AND id = $3";
const TARGET: &str =
    "SELECT seq, kind FROM entries WHERE constellation = $1 AND room = $2 AND id = $3";
const AFTER: &str = "SELECT seq, id, kind, author, target, at, body FROM entries \
     WHERE constellation = $1 AND room = $2 AND seq > $3 AND seq <= $4 ORDER BY seq LIMIT $5";
const BEFORE: &str = "SELECT seq, id, kind, author, target, at, body FROM entries \
     WHERE constellation = $1 AND room = $2 AND seq >= $3 AND seq < $4 ORDER BY seq DESC LIMIT $5";

/// A row of the log, as it is added.
pub struct NewEntry<'a> {
    pub constellation: ConstellationId,
    pub room: RoomId,
    pub row: &'a EntryRow,
    pub digest: &'a str,
}

/// A row of the log, as it is read.
#[derive(Clone, Debug)]
pub struct EntryRow {
    pub seq: Seq,
    pub id: EntryId,
    pub kind: String,
    pub author: Option<PersonId>,
    pub target: Option<EntryId>,
    pub at: i64,
    pub body: String,
}

/// What is already there under a draft's id.
#[derive(Clone, Debug)]
pub struct Earlier {
    pub room: RoomId,
    pub seq: Seq,
    pub at: i64,
    pub digest: String,
}

/// Adds a row. False when the id is taken, in this room or by this author.
pub async fn add(conn: &mut Conn, new: NewEntry<'_>) -> Result<bool> {
    let done = sqlx::query(ADD)
        .bind(new.room.to_string())
        .bind(new.row.seq.0)
        .bind(new.constellation.to_string())
        .bind(new.row.id.to_string())
        .bind(new.row.kind.as_str())
        .bind(new.row.author.map(|author| author.to_string()))
        .bind(new.row.target.map(|target| target.to_string()))
        .bind(new.row.at)
        .bind(new.row.body.as_str())
        .bind(new.digest)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

#[derive(FromRow)]
struct StandingRow {
    floor: i64,
    view: String,
    left_at: Option<i64>,
    room: Option<String>,
    seq: Option<i64>,
    at: Option<i64>,
    digest: Option<String>,
}

/// How an author stands in a room, and what they already wrote under this id, in one statement.
pub async fn standing(
    conn: &mut Conn,
    seat: Seat,
    id: EntryId,
) -> Result<(Option<Membership>, Option<Earlier>)> {
    let row: Option<StandingRow> = sqlx::query_as(STANDING)
        .bind(seat.constellation.to_string())
        .bind(seat.room.to_string())
        .bind(seat.person.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok((None, None)) };
    let view = super::rooms::view(&row.view)?;
    let membership = row.left_at.is_none().then_some(Membership { floor: Seq(row.floor), view });
    let earlier = match (row.room, row.seq, row.at, row.digest) {
        (Some(room), Some(seq), Some(at), Some(digest)) => {
            Some(Earlier { room: parsed(room.parse())?, seq: Seq(seq), at, digest })
        }
        _ => None,
    };
    Ok((membership, earlier))
}

/// What stands in a room under an id, whoever wrote it.
pub async fn by_id(
    conn: &mut Conn,
    constellation: ConstellationId,
    room: RoomId,
    id: EntryId,
) -> Result<Option<Earlier>> {
    let row: Option<(String, i64, i64, String)> = sqlx::query_as(BY_ID)
        .bind(constellation.to_string())
        .bind(room.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|(room, seq, at, digest)| {
        Ok(Earlier { room: parsed(room.parse())?, seq: Seq(seq), at, digest })
    })
    .transpose()
}

/// The place and kind of the entry that a draft answers.
pub async fn target(
    conn: &mut Conn,
    constellation: ConstellationId,
    room: RoomId,
    id: EntryId,
) -> Result<Option<(Seq, String)>> {
    let row: Option<(i64, String)> = sqlx::query_as(TARGET)
        .bind(constellation.to_string())
        .bind(room.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(seq, kind)| (Seq(seq), kind)))
}

#[derive(FromRow)]
struct Row {
    seq: i64,
    id: String,
    kind: String,
    author: Option<String>,
    target: Option<String>,
    at: i64,
    body: String,
}

/// What to read of a room's log.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub constellation: ConstellationId,
    pub room: RoomId,
    pub side: Side,
    /// Nothing below this.
    pub floor: Seq,
    /// Nothing above this.
    pub head: Seq,
    pub limit: i64,
}

/// Reads a stretch of the log, ascending.
pub async fn range(conn: &mut Conn, stretch: Stretch) -> Result<Vec<EntryRow>> {
    let (sql, low, high) = match stretch.side {
        Side::After(seq) => (AFTER, seq.max(stretch.floor.previous()), stretch.head),
        Side::Before(seq) => (BEFORE, stretch.floor, seq.min(stretch.head.next())),
    };
    let mut rows: Vec<Row> = sqlx::query_as(sql)
        .bind(stretch.constellation.to_string())
        .bind(stretch.room.to_string())
        .bind(low.0)
        .bind(high.0)
        .bind(stretch.limit)
        .fetch_all(conn)
        .await?;
    if matches!(stretch.side, Side::Before(_)) {
        rows.reverse();
    }
    rows.into_iter().map(EntryRow::try_from).collect()
}

impl TryFrom<Row> for EntryRow {
    type Error = crate::error::Error;

    fn try_from(row: Row) -> Result<EntryRow> {
        Ok(EntryRow {
            seq: Seq(row.seq),
            id: parsed(row.id.parse())?,
            kind: row.kind,
            author: row.author.map(|author| parsed(author.parse())).transpose()?,
            target: row.target.map(|target| parsed(target.parse())).transpose()?,
            at: row.at,
            body: row.body,
        })
    }
}
