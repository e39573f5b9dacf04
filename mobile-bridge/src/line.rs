//! One connection to a server: dials, carries text both ways, tells how it ended. The only file
//! that names tokio-tungstenite. A `Line` that is dropped says nothing more, whatever the socket
//! does.

use futures_util::{SinkExt, Stream, StreamExt, future::Either, pin_mut};
use std::time::Duration;
use tokio::{net::TcpStream, sync::mpsc, task::JoinHandle, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Error, Message, protocol::WebSocketConfig},
};

/// Buffers of a socket, bytes: a load test holds thousands of phones.
const BUFFER_BYTES: usize = 4_096;

/// The largest frame that is read, bytes. Pages are at most 128 KiB but for a single larger entry.
const FRAME_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Frames that may wait on either side, between the socket and the driver.
const QUEUE_FRAMES: usize = 256;

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// "Closed abnormally" (RFC 6455 § 7.4.1).
pub(crate) const ABNORMAL: u16 = 1006;

/// What is heard on a line.
#[derive(Debug)]
pub(crate) enum Heard {
    Opened,
    Text(String),
    Closed(u16),
}

pub(crate) struct Line {
    texts: mpsc::Sender<String>,
    heard: mpsc::Receiver<Heard>,
    task: JoinHandle<()>,
}

impl Line {
    /// Begins to dial. `base` is the server's `http://…`; the socket is at `/ws`.
    pub(crate) fn dial(base: &str) -> Line {
        let url = format!("ws{}/ws", base.strip_prefix("http").unwrap_or(base));
        let (texts, to_send) = mpsc::channel(QUEUE_FRAMES);
        let (tell, heard) = mpsc::channel(QUEUE_FRAMES);
        let task = tokio::spawn(async move {
            let code = carry(&url, to_send, &tell).await;
            // Nobody listens when the line was dropped, and then nobody needs to know.
            let _ = tell.send(Heard::Closed(code)).await;
        });
        Line { texts, heard, task }
    }

    /// Hands a text to the socket. False when the line does not take it: it is clogged or over.
    pub(crate) fn say(&self, text: String) -> bool {
        self.texts.try_send(text).is_ok()
    }

    /// The next thing heard; pends for ever after `Closed`.
    pub(crate) async fn listen(&mut self) -> Heard {
        match self.heard.recv().await {
            Some(heard) => heard,
            None => std::future::pending().await,
        }
    }

    /// Drops the connection without a word, as a tunnel does.
    pub(crate) fn sever(self) {
        self.task.abort();
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn carry(url: &str, to_send: mpsc::Receiver<String>, tell: &mpsc::Sender<Heard>) -> u16 {
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(Some(FRAME_MAX_BYTES))
        .max_frame_size(Some(FRAME_MAX_BYTES));
    let dialling = connect_async_with_config(url, Some(config), true);
    let (dialled, given_up) = (dialling, tell.closed());
    pin_mut!(dialled, given_up);
    let socket: Socket = match futures_util::future::select(dialled, given_up).await {
        Either::Left((Ok((socket, _)), _)) => socket,
        _ => return ABNORMAL,
    };
    if tell.send(Heard::Opened).await.is_err() {
        return ABNORMAL;
    }
    // Two halves at once: a server that reads slowly must not keep this phone from reading.
    let (sink, stream) = socket.split();
    tokio::select! {
        code = read(stream, tell) => code,
        () = write(sink, to_send) => ABNORMAL,
    }
}

async fn read(
    mut stream: impl Stream<Item = Result<Message, Error>> + Unpin,
    tell: &mpsc::Sender<Heard>,
) -> u16 {
    loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => {
                if tell.send(Heard::Text(text.as_str().to_owned())).await.is_err() {
                    // The driver hung up: `write` is about to say goodbye and end this task.
                    return std::future::pending().await;
                }
            }
            Some(Ok(Message::Close(frame))) => {
                return frame.map_or(ABNORMAL, |frame| frame.code.into());
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return ABNORMAL,
        }
    }
}

async fn write(
    mut sink: impl SinkExt<Message, Error = Error> + Unpin,
    mut to_send: mpsc::Receiver<String>,
) {
    while let Some(text) = to_send.recv().await {
        if sink.send(Message::text(text)).await.is_err() {
            // `read` learns the reason, the close code among them.
            return std::future::pending().await;
        }
    }
    let _ = timeout(GOODBYE, sink.close()).await;
}
