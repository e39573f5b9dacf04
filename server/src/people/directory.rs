//! The directory: what a phone is told in `welcome`. People and homes of a constellation are read
//! once and kept until the constellation changes; rooms and heads are always read.

use super::{
    People,
    session::Me,
    told::{Names, Told},
};
use crate::{
    clock::entropy,
    config,
    error::Result,
    presence::Presence,
    store::{
        Conn, Db, Reader, homes, marks, meta,
        people::{self, Place},
        rooms::{self, Mine},
    },
};
use roost_shared::{
    ConstellationId, Epoch, PersonId, RoomId, Seq,
    frame::{Cursors, VERSION, Welcome},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// How many people's phones must say that history was set back.
const CLAIMS_NEEDED: usize = 2;

/// What is known of constellations. Cheap to clone.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

struct Inner {
    db: Db,
    people: People,
    presence: Presence,
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
    pub async fn open(people: People, presence: Presence, live: config::Live) -> Result<Directory> {
        let db = people.db.clone();
        let fresh = Epoch::new(people.now(), entropy());
        let mut tx = db.begin().await?;
        let epoch = meta::epoch(tx.conn(), fresh).await?;
        tx.commit().await?;
        let (epoch, claims, kept) = (Mutex::new(epoch), Mutex::default(), Mutex::default());
        Ok(Directory(Arc::new(Inner { db, people, presence, live, epoch, claims, kept })))
    }

    /// The epoch now.
    pub fn epoch(&self) -> Epoch {
        *self.0.epoch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection to ask over. Whoever asks several things takes one for all of them.
    ///
    /// # Errors
    /// When none is free in time.
    pub async fn reader(&self) -> Result<Reader> {
        self.0.db.reader().await
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

    /// My rooms in all my constellations as they stand now.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn rooms_of(&self, conn: &mut Conn, me: &Me) -> Result<Vec<Mine>> {
        let mut rooms = Vec::new();
        for place in me.places() {
            rooms.extend(rooms::of_person(conn, place.constellation, me.person).await?);
        }
        Ok(rooms)
    }

    /// Where the logs of these rooms stand.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn heads(
        &self,
        conn: &mut Conn,
        rooms: &[(RoomId, ConstellationId)],
    ) -> Result<Vec<(RoomId, Seq)>> {
        rooms::heads(conn, rooms).await
    }

    /// The welcome for me with these rooms.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn welcome(&self, conn: &mut Conn, me: &Me, rooms: &[Mine]) -> Result<Welcome> {
        let mut told = Told::default();
        for Place { constellation, role } in me.places().iter().copied() {
            let names = self.names(conn, constellation).await?;
            let here = rooms.iter().filter(|mine| mine.constellation == constellation);
            let lines = here.clone().filter(|mine| mine.kind.has_marks());
            let lines: Vec<_> = lines.map(|mine| (constellation, mine.room)).collect();
            let stand = marks::of_rooms(conn, &lines).await?;
            told.add((me.person, Place { constellation, role }), &names, here, &stand);
        }
        let Told { constellations, rooms, people, homes } = told;
        let live = &self.0.live;
        Ok(Welcome {
            v: VERSION,
            epoch: self.epoch(),
            now: self.0.people.now(),
            beat_ms: i64::try_from(live.beat_ms).unwrap_or(i64::MAX),
            silence_ms: i64::try_from(live.silence_ms).unwrap_or(i64::MAX),
            retry_ms: self.0.presence.retry_ms(),
            me: me.person,
            constellations,
            rooms,
            people,
            homes,
        })
    }

    async fn names(&self, conn: &mut Conn, constellation: ConstellationId) -> Result<Arc<Names>> {
        let pulse = meta::pulse(conn).await?;
        if let Some((at, names)) = self.kept().get(&constellation)
            && *at == pulse
        {
            return Ok(names.clone());
        }
        let name = homes::constellation_name(conn, constellation).await?;
        let members = people::of_constellation(conn, constellation).await?;
        let names = Arc::new(Names {
            constellation: name.unwrap_or_default(),
            people: members.into_iter().map(|member| member.card).collect(),
            homes: homes::of_constellation(conn, constellation).await?,
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
