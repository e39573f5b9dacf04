//! The limits Roost is compared with: a bare fan-out loop, without a disk (`bare`) and with one
//! grouped durable write before anybody is told (`bare+durable`). No rules, no sign-in; never a
//! product.

use crate::{
    Done,
    ledger::Ledger,
    wire::{self, Ear, Mouth},
};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering::Relaxed},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// The most drafts in one commit.
const GROUP_MAX: usize = 1_000;

/// A place in the table of rooms, as the id of a room: the same length as a real one.
pub fn room_id(room: usize) -> String {
    format!("01990000-0000-7000-8000-{room:012x}")
}

/// A draft that waits for its commit.
pub struct Waiting {
    pub room: usize,
    pub seq: i64,
    pub entry: String,
    id: String,
    author: Arc<Mouth>,
}

#[derive(Default)]
struct Room {
    head: AtomicI64,
    members: Mutex<Vec<Arc<Mouth>>>,
}

struct Hall {
    rooms: Vec<Room>,
    /// To the commit; without it a draft is told at once.
    commit: Option<UnboundedSender<Waiting>>,
    ledger: Option<Ledger>,
}

/// Serves for ever.
pub async fn serve(listener: TcpListener, rooms: usize, ledger: Option<Ledger>) -> Done {
    let mut hall = Hall { rooms: Vec::new(), commit: None, ledger };
    hall.rooms.resize_with(rooms, Room::default);
    let drafts = hall.ledger.is_some().then(|| {
        let (commit, drafts) = unbounded_channel();
        hall.commit = Some(commit);
        drafts
    });
    let hall = Arc::new(hall);
    if let Some(drafts) = drafts {
        for (room, head) in hall.rooms.iter().zip(hall.heads().await?) {
            room.head.store(head, Relaxed);
        }
        tokio::spawn(hall.clone().write(drafts));
    }
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(hall.clone().attend(stream));
    }
}

impl Hall {
    async fn heads(&self) -> Done<Vec<i64>> {
        match &self.ledger {
            Some(ledger) => ledger.heads(self.rooms.len()).await,
            None => Ok(Vec::new()),
        }
    }

    /// One commit after the other: whatever waits goes in together, then it is told.
    async fn write(self: Arc<Self>, mut drafts: UnboundedReceiver<Waiting>) {
        let mut group = Vec::new();
        while drafts.recv_many(&mut group, GROUP_MAX).await > 0 {
            if let Some(ledger) = &self.ledger {
                ledger.commit(&group).await.expect("a bench without its disk has nothing to say");
            }
            for draft in group.drain(..) {
                self.tell(&draft);
            }
        }
    }

    async fn attend(self: Arc<Self>, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let (read, write) = stream.into_split();
        let (mut ear, mouth) = (Ear::new(read), Mouth::new(write));
        if ear.http_head().await.is_err() {
            return;
        }
        let accepted = format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {}\r\n\r\n",
            wire::ACCEPT
        );
        mouth.say(accepted.as_bytes());
        let mut place = None;
        while ear.listen(|opcode, text| self.hear(opcode, text, &mouth, &mut place)).await {}
        if let Some(room) = place {
            self.members(room).retain(|member| !Arc::ptr_eq(member, &mouth));
        }
    }

    fn members(&self, room: usize) -> std::sync::MutexGuard<'_, Vec<Arc<Mouth>>> {
        self.rooms[room].members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(
        self: &Arc<Self>,
        opcode: u8,
        text: &[u8],
        mouth: &Arc<Mouth>,
        place: &mut Option<usize>,
    ) {
        if opcode != wire::TEXT {
        } else if text.starts_with(br#"{"t":"append""#) {
            if let Some(room) = *place {
                self.append(room, text, mouth);
            }
        } else if text.starts_with(br#"{"t":"hello""#) {
            let token = wire::between(text, br#""token":""#).unwrap_or_default();
            let room = wire::hex(&token[token.len().saturating_sub(12)..]) as usize;
            *place = Some(room);
            self.members(room).push(mouth.clone());
            mouth.say(&wire::from_server(br#"{"t":"welcome","v":1}"#));
            let cursor = wire::number(text, format!(r#""{}":"#, room_id(room)).as_bytes());
            if let Some(cursor) = cursor
                && cursor < self.rooms[room].head.load(Relaxed)
            {
                tokio::spawn(self.clone().catch_up(room, cursor, mouth.clone()));
            }
        }
    }

    fn append(&self, room: usize, text: &[u8], author: &Arc<Mouth>) {
        let id = String::from_utf8_lossy(wire::between(text, br#""id":""#).unwrap_or_default());
        let body = wire::find(text, br#""body":"#).map_or(&b"{}"[..], |at| &text[at + 7..]);
        let body = String::from_utf8_lossy(body.strip_suffix(b"}").unwrap_or(body));
        let seq = self.rooms[room].head.fetch_add(1, Relaxed) + 1;
        let entry = format!(
            r#"{{"seq":{seq},"id":"{id}","kind":"message","author":"{}","at":1760000000000,"body":{body}}}"#,
            room_id(room)
        );
        let draft = Waiting { room, seq, entry, id: id.into_owned(), author: author.clone() };
        match &self.commit {
            // The writer lives as long as the hall.
            Some(commit) => drop(commit.send(draft)),
            None => self.tell(&draft),
        }
    }

    /// The ack to the author, one shared frame to the others.
    fn tell(&self, draft: &Waiting) {
        let (room, seq) = (room_id(draft.room), draft.seq);
        let ack = format!(
            r#"{{"t":"ack","room":"{room}","id":"{}","seq":{seq},"at":1760000000000}}"#,
            draft.id
        );
        draft.author.say(&wire::from_server(ack.as_bytes()));
        let frame = page(&room, seq, seq, &draft.entry);
        for member in self.members(draft.room).iter() {
            if !Arc::ptr_eq(member, &draft.author) {
                member.say(&frame);
            }
        }
    }

    async fn catch_up(self: Arc<Self>, room: usize, cursor: i64, mouth: Arc<Mouth>) {
        if let Some(ledger) = &self.ledger
            && let Ok(entries) = ledger.after(room, cursor).await
        {
            let to = cursor + entries.len() as i64;
            mouth.say(&page(&room_id(room), cursor + 1, to, &entries.join(",")));
        }
    }
}

fn page(room: &str, from: i64, to: i64, entries: &str) -> Vec<u8> {
    wire::from_server(
        format!(
            r#"{{"t":"page","room":"{room}","from":{from},"to":{to},"head":{to},"entries":[{entries}]}}"#
        )
        .as_bytes(),
    )
}
