//! A phone, as an app or a test holds it: enrol it, write with it, read from it, wait on it,
//! maltreat it. Everything it says comes from its store or its view; it never asks the server by
//! itself.

use crate::{
    clock::Clock,
    driver::{self, Driver, Order, Shared, begin},
    engine::{Changed, Input, OutboxItem},
    error::BridgeError,
    http::{self, Invitation},
    store::{Account, Store},
    view::View,
};
use roost_shared::{
    CardOf, DeviceId, Draft, Entry, EntryId, PersonId, RoomId, Seq, kind::Body, room::Listed,
};
use serde_json::json;
use std::{path::Path, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, broadcast, mpsc, oneshot, watch},
    time::timeout,
};

/// Orders that may wait for the driver; beyond it the caller waits.
const QUEUE_ORDERS: usize = 64;

/// Changes that a slow watcher may be behind; beyond it the watcher looks at everything again.
const QUEUE_CHANGES: usize = 64;

/// Counting what is new ends here: beyond it nobody cares how much it is.
pub const UNREAD_MAX: usize = 100;

/// Entries read from the store at once.
const READ_ENTRIES: i64 = 500;

/// A phone with its driver. Clones are the same phone; when the last is gone, so is the driver.
#[derive(Clone)]
pub struct Phone {
    orders: mpsc::Sender<Order>,
    shared: Shared,
    view: watch::Receiver<View>,
    clock: Clock,
}

impl Phone {
    /// Asks what an enrolment token is for. Spends nothing.
    ///
    /// # Errors
    /// `Refused`, `Unreachable`.
    pub async fn look(base_url: &str, enrolment_token: &str) -> Result<Invitation, BridgeError> {
        http::look(trim(base_url), enrolment_token).await
    }

    /// Signs a new phone in, with its store in this file, and connects it. May be repeated with the
    /// same file if the answer was lost.
    ///
    /// # Errors
    /// `Refused`, `Unreachable`, `Store`, `Entropy`.
    pub async fn enrol(
        base_url: &str,
        enrolment_token: &str,
        device_name: &str,
        store_path: &Path,
    ) -> Result<Phone, BridgeError> {
        let store = Store::open(store_path).await?;
        Phone::enrol_with(store, base_url, enrolment_token, device_name).await
    }

    /// As [`Phone::enrol`], with any store: an in-memory one for load tests.
    ///
    /// # Errors
    /// `Refused`, `Unreachable`, `Store`, `Entropy`.
    pub async fn enrol_with(
        mut store: Store,
        base_url: &str,
        enrolment_token: &str,
        device_name: &str,
    ) -> Result<Phone, BridgeError> {
        let base = trim(base_url).to_owned();
        let device = match store.account().await? {
            Some(account) => account.device,
            None => DeviceId::new(Clock::start().now_ms(), entropy()?),
        };
        let mut account = Account { base, device, refresh: None };
        // The device must have its name before the request: a lost answer is repeated under it.
        store.put_account(&account).await?;
        let sign_in = http::accept(&account.base, enrolment_token, device, device_name).await?;
        account.refresh = Some(sign_in.refresh);
        store.put_account(&account).await?;
        Phone::run(store, &account.base, Some(sign_in.access)).await
    }

    /// Takes up a phone that was enrolled before, and connects it.
    ///
    /// # Errors
    /// `SignedOut` when nobody is signed in on it; `Store`.
    pub async fn open(store_path: &Path) -> Result<Phone, BridgeError> {
        Phone::open_with(Store::open(store_path).await?).await
    }

    /// As [`Phone::open`], with any store.
    ///
    /// # Errors
    /// `SignedOut` when nobody is signed in on it; `Store`.
    pub async fn open_with(mut store: Store) -> Result<Phone, BridgeError> {
        let account = store.account().await?.filter(|account| account.refresh.is_some());
        let base = account.ok_or(BridgeError::SignedOut)?.base;
        Phone::run(store, &base, None).await
    }

    async fn run(
        mut store: Store,
        base: &str,
        first_access: Option<String>,
    ) -> Result<Phone, BridgeError> {
        let (engine, view) = begin(&mut store).await?;
        let (orders, to_driver) = mpsc::channel(QUEUE_ORDERS);
        let (publish, view) = watch::channel(view);
        let (changes, _) = broadcast::channel(QUEUE_CHANGES);
        let store = Arc::new(Mutex::new(store));
        let shared = Shared { base: base.into(), store, changes };
        let driver = Driver::new(engine, shared.clone(), publish, to_driver, first_access);
        tokio::spawn(driver.run());
        let phone = Phone { orders, shared, view, clock: Clock::start() };
        phone.start().await?;
        Ok(phone)
    }

    /// Says something in a room. When this returns, it is in the outbox, on disk.
    ///
    /// # Errors
    /// `NotTaken` with the reason; `Store`, `Entropy`, `Ended`.
    pub async fn send(&self, room: RoomId, text: &str) -> Result<EntryId, BridgeError> {
        self.say(room, None, text).await
    }

    /// Answers an entry of the same room.
    ///
    /// # Errors
    /// As [`Phone::send`].
    pub async fn reply(
        &self,
        room: RoomId,
        target: EntryId,
        text: &str,
    ) -> Result<EntryId, BridgeError> {
        self.say(room, Some(target), text).await
    }

    async fn say(
        &self,
        room: RoomId,
        target: Option<EntryId>,
        text: &str,
    ) -> Result<EntryId, BridgeError> {
        let id = EntryId::new(self.clock.now_ms(), entropy()?);
        let draft = Draft { id, kind: "message".to_owned(), target, body: json!({ "text": text }) };
        self.send_draft(room, draft).await?;
        Ok(id)
    }

    /// Puts any draft into the outbox. The same draft twice is there once.
    ///
    /// # Errors
    /// As [`Phone::send`].
    pub async fn send_draft(&self, room: RoomId, draft: Draft) -> Result<(), BridgeError> {
        let made_at = self.clock.now_ms();
        self.step(Input::Send { room, draft, made_at }).await
    }

    /// Drops a draft that was refused, is asked about or is not under way.
    ///
    /// # Errors
    /// `Store`, `Ended`.
    pub async fn discard(&self, id: EntryId) -> Result<(), BridgeError> {
        self.step(Input::Discard { id }).await
    }

    /// Tries a refused draft again, or sends one that was asked about after all.
    ///
    /// # Errors
    /// `Store`, `Ended`.
    pub async fn retry(&self, id: EntryId) -> Result<(), BridgeError> {
        self.step(Input::Retry { id }).await
    }

    /// Asks for what came before the newest entries held.
    ///
    /// # Errors
    /// `Store`, `Ended`.
    pub async fn older(&self, room: RoomId) -> Result<(), BridgeError> {
        self.step(Input::Older { room }).await
    }

    /// Everything up to `seq` stands on an unlocked, visible screen.
    ///
    /// # Errors
    /// `Store`, `Ended`.
    pub async fn read(&self, room: RoomId, seq: Seq) -> Result<(), BridgeError> {
        self.step(Input::Read { room, seq }).await
    }

    /// The person is writing in a room. May be said at every key.
    ///
    /// # Errors
    /// `Store`, `Ended`.
    pub async fn typing(&self, room: RoomId) -> Result<(), BridgeError> {
        self.step(Input::Typing { room }).await
    }

    /// My rooms, as the last `welcome` told them.
    pub fn rooms(&self) -> Vec<Listed> {
        self.view.borrow().told.rooms.clone()
    }

    /// The entries of a room from its floor to the cursor: ascending, none missing.
    ///
    /// # Errors
    /// `Store`.
    pub async fn entries(&self, room: RoomId) -> Result<Vec<Entry>, BridgeError> {
        let Some(place) = self.view.borrow().places.get(&room).copied() else { return Ok(vec![]) };
        let (mut all, mut after) = (Vec::new(), place.floor.previous());
        while after < place.cursor {
            let run = self.entries_after(room, after, READ_ENTRIES).await?;
            let Some(last) = run.last().map(|entry| entry.seq) else { break };
            after = last;
            all.extend(run.into_iter().filter(|entry| entry.seq <= place.cursor));
        }
        Ok(all)
    }

    /// At most `limit` entries above `after`, ascending, also those above a gap.
    ///
    /// # Errors
    /// `Store`.
    pub async fn entries_after(
        &self,
        room: RoomId,
        after: Seq,
        limit: i64,
    ) -> Result<Vec<Entry>, BridgeError> {
        self.shared.store.lock().await.entries(room, after, limit).await
    }

    /// The cards of a room, in ascending order of their targets' places.
    ///
    /// # Errors
    /// `Store`.
    pub async fn cards(&self, room: RoomId) -> Result<Vec<CardOf>, BridgeError> {
        self.shared.store.lock().await.cards(room).await
    }

    /// How many entries held I have not read, at most [`UNREAD_MAX`]; 0 where that is not noted.
    ///
    /// # Errors
    /// `Store`.
    pub async fn unread(&self, room: RoomId) -> Result<usize, BridgeError> {
        let view = self.view();
        let Some(me) = view.counts_unread(room) else { return Ok(0) };
        let (mut unread, mut after) = (0, view.read(room));
        loop {
            let run = self.entries_after(room, after, READ_ENTRIES).await?;
            let Some(last) = run.last() else { return Ok(unread) };
            after = last.seq;
            unread += run.iter().filter(|entry| counts(entry, me)).count();
            if unread >= UNREAD_MAX {
                return Ok(UNREAD_MAX);
            }
        }
    }

    /// The drafts on their way, in the order they were written.
    pub fn outbox(&self) -> Vec<OutboxItem> {
        self.view.borrow().outbox.clone()
    }

    /// This moment of the phone.
    pub fn view(&self) -> View {
        self.view.borrow().clone()
    }

    /// What a screen should look at again, from now on.
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.shared.changes.subscribe()
    }

    /// Waits until the view is as wished.
    ///
    /// # Errors
    /// `TooLate` with the last view's state and places; `Ended`.
    pub async fn wait_until(
        &self,
        at_most: Duration,
        wish: impl FnMut(&View) -> bool,
    ) -> Result<View, BridgeError> {
        let mut view = self.view.clone();
        let waited = timeout(at_most, view.wait_for(wish)).await;
        match waited {
            Ok(Ok(view)) => return Ok(view.clone()),
            Ok(Err(_)) => return Err(BridgeError::Ended),
            Err(_) => {}
        }
        let View { state, places, outbox, .. } = self.view();
        let left = outbox.len();
        Err(BridgeError::TooLate(format!("{state:?}, {left} in the outbox, {places:?}")))
    }

    /// Loses the connection without a word, as in a tunnel.
    ///
    /// # Errors
    /// `Ended`.
    pub async fn sever(&self) -> Result<(), BridgeError> {
        self.orders.send(Order::Sever).await.map_err(|_| BridgeError::Ended)
    }

    /// The app became visible, or the network came back.
    ///
    /// # Errors
    /// `Store`, `Ended`.
    pub async fn wake(&self) -> Result<(), BridgeError> {
        self.step(Input::Wake).await
    }

    /// Connects again after [`Phone::stop`].
    ///
    /// # Errors
    /// `Store`, `Ended`.
    pub async fn start(&self) -> Result<(), BridgeError> {
        self.step(Input::Start).await
    }

    /// Disconnects, and stays so. What is written meanwhile waits in the outbox.
    ///
    /// # Errors
    /// `Store`, `Ended`.
    pub async fn stop(&self) -> Result<(), BridgeError> {
        self.step(Input::Stop).await
    }

    /// Ends the sign-in on the server, then forgets everything on this phone.
    ///
    /// # Errors
    /// `Refused`, `Unreachable`: nothing is forgotten yet. `Store`, `Ended`.
    pub async fn sign_out(&self) -> Result<(), BridgeError> {
        self.stop().await?;
        let access = driver::renew(&self.shared.store).await?;
        http::end(&self.shared.base, &access).await?;
        // The next token fetch is refused for good, and that is what wipes a phone.
        self.start().await
    }

    async fn step(&self, input: Input) -> Result<(), BridgeError> {
        let (answer, answered) = oneshot::channel();
        let order = Order::Step(input, answer);
        self.orders.send(order).await.map_err(|_| BridgeError::Ended)?;
        answered.await.map_err(|_| BridgeError::Ended)?
    }
}

/// Whether an entry is news to `me`: not one's own, and not what was removed.
fn counts(entry: &Entry, me: PersonId) -> bool {
    Body::is_news(entry) && entry.author != Some(me) && entry.body.is_some()
}

fn trim(base_url: &str) -> &str {
    base_url.trim_end_matches('/')
}

fn entropy() -> Result<[u8; 10], BridgeError> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(|_| BridgeError::Entropy)?;
    Ok(bytes)
}
