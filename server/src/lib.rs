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
//! - [`app`], [`config`], [`clock`], [`error`], [`telemetry`]: what the house stands on;
//! - [`demo`]: a furnished constellation to look around in.
//!
//! Dependencies point one way: `main → http, ws → app → log, people → bus → feed → store`.

pub mod app;
pub mod bus;
pub mod clock;
pub mod config;
pub mod demo;
pub mod error;
pub mod feed;
pub mod http;
pub mod log;
pub mod marks;
pub mod page;
pub mod people;
pub mod presence;
pub mod store;
pub mod telemetry;
pub mod ws;

pub use app::App;
pub use config::Config;
pub use error::Error;

use axum::serve::ListenerExt;
use roost_shared::Refusal;
use std::{
    future::{Future, IntoFuture},
    net::SocketAddr,
    time::Duration,
};
use tokio::net::TcpListener;

/// How long phones get to hear that the server restarts.
const DRAIN: Duration = Duration::from_secs(5);

/// Serves until `shutdown`, then tells every phone to come back, and closes the database.
///
/// # Errors
/// `Error::Config` when the listener is of no use.
pub async fn run(
    app: App,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let address = listener.local_addr().map_err(|e| Error::internal("listening", e))?;
    app.set_origins(origins(&app.config.server.public_url, address));
    tracing::info!(%address, "serving");
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let (ending, mut closing) = (app.clone(), stopped.clone());
    tokio::spawn(async move {
        shutdown.await;
        ending.drain();
        ending.presence.cut_all(Refusal::Draining);
        let _ = stop.send(true);
    });
    // Small frames must not wait for each other: no Nagle.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let serve =
        axum::serve(listener, http::router(app.clone())).with_graceful_shutdown(async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        });
    // A request that is never finished must not keep the process from ending.
    let late = async {
        let _ = closing.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(DRAIN).await;
    };
    let served = tokio::select! {
        served = serve.into_future() => served.map_err(|e| Error::internal("serving", e)),
        () = late => Ok(()),
    };
    let gone = async {
        while app.presence.count() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if tokio::time::timeout(DRAIN, gone).await.is_err() {
        tracing::warn!(phones = app.presence.count(), "some phones did not hear that we restart");
    }
    app.close().await;
    served
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
