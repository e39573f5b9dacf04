//! Rooms, whose row is also their lock, and who is a member. A room's head is its last entry.

use super::{Conn, ManyRows, Tx, entries::point, parsed};
use crate::{
    chain::Point,
    error::{Error, Result},
};
use roost_shared::{
    ConstellationId, HomeId, PersonId, RoomId, Seq,
    policy::Role,
    room::{RoomKind, View},
};
use sqlx::FromRow;

const ADD: &str = "INSERT INTO rooms (room, constellation, kind, home, created_at) \
     VALUES ($1, $2, $3, $4, $5)";
const LOCK: &str = "UPDATE rooms SET kind = kind WHERE constellation = $1 AND room = $2";
const HEAD: &str = "SELECT seq FROM entries WHERE constellation = $1 AND room = $2 \
     ORDER BY seq DESC LIMIT 1";
const HEADS: &str = "WITH asked (constellation, room) AS (VALUES {rows}) \
     SELECT r.room, last.seq, last.chain FROM asked JOIN rooms r ON r.room = asked.room \
     LEFT JOIN entries last ON last.room = r.room AND last.seq = \
     (SELECT e.seq FROM entries e WHERE e.room = r.room ORDER BY e.seq DESC LIMIT 1) \
     WHERE r.constellation = asked.constellation";
static HEADS_ROWS: ManyRows = ManyRows::new(HEADS, 2);
const OF_CONSTELLATION: &str =
    "SELECT room, kind, home FROM rooms WHERE constellation = $1 ORDER BY created_at, room";
const OF_PERSON: &str = "SELECT r.room, r.kind, r.home, m.floor, m.view, l.role, \
     k.delivered, k.read, \
     (SELECT e.seq FROM entries e WHERE e.room = r.room ORDER BY e.seq DESC LIMIT 1) AS head \
     FROM members m JOIN rooms r ON r.room = m.room \
     JOIN places l ON l.constellation = m.constellation AND l.person = m.person \
     LEFT JOIN marks k ON k.room = m.room AND k.person = m.person \
     WHERE m.constellation = $1 AND m.person = $2 AND m.left_at IS NULL \
     ORDER BY r.created_at, r.room";
const JOIN: &str = "INSERT INTO members (room, person, constellation, floor, view, left_at) \
     VALUES ($1, $2, $3, $4, $5, NULL) ON CONFLICT (room, person) \
     DO UPDATE SET floor = excluded.floor, view = excluded.view, left_at = NULL";
const LEAVE: &str =
    "UPDATE members SET left_at = $1 WHERE constellation = $2 AND room = $3 AND person = $4";
const MEMBER: &str = "SELECT floor, view FROM members \
     WHERE constellation = $1 AND room = $2 AND person = $3 AND left_at IS NULL";
const WAS_MEMBER: &str = "SELECT COUNT(*) FROM members \
     WHERE constellation = $1 AND room = $2 AND person = $3";
const RAISE: &str = "UPDATE members SET floor = $1 \
     WHERE constellation = $2 AND room = $3 AND person = $4 AND floor < $1";

const SEATED: &str = "SELECT r.kind, m.floor, m.view FROM members m \
     JOIN rooms r ON r.room = m.room \
     WHERE m.constellation = $1 AND m.room = $2 AND m.person = $3 AND m.left_at IS NULL";
const MEMBERS: &str =
    "SELECT person, floor FROM members WHERE constellation = $1 AND room = $2 AND left_at IS NULL";
const CONSTELLATION_OF: &str = "SELECT constellation FROM rooms WHERE room = $1";

/// A room as it was made.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub room: RoomId,
    pub constellation: ConstellationId,
    pub kind: RoomKind,
    pub home: Option<HomeId>,
}

/// How a person is a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    pub floor: Seq,
    pub view: View,
}

/// A room as one of its members finds it.
#[derive(Clone, Copy, Debug)]
pub struct Mine {
    pub room: RoomId,
    pub constellation: ConstellationId,
    /// What they are in that constellation.
    pub role: Role,
    pub kind: RoomKind,
    pub home: Option<HomeId>,
    pub head: Point,
    /// Up to where some phone of theirs is known to hold it, and they have read it.
    pub held: Seq,
    pub read: Seq,
    pub membership: Membership,
}

/// Makes an empty room.
pub async fn add(conn: &mut Conn, room: &Room, at: i64) -> Result<()> {
    sqlx::query(ADD)
        .bind(room.room.to_string())
        .bind(room.constellation.to_string())
        .bind(room.kind.as_str())
        .bind(room.home.map(|home| home.to_string()))
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the room's lock until the transaction ends: whoever appends to it stands in line here,
/// whichever process they are in.
pub async fn lock(tx: &mut Tx, constellation: ConstellationId, room: RoomId) -> Result<()> {
    if tx.holds_all() {
        return Ok(());
    }
    sqlx::query(LOCK)
        .bind(constellation.to_string())
        .bind(room.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The head of a room, 0 when there is no such room in this constellation.
pub async fn head(conn: &mut Conn, constellation: ConstellationId, room: RoomId) -> Result<Seq> {
    let head: Option<i64> = sqlx::query_scalar(HEAD)
        .bind(constellation.to_string())
        .bind(room.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(Seq(head.unwrap_or(0)))
}

/// The heads of these rooms.
pub async fn heads(
    conn: &mut Conn,
    rooms: &[(RoomId, ConstellationId)],
) -> Result<Vec<(RoomId, Point)>> {
    let mut heads = Vec::with_capacity(rooms.len());
    for (_, part, sql) in HEADS_ROWS.parts(rooms) {
        let mut query = sqlx::query_as(sql);
        for (room, constellation) in part {
            query = query.bind(constellation.to_string()).bind(room.to_string());
        }
        let rows: Vec<(String, Option<i64>, Option<String>)> = query.fetch_all(&mut *conn).await?;
        for (room, seq, chain) in rows {
            heads.push((parsed(room.parse())?, point(seq, chain.as_deref())));
        }
    }
    Ok(heads)
}

/// Every room of a constellation, oldest first.
pub async fn of_constellation(
    conn: &mut Conn,
    constellation: ConstellationId,
) -> Result<Vec<Room>> {
    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as(OF_CONSTELLATION).bind(constellation.to_string()).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(room, kind, home)| {
            let home = home.map(|home| parsed(home.parse())).transpose()?;
            Ok(Room { room: parsed(room.parse())?, constellation, kind: room_kind(&kind)?, home })
        })
        .collect()
}

#[derive(FromRow)]
struct MineRow {
    room: String,
    kind: String,
    home: Option<String>,
    head: Option<i64>,
    floor: i64,
    view: String,
    role: String,
    delivered: Option<i64>,
    read: Option<i64>,
}

/// The rooms a person is a member of now, oldest first.
pub async fn of_person(
    conn: &mut Conn,
    constellation: ConstellationId,
    person: PersonId,
) -> Result<Vec<Mine>> {
    let rows: Vec<MineRow> = sqlx::query_as(OF_PERSON)
        .bind(constellation.to_string())
        .bind(person.to_string())
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Mine {
                room: parsed(row.room.parse())?,
                constellation,
                role: super::people::role(&row.role)?,
                kind: room_kind(&row.kind)?,
                home: row.home.map(|home| parsed(home.parse())).transpose()?,
                // The index knows the seq; the chain is in the row, and mostly the feed has it.
                head: point(row.head, None),
                held: Seq(row.delivered.unwrap_or(0)),
                read: Seq(row.read.unwrap_or(0)),
                membership: Membership { floor: Seq(row.floor), view: view(&row.view)? },
            })
        })
        .collect()
}

/// The constellation that a room is in.
pub async fn constellation_of(conn: &mut Conn, room: RoomId) -> Result<Option<ConstellationId>> {
    let row: Option<String> =
        sqlx::query_scalar(CONSTELLATION_OF).bind(room.to_string()).fetch_optional(conn).await?;
    row.map(|id| parsed(id.parse())).transpose()
}

/// How a person is a member of a room now.
pub async fn member(conn: &mut Conn, of: Seat) -> Result<Option<Membership>> {
    let row: Option<(i64, String)> = sqlx::query_as(MEMBER)
        .bind(of.constellation.to_string())
        .bind(of.room.to_string())
        .bind(of.person.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|(floor, name)| Ok(Membership { floor: Seq(floor), view: view(&name)? })).transpose()
}

/// How a person is a member of a room now, and of what kind it is.
pub async fn seated(conn: &mut Conn, of: Seat) -> Result<Option<(RoomKind, Membership)>> {
    let row: Option<(String, i64, String)> = sqlx::query_as(SEATED)
        .bind(of.constellation.to_string())
        .bind(of.room.to_string())
        .bind(of.person.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|(kind, floor, name)| {
        Ok((room_kind(&kind)?, Membership { floor: Seq(floor), view: view(&name)? }))
    })
    .transpose()
}

/// Everyone who is a member of a room now, and from where they read it.
pub async fn members(
    conn: &mut Conn,
    constellation: ConstellationId,
    room: RoomId,
) -> Result<Vec<(PersonId, Seq)>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(MEMBERS)
        .bind(constellation.to_string())
        .bind(room.to_string())
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(|(person, floor)| Ok((parsed(person.parse())?, Seq(floor)))).collect()
}

/// The place of a person in a room.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    pub constellation: ConstellationId,
    pub room: RoomId,
    pub person: PersonId,
}

/// Makes somebody a member, or a member again with a new floor.
pub async fn join(conn: &mut Conn, seat: Seat, membership: Membership) -> Result<()> {
    sqlx::query(JOIN)
        .bind(seat.room.to_string())
        .bind(seat.person.to_string())
        .bind(seat.constellation.to_string())
        .bind(membership.floor.0)
        .bind(view_name(membership.view))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether somebody is or was a member.
pub async fn was_member(conn: &mut Conn, seat: Seat) -> Result<bool> {
    let count: i64 = sqlx::query_scalar(WAS_MEMBER)
        .bind(seat.constellation.to_string())
        .bind(seat.room.to_string())
        .bind(seat.person.to_string())
        .fetch_one(conn)
        .await?;
    Ok(count > 0)
}

/// Raises the floor of a membership.
pub async fn raise_floor(conn: &mut Conn, seat: Seat, floor: Seq) -> Result<()> {
    sqlx::query(RAISE)
        .bind(floor.0)
        .bind(seat.constellation.to_string())
        .bind(seat.room.to_string())
        .bind(seat.person.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a membership. The row stays: it says that there was one.
pub async fn leave(conn: &mut Conn, seat: Seat, at: i64) -> Result<()> {
    sqlx::query(LEAVE)
        .bind(at)
        .bind(seat.constellation.to_string())
        .bind(seat.room.to_string())
        .bind(seat.person.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) fn room_kind(text: &str) -> Result<RoomKind> {
    RoomKind::parse(text).ok_or_else(|| Error::internal("a stored room kind is unknown", text))
}

pub(super) fn view(text: &str) -> Result<View> {
    match text {
        "full" => Ok(View::Full),
        _ => Err(Error::internal("a stored view is unknown", text)),
    }
}

fn view_name(view: View) -> &'static str {
    match view {
        View::Full => "full",
    }
}
