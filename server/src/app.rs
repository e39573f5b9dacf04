//! `App`: everything a door needs, made in one place and cheap to clone. The only constructor of
//! the house.

use crate::{
    bus::{self, Bus},
    clock::Clock,
    config::Config,
    error::{Error, Result},
    feed::Feeds,
    limits::Limits,
    log::{Log, Parts},
    marks::{self, Marks},
    people::{People, directory::Directory, keys::Keys},
    presence::Presence,
    store::{Db, meta},
    timekeeping,
};
use std::{
    fs::{self, File, TryLockError},
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
    /// Opens the data folder for serving: this process alone.
    ///
    /// # Errors `Error::Config` when the folder, its keys or its database cannot be used, or
    /// another process serves it.
    pub async fn open(config: Config) -> Result<App> {
        make_folder(&config)?;
        let lock = lock(&config)?;
        App::build(config, Clock::system(), Some(lock)).await
    }

    /// Opens the data folder beside a server that may be running, for the command line. What is
    /// changed here is seen there within the pulse of [`bus::watch`].
    ///
    /// # Errors
    /// As [`App::open`], but for the lock.
    pub async fn beside(config: Config) -> Result<App> {
        make_folder(&config)?;
        App::build(config, Clock::system(), None).await
    }

    async fn build(config: Config, clock: Clock, lock: Option<File>) -> Result<App> {
        let (keys, file) = (config.store.data.join("keys"), config.store.data.join("roost.db"));
        let keys = Arc::new(Keys::load(&keys, !file.exists())?);
        let db = Db::sqlite(&file).await?;
        App::assemble(config, clock, db, keys, lock).await
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
        let db = db.timed_by(&clock);
        timekeeping::start(&db, &clock).await?;
        let presence = Presence::new(config.limits.sockets_a_person, config.live.retry_spread_ms);
        let feeds = Feeds::new(db.clone(), &config.log);
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

    async fn probe(&self) -> Result<bool> {
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

fn make_folder(config: &Config) -> Result<()> {
    let data = &config.store.data;
    fs::create_dir_all(data).map_err(|e| {
        Error::Config(format!("the data folder {} cannot be made: {e}", data.display()))
    })
}

/// One process serves a data folder. The lock goes with the process, however it ends.
fn lock(config: &Config) -> Result<File> {
    let path = config.store.data.join("roost.lock");
    let refuse = |why: String| Error::Config(format!("{}: {why}", path.display()));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| refuse(e.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(refuse(
            "another Roost serves this data folder; stop it first, or give this one its own"
                .to_owned(),
        )),
        Err(TryLockError::Error(e)) => Err(refuse(e.to_string())),
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
