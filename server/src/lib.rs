//! Roost's server. A map of the house, in the order in which a message walks through it:
//!
//! - [`ws`]: `socket` does the I/O of one phone, `session` decides, as a pure state machine;
//! - [`http`]: the same verbs for scripts and service workers, and the web app's files;
//! - [`log`]: **the heart**: `append` and `range`, the only code that writes entries;
//! - [`store`]: the database, the only folder that names sqlx;
//! - [`bus`]: what was written goes to the feeds, what another process wrote is found;
//! - [`feed`]: one per live room: reads once, fans out shared bytes of a [`page`];
//! - [`marks`]: what phones hold and what people have read, gathered and told;
//! - [`presence`]: who is connected, and the bounded queue towards each phone;
//! - [`people`]: services, constellations, homes, people, sign-ins, and what `welcome` tells;
//! - [`chain`]: how a history that was set back is noticed;
//! - [`limits`], [`metrics`]: how much anybody may ask for; what is counted;
//! - [`opening`], [`folder`]: how a Roost begins and is opened; what lies in its data folder;
//! - [`app`], [`config`], [`error`], [`telemetry`]: what the house stands on;
//! - [`clock`], [`reckoning`], [`timekeeping`]: one time that does not jump, and its alarm;
//! - [`demo`]: a furnished constellation to look around in.
//!
//! Dependencies point one way: `main → http, ws → app → log, people → bus → feed → store`.

pub mod app;
pub mod bus;
pub mod chain;
pub mod clock;
pub mod config;
pub mod demo;
pub mod error;
pub mod feed;
pub mod folder;
pub mod http;
pub mod limits;
pub mod log;
pub mod marks;
pub mod metrics;
pub mod opening;
pub mod outlet;
pub mod page;
pub mod people;
pub mod presence;
mod private;
pub mod reckoning;
pub mod store;
pub mod telemetry;
pub mod timekeeping;
pub mod ws;

pub use app::App;
pub use config::Config;
pub use error::Error;

use http::{Door, Patience, serve};
use limits::connections::Connections;
use roost_shared::Refusal;
use std::{future::Future, io, net::SocketAddr, num::NonZero, thread, time::Duration};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    sync::watch,
};

/// How long phones get to hear that the server restarts, requests to be answered, and the database
/// to close: all three within ten seconds.
const GOODBYE: Duration = Duration::from_secs(5);
const REQUESTS: Duration = Duration::from_secs(2);
const CLOSING: Duration = Duration::from_secs(2);
/// How often it is looked whether the last phone has gone.
const LOOK: Duration = Duration::from_millis(20);

/// What everything runs on. The log's writer and SQLite have threads of their own, so one core is
/// theirs: with a worker more, every message would cost the wakes that sharing the work takes.
///
/// # Errors
/// Whatever the system said.
pub fn runtime() -> io::Result<Runtime> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    Builder::new_multi_thread().worker_threads((cores - 1).max(1)).enable_all().build()
}

/// Serves until `shutdown`. Then it is not ready any more, tells every phone to come back, answers
/// what was asked, and closes the database.
///
/// # Errors
/// `Error::Config` when a listener is of no use, or the process may open too few files.
pub async fn run(
    app: App,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let address = listener.local_addr().map_err(|e| Error::internal("listening", e))?;
    let connections = Connections::new(&app.config, &app.clock)?;
    let door = |listener| {
        let limits = &app.config.limits;
        let patience = Patience { write_ms: limits.write_ms, response_ms: limits.response_ms };
        let connections = connections.clone();
        Door { listener, connections, header_ms: limits.header_ms, patience }
    };
    let (stop, stopped) = watch::channel(false);
    if let Some(address) = app.config.metrics.address()? {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|e| Error::Config(format!("metrics.listen {address} cannot be used: {e}")))?;
        tokio::spawn(http::metrics(app.clone(), door(listener), flagged(stopped.clone())));
    }
    app.set_origins(origins(&app.config.server.public_url, address));
    if app.is_https() && app.config.server.proxies == 0 {
        tracing::warn!(
            "server.proxies is 0: behind a proxy, all phones share one limit of failed sign-ins and one \
             of connections"
        );
    }
    tracing::info!(%address, "serving");
    let leaving = app.clone();
    tokio::spawn(async move {
        shutdown.await;
        say_goodbye(&leaving).await;
        let _ = stop.send(true);
    });
    let late = async {
        flagged(stopped.clone()).await;
        tokio::time::sleep(REQUESTS).await;
    };
    serve(door(listener), http::router(app.clone()), flagged(stopped.clone()), late).await;
    if tokio::time::timeout(CLOSING, app.close()).await.is_err() {
        tracing::warn!("the database did not close in time; what was acknowledged is on disk");
    }
    tracing::info!("ended");
    Ok(())
}

async fn flagged(mut flag: watch::Receiver<bool>) {
    let _ = flag.wait_for(|flag| *flag).await;
}

/// From now on not ready. While phones hear why, the doors stay open: whoever asks is told.
async fn say_goodbye(app: &App) {
    app.drain();
    tracing::info!(phones = app.presence.count(), "told to stop");
    app.presence.cut_all(Refusal::Draining);
    let gone = async {
        while app.presence.count() > 0 {
            tokio::time::sleep(LOOK).await;
        }
    };
    if tokio::time::timeout(GOODBYE, gone).await.is_err() {
        tracing::warn!(phones = app.presence.count(), "some phones did not hear that we restart");
    }
}

/// The origins under which our own page can stand.
fn origins(public_url: &str, address: SocketAddr) -> Vec<String> {
    if !public_url.is_empty() {
        return vec![public_url.to_owned()];
    }
    let mut own = vec![format!("http://{address}")];
    if address.ip().is_loopback() {
        own.push(format!("http://localhost:{}", address.port()));
    }
    own
}
