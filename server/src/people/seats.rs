//! Seats: the rooms that follow from what somebody is. Nobody chooses them:
//! `roost_shared::room::belongs` says who belongs where, and here it is made so.

use super::People;
use crate::{
    clock::entropy,
    error::{Error, Result},
    log::{Batch, Drafted, Who, Written},
    store::{Conn, Tx, meta, people, rooms},
};
use roost_shared::{
    ConstellationId, Draft, EntryId, HomeId, PersonId, RoomId,
    frame::PersonCard,
    kind::{Body, Member, member::Change},
    policy::Actor,
    room::{RoomKind, belongs},
};

impl People {
    pub(super) async fn add_room(
        &self,
        tx: &mut Tx,
        constellation: ConstellationId,
        kind: RoomKind,
        home: Option<HomeId>,
    ) -> Result<()> {
        let at = self.now();
        let room = rooms::Room { room: RoomId::new(at, entropy()), constellation, kind, home };
        rooms::add(tx.conn(), &room, at).await
    }

    /// Makes these people members of exactly the rooms they belong in. Locks every room of the
    /// constellation first, as every append does.
    pub(super) async fn seat(
        &self,
        tx: &mut Tx,
        constellation: ConstellationId,
        people: &[PersonCard],
    ) -> Result<Vec<Written>> {
        let rooms = rooms::of_constellation(tx.conn(), constellation).await?;
        let parts = self.parts.clone();
        let mut batch = Batch::new(tx, &parts);
        batch.lock(rooms.iter().map(|room| (room.room, constellation))).await?;
        for room in &rooms {
            for card in people {
                let seat = rooms::Seat { constellation, room: room.room, person: card.person };
                let here = rooms::member(batch.conn(), seat).await?.is_some();
                let due = !card.left && belongs(card.role, card.home, room.kind, room.home);
                match (here, due) {
                    (false, true) => self.join(&mut batch, seat).await?,
                    (true, false) => {
                        self.change(&mut batch, seat, Change::Left).await?;
                    }
                    _ => {}
                }
            }
        }
        batch.finish().await
    }

    /// Whoever comes back reads from their return on, whatever a newcomer may read.
    async fn join(&self, batch: &mut Batch<'_>, seat: rooms::Seat) -> Result<()> {
        let returns = rooms::was_member(batch.conn(), seat).await?;
        let joined = self.change(batch, seat, Change::Joined).await?;
        if returns {
            rooms::raise_floor(batch.conn(), seat, joined).await?;
        }
        Ok(())
    }

    async fn change(
        &self,
        batch: &mut Batch<'_>,
        seat: rooms::Seat,
        change: Change,
    ) -> Result<roost_shared::Seq> {
        let body = Body::Member(Member { person: seat.person, change });
        let draft = Draft {
            id: EntryId::new(self.now(), entropy()),
            kind: body.kind().to_owned(),
            target: None,
            body: serde_json::from_str(&body.to_text())
                .map_err(|e| Error::internal("a member body does not read back", e))?,
        };
        let who = Who { constellation: seat.constellation, actor: Actor::Operator };
        let drafted = Drafted { who, room: seat.room, draft: &draft };
        let answer = batch.append(&[drafted]).await?.pop();
        let receipt = answer.ok_or_else(|| Error::internal("seating", "no answer"))??;
        Ok(receipt.seq)
    }

    /// The constellations that a person is or was of: whose phones may have to look again.
    pub(super) async fn places_of(
        &self,
        conn: &mut Conn,
        person: PersonId,
    ) -> Result<Vec<ConstellationId>> {
        let found = people::whereabouts(conn, person).await?;
        let places = found.into_iter().flat_map(|found| [found.places, found.ended].concat());
        Ok(places.map(|place| place.constellation).collect())
    }

    /// Commits a change of people, then tells the feeds and every phone of the constellation.
    pub(super) async fn finish(
        &self,
        tx: Tx,
        constellation: ConstellationId,
        written: Vec<Written>,
    ) -> Result<()> {
        self.finish_in(tx, &[constellation], written).await
    }

    /// As [`People::finish`], of somebody who is of several.
    pub(super) async fn finish_in(
        &self,
        mut tx: Tx,
        constellations: &[ConstellationId],
        written: Vec<Written>,
    ) -> Result<()> {
        for constellation in constellations {
            meta::touch(tx.conn(), *constellation).await?;
        }
        tx.commit().await?;
        self.parts.bus.forget(&written);
        self.parts.bus.wrote(written);
        for constellation in constellations {
            self.parts.bus.changed(*constellation);
        }
        Ok(())
    }
}
