//! A constellation over one database, without a server: for tests of the log and of the people that
//! run alike on SQLite and on Postgres, with a clock that the test turns.

use crate::{folder::Folder, postgres::Postgres};
use roost_server::{
    Config,
    bus::Bus,
    clock::Clock,
    config,
    error::Result,
    feed::Feeds,
    log::{Log, Parts, Who},
    people::{People, keys::Keys, register::NewPerson},
    presence::Presence,
    store::{Commit, Db, rooms},
    timekeeping,
};
use roost_shared::{
    ConstellationId, Entry, PersonId, RoomId, Seq,
    frame::{Page, ServerFrame, Side},
    policy::{Actor, Role},
    room::RoomKind,
};
use std::{path::Path, sync::Arc};

/// The satellite families of a house.
pub const PEOPLE: usize = 8;

/// When the clock of a house begins, epoch ms.
pub const BEGINNING: i64 = 1_795_310_400_000;

/// A constellation over one database, with two logs that write it, as two processes would.
pub struct House {
    pub db: Db,
    pub people: People,
    pub logs: Vec<Log>,
    /// Who reads along where each of the logs writes.
    pub feeds: Vec<Feeds>,
    pub constellation: ConstellationId,
    /// One adult of each satellite home.
    pub satellites: Vec<PersonId>,
    pub circle: RoomId,
    /// The line of each satellite home to the hub, in the same order.
    pub lines: Vec<RoomId>,
    pub clock: Clock,
    _folder: Folder,
}

/// What commits do, asked anew for each.
pub type Fault = Arc<dyn Fn() -> Commit + Send + Sync>;

impl House {
    /// The same house on SQLite and on Postgres.
    pub async fn on_each_database(fault: Option<Fault>) -> Vec<House> {
        let folder = Folder::new("house-sqlite");
        let file = folder.path().join("roost.db");
        let url = Postgres::shared().database();
        let open = "a new database opens";
        let sqlite = [Db::sqlite(&file).await.expect(open), Db::sqlite(&file).await.expect(open)];
        let postgres =
            [Db::postgres(&url).await.expect(open), Db::postgres(&url).await.expect(open)];
        vec![
            House::build(folder, sqlite, fault.clone()).await,
            House::build(Folder::new("house-postgres"), postgres, fault).await,
        ]
    }

    async fn build(folder: Folder, dbs: [Db; 2], fault: Option<Fault>) -> House {
        let clock = Clock::turned_by_hand(BEGINNING);
        let dbs = dbs.map(|db| db.timed_by(&clock));
        timekeeping::start(&dbs[0], &clock).await.expect("a new database tells the time");
        let config = Config::in_folder(folder.path());
        let keys =
            Keys::load(&folder.path().join("keys"), true).expect("a new folder gets its keys");
        let keys = Arc::new(keys);
        let db = dbs[0].clone();
        let parts = |feeds| parts(feeds, &keys, &clock);
        let own = feeds(&db);
        let people = People::new(db.clone(), parts(&own), config.session.clone());
        let (constellation, satellites) = settle(&people, &clock).await.expect("people move in");
        let mut conn = db.reader().await.expect("a reader is free");
        let all = rooms::of_constellation(&mut conn, constellation).await.expect("rooms are read");
        drop(conn);
        let of = |kind| all.iter().filter(move |room| room.kind == kind).map(|room| room.room);
        let circle = of(RoomKind::Circle).next().expect("a constellation has a circle");
        let lines = of(RoomKind::HubLine).collect();
        let limits = config::Log { group: 16, ..config.log };
        let feeds: Vec<Feeds> = dbs.iter().map(feeds).collect();
        let logs = dbs.into_iter().zip(&feeds).map(|(db, feeds)| {
            let db = match fault.clone() {
                Some(fault) => db.with_fault(move || fault()),
                None => db,
            };
            Log::start(db, parts(feeds), &limits)
        });
        let logs = logs.collect();
        let _folder = folder;
        House { db, people, logs, feeds, constellation, satellites, circle, lines, clock, _folder }
    }

    /// The database's clock is looked at, as it is every ten seconds.
    pub async fn look_at_clock(&self) {
        timekeeping::sample(&self.db, &self.clock).await.expect("the database tells the time");
    }

    /// The house's time begins anew, as when a process starts.
    pub async fn restart_clock(&self) {
        timekeeping::start(&self.db, &self.clock).await.expect("the database tells the time");
    }

    /// The n-th satellite carer.
    pub fn who(&self, n: usize) -> Who {
        let actor = Actor::Person { person: self.satellites[n], role: Role::Satellite };
        Who { constellation: self.constellation, actor }
    }

    /// The lines, and the circle.
    pub fn rooms(&self) -> Vec<RoomId> {
        self.lines.iter().copied().chain([self.circle]).collect()
    }

    /// One page.
    pub async fn page(&self, who: Who, room: RoomId, side: Side, limit: i64) -> Page {
        let page = self.logs[0].range(who, room, side, limit).await.expect("a member may read");
        match serde_json::from_slice(&page.text).expect("a page is a frame") {
            ServerFrame::Page(page) => page,
            other => panic!("range answered {other:?}"),
        }
    }

    /// Everything a member may read of a room, page by page.
    pub async fn whole(&self, who: Who, room: RoomId, limit: i64) -> Vec<Entry> {
        let (mut entries, mut after) = (Vec::new(), Seq::ZERO);
        loop {
            let page = self.page(who, room, Side::After(after), limit).await;
            let (Some(first), Some(last)) = (page.entries.first(), page.entries.last()) else {
                return entries;
            };
            assert_eq!((first.seq, last.seq), (page.from, page.to), "a page is what it says");
            after = page.to;
            entries.extend(page.entries);
        }
    }
}

async fn settle(people: &People, clock: &Clock) -> Result<(ConstellationId, Vec<PersonId>)> {
    let service = people.add_service("Riverbank").await?;
    let constellation = people.add_constellation(service, "Wren").await?;
    people.add_home(constellation, "Jo's house", true).await?;
    let mut satellites = Vec::new();
    for i in 0..PEOPLE {
        // Rooms are listed by age: each line is older than the next.
        clock.turn(1);
        let home = people.add_home(constellation, &format!("Home {i}"), false).await?;
        let (home, role, name) = (Some(home), Role::Satellite, format!("Carer {i}"));
        let new = NewPerson { constellation, home, role, name: &name };
        satellites.push(people.add_person(new).await?);
    }
    Ok((constellation, satellites))
}

fn feeds(db: &Db) -> Feeds {
    let feeds = Feeds::new(db.clone(), &Config::in_folder(Path::new("unused")).log);
    tokio::spawn(feeds.clone().repair());
    feeds
}

fn parts(feeds: &Feeds, keys: &Arc<Keys>, clock: &Clock) -> Parts {
    let bus = Bus::new(feeds.clone(), Presence::new(usize::MAX, 0));
    Parts { clock: clock.clone(), keys: keys.clone(), bus }
}
