//! The directory: what a phone is told in `welcome`. People and homes of a constellation are read
//! once and kept until the constellation changes; rooms and heads are always read.

use super::{People, session::Me};
use crate::{
    clock::{entropy, spread},
    config,
    error::Result,
    store::{
        Db, homes, marks, meta, people,
        rooms::{self, Mine},
    },
};
use roost_shared::{
    ConstellationId, Epoch, PersonId, RoomId, Seq,
    frame::{Cursors, HomeCard, PersonCard, VERSION, Welcome},
    policy::Role,
    room::{Listed, Mark, Named, RoomKind, title},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// How many people's phones must say that history was set back.
const CLAIMS_NEEDED: usize = 2;

/// The names of a constellation.
pub struct Names {
    constellation: String,
    people: Vec<PersonCard>,
    homes: Vec<HomeCard>,
}

/// What is known of constellations. Cheap to clone.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

struct Inner {
    db: Db,
    people: People,
    live: config::Live,
    epoch: Mutex<Epoch>,
    /// Who has claimed to hold more than the log does.
    claims: Mutex<BTreeSet<PersonId>>,
    kept: Mutex<HashMap<ConstellationId, (i64, Arc<Names>)>>,
}

impl Directory {
    /// Reads the epoch, or begins the first one.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn open(people: People, live: config::Live) -> Result<Directory> {
        let db = people.db.clone();
        let fresh = Epoch::new(people.now(), entropy());
        let mut tx = db.begin().await?;
        let epoch = meta::epoch(tx.conn(), fresh).await?;
        tx.commit().await?;
        let (epoch, claims, kept) = (Mutex::new(epoch), Mutex::default(), Mutex::default());
        Ok(Directory(Arc::new(Inner { db, people, live, epoch, claims, kept })))
    }

    /// The epoch now.
    pub fn epoch(&self) -> Epoch {
        *self.0.epoch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A person's rooms as they stand now.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn rooms(
        &self,
        constellation: ConstellationId,
        person: PersonId,
    ) -> Result<Vec<Mine>> {
        let mut conn = self.0.db.reader().await?;
        rooms::of_person(&mut conn, constellation, person).await
    }

    /// The welcome for me with these rooms, and what my phones are known to hold.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn welcome(&self, me: &Me, rooms: &[Mine]) -> Result<(Welcome, Cursors)> {
        let names = self.names(me.constellation).await?;
        let mut conn = self.0.db.reader().await?;
        let marks = marks::of_member(&mut conn, me.constellation, me.person).await?;
        drop(conn);
        let own = marks.iter().filter(|(_, mark)| mark.person == me.person);
        let held = own.map(|(room, mark)| (*room, mark.delivered)).collect();
        let in_peers = rooms.iter().any(|mine| mine.kind == RoomKind::Peers);
        let live = &self.0.live;
        let welcome = Welcome {
            v: VERSION,
            epoch: self.epoch(),
            now: self.0.people.now(),
            beat_ms: i64::try_from(live.beat_ms).unwrap_or(i64::MAX),
            silence_ms: i64::try_from(live.silence_ms).unwrap_or(i64::MAX),
            retry_ms: spread(live.retry_spread_ms),
            me: me.person,
            rooms: rooms.iter().map(|mine| listed(mine, me, &names, &marks)).collect(),
            people: visible_people(me, &names, in_peers),
            homes: if me.role == Role::Young { Vec::new() } else { names.homes.clone() },
        };
        Ok((welcome, held))
    }

    async fn names(&self, constellation: ConstellationId) -> Result<Arc<Names>> {
        let mut conn = self.0.db.reader().await?;
        let pulse = meta::pulse(&mut conn).await?;
        if let Some((at, names)) = self.kept().get(&constellation)
            && *at == pulse
        {
            return Ok(names.clone());
        }
        let name = homes::constellation_name(&mut conn, constellation).await?;
        let members = people::of_constellation(&mut conn, constellation).await?;
        let names = Arc::new(Names {
            constellation: name.unwrap_or_default(),
            people: members.into_iter().map(|member| member.card).collect(),
            homes: homes::of_constellation(&mut conn, constellation).await?,
        });
        // Read after the pulse: at worst too new for its number, and then read once more.
        self.kept().insert(constellation, (pulse, names.clone()));
        Ok(names)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<ConstellationId, (i64, Arc<Names>)>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A phone of this epoch claims to hold more than the log does. `None`: it does not.
    ///
    /// One person's word is not enough to make every phone forget: that phone alone is told of
    /// another epoch, and starts anew. When a second person's phone says the same, history was set
    /// back: the epoch ends, once in the life of a process, since the database of a running one
    /// cannot be set back.
    pub async fn check_rollback(
        &self,
        me: &Me,
        rooms: &[Mine],
        cursors: &Cursors,
    ) -> Option<Result<Epoch>> {
        let ahead = |mine: &&Mine| cursors.get(&mine.room).is_some_and(|seq| *seq > mine.head);
        let ahead = rooms.iter().find(ahead)?;
        tracing::error!(
            room.id = %ahead.room, room.head = %ahead.head, person.id = %me.person,
            "ROLLBACK? a phone claims to hold entries that this database does not have"
        );
        crate::metrics::all().rollback();
        let claims = {
            let mut claims = self.0.claims.lock().unwrap_or_else(PoisonError::into_inner);
            claims.insert(me.person);
            claims.len()
        };
        if claims == CLAIMS_NEEDED {
            return Some(self.end_epoch().await);
        }
        Some(Ok(Epoch::new(self.0.people.now(), entropy())))
    }

    async fn end_epoch(&self) -> Result<Epoch> {
        let (old, new) = (self.epoch(), Epoch::new(self.0.people.now(), entropy()));
        let mut tx = self.0.db.begin().await?;
        let mine = meta::replace_epoch(tx.conn(), old, new).await?;
        let epoch = if mine { new } else { meta::epoch(tx.conn(), new).await? };
        tx.commit().await?;
        *self.0.epoch.lock().unwrap_or_else(PoisonError::into_inner) = epoch;
        tracing::error!("ROLLBACK: the epoch ends, every phone reads its rooms anew");
        Ok(epoch)
    }
}

fn listed(mine: &Mine, me: &Me, names: &Names, marks: &[(RoomId, Mark)]) -> Listed {
    let home_name = |wanted: &dyn Fn(&&HomeCard) -> bool| {
        names.homes.iter().find(wanted).map_or("", |home| home.name.as_str())
    };
    let named = Named {
        constellation: &names.constellation,
        hub_home: home_name(&|home| home.hub),
        home: home_name(&|home| Some(home.home) == mine.home),
    };
    let here = marks.iter().filter(|(room, _)| *room == mine.room).map(|(_, mark)| mark);
    let (own, others): (Vec<&Mark>, Vec<&Mark>) = here.partition(|mark| mark.person == me.person);
    Listed {
        room: mine.room,
        kind: mine.kind,
        title: title(mine.kind, me.role, &named),
        read: own.first().map_or(Seq::ZERO, |mark| mark.read),
        marks: if mine.kind.has_marks() {
            others.into_iter().cloned().collect()
        } else {
            Vec::new()
        },
        floor: mine.membership.floor,
        head: mine.head,
        view: mine.membership.view,
    }
}

/// Adults see the adults of their constellation, but for the admin, who says nothing there; a young
/// person sees themselves and the liaison worker, and once their room is open the others in it, but
/// not where they live; an adult does not see which young people have a sign-in, but for the
/// liaison worker.
fn visible_people(me: &Me, names: &Names, in_peers: bool) -> Vec<PersonCard> {
    let visible = |card: &&PersonCard| {
        card.person == me.person
            || match me.role {
                Role::Liaison => true,
                Role::Young => card.role == Role::Liaison || in_peers && card.role == Role::Young,
                Role::Admin => false,
                Role::Hub | Role::Satellite => !matches!(card.role, Role::Young | Role::Admin),
            }
    };
    let mut cards: Vec<PersonCard> = names.people.iter().filter(visible).cloned().collect();
    if me.role == Role::Young {
        let others = cards.iter_mut().filter(|card| card.person != me.person);
        others.for_each(|card| card.home = None);
    }
    cards
}
