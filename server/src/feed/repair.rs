//! The repair: brings feeds up to their logs when somebody else wrote, or when nobody rang.

use super::{Feeds, Reader};
use crate::{
    chain::Point,
    error::Result,
    page::{self, CardLine, Line},
    store::{
        entries::{self, Stretch},
        rooms,
    },
};
use roost_shared::{
    ConstellationId, PersonId, Refusal, RoomId, Seq,
    frame::{PAGE_MAX_ENTRIES, Side},
};
use std::{sync::Arc, time::Duration};

/// How often the repair looks for work that nobody rang for.
const REPAIR: Duration = Duration::from_secs(1);
/// How long it lets an unwell database rest.
const REPAIR_PAUSE: Duration = Duration::from_millis(250);

/// Where a feed stands when its log is read on.
struct Behind {
    constellation: ConstellationId,
    room: RoomId,
    head: Point,
    readers: Vec<Reader>,
    generation: Arc<()>,
}

/// What was read of a log beyond a feed, and who was a member after that.
struct Missed {
    /// The log does not hold what the feed ends with: the database was set back under it.
    forked: bool,
    lines: Vec<Line>,
    cards: Vec<CardLine>,
    members: Vec<(PersonId, Seq)>,
}

impl Feeds {
    /// Brings stale feeds up to their logs, again and again until it succeeds. Runs for as long as
    /// the database is open.
    pub async fn repair(self) {
        while !self.0.db.is_closed() {
            let stale = std::mem::take(&mut *self.stale());
            if stale.is_empty() {
                let _ = tokio::time::timeout(REPAIR, self.0.work.notified()).await;
                continue;
            }
            for room in stale {
                if let Err(error) = self.catch_up(room).await {
                    tracing::warn!(room.id = %room, %error, "a feed could not read its log");
                    self.stale().insert(room);
                    tokio::time::sleep(REPAIR_PAUSE).await;
                }
            }
        }
    }

    async fn catch_up(&self, room: RoomId) -> Result<()> {
        while let Some(behind) = self.behind(room) {
            let missed = self.missed(&behind).await?;
            let done = missed.lines.is_empty();
            if self.make_up(&behind, missed) && done {
                break;
            }
        }
        Ok(())
    }

    fn behind(&self, room: RoomId) -> Option<Behind> {
        self.with(|rooms| {
            let feed = rooms.get(&room)?;
            let (constellation, head) = (feed.constellation, feed.head?);
            let (readers, generation) = (feed.readers.clone(), feed.generation.clone());
            Some(Behind { constellation, room, head, readers, generation })
        })
    }

    /// Somebody else wrote, so who is a member is read again too: after the entries, so that
    /// whoever was removed meanwhile is not sent what came later, even if they are back: then they
    /// read from a higher floor.
    async fn missed(&self, behind: &Behind) -> Result<Missed> {
        let Behind { constellation, room, .. } = *behind;
        let mut conn = self.0.db.reader().await?;
        let side = Side::After(behind.head.seq);
        let head = rooms::head(&mut conn, constellation, room).await?;
        let (floor, limit) = (Seq::ZERO.next(), PAGE_MAX_ENTRIES);
        let stretch = Stretch { constellation, room, side, floor, head, limit };
        let rows = entries::range(&mut conn, stretch).await?;
        let lines = rows.iter().map(Line::of).collect::<Result<Vec<Line>>>()?;
        let cards = page::read_cards(&mut conn, &stretch, &lines).await?;
        let members = rooms::members(&mut conn, constellation, room).await?;
        let stands = entries::chains(&mut conn, &[(constellation, room, behind.head.seq)]).await?;
        let forked = behind.head.chain.is_some() && stands != [(room, behind.head)];
        Ok(Missed { forked, lines, cards, members })
    }

    /// Hands on what was missed; readers who came since then are left alone. False when old entries
    /// have changed meanwhile: a text that was read may have been taken out, so it is read again.
    fn make_up(&self, behind: &Behind, missed: Missed) -> bool {
        let Missed { forked, lines, cards, members } = missed;
        let gone = |reader: &Reader| {
            behind.readers.iter().any(|one| Arc::ptr_eq(&one.outlet, &reader.outlet))
                && !members.contains(&(reader.outlet.person, reader.floor))
        };
        self.with(|rooms| {
            let Some(feed) = rooms.get_mut(&behind.room) else { return true };
            if forked {
                // Its phones come back, and show what they were told.
                feed.readers.iter().for_each(|it| it.outlet.cut(Refusal::StoreUnavailable));
                rooms.remove(&behind.room);
                return true;
            }
            feed.readers.retain(|reader| !gone(reader));
            if !Arc::ptr_eq(&feed.generation, &behind.generation) {
                return false;
            }
            // Whoever wrote may have changed old entries too.
            feed.forget();
            feed.send(behind.room, (lines, cards), &self.0);
            true
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::App,
        chain::Point,
        config::Config,
        feed::Ask,
        log::Who,
        opening,
        outlet::{Inlet, Push},
        people::{keys::Keys, register::NewPerson},
        store::Db,
    };
    use roost_shared::{
        Draft, EntryId, Epoch,
        policy::{Actor, Role},
        room::RoomKind,
    };
    use serde_json::{Value, json};

    /// Sam in the circle of a new constellation.
    async fn settle(app: &App, db: &Db) -> (Who, PersonId, RoomId) {
        let service = app.people.add_service("Riverbank").await.unwrap();
        let constellation = app.people.add_constellation(service, "Wren").await.unwrap();
        let home = app.people.add_home(constellation, "The Okafors", false).await.unwrap();
        let (home, role) = (Some(home), Role::Satellite);
        let sam = NewPerson { constellation, home, role, name: "Sam" };
        let sam = app.people.add_person(sam).await.unwrap();
        let mut conn = db.reader().await.unwrap();
        let rooms = rooms::of_constellation(&mut conn, constellation).await.unwrap();
        let circle = rooms.iter().find(|room| room.kind == RoomKind::Circle).unwrap().room;
        (Who { constellation, actor: Actor::Person { person: sam, role } }, sam, circle)
    }

    fn draft(n: u8, kind: &str, target: Option<EntryId>, body: Value) -> Draft {
        Draft { id: EntryId::new(1, [n; 10]), kind: kind.to_owned(), target, body }
    }

    #[tokio::test]
    async fn what_is_taken_out_while_it_is_read_is_not_kept() {
        let folder = std::env::temp_dir().join(format!("roost-repair-{}", std::process::id()));
        let config = Config::in_folder(&folder);
        let app = App::begin(config.clone()).await.unwrap();
        let db = opening::open(&folder, false).await.unwrap().db;
        let (who, sam, room) = settle(&app, &db).await;
        // The feeds of a second process, to which nobody hands what the first one writes.
        let feeds = Feeds::new(db, Keys::for_tests().chain_keys, &config.log);
        let (constellation, floor) = (who.constellation, Seq::ZERO.next());
        let mut inlet = Inlet::new(sam, 9, 1 << 20);
        let place = (constellation, Epoch::new(1, [1; 10]));
        assert_eq!(feeds.listen(place, (room, floor), &inlet.outlet), None);
        feeds.seen(room, Point { seq: floor, chain: None });
        let said = draft(1, "message", None, json!({"text": "the code of the door"}));
        let target = Some(said.id);
        app.log.append(who, room, said).await.unwrap();

        let behind = feeds.behind(room).unwrap();
        let missed = feeds.missed(&behind).await.unwrap();
        assert!(missed.lines[0].text.contains("the code of the door"));
        app.log.append(who, room, draft(2, "redact", target, json!({}))).await.unwrap();
        feeds.forget(room);
        assert!(!feeds.make_up(&behind, missed), "it is read again");
        feeds.catch_up(room).await.unwrap();

        let side = Side::After(floor);
        let ask = Ask { constellation, room, floor, side, limit: 9 };
        let kept = feeds.page(ask, &inlet.outlet).await.unwrap();
        assert_eq!((kept.from, kept.to), (Seq(2), Seq(3)));
        let Some(Push::Page(heard)) = inlet.ready() else { panic!("Sam hears of it") };
        for page in [kept, heard] {
            assert!(!String::from_utf8_lossy(&page.text).contains("the code of the door"));
        }
        app.close().await;
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
