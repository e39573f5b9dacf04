//! What Roost counts, for Prometheus. The only file that names `prometheus_client`. Everybody else
//! says one line; what is said for each message is an addition to a counter that is there already.
//!
//! Labels are routes, codes and names of limits: never a person, a room, an address or a text.

use crate::{app::App, clock::Moment, limits::Limit, log::Receipt, ws::close_code};
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::{Family, MetricConstructor},
        gauge::Gauge,
        histogram::Histogram,
        info::Info,
    },
    registry::Registry,
};
use roost_shared::Refusal;
use std::sync::LazyLock;

/// Seconds, from a quick commit to one that somebody notices.
const SECONDS: [f64; 12] =
    [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// Drafts in one transaction.
const DRAFTS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// The counts of this process. There is one house in it in life, and nobody needs to be handed
/// them.
pub fn all() -> &'static Metrics {
    static ALL: LazyLock<Metrics> = LazyLock::new(Metrics::new);
    &ALL
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    entries: Counter,
    repeats: Counter,
    append_refusals: Vec<Counter>,
    groups: Histogram,
    commit_seconds: Histogram,
    wait_seconds: Histogram,
    pages_live: Counter,
    pages_read: Counter,
    behind: Counter,
    entered: Counter,
    closes: Vec<Counter>,
    limited: Vec<Counter>,
    sign_ins: Family<Way, Counter>,
    requests: Family<Answered, Counter>,
    request_seconds: Family<Route, Histogram, Buckets>,
    store_errors: Family<Why, Counter>,
    rollbacks: Counter,
    begun_anew: Counter,
    csp_reports: Family<Broken, Counter>,
    clock_alarms: Counter,
    clock_skew: Gauge,
    connections: Gauge,
    phones_behind: Gauge,
    queued_drafts: Gauge,
    queued_bytes: Gauge,
    wal_bytes: Gauge,
    ready: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Close {
    close: u16,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    limit: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Way {
    way: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Why {
    why: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Broken {
    directive: &'static str,
    source: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: &'static str,
    status: u16,
}

#[derive(Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(SECONDS)
    }
}

/// One transaction, timed until it is dropped.
pub struct Group(Moment);

impl Drop for Group {
    fn drop(&mut self) {
        all().commit_seconds.observe(self.0.seconds());
    }
}

impl Metrics {
    /// The answer to a draft.
    pub fn answered(&self, answer: &Result<Receipt, Refusal>) {
        match answer {
            Ok(receipt) if receipt.first => self.entries.inc(),
            Ok(_) => self.repeats.inc(),
            Err(refusal) => self.append_refusals[*refusal as usize].inc(),
        };
    }

    /// A transaction for so many drafts begins, of which the oldest came then.
    pub fn group(&self, drafts: usize, oldest: Option<Moment>) -> Group {
        self.groups.observe(drafts as f64);
        if let Some(oldest) = oldest {
            self.wait_seconds.observe(oldest.seconds());
        }
        Group(crate::clock::moment())
    }

    /// A live page is on its way to one phone.
    pub fn page_live(&self) {
        self.pages_live.inc();
    }

    /// A page was built for one phone that asked or was behind.
    pub fn page_read(&self) {
        self.pages_read.inc();
    }

    /// A page did not fit into a phone's queue.
    pub fn fell_behind(&self) {
        self.behind.inc();
    }

    /// A phone has come in by its socket.
    pub fn entered(&self) {
        self.entered.inc();
    }

    /// A connection is closed by us.
    pub fn closed(&self, refusal: Refusal) {
        self.closes[refusal as usize].inc();
    }

    /// Somebody went over a limit.
    pub fn limited(&self, limit: Limit) {
        self.limited[limit as usize].inc();
    }

    /// Somebody signed in, by `accept` or `refresh`.
    pub fn signed_in(&self, way: &'static str) {
        self.sign_ins.get_or_create(&Way { way }).inc();
    }

    /// The database did not do what it should.
    pub fn store_error(&self, why: &'static str) {
        self.store_errors.get_or_create(&Why { why }).inc();
    }

    /// A phone shows what it was not told, and begins anew.
    pub fn begun_anew(&self) {
        self.begun_anew.inc();
    }

    /// The database is older than what phones hold.
    pub fn rollback(&self) {
        self.rollbacks.inc();
    }

    /// How far the database's clock lies ahead of the time that is kept, ms.
    pub fn clock_skew(&self, skew_ms: i64) {
        self.clock_skew.set(skew_ms);
    }

    /// The database's clock and the time that is kept have parted.
    pub fn clock_alarm(&self) {
        self.clock_alarms.inc();
    }

    /// A browser told that a page of ours did what its policy forbids.
    pub fn csp_report(&self, directive: &'static str, source: &'static str) {
        self.csp_reports.get_or_create(&Broken { directive, source }).inc();
    }

    /// An HTTP request was answered.
    pub fn request(&self, method: &'static str, route: &'static str, status: u16, began: Moment) {
        self.requests.get_or_create(&Answered { method, route, status }).inc();
        self.request_seconds.get_or_create(&Route { method, route }).observe(began.seconds());
    }

    /// Everything as text, with what is looked up only now.
    pub async fn text(&self, app: &App) -> String {
        self.connections.set(number(app.presence.count()));
        let (behind, bytes) = app.presence.queued();
        self.phones_behind.set(number(behind));
        self.queued_bytes.set(number(bytes));
        self.queued_drafts.set(number(app.log.waiting()));
        let wal = std::fs::metadata(app.config.store.data.join("roost.db-wal"));
        self.wal_bytes.set(wal.map_or(0, |file| i64::try_from(file.len()).unwrap_or(i64::MAX)));
        self.ready.set(i64::from(app.ready().await));
        let mut told = String::new();
        // Writing to a String cannot fail, and half an answer would be a wrong one.
        match text::encode(&mut told, &self.registry) {
            Ok(()) => told,
            Err(_) => String::new(),
        }
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// One counter for each refusal, in their order.
fn by_refusal<L>(family: &Family<L, Counter>, label: impl Fn(Refusal) -> L) -> Vec<Counter>
where
    L: Clone + std::hash::Hash + Eq,
{
    Refusal::ALL.iter().map(|refusal| family.get_or_create_owned(&label(*refusal))).collect()
}

impl Metrics {
    fn new() -> Metrics {
        let refusals = Family::<Code, Counter>::default();
        let closes = Family::<Close, Counter>::default();
        let limited = Family::<Named, Counter>::default();
        let limit = |limit: &Limit| limited.get_or_create_owned(&Named { limit: limit.name() });
        let metrics = Metrics {
            registry: Registry::with_prefix("roost"),
            entries: Counter::default(),
            repeats: Counter::default(),
            append_refusals: by_refusal(&refusals, |no| Code { code: no.code() }),
            groups: Histogram::new(DRAFTS),
            commit_seconds: Histogram::new(SECONDS),
            wait_seconds: Histogram::new(SECONDS),
            pages_live: Counter::default(),
            pages_read: Counter::default(),
            behind: Counter::default(),
            entered: Counter::default(),
            closes: by_refusal(&closes, |no| Close { close: close_code(no), code: no.code() }),
            limited: Limit::ALL.iter().map(limit).collect(),
            sign_ins: Family::default(),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(Buckets),
            store_errors: Family::default(),
            rollbacks: Counter::default(),
            begun_anew: Counter::default(),
            csp_reports: Family::default(),
            clock_alarms: Counter::default(),
            clock_skew: Gauge::default(),
            connections: Gauge::default(),
            phones_behind: Gauge::default(),
            queued_drafts: Gauge::default(),
            queued_bytes: Gauge::default(),
            wal_bytes: Gauge::default(),
            ready: Gauge::default(),
        };
        metrics.registered(refusals, closes, limited)
    }

    fn registered(
        mut self,
        refusals: Family<Code, Counter>,
        closes: Family<Close, Counter>,
        limited: Family<Named, Counter>,
    ) -> Metrics {
        let mut registry = std::mem::take(&mut self.registry);
        let all = &mut registry;
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        all.register("build", "The build that runs", build);
        all.register(
            "ready",
            "1 when a write and a read went through, and clocks agree",
            self.ready.clone(),
        );
        all.register("connections", "Signed-in phones", self.connections.clone());
        all.register("connections_entered", "Phones welcomed", self.entered.clone());
        all.register("closes", "Connections closed by Roost", closes);
        all.register("entries", "Entries written", self.entries.clone());
        all.register("repeats", "Drafts that were taken before", self.repeats.clone());
        all.register("append_refusals", "Drafts refused, by code", refusals);
        all.register("group_drafts", "Drafts in one transaction", self.groups.clone());
        let commits = self.commit_seconds.clone();
        all.register("commit_seconds", "One transaction, begin to commit", commits);
        let waits = self.wait_seconds.clone();
        all.register("append_wait_seconds", "The oldest draft of a group, in the queue", waits);
        all.register("queued_drafts", "Drafts in the writer's queue", self.queued_drafts.clone());
        all.register("queued_bytes", "Bytes that wait for phones", self.queued_bytes.clone());
        all.register("pages_live", "Live pages given to phones", self.pages_live.clone());
        all.register("pages_read", "Pages built for one phone", self.pages_read.clone());
        let behind = self.phones_behind.clone();
        all.register("phones_behind", "Phones whose queue ran over and that read on", behind);
        all.register("fell_behind", "Pages that did not fit a phone's queue", self.behind.clone());
        all.register("sign_ins", "Sign-ins, by way", self.sign_ins.clone());
        all.register("limited", "What went over a limit, by its name", limited);
        all.register("http_requests", "HTTP requests", self.requests.clone());
        let seconds = self.request_seconds.clone();
        all.register("http_request_seconds", "HTTP requests, seconds", seconds);
        all.register("store_errors", "Failures of the database", self.store_errors.clone());
        all.register("rollback_alarms", "Signs of a database set back", self.rollbacks.clone());
        let anew = self.begun_anew.clone();
        all.register("phones_begun_anew", "Phones that showed what they were not told", anew);
        let skew = self.clock_skew.clone();
        all.register("clock_skew_ms", "The database's clock ahead of Roost's time, ms", skew);
        let parted = self.clock_alarms.clone();
        all.register("clock_alarms", "Times that the clocks parted", parted);
        let csp = self.csp_reports.clone();
        all.register("csp_reports", "Reports of browsers, by directive and source", csp);
        all.register("wal_bytes", "SQLite's write-ahead log, bytes", self.wal_bytes.clone());
        self.registry = registry;
        self
    }
}
