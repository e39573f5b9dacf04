//! Search within a room. Bounded and the same on both databases: stretches of the log are read from
//! the newest down, and their words are compared here, where letters of every language are folded
//! alike.

use super::{Log, Who, may};
use crate::{
    error::Result,
    page::{self, Line},
    store::{
        Conn,
        entries::{self, EntryRow, Stretch},
        rooms::{self, Seat},
    },
};
use roost_shared::{
    RoomId, Seq,
    frame::{PAGE_MAX_ENTRIES, Side},
    kind::Body,
    policy::Action,
    text,
};
use serde_json::Value;

/// The most entries that one search answers with.
pub const FOUND_MAX: usize = 50;
/// The most entries that one search looks at; the next one goes on below.
const LOOKED_AT_MAX: i64 = 20_000;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Search {
    /// Words; an entry must have all of them, each anywhere in it.
    pub query: String,
    /// Only below this; whatever it says, nothing below the reader's floor.
    pub before: Option<Seq>,
    pub limit: usize,
}

/// What was found, the newest first.
pub struct Found {
    pub lines: Vec<Line>,
    /// Where to go on, when there is more to look at.
    pub before: Option<Seq>,
}

impl Log {
    /// Looks for words in a room, never below the reader's floor.
    ///
    /// # Errors
    /// `QueryInvalid`; `NotFound` for a room that is none of the reader's.
    pub async fn search(&self, who: Who, room: RoomId, search: Search) -> Result<Found> {
        text::query(&search.query)?;
        let mut conn = self.db.reader().await?;
        let sits = may(&mut conn, who, room, Action::Search).await?;
        read_found(&mut conn, sits, search).await
    }
}

/// Looks for words that can be looked for. Whoever calls has decided that this reader may, from the
/// floor on.
///
/// # Errors
/// `NotFound` as [`page::stays`]; whatever the database said.
pub async fn read_found(
    conn: &mut Conn,
    (seat, floor): (Seat, Seq),
    search: Search,
) -> Result<Found> {
    let found = look(conn, seat, floor, search).await?;
    page::stays(conn, seat, floor).await?;
    Ok(found)
}

async fn look(conn: &mut Conn, seat: Seat, floor: Seq, search: Search) -> Result<Found> {
    let Seat { constellation, room, .. } = seat;
    let head = rooms::head(conn, constellation, room).await?;
    let folded = search.query.to_lowercase();
    let words: Vec<&str> = folded.split_whitespace().collect();
    let limit = search.limit.clamp(1, FOUND_MAX);
    let mut lines = Vec::new();
    // A phone may say any number.
    let mut before = search.before.unwrap_or(head.next()).min(head.next()).max(floor);
    let lowest = Seq(before.0 - LOOKED_AT_MAX).max(floor);
    while before > lowest {
        let (side, page) = (Side::Before(before), PAGE_MAX_ENTRIES);
        let stretch = Stretch { constellation, room, side, floor: lowest, head, limit: page };
        let rows = entries::range(conn, stretch).await?;
        let Some(first) = rows.first().map(|row| row.seq) else { break };
        for row in rows.iter().rev().filter(|row| has_all(row, &words)) {
            lines.push(Line::of(row)?);
            if lines.len() == limit {
                return Ok(Found { lines, before: Some(row.seq).filter(|seq| *seq > floor) });
            }
        }
        before = first;
    }
    Ok(Found { lines, before: Some(lowest).filter(|seq| *seq > floor) })
}

fn has_all(row: &EntryRow, words: &[&str]) -> bool {
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let said = Body::words(&row.kind, &body).join("\n").to_lowercase();
    words.iter().all(|word| said.contains(word))
}
