//! A bare connection that speaks PROTOCOL.md and does nothing by itself but answer beats: no
//! outbox, no cursor, no reconnecting. For tests that say exact frames, and for load.

use futures_util::{SinkExt, StreamExt};
use roost_shared::{
    EntryId, RoomId,
    frame::{Anchors, ClientFrame, Cursors, Page, ServerFrame, Welcome},
    id::Epoch,
};
use serde_json::json;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, handshake::client::generate_key, http::Request},
};

/// How long a test waits for the server's next word.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What a narrow line holds for a phone that does not read.
const NARROW_BYTES: u32 = 8 * 1024;

/// One connection.
pub struct Wire {
    socket: WebSocketStream<TcpStream>,
    /// Whether it answers the server's beats, as a phone that is alive does.
    pub alive: bool,
}

/// What came.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A frame, and its text as it came.
    Frame(Box<ServerFrame>, String),
    /// The server closed with this code; 1006 when the connection just ended (RFC 6455).
    Closed(u16),
}

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// When nobody is there, or the upgrade is refused.
    pub async fn dial(address: SocketAddr) -> Result<Wire, Error> {
        Wire::dial_as(address, None).await
    }

    /// Connects as a page of this origin does.
    ///
    /// # Errors
    /// As [`Wire::dial`].
    pub async fn dial_as(address: SocketAddr, origin: Option<&str>) -> Result<Wire, Error> {
        let origin = origin.map(|origin| ("Origin", origin));
        Wire::over(TcpStream::connect(address).await?, origin).await
    }

    /// Connects through a proxy that says where it was called from.
    ///
    /// # Errors
    /// As [`Wire::dial`].
    pub async fn dial_from(address: SocketAddr, from: &str) -> Result<Wire, Error> {
        Wire::over(TcpStream::connect(address).await?, Some(("X-Forwarded-For", from))).await
    }

    /// Connects by a line that carries next to nothing while nobody reads.
    ///
    /// # Errors
    /// As [`Wire::dial`].
    pub async fn dial_narrow(address: SocketAddr) -> Result<Wire, Error> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(NARROW_BYTES)?;
        Wire::over(socket.connect(address).await?, None).await
    }

    async fn over(stream: TcpStream, header: Option<(&str, &str)>) -> Result<Wire, Error> {
        let address = stream.peer_addr()?;
        stream.set_nodelay(true)?;
        let mut request = Request::builder()
            .uri(format!("ws://{address}/ws"))
            .header("Host", address.to_string())
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", generate_key());
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let request = request.body(()).expect("the parts of the request are plain text");
        let (socket, _) = client_async(request, stream).await?;
        Ok(Wire { socket, alive: true })
    }

    /// Connects and says hello; `None` when the server does not welcome this token.
    pub async fn enter(address: SocketAddr, access: &str) -> Option<(Wire, Welcome)> {
        let mut wire = Wire::dial(address).await.expect("the server takes connections");
        wire.hello(access, None, Cursors::new()).await.ok()?;
        match wire.hear().await {
            Heard::Frame(frame, _) => match *frame {
                ServerFrame::Welcome(welcome) => Some((wire, *welcome)),
                _ => None,
            },
            Heard::Closed(_) => None,
        }
    }

    /// Says who it is and where it stands.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn hello(
        &mut self,
        access: &str,
        epoch: Option<Epoch>,
        cursors: Cursors,
    ) -> Result<(), Error> {
        self.hello_showing(access, epoch, (cursors, Anchors::new())).await
    }

    /// As [`Wire::hello`], and shows what it was told of what it holds.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn hello_showing(
        &mut self,
        access: &str,
        epoch: Option<Epoch>,
        (cursors, anchors): (Cursors, Anchors),
    ) -> Result<(), Error> {
        let token = access.to_owned();
        self.say(&ClientFrame::Hello { v: 1, token, epoch, cursors, anchors }).await
    }

    /// Sends a message draft; the answer comes among everything else.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn post(&mut self, room: RoomId, id: EntryId, text: &str) -> Result<(), Error> {
        self.say(&draft(room, id, text)).await
    }

    /// Says a frame.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn say(&mut self, frame: &ClientFrame) -> Result<(), Error> {
        self.say_text(frame.encode()).await
    }

    /// Says something that need not be a frame.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn say_text(&mut self, text: String) -> Result<(), Error> {
        self.socket.send(Message::text(text)).await
    }

    /// Sends bytes that are no text.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn say_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.socket.send(Message::binary(bytes.to_vec())).await
    }

    /// Sends a frame of the WebSocket itself: a ping, a part of a message.
    ///
    /// # Errors
    /// When the connection has ended.
    pub async fn say_raw(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message).await
    }

    /// What the server says next; panics when it says nothing for [`PATIENCE`].
    pub async fn hear(&mut self) -> Heard {
        crate::wait::within("the server says something", PATIENCE, self.listen()).await
    }

    /// What the server says next, however long that takes.
    pub async fn listen(&mut self) -> Heard {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text);
                    let frame = frame.unwrap_or_else(|e| panic!("no frame: {e}: {text}"));
                    if let (ServerFrame::Beat { digest }, true) = (&frame, self.alive) {
                        let _ = self.say(&ClientFrame::Beat { digest: digest.clone() }).await;
                    }
                    return Heard::Frame(Box::new(frame), text.to_string());
                }
                Some(Ok(Message::Close(close))) => {
                    return Heard::Closed(close.map_or(1005, |close| close.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(1006),
            }
        }
    }

    /// The next frame that `pick` takes; what comes before it is passed over. Panics when the
    /// connection ends first.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(ServerFrame) -> Option<T>) -> T {
        loop {
            match self.hear().await {
                Heard::Frame(frame, _) => {
                    if let Some(found) = pick(*frame) {
                        return found;
                    }
                }
                Heard::Closed(code) => panic!("closed with {code} while waiting for a frame"),
            }
        }
    }

    /// Says something and waits for its ack: how long that took.
    pub async fn talk(&mut self, room: RoomId) -> Duration {
        let (id, began) = (crate::ids::entry(), Instant::now());
        self.post(room, id, "good morning").await.expect("the connection is alive");
        self.until(|frame| {
            matches!(frame, ServerFrame::Ack { id: of, .. } if of == id).then_some(())
        })
        .await;
        began.elapsed()
    }

    /// The next page of a room.
    pub async fn page(&mut self, room: RoomId) -> Page {
        self.until(|frame| match frame {
            ServerFrame::Page(page) if page.room == room => Some(page),
            _ => None,
        })
        .await
    }

    /// The code with which the server closes; what it says before is passed over.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code) = self.hear().await {
                return code;
            }
        }
    }
}

/// A message draft.
pub fn draft(room: RoomId, id: EntryId, text: &str) -> ClientFrame {
    let (kind, body) = ("message".to_owned(), json!({ "text": text }));
    ClientFrame::Append { room, id, kind, target: None, body }
}
