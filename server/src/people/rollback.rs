//! Whether the database was set back: what a phone shows of its rooms, held against what stands
//! here. A phone's word alone is none: only an anchor that this house sealed proves that there was
//! another history, and then one phone is enough. The epoch of its service ends, and each of its
//! phones reads everything anew; no other service hears of it.

use super::{People, session::Me};
use crate::{
    chain::{Anchors, Chain},
    clock::entropy,
    error::Result,
    feed::Feeds,
    metrics,
    store::{Conn, entries, homes, meta, rooms::Mine},
};
use roost_shared::{
    ConstellationId, Epoch, RoomId, Seq,
    frame::{self, Cursors},
};

/// What a phone shows of what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub cursors: Cursors,
    pub anchors: frame::Anchors,
}

/// What that says of the history here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// It is the one that the phone knows.
    Same,
    /// The phone says what this house never told in this epoch.
    Unproven,
    /// This house told it another one.
    SetBack,
}

impl People {
    /// Holds what a phone shows, in the epoch that stands, against its rooms. `Some`: it has to
    /// forget all it holds, and is told of this epoch.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn check_history(
        &self,
        (conn, feeds): (&mut Conn, &Feeds),
        (me, epoch): (&Me, Epoch),
        rooms: &[Mine],
        shown: &Shown,
    ) -> Result<Option<Epoch>> {
        let anchors = Anchors::new(self.parts.keys.links.clone(), epoch);
        let told = rooms.iter().filter_map(|mine| Some((mine, shown.anchors.get(&mine.room)?)));
        let read: Vec<_> = told.map(|(mine, text)| (mine, anchors.read(mine.room, text))).collect();
        let asked: Vec<_> = read
            .iter()
            .filter_map(|(mine, read)| Some((mine.constellation, mine.room, read.as_ref()?.0)))
            .filter(|(_, room, seq)| feeds.chain(*room, *seq).is_none())
            .collect();
        let stored = entries::chains(conn, &asked).await?;
        let here = |room: RoomId, seq: Seq| {
            let found = stored.iter().find(|(it, point)| (*it, point.seq) == (room, seq));
            feeds.chain(room, seq).or_else(|| found.and_then(|(_, point)| point.chain))
        };
        let by_anchor = read.iter().map(|(mine, read)| {
            let verdict = match read {
                Some((seq, chain)) => by_chain(*chain, here(mine.room, *seq)),
                None => Verdict::Unproven,
            };
            (*mine, verdict)
        });
        let by_cursor = rooms.iter().map(|mine| (mine, by_cursor(mine, &shown.cursors)));
        match by_anchor.chain(by_cursor).max_by_key(|(_, verdict)| *verdict) {
            Some((mine, Verdict::SetBack)) => self.set_back((me, epoch), mine).await.map(Some),
            Some((mine, Verdict::Unproven)) => {
                tracing::warn!(
                    room.id = %mine.room, room.head = %mine.head.seq, person.id = %me.person,
                    "a phone holds entries that it was not told here: it begins anew"
                );
                Ok(Some(Epoch::new(self.now(), entropy())))
            }
            _ => Ok(None),
        }
    }

    /// Ends the epoch of a service. Whoever saw it first did.
    async fn set_back(&self, (me, old): (&Me, Epoch), seen: &Mine) -> Result<Epoch> {
        tracing::error!(
            room.id = %seen.room, room.head = %seen.head.seq, service.id = %me.service,
            "ROLLBACK: a phone holds a history that this database does not have"
        );
        metrics::all().rollback();
        let new = Epoch::new(self.now(), entropy());
        let mut tx = self.db.begin().await?;
        let ended = homes::end_epoch(tx.conn(), me.service, (old, new)).await?;
        let mut touched: Vec<ConstellationId> = Vec::new();
        if ended {
            for (constellation, _) in homes::constellations(tx.conn(), me.service).await? {
                meta::touch(tx.conn(), constellation).await?;
                touched.push(constellation);
            }
        }
        let seen_here = homes::constellation(tx.conn(), seen.constellation).await?;
        tx.commit().await?;
        if ended {
            tracing::error!(
                service.id = %me.service,
                "ROLLBACK: the epoch ends, every phone of the service reads its rooms anew"
            );
        }
        touched.into_iter().for_each(|constellation| self.parts.bus.changed(constellation));
        Ok(seen_here.epoch)
    }
}

fn by_chain(shown: Chain, here: Option<Chain>) -> Verdict {
    if here == Some(shown) { Verdict::Same } else { Verdict::SetBack }
}

/// A cursor beyond the head proves nothing by itself.
fn by_cursor(mine: &Mine, cursors: &Cursors) -> Verdict {
    let ahead = cursors.get(&mine.room).is_some_and(|seq| *seq > mine.head.seq);
    if ahead { Verdict::Unproven } else { Verdict::Same }
}
