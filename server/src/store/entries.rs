//! Entries: the rows of the log. Only `log` calls what writes here.

use super::{
    Conn, ManyRows, Tx, parsed,
    rooms::{Membership, room_kind, view},
    tx::{AND_COMMIT, BEGIN_AND},
};
use crate::{
    chain::{Chain, Point},
    error::Result,
};
use roost_shared::{
    ConstellationId, EntryId, HomeId, PersonId, RoomId, Seq, frame::Side, room::RoomKind,
};
use sqlx::{FromRow, Row as _, any::AnyRow};

const ADD: &str = "INSERT INTO entries \
     (room, seq, constellation, id, kind, author, target, at, body, digest, chain) \
     VALUES {rows}";
static ADD_ROWS: ManyRows = ManyRows::new(ADD, 11);
static ADD_ROWS_AND_COMMIT: ManyRows = ManyRows::between("", ADD, AND_COMMIT, 11);
const STANDINGS: &str = "WITH asked (place, constellation, room, person, id) AS (VALUES {rows}) \
     SELECT asked.place, r.kind, last.seq, last.at, m.floor, m.view, m.left_at, \
     same.room, same.author, same.seq, same.at, same.digest, p.home, last.chain \
     FROM asked JOIN rooms r ON r.room = asked.room \
     LEFT JOIN places p ON p.constellation = asked.constellation AND p.person = asked.person \
     LEFT JOIN members m ON m.room = asked.room AND m.person = asked.person \
     LEFT JOIN entries same ON same.id = asked.id \
     LEFT JOIN entries last ON last.room = asked.room AND last.seq = \
     (SELECT e.seq FROM entries e WHERE e.room = asked.room ORDER BY e.seq DESC LIMIT 1) \
     WHERE r.constellation = asked.constellation";
static STANDINGS_ROWS: ManyRows = ManyRows::new(STANDINGS, 5);
static BEGIN_AND_STANDINGS_ROWS: ManyRows = ManyRows::between(BEGIN_AND, STANDINGS, "", 5);
const TARGET: &str = "SELECT seq, id, kind, author, target, at, body, chain FROM entries \
     WHERE constellation = $1 AND room = $2 AND id = $3";
const AFTER: &str = "SELECT seq, id, kind, author, target, at, body, chain FROM entries \
     WHERE constellation = $1 AND room = $2 AND seq > $3 AND seq <= $4 ORDER BY seq LIMIT $5";
const BEFORE: &str = "SELECT seq, id, kind, author, target, at, body, chain FROM entries \
     WHERE constellation = $1 AND room = $2 AND seq >= $3 AND seq < $4 ORDER BY seq DESC LIMIT $5";
const CHAINS: &str = "WITH asked (constellation, room, seq) AS (VALUES {rows}) \
     SELECT asked.room, e.seq, e.chain FROM asked \
     JOIN entries e ON e.room = asked.room AND e.seq = asked.seq \
     WHERE e.constellation = asked.constellation";
static CHAINS_ROWS: ManyRows = ManyRows::new(CHAINS, 3);

/// A row of the log, as it is added.
pub struct NewEntry {
    pub constellation: ConstellationId,
    pub room: RoomId,
    pub row: EntryRow,
    pub digest: String,
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
    pub chain: Option<Chain>,
}

/// What is already there under a draft's id.
#[derive(Clone, Debug)]
pub struct Earlier {
    pub room: RoomId,
    pub author: Option<PersonId>,
    pub seq: Seq,
    pub at: i64,
    pub digest: String,
}

/// Adds rows. An id that is taken loses the transaction.
pub async fn add(conn: &mut Conn, new: &[NewEntry]) -> Result<()> {
    insert(conn, new, &ADD_ROWS).await
}

/// Adds rows and commits.
///
/// # Errors
/// Whatever the database said; the outcome is unknown until it is looked up.
pub async fn add_and_commit(mut tx: Tx, new: &[NewEntry]) -> Result<()> {
    if new.is_empty() || !tx.holds_all() {
        add(tx.conn(), new).await?;
        return tx.commit().await;
    }
    let fault = tx.ending().await?;
    insert(tx.conn(), new, &ADD_ROWS_AND_COMMIT).await?;
    tx.ended(fault)
}

/// Inserts rows; the last of the statements it takes is one of `last`.
async fn insert(conn: &mut Conn, new: &[NewEntry], last: &'static ManyRows) -> Result<()> {
    for (from, part, sql) in ADD_ROWS.parts(new) {
        let is_last = from + part.len() == new.len();
        let mut query = sqlx::query(if is_last { last.text_of(part.len()) } else { sql });
        for NewEntry { constellation, room, row, digest } in part {
            query = query
                .bind(room.to_string())
                .bind(row.seq.0)
                .bind(constellation.to_string())
                .bind(row.id.to_string())
                .bind(row.kind.as_str())
                .bind(row.author.map(|author| author.to_string()))
                .bind(row.target.map(|target| target.to_string()))
                .bind(row.at)
                .bind(row.body.as_str())
                .bind(digest.as_str())
                .bind(row.chain.map(Chain::to_text).unwrap_or_default());
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// A draft about which is asked: whose, under which id, for which room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    pub constellation: ConstellationId,
    pub room: RoomId,
    /// `None`: the service itself.
    pub author: Option<PersonId>,
    pub id: EntryId,
}

/// How a room stands, its author in it, and what is already there under the id.
#[derive(Clone, Debug)]
pub struct Standing {
    pub kind: RoomKind,
    pub head: Point,
    pub head_at: i64,
    /// Whether the author is a member, or ever was.
    pub known: bool,
    /// How the author is a member now.
    pub member: Option<Membership>,
    /// The author's home.
    pub home: Option<HomeId>,
    /// What is there under the id, in any room.
    pub earlier: Option<Earlier>,
}

/// The standings of these drafts, in their order; `None` for a room that is not in the draft's
/// constellation.
pub async fn standings(conn: &mut Conn, asked: &[Asked]) -> Result<Vec<Option<Standing>>> {
    ask(conn, asked, &STANDINGS_ROWS).await
}

/// The same in a transaction, which this begins if it has not begun.
pub async fn standings_in(tx: &mut Tx, asked: &[Asked]) -> Result<Vec<Option<Standing>>> {
    if tx.has_begun() {
        return standings(tx.conn(), asked).await;
    }
    let found = ask(tx.conn(), asked, &BEGIN_AND_STANDINGS_ROWS).await?;
    tx.began();
    Ok(found)
}

/// Asks; the first of the statements it takes is one of `first`.
async fn ask(
    conn: &mut Conn,
    asked: &[Asked],
    first: &'static ManyRows,
) -> Result<Vec<Option<Standing>>> {
    let mut found = vec![None; asked.len()];
    for (from, part, sql) in STANDINGS_ROWS.parts(asked) {
        let mut query = sqlx::query(if from == 0 { first.text_of(part.len()) } else { sql });
        for (place, Asked { constellation, room, author, id }) in (0_i64..).zip(part) {
            query = query
                .bind(place)
                .bind(constellation.to_string())
                .bind(room.to_string())
                .bind(author.map(|author| author.to_string()))
                .bind(id.to_string());
        }
        for row in query.fetch_all(&mut *conn).await? {
            let place = usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(usize::MAX);
            if let Some(slot) = found.get_mut(from + place) {
                *slot = Some(standing(&row)?);
            }
        }
    }
    Ok(found)
}

fn standing(row: &AnyRow) -> Result<Standing> {
    let view_name: Option<String> = row.try_get(5)?;
    let member = match (row.try_get(4)?, view_name.as_deref()) {
        (Some(floor), Some(name)) => Some(Membership { floor: Seq(floor), view: view(name)? }),
        _ => None,
    };
    let room: Option<String> = row.try_get(7)?;
    let author: Option<String> = row.try_get(8)?;
    let earlier = match (room, row.try_get(9)?, row.try_get(10)?, row.try_get(11)?) {
        (Some(room), Some(seq), Some(at), Some(digest)) => Some(Earlier {
            room: parsed(room.parse())?,
            author: author.map(|author| parsed(author.parse())).transpose()?,
            seq: Seq(seq),
            at,
            digest,
        }),
        _ => None,
    };
    let left: Option<i64> = row.try_get(6)?;
    let home: Option<String> = row.try_get(12)?;
    let chain: Option<String> = row.try_get(13)?;
    Ok(Standing {
        kind: room_kind(row.try_get(1)?)?,
        head: point(row.try_get(2)?, chain.as_deref()),
        head_at: row.try_get::<Option<i64>, _>(3)?.unwrap_or(0),
        known: member.is_some(),
        member: member.filter(|_| left.is_none()),
        home: home.map(|home| parsed(home.parse())).transpose()?,
        earlier,
    })
}

/// The last entry of a room, or none.
pub(super) fn point(seq: Option<i64>, chain: Option<&str>) -> Point {
    Point { seq: Seq(seq.unwrap_or(0)), chain: chain.and_then(Chain::read) }
}

/// The chains at these places. Where there is no entry, or one without a chain, there is none.
pub async fn chains(
    conn: &mut Conn,
    asked: &[(ConstellationId, RoomId, Seq)],
) -> Result<Vec<(RoomId, Point)>> {
    let mut found = Vec::with_capacity(asked.len());
    for (_, part, sql) in CHAINS_ROWS.parts(asked) {
        let mut query = sqlx::query_as(sql);
        for (constellation, room, seq) in part {
            query = query.bind(constellation.to_string()).bind(room.to_string()).bind(seq.0);
        }
        let rows: Vec<(String, i64, String)> = query.fetch_all(&mut *conn).await?;
        for (room, seq, chain) in rows {
            found.push((parsed(room.parse())?, point(Some(seq), Some(&chain))));
        }
    }
    Ok(found)
}

/// The entry that a draft answers.
pub async fn target(
    conn: &mut Conn,
    constellation: ConstellationId,
    room: RoomId,
    id: EntryId,
) -> Result<Option<EntryRow>> {
    let row: Option<Row> = sqlx::query_as(TARGET)
        .bind(constellation.to_string())
        .bind(room.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(EntryRow::try_from).transpose()
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
    chain: String,
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
            chain: Chain::read(&row.chain),
        })
    }
}
