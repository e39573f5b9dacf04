//! The bytes of a phone on their way to tungstenite, and how many frames they are. tungstenite
//! answers pings and joins the parts of a message by itself, however many there are: they are
//! counted here, by the heads of the frames (RFC 6455, § 5.2), before it sees them. Nothing is
//! copied or kept but a head that is not whole yet.

use super::session::BAD_FRAMES_MAX;
use crate::limits::Frames;
use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// The longest head: two bytes, eight of a length, four of a mask.
const HEAD_MAX_BYTES: usize = 14;
/// What is read at a time of what nobody wants.
const DRAIN_BYTES: usize = 4_096;

const IS_MASKED: u8 = 0x80;
const OPCODE: u8 = 0x0f;
const CONTINUATION: u8 = 0x0;
const FIRST_CONTROL: u8 = 0x8;

/// A connection whose frames are counted.
pub(super) struct Counted {
    tcp: TcpStream,
    heads: Heads,
    frames: Frames,
    /// Frames in a row that were too many.
    over: u8,
}

impl Counted {
    /// A connection that has already said `early`.
    pub(super) fn new(tcp: TcpStream, early: &[u8], frames: Frames) -> Counted {
        let mut counted = Counted { tcp, heads: Heads::default(), frames, over: 0 };
        counted.count(early);
        counted
    }

    /// What this connection may say.
    pub(super) fn frames(&self) -> &Frames {
        &self.frames
    }

    /// Whether it said so much that it is read no more.
    pub(super) fn is_flooded(&self) -> bool {
        self.over >= BAD_FRAMES_MAX
    }

    /// Reads and drops what comes until the phone has hung up.
    pub(super) async fn drain(&mut self) -> io::Result<()> {
        let mut bytes = [0; DRAIN_BYTES];
        while self.tcp.read(&mut bytes).await? > 0 {}
        Ok(())
    }

    /// Counts the frames that no text comes of. The first frame of a text is counted with its text.
    fn count(&mut self, mut bytes: &[u8]) {
        while let Some(first) = self.heads.next(&mut bytes) {
            let opcode = first & OPCODE;
            if opcode != CONTINUATION && opcode < FIRST_CONTROL {
                continue;
            }
            self.over = if self.frames.count().is_ok() { 0 } else { self.over + 1 };
            if self.is_flooded() {
                return;
            }
        }
    }
}

/// Finds the heads of frames in a stream of bytes, however it is cut.
#[derive(Default)]
struct Heads {
    head: [u8; HEAD_MAX_BYTES],
    /// How much of the next head is here.
    have: usize,
    /// How much is still to come of the payload before it.
    payload: u64,
}

impl Heads {
    /// The first byte of the next head that is whole, taken from `bytes` with what is before it.
    fn next(&mut self, bytes: &mut &[u8]) -> Option<u8> {
        let skipped = usize::try_from(self.payload).unwrap_or(usize::MAX).min(bytes.len());
        *bytes = &bytes[skipped..];
        self.payload -= skipped as u64;
        while let Some((byte, rest)) = bytes.split_first() {
            *bytes = rest;
            self.head[self.have] = *byte;
            self.have += 1;
            if self.have >= 2 && self.have == self.head_bytes() {
                self.payload = self.payload_bytes();
                self.have = 0;
                return Some(self.head[0]);
            }
        }
        None
    }

    /// How long this head is; told by its first two bytes.
    fn head_bytes(&self) -> usize {
        let length = match self.head[1] & !IS_MASKED {
            127 => 8,
            126 => 2,
            _ => 0,
        };
        2 + length + if self.head[1] & IS_MASKED == 0 { 0 } else { 4 }
    }

    fn payload_bytes(&self) -> u64 {
        let be = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        match self.head[1] & !IS_MASKED {
            127 => be(&self.head[2..10]),
            126 => be(&self.head[2..4]),
            short => short.into(),
        }
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if !this.is_flooded() {
            ready!(Pin::new(&mut this.tcp).poll_read(context, buffer))?;
            this.count(&buffer.filled()[before..]);
        }
        if this.is_flooded() {
            buffer.set_filled(before);
            return Poll::Ready(Err(io::Error::other("too many frames")));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().tcp).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().tcp).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: u8 = 0x81;
    const BEGUN: u8 = 0x01;
    const END: u8 = 0x80;
    const PING: u8 = 0x89;

    /// A frame whose payload looks like heads of frames.
    fn frame(first: u8, length: usize, masked: bool) -> Vec<u8> {
        let mask = if masked { IS_MASKED } else { 0 };
        let mut frame = vec![first];
        match length {
            0..126 => frame.push(mask | length as u8),
            126..65_536 => {
                frame.push(mask | 126);
                frame.extend((length as u16).to_be_bytes());
            }
            _ => {
                frame.push(mask | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        if masked {
            frame.extend([PING; 4]);
        }
        frame.extend(std::iter::repeat_n(PING, length));
        frame
    }

    #[test]
    fn heads_are_found_however_the_bytes_are_cut() {
        let lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000, 0, 0];
        let firsts = [TEXT, PING, BEGUN, CONTINUATION, END, TEXT, 0x8a, 0x82, PING, 0x88];
        let frames = firsts.into_iter().zip(lengths);
        let bytes: Vec<u8> = frames
            .enumerate()
            .flat_map(|(n, (first, long))| frame(first, long, n % 3 > 0))
            .collect();
        for cut in [1, 2, 3, 7, 13, 14, 512, 100_000, bytes.len()] {
            let (mut heads, mut found) = (Heads::default(), Vec::new());
            for mut part in bytes.chunks(cut) {
                while let Some(first) = heads.next(&mut part) {
                    found.push(first);
                }
                assert!(part.is_empty());
            }
            assert_eq!(found, firsts, "cut by {cut}");
            assert_eq!((heads.have, heads.payload), (0, 0), "cut by {cut}");
        }
    }

    #[test]
    fn a_length_that_nobody_sends_is_a_length() {
        let mut bytes = &[0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255, PING, PING][..];
        let mut heads = Heads::default();
        assert_eq!((heads.next(&mut bytes), heads.payload), (Some(0x82), u64::MAX));
        assert_eq!((heads.next(&mut bytes), heads.payload), (None, u64::MAX - 2));
    }
}
