//! How a phone comes in, and looks again: whose it is, which rooms are theirs, where those stand,
//! and whether what it holds is the history that stands here.

use super::{
    session::Entered,
    socket::{Joined, Wire},
};
use crate::{
    app::App,
    chain::Point,
    clock::{after_in_step, spread},
    outlet::Inlet,
    people::{directory::Known, rollback::Shown, session::Me},
    store::{Reader, rooms::Mine},
};
use roost_shared::{
    Epoch, Refusal,
    frame::{Cursors, Welcome},
};

impl Wire {
    pub(super) async fn sign_in(
        &mut self,
        token: &str,
        epoch: Option<Epoch>,
        mut shown: Shown,
    ) -> Result<Box<Entered>, Refusal> {
        let bearer = self.app.people.bearer(token)?;
        let mut conn = self.app.directory.reader().await.map_err(|e| e.refusal())?;
        let me = self.app.people.present(&mut conn, bearer).await.map_err(|e| e.refusal())?;
        // Coming back gives a new bucket of frames, so that is counted too.
        self.app.limits.request(me.person)?;
        let live = &self.app.config.live;
        let inlet = Inlet::new(me.person, live.queue_frames, live.queue_bytes);
        self.app.presence.enter(me.places(), &inlet.outlet)?;
        self.joined = Some(Box::new(Joined { me: me.clone(), inlet, rooms: Vec::new() }));
        // Phones that came together do not beat together.
        let first = spread(i64::try_from(live.beat_ms).unwrap_or(i64::MAX));
        self.wake.as_mut().reset(after_in_step(u64::try_from(first).unwrap_or(0)));
        if self.app.is_draining() {
            return Err(Refusal::Draining);
        }
        let (known, rooms) = self.listen(&mut conn, &me).await?;
        let mut told = known.epoch;
        if epoch != Some(told) {
            shown = Shown::default();
        } else if let Some(other) =
            held_against((&self.app, &mut conn), (&me, told), &rooms, &shown).await?
        {
            told = other;
            shown = Shown::default();
        }
        entered((&self.app, &mut conn), &me, (rooms, known), (told, shown.cursors)).await
    }

    pub(super) async fn reload(&mut self) -> Result<Box<Entered>, Refusal> {
        let joined = self.joined.as_mut().ok_or(Refusal::SignInAgain)?;
        let bearer = joined.me.bearer();
        let mut conn = self.app.directory.reader().await.map_err(|e| e.refusal())?;
        let me = self.app.people.present(&mut conn, bearer).await.map_err(|e| e.refusal())?;
        self.app.presence.follow(joined.me.places(), me.places(), &joined.inlet.outlet);
        joined.me = me.clone();
        let (known, rooms) = self.listen(&mut conn, &me).await?;
        let told = (known.epoch, Cursors::new());
        entered((&self.app, &mut conn), &me, (rooms, known), told).await
    }

    /// What a phone shows that lost its place. `None`: it may go on from there.
    pub(super) async fn check(
        &mut self,
        epoch: Epoch,
        shown: &Shown,
    ) -> Result<Option<Box<Entered>>, Refusal> {
        let Some(joined) = self.joined.as_deref() else { return Ok(None) };
        let me = joined.me.clone();
        let mut conn = self.app.directory.reader().await.map_err(|e| e.refusal())?;
        let rooms = self.app.directory.rooms_of(&mut conn, &me).await.map_err(|e| e.refusal())?;
        let other = held_against((&self.app, &mut conn), (&me, epoch), &rooms, shown).await?;
        drop(conn);
        let Some(other) = other else { return Ok(None) };
        let mut entered = self.reload().await?;
        entered.welcome.epoch = other;
        Ok(Some(entered))
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

/// What a phone shows, held against its rooms; see [`People::check_history`].
///
/// [`People::check_history`]: crate::people::People::check_history
async fn held_against(
    (app, conn): (&App, &mut Reader),
    of: (&Me, Epoch),
    rooms: &[Mine],
    shown: &Shown,
) -> Result<Option<Epoch>, Refusal> {
    let told = app.people.check_history((conn, &app.feeds), of, rooms, shown).await;
    told.map_err(|e| e.refusal())
}

async fn entered(
    (app, conn): (&App, &mut Reader),
    me: &Me,
    (rooms, known): (Vec<Mine>, Known),
    (epoch, cursors): (Epoch, Cursors),
) -> Result<Box<Entered>, Refusal> {
    let welcome = app.directory.welcome(conn, me, &rooms, &known).await;
    let welcome = Welcome { epoch, ..welcome.map_err(|e| e.refusal())? };
    Ok(Box::new(Entered { person: me.person, rooms, welcome, cursors }))
}
