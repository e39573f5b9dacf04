//! `App`: everything a door needs, made in one place and cheap to clone. The only constructor of
//! the house.

use crate::{
    bus::{self, Bus},
    clock::Clock,
    config::Config,
    error::Result,
    feed::Feeds,
    limits::Limits,
    log::{Log, Parts},
    marks::{self, Marks},
    opening::{self, Opened},
    people::{People, directory::Directory, keys::Keys, token::Bearer},
    presence::Presence,
    store::{Db, meta},
    timekeeping,
};
use roost_shared::Refusal;
use std::{
    fs::File,
    net::IpAddr,
    ops::Deref,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How often the write-ahead log is folded back.
const CHECKPOINT: Duration = Duration::from_secs(2);
/// How long the probe of readiness may take.
const READY: Duration = Duration::from_secs(2);
/// How long its answer is good for, ms.
const READY_KEPT_MS: i64 = 1_000;

/// The house, shared.
#[derive(Clone)]
pub struct App(Arc<House>);

impl Deref for App {
    type Target = House;

    fn deref(&self) -> &House {
        &self.0
    }
}

/// What is in the house.
pub struct House {
    pub config: Config,
    pub clock: Clock,
    pub log: Log,
    pub feeds: Feeds,
    pub presence: Presence,
    pub marks: Marks,
    pub people: People,
    pub directory: Directory,
    pub limits: Limits,
    db: Db,
    /// When the disk was last tried, and whether it was well.
    probed: tokio::sync::Mutex<(i64, bool)>,
    draining: AtomicBool,
    origins: OnceLock<Vec<String>>,
    _lock: Option<File>,
}

impl App {
    /// Begins a Roost in the data folder, which holds none, and opens it: this process alone.
    ///
    /// # Errors
    /// As of [`opening::begin`].
    pub async fn begin(config: Config) -> Result<App> {
        let opened = opening::begin(&config.store.data).await?;
        App::build(config, opened).await
    }

    /// Opens the data folder for serving: this process alone.
    ///
    /// # Errors
    /// As of [`opening::open`], also when another process serves it.
    pub async fn open(config: Config) -> Result<App> {
        let opened = opening::open(&config.store.data, true).await?;
        App::build(config, opened).await
    }

    /// Opens the data folder beside a server that may be running, for the command line. What is
    /// changed here is seen there within the pulse of [`bus::watch`].
    ///
    /// # Errors
    /// As of [`opening::open`].
    pub async fn beside(config: Config) -> Result<App> {
        let opened = opening::open(&config.store.data, false).await?;
        App::build(config, opened).await
    }

    async fn build(config: Config, opened: Opened) -> Result<App> {
        let Opened { db, keys, lock } = opened;
        App::assemble(config, Clock::system(), db, keys, lock).await
    }

    /// Puts the house together over an open database. The harness calls it with its own parts.
    ///
    /// # Errors
    /// Whatever the database said.
    pub async fn assemble(
        config: Config,
        clock: Clock,
        db: Db,
        keys: Arc<Keys>,
        lock: Option<File>,
    ) -> Result<App> {
        // The command line writes down no time: run by a wrong clock, it would move the server's.
        let db = if lock.is_some() { db.timed_by(&clock) } else { db };
        timekeeping::start(&db, &clock).await?;
        let presence = Presence::new(config.limits.sockets_a_person, config.live.retry_spread_ms);
        let feeds = Feeds::new(db.clone(), keys.chain_keys.clone(), &config.log);
        let limits = Limits::start(&config.limits, &clock);
        let bus = Bus::new(feeds.clone(), presence.clone());
        let parts = Parts { clock: clock.clone(), keys, bus: bus.clone() };
        let log = Log::start(db.clone(), parts.clone(), &config.log);
        let people = People::new(db.clone(), parts, config.session.clone());
        let directory =
            Directory::open(people.clone(), presence.clone(), config.live.clone()).await?;
        let pulse = bus::pulse(&db).await?;
        let (of, max) = (presence.clone(), marks::WAITING_MAX);
        let marks = Marks::new(db.clone(), feeds.clone(), of, max);
        tokio::spawn(marks.clone().run());
        tokio::spawn(feeds.clone().repair());
        tokio::spawn(bus::watch(db.clone(), bus.downgrade(), pulse));
        tokio::spawn(people.clone().keep_uses());
        tokio::spawn(checkpoints(db.clone()));
        tokio::spawn(timekeeping::watch(db.clone(), clock.clone()));
        Ok(App(Arc::new(House {
            config,
            clock,
            log,
            feeds,
            presence,
            marks,
            people,
            directory,
            limits,
            db,
            probed: tokio::sync::Mutex::default(),
            draining: AtomicBool::default(),
            origins: OnceLock::default(),
            _lock: lock,
        })))
    }

    /// Whom this access token names, as somebody at this address says.
    ///
    /// # Errors
    /// `SignInAgain` for a token that is not good; `TooMany` for one of many that are none of ours.
    pub async fn bearer(&self, access: &str, from: Option<IpAddr>) -> Result<Bearer, Refusal> {
        let refusal = match self.people.bearer(access) {
            Ok(bearer) => return Ok(bearer),
            Err(refusal) => refusal,
        };
        // One that has run out was good: it is no guess.
        if self.people.has_made(access) {
            return Err(refusal);
        }
        Err(self.limits.failed(from, refusal).await)
    }

    /// Whether a real write and a read of it go through, in time, and time is what it should be.
    /// Asked often, it answers from what
    /// it found within the last second: nobody may keep the disk busy by asking.
    pub async fn ready(&self) -> bool {
        if self.is_draining() || !self.log.is_alive() || !self.clock.agrees() {
            return false;
        }
        let mut found = self.probed.lock().await;
        let now = self.clock.now();
        if !(0..READY_KEPT_MS).contains(&(now - found.0)) {
            *found = (now, matches!(tokio::time::timeout(READY, self.probe()).await, Ok(Ok(true))));
        }
        found.1
    }

    /// An almost full disk is not ready: whoever looks at this is to hear of it before the first
    /// message is refused. Nobody is sent away by it, reading and connections go on.
    async fn probe(&self) -> Result<bool> {
        let written = self.write_and_read().await;
        // Tried too when the write failed, since its log says why.
        Ok(self.db.has_room().await && written?)
    }

    async fn write_and_read(&self) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        let good = meta::probe(tx.conn(), &self.clock.now().to_string()).await?;
        tx.commit().await?;
        Ok(good)
    }

    /// From now on not ready, and nobody new is welcome: the process is about to end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Whether the process is about to end.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Says once under which origins this server is reached.
    pub fn set_origins(&self, origins: Vec<String>) {
        let _ = self.origins.set(origins);
    }

    /// Whether a page of this origin is ours.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.origins.get().is_some_and(|own| own.iter().any(|one| one == origin))
    }

    /// Whether phones reach us by https.
    pub fn is_https(&self) -> bool {
        self.config.server.public_url.starts_with("https://")
    }

    /// Closes the database. What was acknowledged is on disk already.
    pub async fn close(&self) {
        self.db.close().await;
    }
}

async fn checkpoints(db: Db) {
    let mut ticks = tokio::time::interval(CHECKPOINT);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = db.checkpoint().await {
            if db.is_closed() {
                return;
            }
            tracing::warn!(%error, "the write-ahead log could not be folded back");
        }
    }
}
