//! The listener's loop: takes connections, gives each request the address it came from, and ends
//! gently. A head that does not arrive in time ends its connection.

use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{
    future::Future,
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// How long the loop rests when the machine has no more connections to give.
const REST: Duration = Duration::from_millis(100);

/// The address that called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller(pub(super) IpAddr);

/// A listener, and how patient it is.
pub struct Door {
    pub listener: TcpListener,
    pub header_ms: u64,
}

/// Answers by `router` until `stop`, then takes no more connections and lets those that are being
/// answered go on until `end`.
pub async fn serve(
    door: Door,
    router: Router,
    stop: impl Future<Output = ()>,
    end: impl Future<Output = ()>,
) {
    // Held by each connection until it is over: when the last lets go, all are.
    let (closing, _) = watch::channel(());
    let mut builder = http1::Builder::new();
    let patience = Duration::from_millis(door.header_ms);
    builder.timer(TokioTimer::new()).header_read_timeout(patience);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = door.listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, address)) => {
                let answering = answer(&builder, &router, (stream, address), closing.subscribe());
                tokio::spawn(answering);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(door.listener);
    let _ = closing.send(());
    tokio::select! {
        () = end => {}
        () = closing.closed() => {}
    }
}

fn answer(
    builder: &http1::Builder,
    router: &Router,
    (stream, address): (TcpStream, SocketAddr),
    mut closing: watch::Receiver<()>,
) -> impl Future<Output = ()> + use<> {
    // Small frames must not wait for each other: no Nagle.
    let _ = stream.set_nodelay(true);
    let caller = Caller(address.ip());
    let inner = TowerToHyperService::new(router.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(caller);
        hyper::service::Service::call(&inner, request)
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    async move {
        let mut connection = std::pin::pin!(connection);
        // Over is over, well or not: what there was to say was said in answers.
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = closing.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }
}
