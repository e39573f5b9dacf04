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
    opening::{self, Opened},
    people::{People, keys::Keys, register::NewPerson, session::SignIn},
    presence::Presence,
    store::{Claim, Commit, Db, rooms},
    timekeeping,
};
use roost_shared::{
    ConstellationId, Entry, Epoch, PersonId, RoomId, Seq,
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
        let open = "a new database opens";
        let folder = Folder::new("house-sqlite");
        let Opened { db, keys, .. } = opening::begin(folder.path()).await.expect(open);
        let beside = opening::open(folder.path(), false).await.expect(open);
        let sqlite = House::build(folder, keys, [db, beside.db], fault.clone()).await;

        let folder = Folder::new("house-postgres");
        Keys::make(folder.path()).expect("a new folder gets its keys");
        let keys = Keys::load(folder.path()).expect("its keys are read");
        let (url, claim) = (Postgres::shared().database(), claim(&keys, true));
        let db = Db::postgres(&url, &claim).await.expect(open);
        let beside = Db::postgres(&url, &claim).await.expect(open);
        let postgres = House::build(folder, Arc::new(keys), [db, beside], fault).await;
        vec![sqlite, postgres]
    }

    async fn build(folder: Folder, keys: Arc<Keys>, dbs: [Db; 2], fault: Option<Fault>) -> House {
        let clock = Clock::turned_by_hand(BEGINNING);
        let dbs = dbs.map(|db| db.timed_by(&clock));
        timekeeping::start(&dbs[0], &clock).await.expect("a new database tells the time");
        let config = Config::in_folder(folder.path());
        let db = dbs[0].clone();
        let parts = |feeds| parts(feeds, &keys, &clock);
        let feeds = |db: &Db| feeds(db, &keys);
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
        let feeds: Vec<Feeds> = dbs.iter().map(&feeds).collect();
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

    /// An epoch for the anchors of its feeds.
    pub fn epoch(&self) -> Epoch {
        Epoch::new(1, [1; 10])
    }

    /// Renews a sign-in.
    ///
    /// # Errors
    /// As of the token and of the sign-in.
    pub async fn refresh(&self, token: &str) -> Result<SignIn> {
        self.people.refresh(self.people.holder(token)?).await
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

/// What opens a database with these keys.
pub fn claim(keys: &Keys, is_new: bool) -> Claim {
    Claim { house: keys.fingerprint(), is_new, way_on: "A test must be told.".to_owned() }
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

fn feeds(db: &Db, keys: &Keys) -> Feeds {
    let limits = Config::in_folder(Path::new("unused")).log;
    let feeds = Feeds::new(db.clone(), keys.chain_keys.clone(), &limits);
    tokio::spawn(feeds.clone().repair());
    feeds
}

fn parts(feeds: &Feeds, keys: &Arc<Keys>, clock: &Clock) -> Parts {
    let bus = Bus::new(feeds.clone(), Presence::new(usize::MAX, 0));
    Parts { clock: clock.clone(), keys: keys.clone(), bus }
}
