//! A Roost of a test's own, in this process: its folder, its port, its people. What needs a process
//! of its own, because it is killed, is an [`Instance`](crate::instance::Instance).

use crate::{
    ample,
    cast::Cast,
    door::{Door, SignIn},
    folder::Folder,
    wait,
    wire::Wire,
};
use roost_bridge::{Phone, View};
use roost_server::{App, Config, Error};
use roost_shared::{PersonId, RoomId, frame::Welcome, room::RoomKind};
use std::{net::SocketAddr, path::PathBuf, sync::Mutex, thread, time::Duration};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// How long a server may take to end.
const ENDING: Duration = Duration::from_secs(10);

/// A running Roost with the whole cast.
pub struct World {
    /// Nobody's between stopping and starting: what holds it holds the data folder.
    app: Option<App>,
    pub door: Door,
    pub cast: Cast,
    config: Config,
    running: Option<Running>,
    phones: Mutex<Vec<(String, Phone)>>,
    folder: Folder,
}

struct Running {
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), Error>>,
}

impl World {
    /// A furnished Roost with the shipped configuration, but for its limits.
    pub async fn new() -> World {
        World::with(|_| {}).await
    }

    /// A furnished Roost whose configuration was changed.
    pub async fn with(change: impl FnOnce(&mut Config)) -> World {
        let folder = Folder::new("world");
        let mut config = Config::in_folder(folder.path());
        ample::limits(&mut config.limits);
        change(&mut config);
        let app = App::begin(config.clone()).await.expect("a Roost begins in a new folder");
        let cast = Cast::furnish(&app).await.expect("an empty house can be furnished");
        let (address, running) = serve(&app, config.server.listen).await;
        // From now on the port stays, as it does in life.
        config.server.listen = address;
        let door = Door::new(address);
        let (running, phones) = (Some(running), Mutex::default());
        World { app: Some(app), door, cast, config, running, phones, folder }
    }

    /// Stops as on a deployment, and starts again on the same data.
    pub async fn restart(&mut self) {
        self.stop().await;
        let opened = wait::until_some("the data folder is free", ENDING, || {
            let config = self.config.clone();
            async move { App::open(config).await.ok() }
        });
        let app = opened.await;
        self.running = Some(serve(&app, self.config.server.listen).await.1);
        self.app = Some(app);
    }

    /// Stops as on a deployment.
    pub async fn stop(&mut self) {
        let Some(Running { stop, served }) = self.running.take() else { return };
        let _ = stop.send(());
        let served = wait::within("the server ends", ENDING, served).await;
        served.expect("the server does not panic").expect("the server ends well");
        self.app = None;
    }

    /// The file of the database. Whoever changes it stops the world first.
    pub fn database(&self) -> PathBuf {
        self.config.store.data.join("roost.db")
    }

    /// The house behind the doors, for what only an operator may do.
    pub fn app(&self) -> &App {
        self.app.as_ref().expect("the world is running")
    }

    /// A person by their name.
    pub fn person(&self, name: &str) -> PersonId {
        self.cast.person(name)
    }

    /// Signs a person in on a new phone.
    pub async fn sign_in(&self, name: &str) -> SignIn {
        let token = self.app().people.enrol(self.person(name)).await;
        self.door.accept(&token.expect("everybody of the cast can be enrolled")).await
    }

    /// A new phone of this person, signed in and connected: the real one, with its own store. The
    /// same name again is a second device. Its test closes with [`World::end`].
    pub async fn phone(&self, name: &str) -> Phone {
        let token = self.app().people.enrol(self.person(name)).await;
        let token = token.expect("everybody of the cast can be enrolled");
        let count = self.phones().len();
        let store = self.folder.path().join(format!("phone-{count}-{name}.db"));
        let phone = Phone::enrol(&self.door.base(), &token, "a test's phone", &store).await;
        let phone = phone.expect("a fresh link signs in");
        let live = phone.wait_until(ENDING, View::is_live).await;
        live.expect("a signed-in phone is welcome");
        self.phones().push((name.to_owned(), phone.clone()));
        phone
    }

    /// The end of a test with phones: everything written must be sent, and everybody hold
    /// everything.
    pub async fn end(mut self) {
        let phones = std::mem::take(&mut *self.phones());
        for (name, phone) in phones {
            let whole = |view: &View| view.all_sent() && view.is_caught_up();
            let ended = phone.wait_until(ENDING, whole).await;
            ended.unwrap_or_else(|error| panic!("{name} is not whole: {error}"));
        }
        self.stop().await;
    }

    /// From now on nobody asks whether the phones are whole: their story ends here.
    pub fn forget_phones(&self) {
        self.phones().clear();
    }

    fn phones(&self) -> std::sync::MutexGuard<'_, Vec<(String, Phone)>> {
        self.phones.lock().expect("no test panics while it adds a phone")
    }

    /// A new phone of this person, connected by a bare wire.
    pub async fn wire(&self, name: &str) -> (Wire, Welcome) {
        let sign_in = self.sign_in(name).await;
        let entered = Wire::enter(self.door.address, &sign_in.access).await;
        entered.expect("a signed-in phone is welcome")
    }

    /// A room by its kind, as this person finds it; the first one, if there are several.
    pub async fn room(&self, name: &str, kind: RoomKind) -> RoomId {
        let sign_in = self.sign_in(name).await;
        let path = "/api/me";
        let heard = self.door.ask(reqwest::Method::GET, path, Some(&sign_in.access), None).await;
        let text = heard.expect("the server answers").text;
        let welcome: Welcome = serde_json::from_str(&text).expect("/api/me is a welcome");
        room_of(&welcome, kind)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let left = self.phones.get_mut().map_or(0, |phones| phones.len());
        assert!(left == 0 || thread::panicking(), "a world with phones ends with `end`");
    }
}

/// The first room of this kind.
pub fn room_of(welcome: &Welcome, kind: RoomKind) -> RoomId {
    let found = welcome.rooms.iter().find(|listed| listed.kind == kind);
    found.unwrap_or_else(|| panic!("no {kind:?} among {:?}", welcome.rooms)).room
}

async fn serve(app: &App, listen: SocketAddr) -> (SocketAddr, Running) {
    let bound = wait::until_some("the port is free", ENDING, || async move {
        TcpListener::bind(listen).await.ok()
    });
    let listener = bound.await;
    let address = listener.local_addr().expect("a bound listener has an address");
    let (stop, stopped) = oneshot::channel();
    let shutdown = async {
        let _ = stopped.await;
    };
    let served = tokio::spawn(roost_server::run(app.clone(), listener, shutdown));
    (address, Running { stop, served })
}
