//! The line to a phone: a WebSocket on its TCP connection, with nothing between. What the phone
//! says, and control frames, go by tungstenite; our texts go to the connection as they are, each
//! behind a head of a few bytes: all phones of a room are sent the same bytes, and none has a copy.
//! The only file of the server that names tungstenite.

use super::{counted::Counted, session::Input};
use crate::limits::Frames;
use axum::http::HeaderValue;
use bytes::{Buf, Bytes};
use futures_util::{Sink, SinkExt, StreamExt};
use roost_shared::{
    Refusal,
    frame::{ClientFrame, FRAME_MAX_BYTES},
};
use std::{
    collections::VecDeque,
    future::poll_fn,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{io::AsyncWrite, net::TcpStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        handshake::derive_accept_key,
        protocol::{
            CloseFrame, Role, WebSocketConfig,
            frame::{
                FrameHeader,
                coding::{Data, OpCode},
            },
        },
    },
};

/// tungstenite allocates its read buffer whole, and its default of 128 KiB would be a phone's
/// largest cost. A frame that does not fit makes it grow by the length of that frame, and it stays
/// so: small, it grows to what a `hello` needs and no further.
const READ_BUFFER_BYTES: usize = 512;
/// What tungstenite may gather of control frames.
const CONTROL_BYTES: usize = 1_024;
/// When so much waits for the connection, more is not put beside it.
const WAITING_MAX_BYTES: usize = 64 * 1_024;
/// Pieces that go to the connection in one call.
const PIECES_A_WRITE: usize = 32;

/// A phone's WebSocket.
pub struct Line {
    socket: WebSocketStream<Counted>,
    /// What the system has not taken yet.
    waiting: VecDeque<Frame>,
    /// Whether it took a part of the first: until it has the rest nothing else may be said.
    begun: bool,
    /// Whether what the phone says can be read no more as frames.
    broken: bool,
}

/// A text and its head, or what is left of them.
struct Frame {
    head: Bytes,
    text: Bytes,
}

/// The answer to the key of a handshake.
pub fn accept_key(key: &HeaderValue) -> Option<HeaderValue> {
    HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok()
}

impl Line {
    /// A line on a connection that has been upgraded; `early` is what it has already said, and
    /// `frames` what it may say.
    pub async fn open(stream: TcpStream, early: Vec<u8>, frames: Frames) -> Line {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(CONTROL_BYTES)
            .max_message_size(Some(FRAME_MAX_BYTES))
            .max_frame_size(Some(FRAME_MAX_BYTES));
        let counted = Counted::new(stream, &early, frames);
        let socket =
            WebSocketStream::from_partially_read(counted, early, Role::Server, Some(config)).await;
        Line { socket, waiting: VecDeque::new(), begun: false, broken: false }
    }

    /// What the phone says next; `None` when the connection is over. Not to be asked while a flush
    /// is under way: the answer to a ping would go into the middle of a text. Cancel-safe.
    pub async fn next(&mut self) -> Option<Input> {
        let message = self.socket.next().await;
        let counted = self.socket.get_ref();
        if counted.is_flooded() {
            self.broken = true;
            return Some(Input::End(Refusal::TooMany));
        }
        self.broken = matches!(message, Some(Err(_)));
        heard(message, counted.frames())
    }

    /// Puts a text beside those that wait for the next flush.
    pub fn say(&mut self, text: Bytes) {
        self.waiting.push_back(Frame { head: head(text.len()), text });
    }

    /// Whether so much waits that it should be flushed first.
    pub fn is_full(&self) -> bool {
        self.waiting.iter().map(|frame| frame.text.len()).sum::<usize>() >= WAITING_MAX_BYTES
    }

    /// Gives everything that waits to the system.
    ///
    /// # Errors
    /// When the connection is over.
    pub fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if !self.begun {
            ready!(Pin::new(&mut self.socket).poll_flush(context))?;
        }
        while !self.waiting.is_empty() {
            let mut slices = [IoSlice::new(&[]); PIECES_A_WRITE];
            let pieces = self.waiting.iter().flat_map(|frame| [&frame.head, &frame.text]);
            let pieces = pieces.zip(&mut slices);
            let count = pieces.map(|(piece, slice)| *slice = IoSlice::new(piece)).count();
            let stream = Pin::new(self.socket.get_mut());
            match ready!(stream.poll_write_vectored(context, &slices[..count]))? {
                0 => return Poll::Ready(Err(io::Error::from(io::ErrorKind::WriteZero).into())),
                taken => self.taken(taken),
            }
        }
        // An idle phone keeps no queue.
        self.waiting = VecDeque::new();
        Poll::Ready(Ok(()))
    }

    fn taken(&mut self, mut bytes: usize) {
        while let Some(Frame { head, text }) = self.waiting.front_mut() {
            for piece in [&mut *head, &mut *text] {
                let part = bytes.min(piece.len());
                piece.advance(part);
                bytes -= part;
            }
            if text.has_remaining() || head.has_remaining() {
                break;
            }
            self.waiting.pop_front();
            self.begun = false;
            if bytes == 0 {
                return;
            }
        }
        self.begun = true;
    }

    /// Says a last text and the close with its code and reason, then listens until the phone has
    /// hung up. What waits and was not begun is not said any more: the phone may be one that must
    /// hear nothing else.
    ///
    /// # Errors
    /// When the connection is over before.
    pub async fn close(
        &mut self,
        text: String,
        code: u16,
        reason: &'static str,
    ) -> Result<(), Error> {
        self.waiting.truncate(usize::from(self.begun));
        self.say(text.into());
        poll_fn(|context| self.poll_flush(context)).await?;
        let close = CloseFrame { code: code.into(), reason: Utf8Bytes::from_static(reason) };
        self.socket.send(Message::Close(Some(close))).await?;
        // What the phone still sends is read and dropped, else the network may drop our last words
        // with it.
        if self.broken {
            return Ok(self.socket.get_mut().drain().await?);
        }
        while let Some(Ok(_)) = self.socket.next().await {}
        Ok(())
    }
}

/// The head of a text of this length, whole and in one frame (RFC 6455, § 5.2).
fn head(length: usize) -> Bytes {
    let header = FrameHeader { opcode: OpCode::Data(Data::Text), ..FrameHeader::default() };
    let length = length as u64;
    let mut head = Vec::with_capacity(header.len(length));
    header.format(length, &mut head).expect("a vector takes what is written to it");
    head.into()
}

/// What a phone said; `None` when the connection is over.
fn heard(message: Option<Result<Message, Error>>, frames: &Frames) -> Option<Input> {
    match message? {
        Ok(Message::Text(text)) => Some(Input::Frame(frames.admit(ClientFrame::decode(&text)))),
        Ok(Message::Binary(_)) => Some(Input::End(Refusal::FrameMalformed)),
        // tungstenite answers pings itself; a pong is proof of nothing that a beat does not prove.
        Ok(Message::Ping(_) | Message::Pong(_)) => Some(Input::Turn),
        Err(Error::Capacity(_)) => Some(Input::End(Refusal::FrameTooLarge)),
        Ok(Message::Close(_) | Message::Frame(_)) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, clock::Clock, limits::Limits};
    use futures_util::future::{join, poll_immediate};
    use std::path::Path;
    use tokio::net::TcpListener;

    /// A line, and the phone at its other end, which takes little at a time.
    async fn connected() -> (Line, WebSocketStream<TcpStream>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let phone = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let any = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let phone = WebSocketStream::from_raw_socket(phone, Role::Client, Some(any)).await;
        let limits = Config::in_folder(Path::new("unused")).limits;
        let frames = Limits::start(&limits, &Clock::turned_by_hand(0)).frames();
        (Line::open(stream, Vec::new(), frames).await, phone)
    }

    #[tokio::test]
    async fn texts_of_any_length_arrive_whole_and_in_order() {
        let lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 5_000_000, 3, 70_000];
        let texts = lengths.map(|length| Bytes::from(vec![b'a' + (length % 26) as u8; length]));
        let (mut line, mut phone) = connected().await;
        let saying = async {
            for text in &texts {
                line.say(text.clone());
            }
            assert!(line.is_full());
            poll_fn(|context| line.poll_flush(context)).await.unwrap();
            assert!(!line.is_full() && !line.begun);
        };
        let hearing = async {
            for text in &texts {
                let heard = phone.next().await.unwrap().unwrap();
                assert!(heard.is_text() && heard.into_data() == text, "{}", text.len());
            }
        };
        join(saying, hearing).await;
    }

    #[tokio::test]
    async fn after_the_goodbye_is_said_nothing_that_waited() {
        let (mut line, mut phone) = connected().await;
        let long = Bytes::from(vec![b'a'; 50_000_000]);
        line.say(long.clone());
        line.say(Bytes::from_static(b"not for you any more"));
        // The phone takes nothing, so the first text is begun and the second is not.
        assert!(poll_immediate(poll_fn(|context| line.poll_flush(context))).await.is_none());
        assert!(line.begun);
        let hearing = async {
            assert_eq!(phone.next().await.unwrap().unwrap().into_data(), long);
            let last = phone.next().await.unwrap().unwrap();
            assert_eq!(last.into_data(), Bytes::from_static(b"bye"));
            assert!(phone.next().await.unwrap().unwrap().is_close());
            drop(phone);
        };
        let (closed, ()) = join(line.close("bye".to_owned(), 4_401, "device_ended"), hearing).await;
        closed.unwrap();
    }

    #[tokio::test]
    async fn a_ping_is_answered_between_texts() {
        let (mut line, mut phone) = connected().await;
        phone.send(Message::Ping(Bytes::from_static(b"here?"))).await.unwrap();
        assert!(matches!(line.next().await, Some(Input::Turn)));
        line.say(Bytes::from_static(b"yes"));
        poll_fn(|context| line.poll_flush(context)).await.unwrap();
        assert!(phone.next().await.unwrap().unwrap().is_pong());
        assert!(phone.next().await.unwrap().unwrap().is_text());
    }
}
