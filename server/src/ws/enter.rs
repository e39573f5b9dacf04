//! How a phone comes in, and looks again: whose it is, which rooms are theirs, where those stand,
//! and whether what it holds is the history that stands here.

use super::{
    session::Entered,
    socket::{Joined, Wire},
};
use crate::{
    app::App,
    chain::Point,
    clock::{after_in_step, entropy, spread},
    outlet::Inlet,
    people::{
        directory::Known,
        rollback::{History, Shown},
        session::Me,
    },
    store::{Reader, rooms::Mine},
};
use roost_shared::{Epoch, Refusal, frame::Cursors};

impl Wire {
    pub(super) async fn sign_in(
        &mut self,
        token: &str,
        epoch: Option<Epoch>,
        shown: Shown,
    ) -> Result<Box<Entered>, Refusal> {
        let bearer = self.app.bearer(token, self.from).await?;
        self.app.limits.asked(bearer.device)?;
        let mut conn = self.app.directory.reader().await.map_err(|e| e.refusal())?;
        let me = self.app.people.present(&mut conn, bearer).await.map_err(|e| e.refusal())?;
        // Coming back gives a new bucket of frames, so that is counted too.
        self.app.limits.request(me.person)?;
        let live = &self.app.config.live;
        let inlet = Inlet::new(me.person, live.queue_frames, live.queue_bytes);
        self.slot.signed_in()?;
        self.app.presence.enter(me.places(), &inlet.outlet)?;
        self.joined = Some(Box::new(Joined { me: me.clone(), inlet, rooms: Vec::new() }));
        // Phones that came together do not beat together.
        let first = spread(i64::try_from(live.beat_ms).unwrap_or(i64::MAX));
        self.wake.as_mut().reset(after_in_step(u64::try_from(first).unwrap_or(0)));
        if self.app.is_draining() {
            return Err(Refusal::Draining);
        }
        let found = self.listen(&mut conn, &me).await?;
        if epoch != Some(found.0.epoch) {
            // The welcome of the epoch that stands makes the phone forget.
            return entered((&self.app, &mut conn), &me, found, Cursors::new()).await;
        }
        let (with, whose) = ((&mut *conn, &self.app.feeds), (&me, found.0.epoch));
        match self.app.people.check_history(with, whose, &found.1, &shown).await {
            Ok(History::Same) => entered((&self.app, &mut conn), &me, found, shown.cursors).await,
            Ok(History::Unproven) => {
                let entered = entered((&self.app, &mut conn), &me, found, Cursors::new()).await?;
                Ok(forgetting(&self.app, entered))
            }
            Ok(History::SetBack) => {
                let found = self.listen(&mut conn, &me).await?;
                entered((&self.app, &mut conn), &me, found, Cursors::new()).await
            }
            Err(error) => Err(error.refusal()),
        }
    }

    pub(super) async fn reload(&mut self) -> Result<Box<Entered>, Refusal> {
        let joined = self.joined.as_mut().ok_or(Refusal::SignInAgain)?;
        let bearer = joined.me.bearer();
        let mut conn = self.app.directory.reader().await.map_err(|e| e.refusal())?;
        let me = self.app.people.present(&mut conn, bearer).await.map_err(|e| e.refusal())?;
        self.app.presence.follow(joined.me.places(), me.places(), &joined.inlet.outlet);
        joined.me = me.clone();
        let found = self.listen(&mut conn, &me).await?;
        entered((&self.app, &mut conn), &me, found, Cursors::new()).await
    }

    /// What a phone shows that lost its place, in the epoch that it was told. `None`: it may go on
    /// from there.
    pub(super) async fn check(
        &mut self,
        told: Epoch,
        shown: &Shown,
    ) -> Result<Option<Box<Entered>>, Refusal> {
        let Some(joined) = self.joined.as_deref() else { return Ok(None) };
        let (me, directory) = (joined.me.clone(), &self.app.directory);
        let mut conn = directory.reader().await.map_err(|e| e.refusal())?;
        let epoch = directory.known_to(&mut conn, &me).await.map_err(|e| e.refusal())?.epoch;
        if epoch != told {
            drop(conn);
            return self.reload().await.map(Some);
        }
        let rooms = directory.rooms_of(&mut conn, &me).await.map_err(|e| e.refusal())?;
        let with = (&mut *conn, &self.app.feeds);
        let history = self.app.people.check_history(with, (&me, epoch), &rooms, shown).await;
        drop(conn);
        match history.map_err(|e| e.refusal())? {
            History::Same => Ok(None),
            History::SetBack => self.reload().await.map(Some),
            History::Unproven => {
                let entered = self.reload().await?;
                Ok(Some(forgetting(&self.app, entered)))
            }
        }
    }

    /// Listens to the feeds of my rooms, then reads where their logs stand: in this order nothing
    /// that is committed meanwhile can fall between.
    async fn listen(&mut self, conn: &mut Reader, me: &Me) -> Result<(Known, Vec<Mine>), Refusal> {
        let directory = &self.app.directory;
        let known = directory.known_to(conn, me).await.map_err(|e| e.refusal())?;
        let mut rooms = directory.rooms_of(conn, me).await.map_err(|e| e.refusal())?;
        let Some(joined) = self.joined.as_mut() else { return Err(Refusal::SignInAgain) };
        let feeds = &self.app.feeds;
        for gone in joined.rooms.iter().filter(|old| !rooms.iter().any(|mine| mine.room == **old)) {
            feeds.leave(*gone, &joined.inlet.outlet);
        }
        joined.rooms = rooms.iter().map(|mine| mine.room).collect();
        let mut fresh = Vec::new();
        for mine in &mut rooms {
            let of = (mine.constellation, known.epoch);
            let place = (mine.room, mine.membership.floor);
            match feeds.listen(of, place, &joined.inlet.outlet) {
                Some(head) => mine.head = mine.head.max(head),
                None => fresh.push((mine.room, mine.constellation)),
            }
        }
        if !fresh.is_empty() {
            let heads = directory.heads(conn, &fresh).await.map_err(|e| e.refusal())?;
            for mine in rooms.iter_mut().filter(|mine| fresh.iter().any(|it| it.0 == mine.room)) {
                let head = heads.iter().find(|(room, _)| *room == mine.room);
                mine.head = head.map_or(Point::default(), |(_, head)| *head);
                feeds.seen(mine.room, mine.head);
            }
        }
        Ok((known, rooms))
    }
}

/// The phone forgets all it holds: it is told of an epoch that nobody else is in, and then of the
/// one that stands.
fn forgetting(app: &App, entered: Box<Entered>) -> Box<Entered> {
    let forget = Some(Epoch::new(app.clock.now(), entropy()));
    Box::new(Entered { forget, ..*entered })
}

async fn entered(
    (app, conn): (&App, &mut Reader),
    me: &Me,
    (known, rooms): (Known, Vec<Mine>),
    cursors: Cursors,
) -> Result<Box<Entered>, Refusal> {
    let welcome = app.directory.welcome(conn, me, &rooms, &known).await.map_err(|e| e.refusal())?;
    Ok(Box::new(Entered { person: me.person, rooms, welcome, forget: None, cursors }))
}
