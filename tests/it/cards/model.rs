//! A room in memory: the rules of `shared`, and of the log what touches cards. It stands beside the
//! server as its second opinion, and plays thousands of histories while the server plays one.

use super::{acts::Player, reader::Sheet};
use roost_server::clock;
use roost_shared::{
    CardOf, Draft, Entry, EntryId, HomeId, PersonId, Refusal, Seq,
    frame::Side,
    kind::{Author, Body, Context, Effect, Target},
    policy::{Actor, Object, decide},
    room::{RoomKind, View},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The log of a room, what became of its entries, and who reads it from where.
pub struct Room {
    pub kind: RoomKind,
    /// The first is seq 1.
    pub log: Vec<Arc<Entry>>,
    pub cards: BTreeMap<EntryId, Arc<CardOf>>,
    /// The floor of each member.
    pub members: BTreeMap<PersonId, Seq>,
    were: BTreeSet<PersonId>,
    pub homes: Vec<HomeId>,
}

impl Room {
    /// An empty room in a constellation of these homes.
    pub fn new(kind: RoomKind, homes: Vec<HomeId>) -> Room {
        let (cards, members, were) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Room { kind, log: Vec::new(), cards, members, were, homes }
    }

    pub fn head(&self) -> Seq {
        self.log.last().map_or(Seq::ZERO, |entry| entry.seq)
    }

    pub fn entry(&self, id: EntryId) -> Option<&Arc<Entry>> {
        self.log.iter().find(|entry| entry.id == id)
    }

    /// Whether this person was in the room before.
    pub fn knows(&self, person: PersonId) -> bool {
        self.were.contains(&person)
    }

    /// What the log does with a draft: the same steps in the same order.
    ///
    /// # Errors
    /// What its author hears.
    pub fn append(&mut self, by: Option<Player>, draft: &Draft, now: i64) -> Result<Seq, Refusal> {
        let floor = match by {
            None => Seq::ZERO,
            Some(by) => *self.members.get(&by.person).ok_or(Refusal::NotFound)?,
        };
        let body = Body::read(&draft.kind, &draft.body)?;
        let actor =
            by.map_or(Actor::Operator, |by| Actor::Person { person: by.person, role: by.role });
        let object = Object::Room { member: by.map(|_| View::Full), kind: self.kind };
        decide(actor, body.action(), object)?;
        let context = self.context(by, floor, (draft, &body), now);
        body.permit(&context)?;
        let (id, seq, at) = (draft.id, context.seq, context.at);
        // Nothing is stored for a body that is not kept.
        let stored = serde_json::from_str(&body.stored(&context)).ok();
        let author = context.author.person;
        let (kind, target) = (draft.kind.clone(), draft.target);
        for effect in body.effects(&context) {
            self.apply(effect);
        }
        let entry = Entry { seq, id, kind, author, target, at, body: stored };
        self.log.push(Arc::new(entry));
        for card in body.cards(id, &context) {
            self.cards.insert(card.target, Arc::new(card));
        }
        Ok(seq)
    }

    /// As the log loads it.
    fn context(
        &self,
        by: Option<Player>,
        floor: Seq,
        (draft, body): (&Draft, &Body),
        now: i64,
    ) -> Context {
        let needs = body.needs(draft);
        let found = draft.target.filter(|_| needs.target).and_then(|id| self.entry(id));
        let target = found.filter(|entry| entry.seq >= floor).map(|entry| Target {
            id: entry.id,
            seq: entry.seq,
            kind: entry.kind.clone(),
            author: entry.author,
            said_at: needs.said_at.then_some(entry.at),
            body: entry.body.clone(),
        });
        let card = target.as_ref().and_then(|target| self.cards.get(&target.id));
        let card = card.map(|card| card.card.clone()).unwrap_or_default();
        let at = now.max(self.log.last().map_or(0, |entry| entry.at));
        let (person, role) = (by.map(|by| by.person), by.map(|by| by.role));
        Context {
            room_kind: self.kind,
            seq: self.head().next(),
            now,
            at,
            author: Author { person, role, home: by.and_then(|by| by.home) },
            local: clock::local(now),
            targeted: draft.target.is_some(),
            target,
            card,
            is_member: needs.membership_of.is_some_and(|one| self.members.contains_key(&one)),
            homes: if needs.homes { self.homes.clone() } else { Vec::new() },
        }
    }

    fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::Join { person, floor, .. } => {
                // Whoever comes back reads from their return on.
                let back = !self.were.insert(person);
                self.members.insert(person, if back { self.head().next() } else { floor });
            }
            Effect::Leave { person } => {
                self.members.remove(&person);
            }
            Effect::Blank { target } => self.rewrite(None, |entry| entry.id == target),
            Effect::Revise { target, body } => {
                let body = serde_json::from_str(&body).unwrap();
                self.rewrite(Some(&body), |entry| entry.id == target);
            }
        }
    }

    fn rewrite(&mut self, body: Option<&serde_json::Value>, whose: impl Fn(&Entry) -> bool) {
        for entry in self.log.iter_mut().filter(|entry| whose(entry)) {
            *entry = Arc::new(Entry { body: body.cloned(), ..Entry::clone(entry) });
        }
    }

    /// What a commit of everything from this seq on says to a reader who is there.
    pub fn live(&self, from: Seq, floor: Seq) -> Sheet {
        let cards = self.cards.values().filter(|card| card.card.at_seq >= from);
        let cards = cards.filter(|card| card.seq >= floor).cloned().collect();
        Sheet { from, entries: self.between(from, self.head()).to_vec(), cards }
    }

    /// What the log answers to somebody who reads it.
    pub fn range(&self, side: Side, limit: usize, floor: Seq) -> Sheet {
        let limit = i64::try_from(limit).unwrap();
        let (from, to) = match side {
            Side::After(seq) => {
                let from = seq.next().max(floor);
                (from, self.head().min(Seq(from.0 + limit - 1)))
            }
            Side::Before(seq) => {
                let to = seq.previous().min(self.head());
                (floor.max(Seq(to.0 - limit + 1)), to)
            }
        };
        let within = |seq: Seq| (from..=to).contains(&seq);
        let goes = |card: &&Arc<CardOf>| within(card.seq) || within(card.card.at_seq);
        let cards = self.cards.values().filter(goes).filter(|card| card.seq >= floor);
        Sheet { from, entries: self.between(from, to).to_vec(), cards: cards.cloned().collect() }
    }

    fn between(&self, from: Seq, to: Seq) -> &[Arc<Entry>] {
        let (from, to) = (usize::try_from(from.0 - 1).unwrap(), usize::try_from(to.0).unwrap());
        self.log.get(from..to).unwrap_or_default()
    }
}
