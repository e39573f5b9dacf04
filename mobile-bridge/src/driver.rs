//! Runs one engine: feeds it what happens and does what it says. One task per phone. It decides
//! nothing itself but one thing: when the store fails, nothing goes out that is not on disk, so it
//! begins again from what the store holds.

use crate::{
    clock::Clock,
    engine::{Changed, Engine, Input, Output, Saved, State, Write},
    error::BridgeError,
    http,
    line::{ABNORMAL, Heard, Line},
    store::{Account, Store},
    view::{Told, View},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, broadcast, mpsc, oneshot, watch},
    time::{sleep, sleep_until},
};

/// After the store failed, it is tried again this much later.
const STORE_PAUSE: Duration = Duration::from_secs(2);

/// What a `Phone` asks of its driver.
pub(crate) enum Order {
    /// An input of the engine; answered when its writes are on disk.
    Step(Input, oneshot::Sender<Result<(), BridgeError>>),
    /// Lose the connection as a tunnel would.
    Sever,
}

/// What the driver shares with its `Phone`.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) base: Arc<str>,
    pub(crate) store: Arc<Mutex<Store>>,
    pub(crate) changes: broadcast::Sender<Changed>,
}

/// The end of a token fetch.
enum Fetched {
    Token(String),
    Refused { is_final: bool },
}

pub(crate) struct Driver {
    clock: Clock,
    engine: Engine,
    told: Arc<Told>,
    shared: Shared,
    view: watch::Sender<View>,
    orders: mpsc::Receiver<Order>,
    line: Option<Line>,
    /// The line took no more and was cut; its end is still to be told to the engine.
    cut: bool,
    alarm: Option<i64>,
    /// A token fetch is on its way: a refresh token must not be spent twice at once.
    fetching: bool,
    fetched: (mpsc::Sender<Fetched>, mpsc::Receiver<Fetched>),
    /// The access token that came with the enrolment.
    first_access: Option<String>,
}

/// One thing that woke the driver.
enum Event {
    Order(Option<Order>),
    Heard(Heard),
    Fetched(Option<Fetched>),
    Alarm,
}

/// The engine of this store, and what a screen sees of it.
pub(crate) async fn begin(store: &mut Store) -> Result<(Engine, View), BridgeError> {
    let saved: Saved = store.load().await?;
    let told = Arc::new(saved.welcome.as_ref().map(Told::read).unwrap_or_default());
    let engine = Engine::new(&saved);
    let view = look(&engine, &told);
    Ok((engine, view))
}

fn look(engine: &Engine, told: &Arc<Told>) -> View {
    View {
        state: engine.state(),
        places: engine.places().collect(),
        readings: engine.readings().collect(),
        typing: engine.typing().clone(),
        outbox: engine.outbox().cloned().collect(),
        told: Arc::clone(told),
    }
}

impl Driver {
    pub(crate) fn new(
        engine: Engine,
        shared: Shared,
        view: watch::Sender<View>,
        orders: mpsc::Receiver<Order>,
        first_access: Option<String>,
    ) -> Driver {
        let told = Arc::clone(&view.borrow().told);
        Driver {
            clock: Clock::start(),
            engine,
            told,
            shared,
            view,
            orders,
            line: None,
            cut: false,
            alarm: None,
            fetching: false,
            fetched: mpsc::channel(1),
            first_access,
        }
    }

    /// Until the last `Phone` of this driver is gone.
    pub(crate) async fn run(mut self) {
        loop {
            match self.next().await {
                Event::Order(None) => return,
                Event::Order(Some(Order::Step(input, answer))) => {
                    // A caller who stopped waiting has lost interest in the answer, not in the
                    // deed.
                    let _ = answer.send(self.step(input).await);
                }
                Event::Order(Some(Order::Sever)) => self.sever().await,
                Event::Heard(heard) => self.hear(heard).await,
                Event::Fetched(fetched) => self.take_token(fetched).await,
                Event::Alarm => {
                    self.alarm = None;
                    self.go(Input::Timer).await;
                }
            }
        }
    }

    async fn next(&mut self) -> Event {
        if std::mem::take(&mut self.cut) {
            return Event::Heard(Heard::Closed(ABNORMAL));
        }
        let alarm = self.alarm.map(|at| self.clock.instant(at));
        let listen = async {
            match &mut self.line {
                Some(line) => line.listen().await,
                None => std::future::pending().await,
            }
        };
        let ring = async {
            match alarm {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            order = self.orders.recv() => Event::Order(order),
            heard = listen => Event::Heard(heard),
            fetched = self.fetched.1.recv() => Event::Fetched(fetched),
            () = ring => Event::Alarm,
        }
    }

    async fn hear(&mut self, heard: Heard) {
        let input = match heard {
            Heard::Opened => Input::Opened,
            Heard::Text(text) => Input::Frame { text },
            Heard::Closed(code) => {
                self.line = None;
                Input::Closed { code }
            }
        };
        self.go(input).await;
    }

    async fn sever(&mut self) {
        if let Some(line) = self.line.take() {
            line.sever();
            self.go(Input::Closed { code: ABNORMAL }).await;
        }
    }

    async fn take_token(&mut self, fetched: Option<Fetched>) {
        self.fetching = false;
        match fetched {
            Some(Fetched::Token(access)) => self.go(Input::Token { access }).await,
            Some(Fetched::Refused { is_final }) => self.go(Input::TokenRefused { is_final }).await,
            None => {}
        }
    }

    /// A step nobody waits for.
    async fn go(&mut self, input: Input) {
        if let Err(error) = self.step(input).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a step was not taken");
        }
    }

    async fn step(&mut self, input: Input) -> Result<(), BridgeError> {
        let outputs = self.engine.step(self.clock.now_ms(), input);
        let (mut writes, mut rest) = (Vec::new(), Vec::new());
        for output in outputs {
            match output {
                Output::Write { write } => writes.push(write),
                other => rest.push(other),
            }
        }
        // Nothing of this step leaves the phone, and no screen shows it, before it is on disk.
        let written = self.shared.store.lock().await.apply(&writes).await;
        if let Err(error) = written {
            self.begin_again().await;
            return Err(error);
        }
        if let Some(Write::PutWelcome { welcome }) = find_welcome(&writes) {
            self.told = Arc::new(Told::read(welcome));
        }
        if writes.contains(&Write::WipeAll) {
            self.told = Arc::default();
        }
        self.obey(rest)
    }

    fn obey(&mut self, outputs: Vec<Output>) -> Result<(), BridgeError> {
        let (mut answer, mut changes) = (Ok(()), Vec::new());
        for output in outputs {
            match output {
                Output::Write { .. } => {}
                Output::Rejected { code, .. } => answer = Err(BridgeError::NotTaken(code)),
                Output::Close => (self.line, self.cut) = (None, false),
                Output::NeedToken => self.fetch_token(),
                Output::Open => self.line = Some(Line::dial(&self.shared.base)),
                Output::Transmit { frame } => self.say(frame.encode()),
                Output::Timer { at } => self.alarm = at,
                Output::Changed { what } => changes.push(what),
            }
        }
        if !changes.is_empty() {
            self.view.send_replace(look(&self.engine, &self.told));
        }
        for change in changes {
            // An error says that nobody is watching.
            let _ = self.shared.changes.send(change);
        }
        answer
    }

    /// A line that takes no more is as good as dead: it is cut, and its end is told as any other.
    fn say(&mut self, text: String) {
        if let Some(line) = &self.line
            && !line.say(text)
        {
            self.line = None;
            self.cut = true;
        }
    }

    /// The engine is ahead of the disk: drop it with its connection, and start from the disk.
    async fn begin_again(&mut self) {
        let was_stopped = self.engine.state() == State::Stopped;
        (self.line, self.cut, self.alarm) = (None, false, None);
        loop {
            sleep(STORE_PAUSE).await;
            let begun = begin(&mut *self.shared.store.lock().await).await;
            if let Ok((engine, view)) = begun {
                self.engine = engine;
                self.told = Arc::clone(&view.told);
                self.view.send_replace(view);
                break;
            }
        }
        if was_stopped {
            return;
        }
        let outputs = self.engine.step(self.clock.now_ms(), Input::Start);
        // Starting writes nothing and takes no draft.
        let _ = self.obey(outputs);
    }

    fn fetch_token(&mut self) {
        if std::mem::replace(&mut self.fetching, true) {
            return;
        }
        let (tell, store) = (self.fetched.0.clone(), Arc::clone(&self.shared.store));
        // Its own task: the person writes on while the network makes up its mind.
        let first = self.first_access.take();
        tokio::spawn(async move {
            let fetched = match first {
                Some(access) => Fetched::Token(access),
                None => renew(&store).await.map_or_else(refused, Fetched::Token),
            };
            let _ = tell.send(fetched).await;
        });
    }
}

/// Spends the refresh token and keeps its successor. Returns the access token.
pub(crate) async fn renew(store: &Mutex<Store>) -> Result<String, BridgeError> {
    let account = store.lock().await.account().await?.ok_or(BridgeError::SignedOut)?;
    let spent = account.refresh.as_deref().ok_or(BridgeError::SignedOut)?;
    let sign_in = http::refresh(&account.base, spent).await?;
    // Kept before anything is done with it: the predecessor ends when this one is first used.
    let kept = Account { refresh: Some(sign_in.refresh), ..account };
    store.lock().await.put_account(&kept).await?;
    Ok(sign_in.access)
}

/// Only a server that knows this sign-in and says that it is over ends it; everything else is
/// trouble on the way. One that does not know it may have lost its keys or its disk for a while:
/// the phone keeps everything, and goes on asking.
fn refused(error: BridgeError) -> Fetched {
    let is_final = match error {
        BridgeError::Refused(told) => told.ends_sign_in(),
        BridgeError::SignedOut => true,
        _ => false,
    };
    Fetched::Refused { is_final }
}

fn find_welcome(writes: &[Write]) -> Option<&Write> {
    writes.iter().rfind(|write| matches!(write, Write::PutWelcome { .. }))
}
