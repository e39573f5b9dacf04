//! The listener's loop: takes connections, gives each request the address it came from, and ends
//! gently. A head that does not arrive in time ends its connection, and so does a response that is
//! not taken in time.

use super::stream::{Patience, Stream};
use crate::limits::connections::{Connections, Visitor};
use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use socket2::SockRef;
use std::{future::Future, net::IpAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// How long the loop rests when the machine has no more connections to give, and how long it waits
/// at most for one that it ended.
const REST: Duration = Duration::from_millis(100);
/// What the system may hold for a caller that does not read; it takes twice as much for its own
/// books. By itself it would go up to megabytes, for each of them.
const UNREAD_BYTES: usize = 128 * 1024;
/// What hyper may hold of a head that comes, and of responses to requests that come all at once.
const HEAD_BYTES: usize = 64 * 1024;

/// The address that called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller(pub(super) IpAddr);

/// A listener, and how patient it is.
pub struct Door {
    pub listener: TcpListener,
    pub connections: Connections,
    pub header_ms: u64,
    pub patience: Patience,
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
    builder.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(HEAD_BYTES);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = door.listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((tcp, address)) => {
                // Small frames must not wait for each other: no Nagle.
                let _ = tcp.set_nodelay(true);
                let _ = SockRef::from(&tcp).set_send_buffer_size(UNREAD_BYTES);
                let (slot, visitor) = door.connections.enter(address.ip());
                let stream = Stream::new(tcp, (slot, visitor.clone()), door.patience);
                let caller = Caller(address.ip());
                let asker = (caller, visitor.clone());
                let answering = answer(&builder, &router, (stream, asker), closing.subscribe());
                visitor.run_by(tokio::spawn(answering).abort_handle());
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                door.connections.make_room();
                tokio::time::sleep(REST).await;
            }
        }
        // Whoever made way must have let go of its descriptor before the next one takes another.
        let _ = tokio::time::timeout(REST, door.connections.settled()).await;
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
    (stream, (caller, visitor)): (Stream, (Caller, Arc<Visitor>)),
    mut closing: watch::Receiver<()>,
) -> impl Future<Output = ()> + use<> {
    let inner = TowerToHyperService::new(router.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(caller);
        let (answered, waits) =
            (hyper::service::Service::call(&inner, request), visitor.clone().waits());
        async move {
            let _waits = waits;
            answered.await
        }
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
