//! The directory: what a phone is told in `welcome`. People and homes of a constellation are read
//! once and kept until the constellation changes; rooms and heads are always read.

use super::{
    People,
    session::Me,
    told::{Names, Told},
};
use crate::{
    chain::Point,
    clock::entropy,
    config,
    error::{Error, Result},
    presence::Presence,
    store::{
        Conn, Db, Reader, homes, marks, meta,
        people::{self, Place},
        rooms::{self, Mine},
    },
};
use roost_shared::{
    ConstellationId, Epoch, PersonId, RoomId,
    frame::{VERSION, Welcome},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What is known of constellations. Cheap to clone.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

struct Inner {
    db: Db,
    people: People,
    presence: Presence,
    live: config::Live,
    kept: Mutex<HashMap<ConstellationId, (i64, Arc<Names>)>>,
}

/// What is known of somebody's constellations.
pub struct Known {
    /// Of their service.
    pub epoch: Epoch,
    names: Vec<Arc<Names>>,
}

impl Directory {
    /// Begins the epochs that an earlier build did not know of.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn open(people: People, presence: Presence, live: config::Live) -> Result<Directory> {
        let db = people.db.clone();
        let fresh = Epoch::new(people.now(), entropy());
        let mut tx = db.begin().await?;
        homes::begin_epochs(tx.conn(), fresh).await?;
        tx.commit().await?;
        Ok(Directory(Arc::new(Inner { db, people, presence, live, kept: Mutex::default() })))
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
    ) -> Result<Vec<(RoomId, Point)>> {
        rooms::heads(conn, rooms).await
    }

    /// What is known of my constellations, in the order of my places.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn known_to(&self, conn: &mut Conn, me: &Me) -> Result<Known> {
        let mut names = Vec::with_capacity(me.places().len());
        for place in me.places() {
            names.push(self.names(conn, place.constellation).await?);
        }
        // Who is here is of at least one constellation, and of one service.
        let first = names.first().ok_or(Error::Internal("somebody is of nowhere".to_owned()))?;
        let epoch = first.epoch;
        Ok(Known { epoch, names })
    }

    /// The welcome for me with these rooms.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn welcome(
        &self,
        conn: &mut Conn,
        me: &Me,
        rooms: &[Mine],
        known: &Known,
    ) -> Result<Welcome> {
        let mut told = Told::default();
        for (Place { constellation, role }, names) in me.places().iter().copied().zip(&known.names)
        {
            let here = rooms.iter().filter(|mine| mine.constellation == constellation);
            let lines = here.clone().filter(|mine| mine.kind.has_marks());
            let lines: Vec<_> = lines.map(|mine| (constellation, mine.room)).collect();
            let stand = marks::of_rooms(conn, &lines).await?;
            told.add((me.person, Place { constellation, role }), names, here, &stand);
        }
        let Told { constellations, rooms, people, homes } = told;
        let live = &self.0.live;
        Ok(Welcome {
            v: VERSION,
            epoch: known.epoch,
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
        let found = homes::constellation(conn, constellation).await?;
        let members = people::of_constellation(conn, constellation).await?;
        let names = Arc::new(Names {
            epoch: found.epoch,
            constellation: found.name,
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
}
