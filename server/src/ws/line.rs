//! The line to a phone: a WebSocket on its TCP connection, with small buffers and nothing between.
//! The only file of the server that names tungstenite.

use super::session::Input;
use crate::limits::Frames;
use axum::http::HeaderValue;
use bytes::Bytes;
use roost_shared::{
    Refusal,
    frame::{ClientFrame, FRAME_MAX_BYTES},
};
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        handshake::derive_accept_key,
        protocol::{
            CloseFrame, Role, WebSocketConfig,
            frame::{
                Frame,
                coding::{Data, OpCode},
            },
        },
    },
};

/// tungstenite allocates its read buffer whole, and its default of 128 KiB would be a phone's
/// largest cost.
const READ_BUFFER_BYTES: usize = 1_024;
/// The longest frame, and what is gathered before it is written out: the write buffer never
/// shrinks, so a long text goes in fragments (RFC 6455, § 5.4).
const FRAGMENT_BYTES: usize = 2_048;
/// Beyond this a phone takes nothing, and its session waits.
const WRITE_BUFFER_MAX_BYTES: usize = 4 * FRAGMENT_BYTES;

/// A phone's WebSocket.
pub type Socket = WebSocketStream<TcpStream>;

/// How far a socket is to be: ready for another frame, or all of it flushed.
pub type Far = fn(Pin<&mut Socket>, &mut Context<'_>) -> Poll<Result<(), Error>>;

/// The answer to the key of a handshake.
pub fn accept_key(key: &HeaderValue) -> Option<HeaderValue> {
    HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok()
}

/// A socket on a connection that has been upgraded; `early` is what it has already said.
pub async fn open(stream: TcpStream, early: Vec<u8>) -> Socket {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(FRAGMENT_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_MAX_BYTES)
        .max_message_size(Some(FRAME_MAX_BYTES))
        .max_frame_size(Some(FRAME_MAX_BYTES));
    WebSocketStream::from_partially_read(stream, early, Role::Server, Some(config)).await
}

/// A text as one message: a short one in one frame, a long one in fragments.
pub fn fragments(mut text: Bytes) -> impl Iterator<Item = Message> {
    let mut next = Some(Data::Text);
    std::iter::from_fn(move || {
        let opcode = OpCode::Data(next.take()?);
        let fragment = text.split_to(text.len().min(FRAGMENT_BYTES));
        next = (!text.is_empty()).then_some(Data::Continue);
        Some(Message::Frame(Frame::message(fragment, opcode, next.is_none())))
    })
}

/// A last text, and the close with its code and reason.
pub fn goodbye(text: String, code: u16, reason: &'static str) -> [Message; 2] {
    let close = CloseFrame { code: code.into(), reason: Utf8Bytes::from_static(reason) };
    [Message::Text(text.into()), Message::Close(Some(close))]
}

/// What a phone said; `None` when the connection is over.
pub fn heard(message: Option<Result<Message, Error>>, frames: &Frames) -> Option<Input> {
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

    #[test]
    fn a_long_text_goes_in_fragments() {
        for length in [0, 1, FRAGMENT_BYTES, FRAGMENT_BYTES + 1, 3 * FRAGMENT_BYTES, 9_999] {
            let text = Bytes::from(vec![b'a'; length]);
            let frames: Vec<Frame> = fragments(text)
                .map(|message| match message {
                    Message::Frame(frame) => frame,
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(frames.len(), length.div_ceil(FRAGMENT_BYTES).max(1), "{length}");
            assert_eq!(frames.iter().map(|frame| frame.payload().len()).sum::<usize>(), length);
            for (place, frame) in frames.iter().enumerate() {
                let opcode = if place == 0 { Data::Text } else { Data::Continue };
                assert_eq!(frame.header().opcode, OpCode::Data(opcode), "{length}");
                assert_eq!(frame.header().is_final, place + 1 == frames.len(), "{length}");
            }
        }
    }
}
