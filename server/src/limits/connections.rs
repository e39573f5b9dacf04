//! How many connections the house takes, and which of them ends when there is one too many.
//!
//! A connection on which no phone has signed in is a *visitor*: an HTTP connection, or a socket
//! before its `welcome`. Visitors are bounded, by address and in all. Whoever comes when it is full
//! is let in, and the visitor ends on whose connection nothing has moved for longest, those who
//! wait for our answer last: those who hold connections and say nothing cannot keep anybody out,
//! whatever address they share. Where one network holds much of the house, it is one of its
//! visitors. A phone never makes way for a visitor.

use super::Limit;
use crate::{clock::Clock, config::Config, error::Error};
use roost_shared::Refusal;
use std::{
    collections::HashMap,
    fs,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};
use tokio::{sync::watch, task::AbortHandle};

/// Where Linux tells what a process may open.
const PROCESS_LIMITS: &str = "/proc/self/limits";
/// The descriptors that are counted on where the system does not tell: what macOS gives.
const DESCRIPTORS_ASSUMED: usize = 256;
/// With fewer connections than this there is no point in serving.
const CONNECTIONS_LEAST: usize = 16;
/// Of the house's connections, the part that phones leave to visitors (one in so many), and the
/// most that it needs: without it nobody could sign in or ask whether the house is alive.
const VISITORS_PART: usize = 4;
const VISITORS_KEPT_MAX: usize = 64;
/// When the house is full, a network that holds more than one visitor in so many makes way.
const NETWORK_PART: usize = 4;

/// The connections of the house. Cheap to clone.
#[derive(Clone)]
pub struct Connections(Arc<House>);

struct House {
    clock: Clock,
    most: Most,
    held: Mutex<Held>,
    /// How many were told to end and have not hung up yet.
    leaving: watch::Sender<usize>,
}

/// The bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Most {
    /// Visitors of one address.
    an_address: usize,
    /// Visitors.
    visitors: usize,
    /// Phones.
    phones: usize,
    /// All of them.
    all: usize,
}

#[derive(Default)]
struct Held {
    last: u64,
    visitors: HashMap<u64, (IpAddr, Arc<Visitor>)>,
    phones: usize,
}

/// A connection's place, until it is dropped.
pub struct Slot {
    house: Arc<House>,
    id: u64,
    is_phone: bool,
}

/// When something last moved on a visitor's connection, and what to end.
pub struct Visitor {
    clock: Clock,
    moved_ms: AtomicU64,
    /// Requests that wait for our answer.
    waiting: AtomicUsize,
    task: Mutex<Task>,
}

/// Who runs the connection.
enum Task {
    Unknown,
    Known(AbortHandle),
    Ended,
}

impl Connections {
    /// As many as the configuration allows and this process can open.
    ///
    /// # Errors
    /// `Error::Config` when it can open too few.
    pub fn new(config: &Config, clock: &Clock) -> Result<Connections, Error> {
        let told = fs::read_to_string(PROCESS_LIMITS).ok();
        let open = told.as_deref().and_then(descriptors).unwrap_or(DESCRIPTORS_ASSUMED);
        let most = Most::of(config, open)?;
        let (leaving, _) = watch::channel(0);
        Ok(Connections(Arc::new(House {
            clock: clock.clone(),
            most,
            held: Mutex::default(),
            leaving,
        })))
    }

    /// A visitor comes; if there is one too many, another ends.
    pub fn enter(&self, from: IpAddr) -> (Slot, Arc<Visitor>) {
        let House { clock, most, .. } = &*self.0;
        let visitor = Arc::new(Visitor {
            clock: clock.clone(),
            moved_ms: AtomicU64::new(steady_ms(clock)),
            waiting: AtomicUsize::new(0),
            task: Mutex::new(Task::Unknown),
        });
        let from = neighbourhood(from);
        let mut held = self.0.held();
        let leaves = too_many(*most, &held, from);
        let leaves = leaves.and_then(|(id, limit)| self.0.sent_off(&mut held, id, limit));
        held.last += 1;
        let id = held.last;
        held.visitors.insert(id, (from, visitor.clone()));
        drop(held);
        if let Some(visitor) = leaves {
            visitor.end();
        }
        (Slot { house: self.0.clone(), id, is_phone: false }, visitor)
    }

    /// Ends the visitor that has been still for longest, if there is one: for when the system has
    /// no more to give than we thought.
    pub fn make_room(&self) {
        let mut held = self.0.held();
        let leaves = makes_way(&held);
        let leaves = leaves.and_then(|id| self.0.sent_off(&mut held, id, Limit::Connections));
        drop(held);
        if let Some(visitor) = leaves {
            visitor.end();
        }
    }

    /// Waits until those that were told to end have hung up: their descriptors are free again.
    pub async fn settled(&self) {
        // The sender stands beside us, so this ends by the count alone.
        let _ = self.0.leaving.subscribe().wait_for(|leaving| *leaving == 0).await;
    }
}

impl House {
    fn held(&self) -> MutexGuard<'_, Held> {
        // What is done under it are additions and removals that are whole or not begun.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a visitor out, who is then to be ended: not under the lock, which its slot takes.
    fn sent_off(&self, held: &mut Held, id: u64, limit: Limit) -> Option<Arc<Visitor>> {
        let (_, visitor) = held.visitors.remove(&id)?;
        limit.hit();
        self.leaving.send_modify(|leaving| *leaving += 1);
        Some(visitor)
    }
}

impl Slot {
    /// A phone has signed in on this connection.
    ///
    /// # Errors
    /// `Busy` when there are as many as this process can hold.
    pub fn signed_in(&mut self) -> Result<(), Refusal> {
        let mut held = self.house.held();
        if !self.is_phone && held.phones >= self.house.most.phones {
            return Err(Limit::Connections.hit_as(Refusal::Busy));
        }
        if !self.is_phone && held.visitors.remove(&self.id).is_some() {
            held.phones += 1;
            self.is_phone = true;
        }
        Ok(())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut held = self.house.held();
        if self.is_phone {
            held.phones -= 1;
        } else if held.visitors.remove(&self.id).is_none() {
            self.house.leaving.send_modify(|leaving| *leaving -= 1);
        }
    }
}

impl Visitor {
    /// A byte came or was taken.
    pub fn moved(&self) {
        self.moved_ms.store(steady_ms(&self.clock), Ordering::Relaxed);
    }

    /// A request has come, and is answered until this is dropped.
    pub fn waits(self: Arc<Visitor>) -> Waits {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waits(self)
    }

    /// This task runs the connection from now on: when it ends, the connection does.
    pub fn run_by(&self, handle: AbortHandle) {
        let mut task = self.task();
        match &*task {
            Task::Ended => handle.abort(),
            Task::Unknown | Task::Known(_) => *task = Task::Known(handle),
        }
    }

    fn end(&self) {
        if let Task::Known(handle) = std::mem::replace(&mut *self.task(), Task::Ended) {
            handle.abort();
        }
    }

    fn task(&self) -> MutexGuard<'_, Task> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A visitor who waits for our answer.
pub struct Waits(Arc<Visitor>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.moved();
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Most {
    fn of(config: &Config, descriptors: usize) -> Result<Most, Error> {
        let limits = &config.limits;
        let all = descriptors.saturating_sub(limits.descriptors_kept);
        if all < CONNECTIONS_LEAST {
            let least = limits.descriptors_kept + CONNECTIONS_LEAST;
            return Err(Error::Config(format!(
                "this process may open {descriptors} file descriptors; it needs {least} at least: \
                 raise the limit (ulimit -n, or LimitNOFILE= of its unit)"
            )));
        }
        // Behind a proxy every connection comes from the proxy.
        let one_address = config.server.proxies == 0;
        Ok(Most {
            an_address: if one_address { limits.connections_an_address } else { usize::MAX },
            visitors: limits.connections,
            phones: all - (all / VISITORS_PART).min(VISITORS_KEPT_MAX),
            all,
        })
    }
}

/// The visitor that ends when one more comes from this address, and by which limit.
fn too_many(most: Most, held: &Held, from: IpAddr) -> Option<(u64, Limit)> {
    let beside = || held.visitors.values().filter(|(address, _)| *address == from).count();
    if held.visitors.len() >= most.an_address && beside() >= most.an_address {
        let id = stillest(held, |address| *address == from)?;
        return Some((id, Limit::ConnectionsAnAddress));
    }
    let visitors = held.visitors.len();
    if visitors >= most.visitors || visitors + held.phones >= most.all {
        return Some((makes_way(held)?, Limit::Connections));
    }
    None
}

/// The visitor that ends when the house is full: of the network that holds most of it, if that is
/// more than its part.
fn makes_way(held: &Held) -> Option<u64> {
    let mut networks: HashMap<IpAddr, usize> = HashMap::new();
    for (address, _) in held.visitors.values() {
        *networks.entry(network(*address)).or_default() += 1;
    }
    let most = networks.into_iter().max_by_key(|(_, visitors)| *visitors);
    let greedy = most.filter(|(_, visitors)| visitors * NETWORK_PART > held.visitors.len());
    stillest(held, |address| greedy.is_none_or(|(greedy, _)| network(*address) == greedy))
}

/// Of these visitors the one on whose connection nothing has moved for longest; of those who wait
/// for our answer only when there is no other.
fn stillest(held: &Held, which: impl Fn(&IpAddr) -> bool) -> Option<u64> {
    let these = held.visitors.iter().filter(|(_, (address, _))| which(address));
    let moved = these.map(|(id, (_, visitor))| {
        let waits = visitor.waiting.load(Ordering::Relaxed) > 0;
        (waits, visitor.moved_ms.load(Ordering::Relaxed), *id)
    });
    moved.min().map(|(_, _, id)| id)
}

/// The soft limit of open files in the text of `/proc/self/limits`.
fn descriptors(told: &str) -> Option<usize> {
    let line = told.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        number => number.parse().ok(),
    }
}

fn steady_ms(clock: &Clock) -> u64 {
    u64::try_from(clock.steady().as_millis()).unwrap_or(u64::MAX)
}

/// What counts as one address: whoever has an IPv6 address has the 2^64 beside it too.
fn neighbourhood(address: IpAddr) -> IpAddr {
    first_bits(address, 32, 64)
}

/// The network that somebody may have many addresses of: a /24, or a /48 (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    first_bits(address, 24, 48)
}

fn first_bits(address: IpAddr, of_v4: u32, of_v6: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            IpAddr::V4((address.to_bits() >> (32 - of_v4) << (32 - of_v4)).into())
        }
        IpAddr::V6(address) => {
            IpAddr::V6((address.to_bits() >> (128 - of_v6) << (128 - of_v6)).into())
        }
    }
}

#[cfg(test)]
#[path = "connections_tests.rs"]
mod tests;
