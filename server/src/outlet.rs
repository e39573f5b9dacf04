//! The way to one phone: a bounded queue towards its socket. Nothing here waits. A page that finds
//! the queue full is not queued: the phone is *behind* and reads the log when it has caught its
//! breath; it never skips.

use crate::{metrics, page::PageText};
use bytes::Bytes;
use roost_shared::{PersonId, Refusal};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Notify;

/// Notes of each sort that may wait for a phone.
const NOTES_MAX: usize = 32;
/// Pages for which an empty queue keeps room.
const PAGES_KEPT: usize = 4;

/// What reaches a socket from the rest of the house.
#[derive(Clone, Debug)]
pub enum Push {
    /// New entries of a room.
    Page(Arc<PageText>),
    /// A frame that is good for the moment only: marks, typing.
    Note(Bytes),
    /// Some pages did not fit: look where the rooms stand.
    Behind,
    /// My rooms, their people or my own right to be here may have changed.
    Reload,
    /// The connection is to end.
    End(Refusal),
}

/// What is good for the moment only, as a frame.
#[derive(Clone, Debug)]
pub enum Note {
    /// Said once: who misses it must be told where everyone stands.
    Marks(Bytes),
    /// Over in a moment.
    Typing(Bytes),
}

/// The way to one phone.
pub struct Outlet {
    pub person: PersonId,
    max_pages: usize,
    max_bytes: usize,
    waiting: Mutex<Waiting>,
    cut: OnceLock<Refusal>,
    reload: AtomicBool,
    behind: AtomicBool,
    /// Rung whenever there is something to take.
    bell: Notify,
}

#[derive(Default)]
struct Waiting {
    pages: VecDeque<Arc<PageText>>,
    bytes: usize,
    marks: VecDeque<Bytes>,
    typing: VecDeque<Bytes>,
}

/// The socket's end of an outlet. There is one: what it has taken nobody else gets.
pub struct Inlet {
    pub outlet: Arc<Outlet>,
}

impl Outlet {
    /// Queues a page, or marks the phone as behind.
    pub fn page(&self, page: &Arc<PageText>) {
        {
            let mut waiting = self.waiting();
            let bytes = waiting.bytes + page.text.len();
            if waiting.pages.len() < self.max_pages && bytes <= self.max_bytes {
                waiting.pages.push_back(page.clone());
                waiting.bytes = bytes;
            } else {
                self.behind.store(true, Ordering::Release);
                metrics::all().fell_behind();
            }
        }
        self.bell.notify_one();
    }

    /// Queues a note. When many wait already, who is typing is let go; marks all give way to a
    /// look at everything, whose `welcome` tells how far everyone is.
    pub fn note(&self, note: &Note) {
        let mut waiting = self.waiting();
        match note {
            Note::Typing(_) if waiting.typing.len() >= NOTES_MAX => return,
            Note::Typing(text) => waiting.typing.push_back(text.clone()),
            Note::Marks(_) if waiting.marks.len() >= NOTES_MAX => {
                waiting.marks = VecDeque::new();
                self.reload.store(true, Ordering::Release);
            }
            Note::Marks(text) => waiting.marks.push_back(text.clone()),
        }
        drop(waiting);
        self.bell.notify_one();
    }

    /// Asks the phone's session to look again at who it is and what it may read.
    pub fn reload(&self) {
        self.reload.store(true, Ordering::Release);
        self.bell.notify_one();
    }

    /// Ends the connection, with this as the reason. The first reason stands.
    pub fn cut(&self, refusal: Refusal) {
        let _ = self.cut.set(refusal);
        self.bell.notify_one();
    }

    /// Waits until something is urgent; see [`Outlet::is_urgent`]. Cancel-safe.
    pub async fn urgent(&self) {
        while !self.is_urgent() {
            self.bell.notified().await;
        }
    }

    /// Whether some pages did not fit and have not been read yet.
    pub fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Acquire)
    }

    /// How many bytes wait.
    pub fn bytes(&self) -> usize {
        self.waiting().bytes
    }

    /// Whether the phone may be here no longer, or must look whether it may: that goes before
    /// pages.
    pub fn is_urgent(&self) -> bool {
        self.cut.get().is_some() || self.reload.load(Ordering::Acquire)
    }

    /// Why the connection is to end, if it is.
    pub fn is_cut(&self) -> Option<Refusal> {
        self.cut.get().copied()
    }

    /// What is next, the urgent first.
    fn take(&self) -> Option<Push> {
        if let Some(refusal) = self.cut.get() {
            return Some(Push::End(*refusal));
        }
        if self.reload.swap(false, Ordering::AcqRel) {
            return Some(Push::Reload);
        }
        if self.behind.swap(false, Ordering::AcqRel) {
            return Some(Push::Behind);
        }
        let mut waiting = self.waiting();
        let Some(page) = waiting.pages.pop_front() else {
            let note = waiting.marks.pop_front().or_else(|| waiting.typing.pop_front());
            return note.map(Push::Note);
        };
        waiting.bytes -= page.text.len();
        if waiting.pages.is_empty() {
            // An idle phone keeps no long queue.
            waiting.pages.shrink_to(PAGES_KEPT);
        }
        metrics::all().page_live();
        Some(Push::Page(page))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // A panic elsewhere leaves at most a page too many in the count.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inlet {
    /// For a phone of this person, with room for so many pages and bytes.
    pub fn new(person: PersonId, max_pages: usize, max_bytes: usize) -> Inlet {
        let outlet = Outlet {
            person,
            max_pages,
            max_bytes,
            waiting: Mutex::default(),
            cut: OnceLock::new(),
            reload: AtomicBool::new(false),
            behind: AtomicBool::new(false),
            bell: Notify::new(),
        };
        Inlet { outlet: Arc::new(outlet) }
    }

    /// The next push, the urgent ones first. Cancel-safe.
    pub async fn next(&mut self) -> Push {
        loop {
            if let Some(push) = self.ready() {
                return push;
            }
            self.outlet.bell.notified().await;
        }
    }

    /// A push that is already here, if any.
    pub fn ready(&mut self) -> Option<Push> {
        self.outlet.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(n: usize) -> Bytes {
        Bytes::from(n.to_string())
    }

    fn jos_phone() -> Inlet {
        Inlet::new(PersonId::new(1, [1; 10]), 8, 1 << 20)
    }

    /// What is ready, the notes as their texts.
    fn ready(phone: &mut Inlet) -> Vec<String> {
        std::iter::from_fn(|| phone.ready())
            .map(|push| match push {
                Push::Note(text) => String::from_utf8_lossy(&text).into_owned(),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn marks_come_through_however_many_type() {
        let mut phone = jos_phone();
        (0..NOTES_MAX * 2).for_each(|_| phone.outlet.note(&Note::Typing(text(0))));
        phone.outlet.note(&Note::Marks(text(1)));
        let told = ready(&mut phone);
        assert_eq!((told[0].as_str(), told.len()), ("1", 1 + NOTES_MAX));
    }

    #[test]
    fn marks_that_do_not_fit_are_told_by_a_welcome() {
        let mut phone = jos_phone();
        (0..NOTES_MAX).for_each(|n| phone.outlet.note(&Note::Marks(text(n))));
        let all: Vec<String> = (0..NOTES_MAX).map(|n| n.to_string()).collect();
        assert_eq!(ready(&mut phone), all, "so many fit, in their order");
        (0..=NOTES_MAX).for_each(|n| phone.outlet.note(&Note::Marks(text(n))));
        phone.outlet.note(&Note::Marks(text(99)));
        assert_eq!(ready(&mut phone), ["Reload", "99"], "what comes after the look is told too");
    }
}
