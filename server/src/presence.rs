//! Who is connected to this process: the outlets of each constellation's phones, and the outlet
//! itself, a bounded queue towards one socket. Nothing here waits: a phone that is too slow is cut,
//! never skipped.

use crate::page::PageText;
use roost_shared::{ConstellationId, PersonId, Refusal};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::{Notify, mpsc};

/// What reaches a socket from the rest of the house.
#[derive(Clone, Debug)]
pub enum Push {
    /// New entries of a room.
    Page(Arc<PageText>),
    /// My rooms or their people may have changed.
    Reload,
}

/// The way to one phone.
pub struct Outlet {
    pub person: PersonId,
    queue: mpsc::Sender<Push>,
    waiting_bytes: AtomicUsize,
    max_bytes: usize,
    cut: OnceLock<Refusal>,
    bell: Notify,
}

/// The socket's end of an outlet.
pub struct Inlet {
    pub outlet: Arc<Outlet>,
    queue: mpsc::Receiver<Push>,
}

/// An outlet for a person, with room for so many pushes and bytes.
pub fn outlet(person: PersonId, max_pushes: usize, max_bytes: usize) -> Inlet {
    let (queue, receiver) = mpsc::channel(max_pushes);
    let outlet = Outlet {
        person,
        queue,
        waiting_bytes: AtomicUsize::new(0),
        max_bytes,
        cut: OnceLock::new(),
        bell: Notify::new(),
    };
    Inlet { outlet: Arc::new(outlet), queue: receiver }
}

impl Outlet {
    /// Queues a page; a phone whose queue is full is cut off with a code that lets it resume.
    pub fn page(&self, page: &Arc<PageText>) {
        let bytes = page.text.len();
        let waiting = self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        if waiting + bytes > self.max_bytes || !self.push(Push::Page(page.clone())) {
            self.cut(Refusal::SlowReader);
        }
    }

    fn push(&self, push: Push) -> bool {
        self.queue.try_send(push).is_ok()
    }

    /// Ends the connection, with this as the reason. The first reason stands.
    pub fn cut(&self, refusal: Refusal) {
        let _ = self.cut.set(refusal);
        self.bell.notify_one();
    }
}

impl Inlet {
    /// The next push. Cancel-safe.
    ///
    /// # Errors
    /// The reason why the connection is to end.
    pub async fn next(&mut self) -> Result<Push, Refusal> {
        if let Some(refusal) = self.outlet.cut.get() {
            return Err(*refusal);
        }
        tokio::select! {
            biased;
            () = self.outlet.bell.notified() => {
                Err(self.outlet.cut.get().copied().unwrap_or(Refusal::Draining))
            }
            push = self.queue.recv() => push.map(|push| self.taken(push)).ok_or(Refusal::Draining),
        }
    }

    /// A further push that is already here, if any.
    pub fn ready(&mut self) -> Option<Push> {
        if self.outlet.cut.get().is_some() {
            return None;
        }
        self.queue.try_recv().ok().map(|push| self.taken(push))
    }

    fn taken(&self, push: Push) -> Push {
        if let Push::Page(page) = &push {
            self.outlet.waiting_bytes.fetch_sub(page.text.len(), Ordering::Relaxed);
        }
        push
    }
}

/// The outlets of everyone who is connected, by constellation.
#[derive(Clone, Default)]
pub struct Presence(Arc<Mutex<HashMap<ConstellationId, Vec<Arc<Outlet>>>>>);

impl Presence {
    /// Somebody is here.
    pub fn enter(&self, constellation: ConstellationId, outlet: &Arc<Outlet>) {
        self.with(|all| all.entry(constellation).or_default().push(outlet.clone()));
    }

    /// Somebody has gone.
    pub fn leave(&self, constellation: ConstellationId, outlet: &Arc<Outlet>) {
        self.with(|all| {
            if let Some(outlets) = all.get_mut(&constellation) {
                outlets.retain(|other| !Arc::ptr_eq(other, outlet));
                if outlets.is_empty() {
                    all.remove(&constellation);
                }
            }
        });
    }

    /// Every phone of a constellation looks again at its rooms, and at whether it may be here at
    /// all.
    pub fn reload(&self, constellation: ConstellationId) {
        self.with(|all| {
            for outlet in all.get(&constellation).into_iter().flatten() {
                if !outlet.push(Push::Reload) {
                    outlet.cut(Refusal::SlowReader);
                }
            }
        });
    }

    /// Ends every connection.
    pub fn cut_all(&self, refusal: Refusal) {
        self.with(|all| all.values().flatten().for_each(|outlet| outlet.cut(refusal)));
    }

    /// How many phones are connected.
    pub fn count(&self) -> usize {
        self.with(|all| all.values().map(Vec::len).sum())
    }

    fn with<T>(&self, act: impl FnOnce(&mut HashMap<ConstellationId, Vec<Arc<Outlet>>>) -> T) -> T {
        // A panic elsewhere cannot leave the map half-changed, so a poisoned lock is still good.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
