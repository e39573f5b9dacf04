//! Search within a room. Bounded and the same on both databases: slices of the log are read from
//! the newest down, and their words are compared here, where letters of every language are folded
//! alike.
//!
//! A search is never in the way: it takes turns with other searches, gives its connection back
//! after each slice, and compares on a thread that no phone waits for.

use super::{Log, Who, may};
use crate::{
    clock::moment,
    error::{Error, Result},
    limits::Searching,
    page::{self, Line},
    store::{
        entries::{self, EntryRow, Stretch},
        rooms::{self, Seat},
    },
};
use roost_shared::{RoomId, Seq, frame::Side, kind::Body, policy::Action, text};
use serde_json::Value;
use std::{num::NonZeroU32, sync::Arc};

/// The most entries that one search answers with.
pub const FOUND_MAX: usize = 50;
/// The most entries that one search looks at; the next one goes on below.
const LOOKED_AT_MAX: i64 = 20_000;
/// The most seconds that one search takes, its waits for its turns included: half of what a
/// request may take.
const LOOKING_MAX_S: f64 = 5.0;
/// Entries of one slice, the longest of which are read and compared in some milliseconds.
const SLICE_MAX: i64 = 100;

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

/// Where is looked: from the floor of somebody's seat to the head.
#[derive(Clone, Copy)]
struct Place {
    seat: Seat,
    floor: Seq,
    head: Seq,
}

impl Log {
    /// Looks for words in a room, never below the reader's floor.
    ///
    /// # Errors
    /// `QueryInvalid`; `NotFound` for a room that is none of the reader's; `TooMany` when not even
    /// one slice may be read.
    pub async fn search(
        &self,
        who: Who,
        room: RoomId,
        search: Search,
        searching: &Searching,
    ) -> Result<Found> {
        text::query(&search.query)?;
        let sits = may(&mut *self.db.reader().await?, who, room, Action::Search).await?;
        self.search_seated(sits, search, searching).await
    }

    /// Looks for words that can be looked for. Whoever calls has decided that this reader may, from
    /// the floor on.
    ///
    /// # Errors
    /// `NotFound` as [`page::stays`]; `TooMany` as [`Log::search`].
    pub async fn search_seated(
        &self,
        (seat, floor): (Seat, Seq),
        search: Search,
        searching: &Searching,
    ) -> Result<Found> {
        let Seat { constellation, room, .. } = seat;
        let head = rooms::head(&mut *self.db.reader().await?, constellation, room).await?;
        let found = self.look(Place { seat, floor, head }, search, searching).await?;
        page::stays(&mut *self.db.reader().await?, seat, floor).await?;
        Ok(found)
    }

    async fn look(&self, place: Place, search: Search, searching: &Searching) -> Result<Found> {
        let Place { floor, head, .. } = place;
        let (words, began) = (words(&search.query), moment());
        let limit = search.limit.clamp(1, FOUND_MAX);
        let mut lines = Vec::new();
        // A phone may say any number.
        let top = search.before.unwrap_or(head.next()).min(head.next()).max(floor);
        let lowest = Seq(top.0 - LOOKED_AT_MAX).max(floor);
        let mut before = top;
        while before > lowest && (before == top || began.seconds() < LOOKING_MAX_S) {
            let size = SLICE_MAX.min(before.0 - lowest.0);
            let turn = match searching.turn(entries_of(size)).await {
                Ok(turn) => turn,
                Err(refusal) if before == top => return Err(refusal.into()),
                Err(_) => break,
            };
            let slice = Seq(before.0 - size)..before;
            let found = self.look_at(place, slice.clone(), &words).await?;
            drop(turn);
            for line in found {
                let seq = line.seq;
                lines.push(line);
                if lines.len() == limit {
                    return Ok(Found { lines, before: Some(seq).filter(|seq| *seq > floor) });
                }
            }
            before = slice.start;
        }
        Ok(Found { lines, before: Some(before).filter(|seq| *seq > floor) })
    }

    /// The entries of a slice that have all of the words, the newest first.
    async fn look_at(
        &self,
        Place { seat, head, .. }: Place,
        slice: std::ops::Range<Seq>,
        words: &Arc<[String]>,
    ) -> Result<Vec<Line>> {
        let Seat { constellation, room, .. } = seat;
        let (side, floor) = (Side::Before(slice.end), slice.start);
        let stretch = Stretch { constellation, room, side, floor, head, limit: SLICE_MAX };
        let rows = {
            let mut conn = self.db.reader().await?;
            entries::range(&mut conn, stretch).await?
        };
        let words = Arc::clone(words);
        let compared = tokio::task::spawn_blocking(move || {
            let found = rows.iter().rev().filter(|row| has_all(row, &words));
            found.map(Line::of).collect::<Result<Vec<Line>>>()
        });
        compared.await.map_err(|e| Error::internal("words could not be compared", e))?
    }
}

fn entries_of(size: i64) -> NonZeroU32 {
    u32::try_from(size).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
}

/// The words of a query, folded as what is said is.
fn words(query: &str) -> Arc<[String]> {
    query.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

fn has_all(row: &EntryRow, words: &[String]) -> bool {
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let said = Body::words(&row.kind, &body).join("\n").to_lowercase();
    words.iter().all(|word| said.contains(word.as_str()))
}
