//! The least of RFC 6455 that a loopback benchmark needs, for both ends: frames, a reader that cuts
//! them out of what arrives, a writer that tries the socket first. Not for anything but this bench.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncRead, ReadBuf},
    net::tcp::{OwnedReadHalf, OwnedWriteHalf},
};

pub const TEXT: u8 = 1;
pub const CLOSE: u8 = 8;

/// One read takes at most this much; every connection of a thread reads into the same place.
const READ_BYTES: usize = 64 * 1024;

/// RFC 6455 § 5.3 wants an unforeseeable key, against proxies; there are none on the loopback.
const MASK: [u8; 4] = [0x52, 0x6f, 0x6f, 0x73];

/// The key and the answer of RFC 6455 § 1.3: every connection of the bench uses them.
pub const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
pub const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

fn header(length: usize, masked: u8, into: &mut Vec<u8>) {
    into.push(0x80 | TEXT);
    match length {
        0..126 => into.push(masked | length as u8),
        126..65_536 => {
            into.push(masked | 126);
            into.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            into.push(masked | 127);
            into.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

/// A text frame as a server sends it.
pub fn from_server(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 10);
    header(payload.len(), 0, &mut frame);
    frame.extend_from_slice(payload);
    frame
}

/// A text frame as a client sends it: masked.
pub fn from_client(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 14);
    header(payload.len(), 0x80, &mut frame);
    frame.extend_from_slice(&MASK);
    let start = frame.len();
    frame.extend_from_slice(payload);
    unmask(&mut frame[start..], MASK);
    frame
}

fn unmask(payload: &mut [u8], key: [u8; 4]) {
    let mut chunks = payload.chunks_exact_mut(4);
    for chunk in &mut chunks {
        for (byte, mask) in chunk.iter_mut().zip(key) {
            *byte ^= mask;
        }
    }
    for (byte, mask) in chunks.into_remainder().iter_mut().zip(key) {
        *byte ^= mask;
    }
}

/// Where the first frame of `bytes` has its payload, if all of it is there: (first byte, start,
/// end).
fn first_frame(bytes: &mut [u8]) -> Option<(u8, usize, usize)> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    let (length, mut start) = match second & 0x7f {
        126 => (usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])), 4),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize, 10),
        short => (usize::from(short), 2),
    };
    if second & 0x80 == 0 {
        return (bytes.len() >= start + length).then_some((first, start, start + length));
    }
    let key: [u8; 4] = bytes.get(start..start + 4)?.try_into().ok()?;
    start += 4;
    unmask(bytes.get_mut(start..start + length)?, key);
    Some((first, start, start + length))
}

/// The reading end of a connection. It keeps no buffer while nothing is half read.
pub struct Ear {
    half: OwnedReadHalf,
    kept: Vec<u8>,
    /// The fragments of a message that is not whole yet.
    partial: Vec<u8>,
}

impl Ear {
    pub fn new(half: OwnedReadHalf) -> Ear {
        Ear { half, kept: Vec::new(), partial: Vec::new() }
    }

    /// Waits for bytes and shows each whole message (opcode, payload) to `hear`. False when it is
    /// over.
    pub async fn listen(&mut self, mut hear: impl FnMut(u8, &[u8])) -> bool {
        let Ear { half, kept, partial } = self;
        let mut hear = |first: u8, payload: &[u8]| match (first & 0x80 != 0, first & 15) {
            (true, opcode @ 1..) => hear(opcode, payload),
            (last, _) => {
                partial.extend_from_slice(payload);
                if last {
                    hear(TEXT, &std::mem::take(partial));
                }
            }
        };
        let arrived = Self::read(half, |bytes| {
            if kept.is_empty() {
                let used = frames(bytes, &mut hear);
                kept.extend_from_slice(&bytes[used..]);
            } else {
                kept.extend_from_slice(bytes);
                let used = frames(kept, &mut hear);
                kept.drain(..used);
                if kept.is_empty() {
                    *kept = Vec::new();
                }
            }
        });
        matches!(arrived.await, Ok(1..))
    }

    /// Reads the head of an HTTP message; what follows it is kept for `listen`.
    pub async fn http_head(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = find(&self.kept, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.kept[..end]).into_owned();
                self.kept = self.kept.split_off(end + 4);
                return Ok(head);
            }
            let kept = &mut self.kept;
            if Self::read(&mut self.half, |bytes| kept.extend_from_slice(bytes)).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn read(half: &mut OwnedReadHalf, mut take: impl FnMut(&mut [u8])) -> io::Result<usize> {
        thread_local! {
            static ROOM: std::cell::RefCell<Vec<u8>> = std::cell::RefCell::new(vec![0; READ_BYTES]);
        }
        poll_fn(|context| {
            ROOM.with_borrow_mut(|room| {
                let mut buffer = ReadBuf::new(room);
                let polled = Pin::new(&mut *half).poll_read(context, &mut buffer);
                polled.map_ok(|()| {
                    take(buffer.filled_mut());
                    buffer.filled().len()
                })
            })
        })
        .await
    }
}

/// Shows every whole frame and says how many bytes they took.
fn frames(bytes: &mut [u8], hear: &mut impl FnMut(u8, &[u8])) -> usize {
    let mut used = 0;
    while let Some((first, start, end)) = first_frame(&mut bytes[used..]) {
        hear(first, &bytes[used + start..used + end]);
        used += end;
    }
    used
}

/// The writing end of a connection: straight into the socket, or behind what already waits.
pub struct Mouth {
    half: OwnedWriteHalf,
    waiting: Mutex<Vec<u8>>,
}

impl Mouth {
    pub fn new(half: OwnedWriteHalf) -> Arc<Mouth> {
        Arc::new(Mouth { half, waiting: Mutex::new(Vec::new()) })
    }

    /// Sends bytes without waiting. A broken connection is noticed by its ear.
    pub fn say(self: &Arc<Self>, bytes: &[u8]) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.is_empty() {
            waiting.extend_from_slice(bytes);
            return;
        }
        let sent = match self.half.try_write(bytes) {
            Ok(sent) => sent,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            Err(_) => return,
        };
        if sent < bytes.len() {
            waiting.extend_from_slice(&bytes[sent..]);
            tokio::spawn(self.clone().flush());
        }
    }

    async fn flush(self: Arc<Self>) {
        while self.half.writable().await.is_ok() {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            match self.half.try_write(&waiting) {
                Ok(sent) => drop(waiting.drain(..sent)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(_) => waiting.clear(),
            }
            if waiting.is_empty() {
                return;
            }
        }
    }
}

/// Where `needle` begins in `bytes`.
pub fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle[0];
    let mut from = 0;
    while let Some(step) = bytes[from..].iter().position(|byte| *byte == first) {
        from += step;
        if bytes[from..].starts_with(needle) {
            return Some(from);
        }
        from += 1;
    }
    None
}

/// What stands between `before` and the next quotation mark.
pub fn between<'a>(bytes: &'a [u8], before: &[u8]) -> Option<&'a [u8]> {
    let rest = &bytes[find(bytes, before)? + before.len()..];
    Some(&rest[..rest.iter().position(|byte| *byte == b'"')?])
}

/// The number that follows `before`.
pub fn number(bytes: &[u8], before: &[u8]) -> Option<i64> {
    let rest = &bytes[find(bytes, before)? + before.len()..];
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

/// Hexadecimal digits as a number.
pub fn hex(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| {
        sum << 4 | u64::from(if *digit <= b'9' { digit & 15 } else { (digit & 15) + 9 })
    })
}
