//! Whether the database was set back: what a phone shows of its rooms, held against what stands
//! here. A phone's word alone is none: only an anchor that this house sealed proves that there was
//! another history, and then one phone is enough. The epoch of its service ends, and each of its
//! phones reads everything anew; no other service hears of it.

use super::{People, session::Me};
use crate::{
    chain::{Point, Sealer},
    clock::entropy,
    error::Result,
    feed::Feeds,
    metrics,
    store::{
        Conn, entries, homes, meta,
        rooms::{self, Mine},
    },
};
use roost_shared::{
    Epoch, RoomId,
    frame::{Anchors, Cursors},
};

/// What a phone shows of what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub cursors: Cursors,
    pub anchors: Anchors,
}

/// What that says of the history here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// It is the one that the phone knows.
    Same,
    /// The phone shows what this house never told in this epoch.
    Unproven,
    /// This house told the phone another one. Its epoch has ended.
    SetBack,
}

/// An anchor that this house sealed: what stood in a room when it was told.
#[derive(Clone, Copy, Debug)]
struct Proof {
    room: RoomId,
    point: Point,
}

impl People {
    /// Holds what a phone shows, in the epoch that stands, against its rooms.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn check_history(
        &self,
        (conn, feeds): (&mut Conn, &Feeds),
        (me, epoch): (&Me, Epoch),
        rooms: &[Mine],
        shown: &Shown,
    ) -> Result<History> {
        let sealer = Sealer::new(self.parts.keys.chain_keys.clone(), epoch);
        let read = shown.anchors.iter().map(|(room, anchor)| {
            let (seq, chain) = sealer.read(*room, anchor)?;
            Some(Proof { room: *room, point: Point { seq, chain: Some(chain) } })
        });
        let read: Vec<Option<Proof>> = read.collect();
        // Of most that phones show the feeds know that it stands, without asking the database.
        let unsure = read.iter().flatten().filter(|it| !feeds.has_told(it.room, it.point));
        if let Some(proof) = first_fallen(conn, rooms, unsure).await? {
            return self.set_back((me, epoch), proof).await;
        }
        let ahead =
            |mine: &Mine| shown.cursors.get(&mine.room).is_some_and(|at| *at > mine.head.seq);
        if read.iter().any(Option::is_none) || rooms.iter().any(ahead) {
            tracing::warn!(
                device.id = %me.device,
                "a phone shows what it was not told: it begins anew"
            );
            metrics::all().begun_anew();
            return Ok(History::Unproven);
        }
        Ok(History::Same)
    }

    /// Ends the epoch of a service. Whoever saw it first did; and what was read beside other
    /// commits is read once more, where nobody writes.
    async fn set_back(&self, (me, old): (&Me, Epoch), proof: &Proof) -> Result<History> {
        let new = Epoch::new(self.now(), entropy());
        let mut tx = self.db.begin().await?;
        if stands(tx.conn(), proof).await? {
            return Ok(History::Same);
        }
        let ended = homes::end_epoch(tx.conn(), me.service, (old, new)).await?;
        let ours = homes::constellations(tx.conn(), me.service).await?;
        for (constellation, _) in ours.iter().filter(|_| ended) {
            meta::touch(tx.conn(), *constellation).await?;
        }
        tx.commit().await?;
        if ended {
            tracing::error!(
                service.id = %me.service, room.id = %proof.room, entry.seq = %proof.point.seq,
                "ROLLBACK: a phone holds a history that this database does not have. Every phone \
                 of the service reads its rooms anew"
            );
            metrics::all().rollback();
        }
        // Also where another instance was faster, and its word has not come yet.
        ours.into_iter().for_each(|(constellation, _)| self.parts.bus.changed(constellation));
        Ok(History::SetBack)
    }
}

/// The first of these that does not stand any more, as far as one look tells.
async fn first_fallen<'p>(
    conn: &mut Conn,
    rooms: &[Mine],
    proofs: impl Iterator<Item = &'p Proof>,
) -> Result<Option<&'p Proof>> {
    // Whoever is at the head of a room shows what was just read of it.
    let at_head = |proof: &&Proof| {
        rooms.iter().any(|mine| (mine.room, mine.head) == (proof.room, proof.point))
    };
    let behind: Vec<&Proof> = proofs.filter(|proof| !at_head(proof)).collect();
    let asked = behind.iter().filter_map(|proof| {
        let mine = rooms.iter().find(|mine| mine.room == proof.room)?;
        Some((mine.constellation, mine.room, proof.point.seq))
    });
    let stored = entries::chains(conn, &asked.collect::<Vec<_>>()).await?;
    for proof in behind {
        if !stored.contains(&(proof.room, proof.point)) && !stands(conn, proof).await? {
            return Ok(Some(proof));
        }
    }
    Ok(None)
}

/// Whether what was told still stands. Rooms are never taken away, so a room that is not there was
/// opened in another history.
async fn stands(conn: &mut Conn, proof: &Proof) -> Result<bool> {
    let Proof { room, point } = *proof;
    let Some(constellation) = rooms::constellation_of(conn, room).await? else { return Ok(false) };
    Ok(entries::chains(conn, &[(constellation, room, point.seq)]).await? == [(room, point)])
}
