//! How many connections the house takes, and which of them ends when there is one too many.
//!
//! A connection on which no phone has signed in is a *visitor*: an HTTP connection, or a socket
//! before its `welcome`. Visitors are bounded, by address and in all. Whoever comes when it is full
//! is let in, and the visitor ends on whose connection nothing has moved for longest, those who wait
//! for our answer last: those who hold connections and say nothing cannot keep anybody out, whatever
//! address they share. Where one network holds much of the house, it is one of its visitors. A phone
//! never makes way for a visitor.

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
mod tests {
    use super::*;
    use std::path::Path;

    fn house(most: Most) -> (Connections, Clock) {
        let clock = Clock::turned_by_hand(1_000);
        let (leaving, _) = watch::channel(0);
        let (held, clock_of) = (Mutex::default(), clock.clone());
        (Connections(Arc::new(House { clock: clock_of, most, held, leaving })), clock)
    }

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    /// Which of these are still here.
    fn here(visits: &[(Slot, Arc<Visitor>)]) -> Vec<usize> {
        let ended = |visitor: &Visitor| matches!(*visitor.task(), Task::Ended);
        (0..visits.len()).filter(|n| !ended(&visits[*n].1)).collect()
    }

    const MOST: Most = Most { an_address: 3, visitors: 5, phones: 4, all: 6 };

    #[test]
    fn of_an_address_the_stillest_makes_way() {
        let (house, clock) = house(MOST);
        let enter = |n| {
            clock.turn(10);
            house.enter(address(n))
        };
        let mut visits = vec![enter(1), enter(1), enter(2), enter(1)];
        clock.turn(10);
        visits[0].1.moved();
        visits.push(enter(1));
        assert_eq!(here(&visits), [0, 2, 3, 4], "the first spoke since, the second did not");
        assert_eq!(*house.0.leaving.borrow(), 1);
        visits.remove(1);
        assert_eq!(*house.0.leaving.borrow(), 0, "it has hung up");
    }

    #[test]
    fn of_the_house_the_stillest_visitor_makes_way_and_never_a_phone() {
        let (house, clock) = house(MOST);
        let mut visits = Vec::new();
        for n in 0..4 {
            visits.push(house.enter(address(n)));
            clock.turn(10);
            visits[n as usize].0.signed_in().unwrap();
        }
        let mut fifth = house.enter(address(5));
        assert_eq!(fifth.0.signed_in(), Err(Refusal::Busy), "the rest is for visitors");
        visits.push(fifth);
        for n in 5..9 {
            clock.turn(10);
            visits.push(house.enter(address(n)));
        }
        assert_eq!(here(&visits), [0, 1, 2, 3, 7, 8], "phones, and the two that came last");
        visits.truncate(2);
        let held = house.0.held();
        assert_eq!((held.phones, held.visitors.len()), (2, 0));
    }

    #[test]
    fn who_waits_for_an_answer_goes_last_and_a_network_that_takes_the_house_goes_first() {
        let (house, clock) = house(Most { an_address: 3, visitors: 6, phones: 4, all: 20 });
        let enter = |network: u32, host: u32| {
            clock.turn(10);
            house.enter(address(network << 8 | host))
        };
        let mut visits = vec![enter(7, 1), enter(8, 1)];
        (2..6).for_each(|host| visits.push(enter(9, host)));
        let waits = visits[2].1.clone().waits();
        visits.push(enter(10, 1));
        assert_eq!(here(&visits), [0, 1, 2, 4, 5, 6], "of the greedy one, and not who waits");
        drop(waits);
        visits.push(enter(11, 1));
        assert_eq!(here(&visits), [0, 1, 2, 5, 6, 7], "what was answered has moved");
    }

    #[tokio::test]
    async fn one_that_was_told_to_end_before_it_ran_does_not_run() {
        let (house, _) = house(MOST);
        let (slot, visitor) = house.enter(address(1));
        visitor.end();
        let task = tokio::spawn(std::future::pending::<()>());
        visitor.run_by(task.abort_handle());
        assert!(task.await.unwrap_err().is_cancelled());
        drop(slot);
    }

    #[test]
    fn what_a_process_may_open_is_read() {
        let head =
            "Limit                     Soft Limit           Hard Limit           Units     \n";
        let files = |soft: &str| format!("{head}Max open files {soft} 524288 files\n");
        let table = [
            (files("1024"), Some(1_024)),
            (files("unlimited"), Some(usize::MAX)),
            (files("many"), None),
            (head.to_owned(), None),
        ];
        for (told, expected) in table {
            assert_eq!(descriptors(&told), expected, "{told}");
        }
    }

    #[test]
    fn descriptors_are_kept_back() {
        let mut config = Config::in_folder(Path::new("unused"));
        config.limits.descriptors_kept = 48;
        let table = [(128, Some((60, 80))), (64, Some((12, 16))), (1_024, Some((912, 976)))];
        for (open, expected) in table.into_iter().chain([(63, None), (0, None)]) {
            let most = Most::of(&config, open).ok().map(|most| (most.phones, most.all));
            assert_eq!(most, expected, "{open}");
        }
        let an_address = |config: &Config| Most::of(config, 128).unwrap().an_address;
        assert_eq!(an_address(&config), config.limits.connections_an_address);
        config.server.proxies = 1;
        assert_eq!(an_address(&config), usize::MAX, "all of them are the proxy's");
    }
}
