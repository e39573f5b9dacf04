//! A page: a run of entries as the one text that every reader of them is sent. Built once, shared
//! by all.

use crate::{
    chain::{Chain, Point, Sealer},
    error::{Error, Result},
    store::{
        Conn,
        cards::{self, CardRow},
        entries::{self, EntryRow, Stretch},
        rooms::{self, Seat},
    },
};
use bytes::Bytes;
use roost_shared::{
    EntryId, PersonId, Refusal, RoomId, Seq,
    frame::{PAGE_MAX_BYTES, PAGE_MAX_ENTRIES, Side},
    kind::Body,
};
use serde::Serialize;
use serde_json::value::RawValue;

/// An entry as its JSON text.
#[derive(Clone, Debug)]
pub struct Line {
    pub seq: Seq,
    pub chain: Option<Chain>,
    pub text: Box<str>,
}

/// What has become of an entry, as its JSON text (`CardOf`).
#[derive(Clone, Debug)]
pub struct CardLine {
    /// Of the entry.
    pub seq: Seq,
    /// Of the last entry folded in.
    pub at_seq: Seq,
    pub text: Box<str>,
}

/// A `page` frame, ready to be sent.
#[derive(Clone, Debug)]
pub struct PageText {
    pub room: RoomId,
    pub from: Seq,
    pub to: Seq,
    /// The chain at `to`.
    pub chain: Option<Chain>,
    pub head: Seq,
    /// The frame's UTF-8 text.
    pub text: Bytes,
}

#[derive(Serialize)]
struct Known<'a> {
    seq: Seq,
    id: EntryId,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<EntryId>,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Unknown<'a> {
    seq: Seq,
    id: EntryId,
    kind: &'a str,
}

impl Line {
    /// The text of an entry. A kind that this build does not know goes without its body: a build
    /// that cannot read a body cannot reduce it to what a member may see either. A body that was
    /// removed is an empty text, and does not go out either.
    ///
    /// # Errors
    /// `Internal` when a stored body is not JSON.
    pub fn of(row: &EntryRow) -> Result<Line> {
        let (seq, id, kind) = (row.seq, row.id, row.kind.as_str());
        let text = if Body::KINDS.contains(&kind) {
            let body: Option<&RawValue> = (!row.body.is_empty())
                .then(|| serde_json::from_str(&row.body))
                .transpose()
                .map_err(|e| Error::internal("a stored body is not JSON", e.classify() as u8))?;
            serde_json::to_string(&Known {
                seq,
                id,
                kind,
                author: row.author,
                target: row.target,
                at: row.at,
                body,
            })
        } else {
            serde_json::to_string(&Unknown { seq, id, kind })
        };
        let text = text.map_err(|e| Error::internal("an entry does not encode", e))?;
        Ok(Line { seq, chain: row.chain, text: text.into_boxed_str() })
    }
}

impl CardLine {
    /// The text of a stored card: its own fields behind those that say whose it is.
    pub fn of(row: &CardRow) -> CardLine {
        let CardRow { target, seq, at_seq, body } = row;
        let fields = body.strip_prefix('{').unwrap_or("}");
        let text = format!(r#"{{"target":"{target}","seq":{seq},{fields}"#).into_boxed_str();
        CardLine { seq: Seq(*seq), at_seq: Seq(*at_seq), text }
    }

    /// Whether the card goes with a page of these seqs: it is of one of its entries, or was changed
    /// by one.
    pub fn goes_with(&self, from: Seq, to: Seq) -> bool {
        [self.seq, self.at_seq].iter().any(|seq| (from..=to).contains(seq))
    }
}

impl PageText {
    /// Its last entry.
    pub fn end(&self) -> Point {
        Point { seq: self.to, chain: self.chain }
    }

    /// The room's head when it was read, as far as this page knows it.
    pub fn reaches(&self) -> Point {
        let chain = self.chain.filter(|_| self.to == self.head);
        Point { seq: self.head, chain }
    }

    /// The page of these consecutive lines, with those of the cards that go with them; without
    /// lines, the empty page after `before_first`.
    pub fn of<'a>(
        (room, sealer): (RoomId, &Sealer),
        (before_first, head): (Seq, Seq),
        lines: impl Iterator<Item = &'a Line> + Clone,
        cards: impl Iterator<Item = &'a CardLine> + Clone,
    ) -> PageText {
        let from = lines.clone().next().map_or_else(|| before_first.next(), |line| line.seq);
        let last = lines.clone().last();
        let to = last.map_or_else(|| from.previous(), |line| line.seq);
        let chain = last.and_then(|line| line.chain);
        let cards = cards.filter(|card| card.goes_with(from, to));
        let mut length: usize = lines.clone().map(|line| line.text.len() + 1).sum();
        length += cards.clone().map(|card| card.text.len() + 1).sum::<usize>();
        let mut text = String::with_capacity(length + 232);
        text.push_str(&format!(
            r#"{{"t":"page","room":"{room}","from":{from},"to":{to},"head":{head},"#
        ));
        if let Some(chain) = chain {
            text.push_str(&format!(r#""anchor":"{}","#, sealer.at(room, to, chain)));
        }
        text.push_str(r#""entries":["#);
        join(&mut text, lines.map(|line| &*line.text));
        let mut cards = cards.map(|card| &*card.text).peekable();
        if cards.peek().is_some() {
            text.push_str(r#"],"cards":["#);
            join(&mut text, cards);
        }
        text.push_str("]}");
        PageText { room, from, to, chain, head, text: Bytes::from(text) }
    }
}

fn join<'a>(text: &mut String, parts: impl Iterator<Item = &'a str>) {
    for (place, part) in parts.enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(part);
    }
}

/// Reads one page of a room. Whoever calls has decided that this person may, from the floor of the
/// stretch on; `stretch.head` is looked up here.
///
/// # Errors
/// `NotFound` as [`stays`]; whatever the database said.
pub async fn read(
    conn: &mut Conn,
    person: PersonId,
    stretch: Stretch,
    sealer: &Sealer,
) -> Result<PageText> {
    let head = rooms::head(conn, stretch.constellation, stretch.room).await?;
    let rows = entries::range(conn, Stretch { head, ..stretch }).await?;
    let mut lines = rows.iter().map(Line::of).collect::<Result<Vec<Line>>>()?;
    let mut cards = read_cards(conn, &stretch, &lines).await?;
    let backwards = matches!(stretch.side, Side::Before(_));
    let within = if backwards {
        let within = bounded(lines.iter().rev(), &cards);
        lines.drain(..lines.len() - within);
        within
    } else {
        let within = bounded(lines.iter(), &cards);
        lines.truncate(within);
        within
    };
    let before_first = match stretch.side {
        Side::After(seq) => seq.max(stretch.floor.previous()),
        Side::Before(seq) => seq.min(head.next()).max(stretch.floor).previous(),
    };
    if within < rows.len() {
        cards = read_cards(conn, &stretch, &lines).await?;
    }
    let seat = Seat { constellation: stretch.constellation, room: stretch.room, person };
    stays(conn, seat, stretch.floor).await?;
    let of = (stretch.room, sealer);
    Ok(PageText::of(of, (before_first, head), lines.iter(), cards.iter()))
}

/// Asked when all is read that somebody wanted of a room. Whoever was removed meanwhile gets
/// nothing of it: there may be what was said later.
///
/// # Errors
/// `NotFound` when they are not a member any more, or came back and read from a higher floor.
pub async fn stays(conn: &mut Conn, seat: Seat, floor: Seq) -> Result<()> {
    let now = rooms::member(conn, seat).await?;
    now.filter(|now| now.floor == floor).map(|_| ()).ok_or(Refusal::NotFound.into())
}

/// The cards that go with these lines, as they stand now: at least as new as the lines.
pub async fn read_cards(
    conn: &mut Conn,
    stretch: &Stretch,
    lines: &[Line],
) -> Result<Vec<CardLine>> {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Ok(Vec::new()) };
    let place = (stretch.constellation, stretch.room);
    let rows = cards::within(conn, place, (first.seq, last.seq), stretch.floor).await?;
    Ok(rows.iter().map(CardLine::of).collect())
}

/// How many of these lines fit into one page with the cards that go with each: at least one, else
/// nothing would ever move.
pub fn bounded<'a>(lines: impl Iterator<Item = &'a Line>, cards: &[CardLine]) -> usize {
    let most = usize::try_from(PAGE_MAX_ENTRIES).unwrap_or(usize::MAX);
    let mut bytes = 0;
    let mut count = 0;
    for line in lines.take(most) {
        bytes += line.text.len() + 1;
        let own = cards.iter().filter(|card| card.goes_with(line.seq, line.seq));
        bytes += own.map(|card| card.text.len() + 1).sum::<usize>();
        if count > 0 && bytes > PAGE_MAX_BYTES {
            break;
        }
        count += 1;
    }
    count
}
