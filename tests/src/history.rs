//! What phones observed, as JSON lines: what they asked, what they heard, what they were shown, and
//! at the end a dump of every room. Written while a fault run goes on, read by the checker after
//! it. Names are opaque text; nothing here knows a type of the server's.

use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::Path,
    sync::Mutex,
};

/// One line of a history. Lines stand in the order in which things happened: an `invoke` before
/// anything was sent, every other line after it was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The phone sends this draft: for the first time, or the same again.
    Invoke { phone: String, room: String, id: String },
    /// The phone was told that the draft is on disk at this place.
    Ok { phone: String, room: String, id: String, seq: i64, at: i64 },
    /// The phone will not learn from this attempt whether the draft was taken.
    Info { phone: String, room: String, id: String },
    /// The phone was told, for good, that the draft was not taken.
    Refused { phone: String, room: String, id: String },
    /// The phone was shown this entry, for the first time.
    Saw { phone: String, room: String, id: String, seq: i64, at: i64 },
    /// The lowest seq that this phone may see in this room; 1 where no line says otherwise.
    Floor { phone: String, room: String, seq: i64 },
    /// The phone was told that the room goes up to here.
    Head { phone: String, room: String, seq: i64 },
    /// The phone left before the end: its views need not reach the head.
    Gone { phone: String },
    /// What the phone held, when all was over, of what has become of this entry.
    Card { phone: String, room: String, id: String, card: String },
    /// What the room held of that.
    DumpCard { room: String, id: String, card: String },
    /// An entry of the room when all was over. Without an author it was written by the service.
    Dump {
        room: String,
        id: String,
        seq: i64,
        at: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        author: Option<String>,
    },
}

/// The person whose phone it is: `sam/2` is Sam's second phone.
pub fn owner(phone: &str) -> &str {
    phone.split('/').next().unwrap_or(phone)
}

/// Reads a history back.
///
/// # Errors
/// When the file cannot be read, or a line is not an event; the message says which.
pub fn read(path: &Path) -> io::Result<Vec<Event>> {
    let mut events = Vec::new();
    for (place, line) in BufReader::new(File::open(path)?).lines().enumerate() {
        let event = serde_json::from_str(&line?)
            .map_err(|e| io::Error::other(format!("line {}: {e}", place + 1)))?;
        events.push(event);
    }
    Ok(events)
}

/// Writes a history line by line, from many phones at once. Nothing is dropped or put in another
/// order: a lock is held for the length of one line.
pub struct Recorder(Mutex<BufWriter<File>>);

impl Recorder {
    /// Begins a history in a new file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> io::Result<Recorder> {
        Ok(Recorder(Mutex::new(BufWriter::with_capacity(1 << 20, File::create(path)?))))
    }

    /// Adds one line.
    pub fn note(&self, event: &Event) {
        let mut line = serde_json::to_vec(event).expect("an event is text and numbers");
        line.push(b'\n');
        let mut out = self.0.lock().expect("no phone panics while it writes a line");
        out.write_all(&line).expect("the disk has room for the history");
    }

    /// Makes every line so far readable.
    pub fn flush(&self) {
        let mut out = self.0.lock().expect("no phone panics while it writes a line");
        out.flush().expect("the disk has room for the history");
    }
}
