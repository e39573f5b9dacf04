//! A page: a run of entries as the one text that every reader of them is sent. Built once, shared
//! by all.

use crate::{
    error::{Error, Result},
    store::{
        Conn,
        entries::{self, EntryRow, Stretch},
        rooms,
    },
};
use bytes::Bytes;
use roost_shared::{
    EntryId, PersonId, RoomId, Seq,
    frame::{PAGE_MAX_BYTES, PAGE_MAX_ENTRIES, Side},
    kind::Body,
};
use serde::Serialize;
use serde_json::value::RawValue;

/// An entry as its JSON text.
#[derive(Clone, Debug)]
pub struct Line {
    pub seq: Seq,
    pub text: Box<str>,
}

/// A `page` frame, ready to be sent.
#[derive(Clone, Debug)]
pub struct PageText {
    pub room: RoomId,
    pub from: Seq,
    pub to: Seq,
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
    body: &'a RawValue,
}

#[derive(Serialize)]
struct Unknown<'a> {
    seq: Seq,
    id: EntryId,
    kind: &'a str,
}

impl Line {
    /// The text of an entry. A kind that this build does not know goes without its body: a build
    /// that cannot read a body cannot reduce it to what a member may see either.
    ///
    /// # Errors
    /// `Internal` when a stored body is not JSON.
    pub fn of(row: &EntryRow) -> Result<Line> {
        let (seq, id, kind) = (row.seq, row.id, row.kind.as_str());
        let text = if Body::KINDS.contains(&kind) {
            let body: &RawValue = serde_json::from_str(&row.body)
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
        Ok(Line { seq, text: text.into_boxed_str() })
    }
}

impl PageText {
    /// The page of these consecutive lines; with none, the empty page after `before_first`.
    pub fn of<'a>(
        room: RoomId,
        before_first: Seq,
        head: Seq,
        lines: impl Iterator<Item = &'a Line> + Clone,
    ) -> PageText {
        let from = lines.clone().next().map_or_else(|| before_first.next(), |line| line.seq);
        let to = lines.clone().last().map_or_else(|| from.previous(), |line| line.seq);
        let length: usize = lines.clone().map(|line| line.text.len() + 1).sum();
        let mut text = String::with_capacity(length + 160);
        text.push_str(&format!(
            r#"{{"t":"page","room":"{room}","from":{from},"to":{to},"head":{head},"entries":["#
        ));
        for (i, line) in lines.enumerate() {
            if i > 0 {
                text.push(',');
            }
            text.push_str(&line.text);
        }
        text.push_str("]}");
        PageText { room, from, to, head, text: Bytes::from(text) }
    }
}

/// Reads one page of a room. Whoever calls has decided that this reader may; `stretch.head` is
/// looked up here.
///
/// # Errors
/// Whatever the database said.
pub async fn read(conn: &mut Conn, stretch: Stretch) -> Result<PageText> {
    let head = rooms::head(conn, stretch.constellation, stretch.room).await?;
    let rows = entries::range(conn, Stretch { head, ..stretch }).await?;
    let mut lines = rows.iter().map(Line::of).collect::<Result<Vec<Line>>>()?;
    let before_first = match stretch.side {
        Side::After(seq) => {
            let within = bounded(lines.iter());
            lines.truncate(within);
            seq.max(stretch.floor.previous())
        }
        Side::Before(seq) => {
            let within = bounded(lines.iter().rev());
            lines.drain(..lines.len() - within);
            seq.min(head.next()).max(stretch.floor).previous()
        }
    };
    Ok(PageText::of(stretch.room, before_first, head, lines.iter()))
}

/// How many of these lines fit into one page: at least one, else nothing would ever move.
pub fn bounded<'a>(lines: impl Iterator<Item = &'a Line>) -> usize {
    let most = usize::try_from(PAGE_MAX_ENTRIES).unwrap_or(usize::MAX);
    let mut bytes = 0;
    let mut count = 0;
    for line in lines.take(most) {
        bytes += line.text.len() + 1;
        if count > 0 && bytes > PAGE_MAX_BYTES {
            break;
        }
        count += 1;
    }
    count
}
