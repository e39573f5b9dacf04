//! A caller's TCP connection, on which every wait for the caller has an end: a response must be
//! taken byte by byte and as a whole within its times. (Waiting for a head is hyper's to time, for
//! a body `pass`'s.)

use crate::{
    clock::after,
    limits::connections::{Slot, Visitor},
};
use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};

/// How long a response may wait for its reader, ms.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To take the next byte.
    pub write_ms: u64,
    /// To take all of it.
    pub response_ms: u64,
}

/// A caller's connection and its place among the house's.
pub(super) struct Stream {
    tcp: TcpStream,
    slot: Slot,
    visitor: Arc<Visitor>,
    patience: Patience,
    /// While the system takes no more of a response.
    waiting: Option<Waiting>,
}

struct Waiting {
    /// By when the whole must be taken.
    whole: Instant,
    /// By when the next byte must be.
    byte: Pin<Box<Sleep>>,
}

impl Stream {
    pub(super) fn new(
        tcp: TcpStream,
        (slot, visitor): (Slot, Arc<Visitor>),
        patience: Patience,
    ) -> Stream {
        Stream { tcp, slot, visitor, patience, waiting: None }
    }

    /// The parts, for a connection that is to become a phone's: that has its own times.
    pub(super) fn into_parts(self) -> (TcpStream, Slot, Arc<Visitor>) {
        (self.tcp, self.slot, self.visitor)
    }

    /// What came of a write; an error when the reader has had its time.
    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let next = after(self.patience.write_ms);
        if written.is_ready() {
            self.visitor.moved();
            if let Some(waiting) = &mut self.waiting {
                let by = next.min(waiting.whole);
                waiting.byte.as_mut().reset(by);
            }
            return written;
        }
        let whole = after(self.patience.response_ms);
        let waiting = self
            .waiting
            .get_or_insert_with(|| Waiting { whole, byte: Box::pin(sleep_until(next.min(whole))) });
        match waiting.byte.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.tcp).poll_read(context, buffer);
        if buffer.filled().len() > before {
            this.visitor.moved();
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.tcp).poll_write(context, bytes);
        this.written(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.tcp).poll_write_vectored(context, slices);
        this.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    /// Comes when everything there was has been taken.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.waiting = None;
        Pin::new(&mut this.tcp).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, clock::Clock, limits::connections::Connections};
    use std::{path::Path, time::Duration};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        time::{sleep, timeout},
    };

    /// More than the system takes on anybody's behalf.
    const MUCH: usize = 32 * 1024 * 1024;

    async fn connected(patience: Patience) -> (Stream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reader = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (tcp, from) = listener.accept().await.unwrap();
        let config = Config::in_folder(Path::new("unused"));
        let connections = Connections::new(&config, &Clock::system()).unwrap();
        (Stream::new(tcp, connections.enter(from.ip()), patience), reader)
    }

    async fn ends_within(limit_ms: u64, work: impl Future<Output = io::Result<()>>) -> io::Error {
        let ended = timeout(Duration::from_millis(limit_ms), work).await;
        ended.expect("it ends in time").expect_err("nobody took it all")
    }

    #[tokio::test]
    async fn a_reader_of_nothing_has_its_time_and_no_more() {
        let (mut stream, reader) = connected(Patience { write_ms: 200, response_ms: 60_000 }).await;
        let error = ends_within(5_000, async { stream.write_all(&vec![0; MUCH]).await }).await;
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(reader);
    }

    #[tokio::test]
    async fn a_reader_of_little_has_its_time_for_the_whole() {
        let patience = Patience { write_ms: 60_000, response_ms: 400 };
        let (mut stream, mut reader) = connected(patience).await;
        let sipping = tokio::spawn(async move {
            let mut sip = vec![0; 256 * 1024];
            while reader.read(&mut sip).await.is_ok_and(|read| read > 0) {
                sleep(Duration::from_millis(40)).await;
            }
        });
        let error = ends_within(5_000, async { stream.write_all(&vec![0; MUCH]).await }).await;
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        sipping.abort();
    }

    #[tokio::test]
    async fn a_reader_that_takes_everything_is_never_late() {
        let (mut stream, mut reader) =
            connected(Patience { write_ms: 1_500, response_ms: 1_500 }).await;
        let hearing = tokio::spawn(async move {
            let mut heard = vec![0; MUCH];
            for _ in 0..3 {
                reader.read_exact(&mut heard).await.unwrap();
                sleep(Duration::from_millis(900)).await;
            }
        });
        for _ in 0..3 {
            stream.write_all(&vec![0; MUCH]).await.unwrap();
            stream.flush().await.unwrap();
        }
        hearing.await.unwrap();
    }
}
