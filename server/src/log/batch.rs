//! One transaction's worth of entries: the append itself, step by step as `log` promises it. Used
//! by the log's writer for drafts, and by the register for what it writes beside its own rows.
//!
//! The database is asked about all drafts of a batch at once, and given their rows at once. What
//! one draft changed for the next is known here meanwhile: heads, ids and rows in `Batch`. A change
//! of members is not; what comes after it is asked about anew.

use super::{Parts, Receipt, Who, Written};
use crate::{
    chain::Point,
    clock,
    error::{Error, Result},
    page::{CardLine, Line},
    reckoning::SKEW_MAX_MS,
    store::{
        Conn, Tx,
        cards::{self, Change},
        entries::{self, Asked, Earlier, EntryRow, NewEntry, Standing, Stretch},
        people,
        rooms::{self, Membership, Seat},
        time,
    },
};
use roost_shared::{
    ConstellationId, Draft, EntryId, PersonId, Refusal, RoomId, Seq,
    card::{Card, CardOf},
    frame::Side,
    kind::{Author, Body, Context, Effect, Target},
    policy::{Actor, Object, decide},
    room::RoomKind,
    tally,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The entries of one transaction. Rooms are locked first, in the order of their ids, so that two
/// transactions can never wait for each other.
pub struct Batch<'t> {
    tx: &'t mut Tx,
    parts: &'t Parts,
    now: i64,
    rooms: BTreeMap<RoomId, Open>,
    /// Rows that the database has not been given yet.
    rows: Vec<NewEntry>,
    /// What this batch has written, by id.
    written: HashMap<EntryId, Earlier>,
    /// Whether members changed since the database was last asked about drafts.
    members_moved: bool,
}

/// A draft and where it came from.
#[derive(Clone, Copy)]
pub struct Drafted<'a> {
    pub who: Who,
    pub room: RoomId,
    pub draft: &'a Draft,
}

/// The answer to the author of a draft.
pub type Answer = Result<Receipt, Refusal>;

/// A room that this transaction writes to.
struct Open {
    constellation: ConstellationId,
    kind: RoomKind,
    head: Point,
    head_at: i64,
    lines: Vec<Line>,
    cards: BTreeMap<Seq, CardLine>,
    rewrote: bool,
    left: Vec<PersonId>,
    members_changed: bool,
}

impl<'t> Batch<'t> {
    /// An empty batch in a transaction that has done nothing yet.
    pub fn new(tx: &'t mut Tx, parts: &'t Parts) -> Batch<'t> {
        Batch {
            tx,
            now: parts.clock.now(),
            parts,
            rooms: BTreeMap::new(),
            rows: Vec::new(),
            written: HashMap::new(),
            members_moved: false,
        }
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
            rooms::lock(self.tx, constellation, room).await?;
        }
        Ok(())
    }

    /// The connection under the batch, for what commits together with its entries.
    pub fn conn(&mut self) -> &mut Conn {
        self.tx.conn()
    }

    /// Drafts for locked rooms, in order. The inner results are the answers to their authors; the
    /// outer error means that the whole transaction is lost.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn append(&mut self, drafts: &[Drafted<'_>]) -> Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(drafts.len());
        while let Some(rest) = drafts.get(answers.len()..).filter(|rest| !rest.is_empty()) {
            self.flush().await?;
            self.members_moved = false;
            let asked: Vec<Asked> = rest.iter().map(asked).collect();
            let standings = entries::standings_in(self.tx, &asked).await?;
            for (drafted, standing) in rest.iter().zip(standings) {
                answers.push(self.take(*drafted, standing).await?);
                if self.members_moved {
                    break;
                }
            }
        }
        Ok(answers)
    }

    async fn take(&mut self, drafted: Drafted<'_>, standing: Option<Standing>) -> Result<Answer> {
        let Drafted { who, room, draft } = drafted;
        let author = author(who);
        // A room that is none of the author's answers alike, whatever was sent to it.
        let Some(standing) = standing.filter(|standing| author.is_none() || standing.known) else {
            return Ok(Err(Refusal::NotFound));
        };
        let body = Body::read(&draft.kind, &draft.body);
        let digest = self.parts.keys.draft_digest(room, draft, body.as_ref().ok());
        if let Some(earlier) = self.written.get(&draft.id).or(standing.earlier.as_ref()) {
            return Ok(repeat(earlier, &drafted, &digest));
        }
        if author.is_some() && standing.member.is_none() {
            return Ok(Err(Refusal::NotFound));
        }
        let member = standing.member.map(|member| member.view);
        let object = Object::Room { member, kind: standing.kind };
        let judged = body.and_then(|body| decide(who.actor, body.action(), object).map(|()| body));
        let body = match judged {
            Ok(body) => body,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.open(who.constellation, room, &standing);
        let context = self.context(drafted, &body, &standing).await?;
        if let Err(refusal) = body.permit(&context) {
            return Ok(Err(refusal));
        }
        let row = self.row((room, draft), &body, &context);
        self.write(room, (row, digest), (&body, &context)).await.map(Ok)
    }

    /// The room as this batch knows it: its own entries may have moved the head since.
    fn open(&mut self, constellation: ConstellationId, room: RoomId, standing: &Standing) {
        self.rooms.entry(room).or_insert_with(|| Open {
            constellation,
            kind: standing.kind,
            head: standing.head,
            head_at: standing.head_at,
            lines: Vec::new(),
            cards: BTreeMap::new(),
            rewrote: false,
            left: Vec::new(),
            members_changed: false,
        });
    }

    /// Loads what the kind needs, and nothing else.
    async fn context(
        &mut self,
        Drafted { who, room, draft }: Drafted<'_>,
        body: &Body,
        standing: &Standing,
    ) -> Result<Context> {
        let open = &self.rooms[&room];
        let (constellation, room_kind, seq) = (open.constellation, open.kind, open.head.seq.next());
        // Entries of a room stand in the order of their moments, whatever time it was before.
        let (now, at) = (self.now, self.now.max(open.head_at));
        let needs = body.needs(draft);
        let floor = standing.member.map_or(Seq::ZERO, |member| member.floor);
        let (mut target, mut card) = (None, Card::default());
        if let (true, Some(id)) = (needs.target, draft.target) {
            self.flush().await?;
            let found = entries::target(self.tx.conn(), constellation, room, id).await?;
            // What lies below the author's floor is not there for them.
            if let Some(row) = found.filter(|row| row.seq >= floor) {
                let at = row.at;
                target = Some(target_of(row)?);
                if let (true, Some(target)) = (needs.said_at, &mut target) {
                    let said = time::said(self.tx.conn(), (constellation, room), id).await?;
                    target.said_at = Some(said.unwrap_or(at));
                }
                card = cards::get(self.tx.conn(), constellation, room, id).await?;
            }
        }
        let is_member = match needs.membership_of {
            Some(person) => {
                let seat = Seat { constellation, room, person };
                rooms::member(self.tx.conn(), seat).await?.is_some()
            }
            None => false,
        };
        let homes = match needs.homes {
            true => {
                let members = people::of_constellation(self.tx.conn(), constellation).await?;
                tally::asked(members.iter().map(|member| &member.card))
            }
            false => Vec::new(),
        };
        let role = match who.actor {
            Actor::Operator => None,
            Actor::Person { role, .. } => Some(role),
        };
        Ok(Context {
            room_kind,
            seq,
            now,
            at,
            author: Author { person: author(who), role, home: standing.home },
            local: clock::local(now),
            targeted: draft.target.is_some(),
            target,
            card,
            is_member,
            homes,
        })
    }

    /// The entry that a draft becomes in this state of the room.
    fn row(&self, (room, draft): (RoomId, &Draft), body: &Body, context: &Context) -> EntryRow {
        let (before, seq, at) = (self.rooms[&room].head.chain, context.seq, context.at);
        let chain = self.parts.keys.chain_keys.next(before, (room, seq), (draft.id, at));
        EntryRow {
            seq,
            id: draft.id,
            kind: draft.kind.clone(),
            author: context.author.person,
            target: draft.target,
            at,
            body: body.stored(context),
            chain: Some(chain),
        }
    }

    /// From here on the draft is taken: its row, its effects, its card and that of its target, and
    /// the room's head move together.
    async fn write(
        &mut self,
        room: RoomId,
        (row, digest): (EntryRow, String),
        (body, context): (&Body, &Context),
    ) -> Result<Receipt> {
        for effect in body.effects(context) {
            self.apply(room, (row.seq, row.at), effect).await?;
        }
        for card in body.cards(row.id, context) {
            self.put_card(room, card).await?;
        }
        if context.at - context.now > SKEW_MAX_MS {
            let place = (self.rooms[&room].constellation, room);
            time::say(self.tx.conn(), place, row.id, context.now).await?;
        }
        let open = self.rooms.get_mut(&room).expect("the caller opened the room");
        open.head = Point { seq: row.seq, chain: row.chain };
        open.head_at = row.at;
        open.lines.push(Line::of(&row)?);
        let receipt = Receipt { seq: row.seq, at: row.at, first: true };
        let (seq, author, at, digest_too) = (row.seq, row.author, row.at, digest.clone());
        self.written.insert(row.id, Earlier { room, author, seq, at, digest: digest_too });
        self.rows.push(NewEntry { constellation: open.constellation, room, row, digest });
        Ok(receipt)
    }

    async fn put_card(&mut self, room: RoomId, card: CardOf) -> Result<()> {
        let open = self.rooms.get_mut(&room).expect("the caller opened the room");
        let row = cards::put(self.tx.conn(), open.constellation, room, &card).await?;
        open.cards.insert(card.seq, CardLine::of(&row));
        Ok(())
    }

    async fn apply(&mut self, room: RoomId, (seq, at): (Seq, i64), effect: Effect) -> Result<()> {
        let open = self.rooms.get_mut(&room).expect("the caller opened the room");
        let constellation = open.constellation;
        let change = |target| Change { constellation, room, target, by_seq: seq, at };
        match effect {
            Effect::Join { person, floor, view } => {
                open.members_changed = true;
                self.members_moved = true;
                let seat = Seat { constellation, room, person };
                rooms::join(self.tx.conn(), seat, Membership { floor, view }).await
            }
            Effect::Leave { person } => {
                open.left.push(person);
                open.members_changed = true;
                self.members_moved = true;
                rooms::leave(self.tx.conn(), Seat { constellation, room, person }, at).await
            }
            Effect::Blank { target } => {
                self.flush().await?;
                let seq = cards::revise(self.tx.conn(), change(target), "").await?;
                self.rewrite(room, seq).await
            }
            Effect::Revise { target, body } => {
                self.flush().await?;
                let seq = cards::revise(self.tx.conn(), change(target), &body).await?;
                self.rewrite(room, seq).await
            }
        }
    }

    /// The body of this entry is another now, also where this batch itself wrote it.
    async fn rewrite(&mut self, room: RoomId, seq: Option<Seq>) -> Result<()> {
        let open = self.rooms.get_mut(&room).expect("the caller opened the room");
        open.rewrote = true;
        for line in open.lines.iter_mut().filter(|line| Some(line.seq) == seq) {
            let (constellation, side) = (open.constellation, Side::After(line.seq.previous()));
            let (floor, head, limit) = (Seq::ZERO.next(), line.seq, 1);
            let stretch = Stretch { constellation, room, side, floor, head, limit };
            for row in entries::range(self.tx.conn(), stretch).await? {
                *line = Line::of(&row)?;
            }
        }
        Ok(())
    }

    /// Gives the database the rows it does not have yet. Where another instance wrote one of these
    /// ids since we asked, in another room, this fails: tried alone, each draft finds out.
    async fn flush(&mut self) -> Result<()> {
        entries::add(self.tx.conn(), &std::mem::take(&mut self.rows)).await
    }

    /// For a caller that has more to write in this transaction. What it returns goes to the bus,
    /// after the commit and not before.
    ///
    /// # Errors
    /// Whatever the database said; the transaction is lost.
    pub async fn finish(mut self) -> Result<Vec<Written>> {
        self.flush().await?;
        Ok(self.end().1)
    }

    /// The last rows, which the database has not been given, and what goes to the bus after the
    /// commit.
    pub fn end(self) -> (Vec<NewEntry>, Vec<Written>) {
        let written = self.rooms.into_iter().filter(|(_, open)| !open.lines.is_empty());
        let written = written.map(|(room, open)| {
            let Open { constellation, lines, cards, rewrote, left, members_changed, .. } = open;
            let cards = cards.into_values().collect();
            Written { constellation, room, lines, cards, rewrote, left, members_changed }
        });
        (self.rows, written.collect())
    }
}

/// Who will stand as the author; nobody when the service itself writes.
fn author(who: Who) -> Option<PersonId> {
    match who.actor {
        Actor::Operator => None,
        Actor::Person { person, .. } => Some(person),
    }
}

/// A stored entry as a kind sees it; a body that was removed is not there.
fn target_of(row: EntryRow) -> Result<Target> {
    let EntryRow { seq, id, kind, author, body, .. } = row;
    let body = (!body.is_empty())
        .then(|| serde_json::from_str(&body))
        .transpose()
        .map_err(|e| Error::internal("a stored body is not JSON", e.classify() as u8))?;
    Ok(Target { id, seq, kind, author, said_at: None, body })
}

/// What the database is asked about a draft.
pub(super) fn asked(Drafted { who, room, draft }: &Drafted<'_>) -> Asked {
    let (constellation, author) = (who.constellation, author(*who));
    Asked { constellation, room: *room, author, id: draft.id }
}

/// The first answer again, or a refusal when it is not the same draft.
pub(super) fn repeat(earlier: &Earlier, drafted: &Drafted<'_>, digest: &str) -> Answer {
    let same = (earlier.room, earlier.author) == (drafted.room, author(drafted.who));
    if same && earlier.digest == digest {
        Ok(Receipt { seq: earlier.seq, at: earlier.at, first: false })
    } else {
        Err(Refusal::IdReused)
    }
}
