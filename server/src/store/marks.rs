//! Marks: how far the phones of a member hold a room, and how far the member has read it. They only
//! ever grow.

use super::{Conn, ManyRows, parsed};
use crate::error::Result;
use roost_shared::{ConstellationId, PersonId, RoomId, Seq, room::Mark};
use sqlx::FromRow;

const PUT: &str = "WITH asked (room, person, constellation, delivered, read) AS (VALUES {rows}) \
     INSERT INTO marks (room, person, constellation, delivered, read) \
     SELECT o.room, o.person, o.constellation, asked.delivered, asked.read FROM asked \
     JOIN members o ON o.room = asked.room AND o.person = asked.person AND o.left_at IS NULL \
     WHERE o.constellation = asked.constellation \
     ON CONFLICT (room, person) DO UPDATE SET \
     delivered = CASE WHEN excluded.delivered > marks.delivered THEN excluded.delivered \
     ELSE marks.delivered END, \
     read = CASE WHEN excluded.read > marks.read THEN excluded.read ELSE marks.read END \
     RETURNING room, person, delivered, read";
static PUT_ROWS: ManyRows = ManyRows::new(PUT, 5);
const OF_ROOMS: &str = "WITH asked (constellation, room) AS (VALUES {rows}) \
     SELECT o.room, o.person, COALESCE(k.delivered, 0) AS delivered, COALESCE(k.read, 0) AS read, \
     COALESCE(s.receipts, 1) AS receipts FROM asked \
     JOIN members o ON o.room = asked.room AND o.left_at IS NULL \
     LEFT JOIN marks k ON k.room = o.room AND k.person = o.person \
     LEFT JOIN settings s ON s.person = o.person \
     WHERE o.constellation = asked.constellation ORDER BY o.person";
static OF_ROOMS_ROWS: ManyRows = ManyRows::new(OF_ROOMS, 2);

/// A mark that is to move.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    pub constellation: ConstellationId,
    pub room: RoomId,
    pub person: PersonId,
    pub delivered: Seq,
    pub read: Seq,
}

/// How far a member is in a room.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    pub room: RoomId,
    pub mark: Mark,
    /// Others are told how far they have read.
    pub receipts: bool,
}

#[derive(FromRow)]
struct Row {
    room: String,
    person: String,
    delivered: i64,
    read: i64,
}

impl Row {
    fn read(self) -> Result<(RoomId, Mark)> {
        let Row { room, person, delivered, read } = self;
        let (delivered, read) = (Seq(delivered), Seq(read));
        Ok((parsed(room.parse())?, Mark { person: parsed(person.parse())?, delivered, read }))
    }
}

#[derive(FromRow)]
struct StandRow {
    #[sqlx(flatten)]
    row: Row,
    receipts: i64,
}

/// Moves the marks of those who are members forward; answers with where they stand now.
pub async fn put(conn: &mut Conn, moves: &[Move]) -> Result<Vec<(RoomId, Mark)>> {
    let mut stand = Vec::with_capacity(moves.len());
    for (_, part, sql) in PUT_ROWS.parts(moves) {
        let mut query = sqlx::query_as(sql);
        for Move { constellation, room, person, delivered, read } in part {
            query = query
                .bind(room.to_string())
                .bind(person.to_string())
                .bind(constellation.to_string())
                .bind(delivered.0)
                .bind(read.0);
        }
        let rows: Vec<Row> = query.fetch_all(&mut *conn).await?;
        for row in rows {
            stand.push(row.read()?);
        }
    }
    Ok(stand)
}

/// How far all members of these rooms are, those too who never came.
pub async fn of_rooms(conn: &mut Conn, rooms: &[(ConstellationId, RoomId)]) -> Result<Vec<Stand>> {
    let mut stand = Vec::new();
    for (_, part, sql) in OF_ROOMS_ROWS.parts(rooms) {
        let mut query = sqlx::query_as(sql);
        for (constellation, room) in part {
            query = query.bind(constellation.to_string()).bind(room.to_string());
        }
        let rows: Vec<StandRow> = query.fetch_all(&mut *conn).await?;
        for StandRow { row, receipts } in rows {
            let (room, mark) = row.read()?;
            stand.push(Stand { room, mark, receipts: receipts == 1 });
        }
    }
    Ok(stand)
}
