//! One transaction's worth of entries: the append itself, step by step as `log` promises it. Used
//! by the log's writer for drafts, and by the register for what it writes beside its own rows.

use super::{Parts, Receipt, Who, Written};
use crate::{
    error::Result,
    page::Line,
    store::{
        Conn, Tx,
        entries::{self, Earlier, EntryRow, NewEntry},
        rooms::{self, Locked, Membership, Seat},
    },
};
use roost_shared::{
    ConstellationId, Draft, EntryId, PersonId, Refusal, RoomId, Seq,
    kind::{Body, Context, Effect, Needs, Target},
    policy::{Actor, Object, decide},
};
use std::collections::{BTreeMap, BTreeSet};

/// The entries of one transaction. Rooms are locked first, in the order of their ids, so that two
/// transactions can never wait for each other.
pub struct Batch<'t> {
    tx: &'t mut Tx,
    parts: &'t Parts,
    now: i64,
    rooms: BTreeMap<RoomId, Open>,
}

struct Open {
    constellation: ConstellationId,
    locked: Locked,
    lines: Vec<Line>,
    left: Vec<PersonId>,
    members_changed: bool,
}

impl<'t> Batch<'t> {
    /// An empty batch in a transaction that has done nothing yet.
    pub fn new(tx: &'t mut Tx, parts: &'t Parts) -> Batch<'t> {
        Batch { tx, now: parts.clock.now(), parts, rooms: BTreeMap::new() }
    }

    /// Takes the locks of these rooms. A room that is not in the given constellation stays
    /// unlocked, and appending to it is refused as to a room that does not exist.
    ///
    /// # Errors
    /// Whatever the database said; the transaction is lost.
    pub async fn lock(
        &mut self,
        rooms: impl Iterator<Item = (RoomId, ConstellationId)>,
    ) -> Result<()> {
        for (room, constellation) in rooms.collect::<BTreeSet<_>>() {
            if let Some(locked) = rooms::lock(self.tx.conn(), constellation, room).await? {
                let (lines, left) = (Vec::new(), Vec::new());
                let open = Open { constellation, locked, lines, left, members_changed: false };
                self.rooms.insert(room, open);
            }
        }
        Ok(())
    }

    /// The connection under the batch, for what commits together with its entries.
    pub fn conn(&mut self) -> &mut Conn {
        self.tx.conn()
    }

    /// One draft. The inner result is the answer to its author; the outer error means that the
    /// whole transaction is lost.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn append(
        &mut self,
        who: Who,
        room: RoomId,
        draft: &Draft,
    ) -> Result<Result<Receipt, Refusal>> {
        let body = Body::read(&draft.kind, &draft.body);
        let digest = self.parts.keys.draft_digest(room, draft, body.as_ref().ok());
        let author = author(who);
        let (member, earlier) = earlier(self.tx.conn(), who, room, draft.id).await?;
        if let Some(earlier) = earlier {
            return Ok(repeat(&earlier, room, &digest));
        }
        let view = member.map(|member| member.view);
        let judged = body.and_then(|body| {
            decide(who.actor, body.action(), Object::Room { member: view }).map(|()| body)
        });
        let known_room =
            self.rooms.get(&room).is_some_and(|open| open.constellation == who.constellation);
        // A room that is none of the author's answers alike, whatever was sent to it.
        if !known_room || (author.is_some() && member.is_none()) {
            return Ok(Err(Refusal::NotFound));
        }
        let body = match judged {
            Ok(body) => body,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let floor = member.map_or(Seq::ZERO, |member| member.floor);
        let context = self.context(room, draft, body.needs(draft), floor).await?;
        if let Err(refusal) = body.permit(&context) {
            return Ok(Err(refusal));
        }
        let row = self.row(room, author, draft, &body);
        self.write(room, row, &digest, body.effects(&context)).await
    }

    /// Loads what the kind needs, and nothing else.
    async fn context(
        &mut self,
        room: RoomId,
        draft: &Draft,
        needs: Needs,
        floor: Seq,
    ) -> Result<Context> {
        let open = &self.rooms[&room];
        let (constellation, locked) = (open.constellation, open.locked);
        let target = match draft.target {
            Some(id) if needs.target => {
                entries::target(self.tx.conn(), constellation, room, id).await?
            }
            _ => None,
        };
        let is_member = match needs.membership_of {
            Some(person) => {
                let seat = Seat { constellation, room, person };
                rooms::member(self.tx.conn(), seat).await?.is_some()
            }
            None => false,
        };
        Ok(Context {
            room_kind: locked.kind,
            seq: locked.head.next(),
            targeted: draft.target.is_some(),
            // What lies below the author's floor is not there for them.
            target: target.filter(|(seq, _)| *seq >= floor).map(|(seq, kind)| Target { seq, kind }),
            is_member,
        })
    }

    fn row(&self, room: RoomId, author: Option<PersonId>, draft: &Draft, body: &Body) -> EntryRow {
        let locked = self.rooms[&room].locked;
        EntryRow {
            seq: locked.head.next(),
            id: draft.id,
            kind: draft.kind.clone(),
            author,
            target: draft.target,
            // Time in a room never runs backwards, whatever the clocks of instances say.
            at: self.now.max(locked.head_at),
            body: body.to_text(),
        }
    }

    /// From here on the draft is taken: its row, its effects, and the room's head move together.
    async fn write(
        &mut self,
        room: RoomId,
        row: EntryRow,
        digest: &str,
        effects: Vec<Effect>,
    ) -> Result<Result<Receipt, Refusal>> {
        let constellation = self.rooms[&room].constellation;
        let new = NewEntry { constellation, room, row: &row, digest };
        if !entries::add(self.tx.conn(), new).await? {
            return Ok(Err(Refusal::IdReused));
        }
        for effect in effects {
            self.apply(room, row.at, effect).await?;
        }
        let line = Line::of(&row)?;
        let open = self.rooms.get_mut(&room).expect("the caller looked the room up");
        open.locked.head = row.seq;
        open.locked.head_at = row.at;
        open.lines.push(line);
        Ok(Ok(Receipt { seq: row.seq, at: row.at, first: true }))
    }

    async fn apply(&mut self, room: RoomId, at: i64, effect: Effect) -> Result<()> {
        let open = self.rooms.get_mut(&room).expect("the caller looked the room up");
        let constellation = open.constellation;
        open.members_changed = true;
        match effect {
            Effect::Join { person, floor, view } => {
                let seat = Seat { constellation, room, person };
                rooms::join(self.tx.conn(), seat, Membership { floor, view }).await
            }
            Effect::Leave { person } => {
                open.left.push(person);
                rooms::leave(self.tx.conn(), Seat { constellation, room, person }, at).await
            }
        }
    }

    /// Sets the heads. What it returns goes to the bus, after the commit and not before.
    ///
    /// # Errors
    /// Whatever the database said; the transaction is lost.
    pub async fn finish(self) -> Result<Vec<Written>> {
        let mut written = Vec::new();
        for (room, open) in self.rooms {
            let Open { constellation, locked, lines, left, members_changed } = open;
            if lines.is_empty() {
                continue;
            }
            rooms::advance(self.tx.conn(), constellation, room, &locked).await?;
            written.push(Written { constellation, room, lines, left, members_changed });
        }
        Ok(written)
    }
}

/// Who will stand as the author; nobody when the service itself writes.
fn author(who: Who) -> Option<PersonId> {
    match who.actor {
        Actor::Operator => None,
        Actor::Person { person, .. } => Some(person),
    }
}

/// How the author stands in the room, and what they already wrote under this id.
pub(super) async fn earlier(
    conn: &mut Conn,
    who: Who,
    room: RoomId,
    id: EntryId,
) -> Result<(Option<Membership>, Option<Earlier>)> {
    let constellation = who.constellation;
    match author(who) {
        Some(person) => entries::standing(conn, Seat { constellation, room, person }, id).await,
        None => Ok((None, entries::by_id(conn, constellation, room, id).await?)),
    }
}

/// The first answer again, or a refusal when it is not the same draft.
pub(super) fn repeat(earlier: &Earlier, room: RoomId, digest: &str) -> Result<Receipt, Refusal> {
    if earlier.room == room && earlier.digest == digest {
        Ok(Receipt { seq: earlier.seq, at: earlier.at, first: false })
    } else {
        Err(Refusal::IdReused)
    }
}
