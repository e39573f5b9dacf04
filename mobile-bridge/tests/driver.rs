//! The driver against a small server of its own (the transcripts' model behind a real socket): what
//! the engine's tests cannot see, that is files, sockets, sign-in and waiting. The real server is
//! met in the system tests.

#![expect(clippy::unwrap_used, reason = "a test, with functions of its own")]

use futures_util::{SinkExt, StreamExt};
use roost_bridge::{
    BridgeError, Phone, Store,
    engine::State,
    transcript::model::{Model, ModelRoom},
};
use roost_shared::{
    DeviceId, Draft, EntryId, Epoch, PersonId, Refusal, RoomId, Seq, frame::ClientFrame,
    refusal::Told,
};
use serde_json::json;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::{accept_async, tungstenite::Message};

/// Nothing here takes a tenth of this.
const DEADLINE: Duration = Duration::from_secs(20);

struct Host {
    base: String,
    model: Mutex<Model>,
    /// Why every request to renew a sign-in is refused, if it is.
    refuses: Mutex<Option<Refusal>>,
}

fn room() -> RoomId {
    RoomId::new(1, [1; 10])
}

impl Host {
    async fn begin() -> Arc<Host> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut model = Model::new(Epoch::new(1, [1; 10]), PersonId::new(1, [1; 10]), 50);
        model.rooms.insert(room(), ModelRoom::new(1));
        let host = Arc::new(Host { base, model: Mutex::new(model), refuses: Mutex::default() });
        let serving = Arc::clone(&host);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&serving).serve(stream));
            }
        });
        host
    }

    async fn serve(self: Arc<Host>, stream: TcpStream) {
        let mut start = [0; 8];
        while stream.peek(&mut start).await.unwrap() < start.len() {}
        if start.starts_with(b"GET /ws") {
            self.talk(stream).await;
        } else {
            self.answer(stream).await;
        }
    }

    async fn talk(&self, stream: TcpStream) {
        let mut socket = accept_async(stream).await.unwrap();
        self.model.lock().unwrap().cut();
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            let frame = ClientFrame::decode(text.as_str()).unwrap();
            let said: Vec<_> = {
                let mut model = self.model.lock().unwrap();
                model.hear(&frame, 5);
                model.wire.drain(..).collect()
            };
            for frame in said {
                if socket.send(Message::text(frame.to_string())).await.is_err() {
                    return;
                }
            }
        }
    }

    /// One request, one answer: a sign-in, whoever asks.
    async fn answer(&self, mut stream: TcpStream) {
        let mut request = vec![0; 4_096];
        let length = stream.read(&mut request).await.unwrap();
        let renews = String::from_utf8_lossy(&request[..length]).contains("/api/session/refresh");
        let refused = self.refuses.lock().unwrap().filter(|_| renews);
        let (status, body) = if let Some(refusal) = refused {
            ("401 Unauthorized", json!(Told::from(refusal)))
        } else {
            let (person, device) = (PersonId::new(1, [1; 10]), DeviceId::new(1, [1; 10]));
            let tokens = json!({
                "person": person, "device": device, "access": "a", "access_expires_at": 9,
                "refresh": "r",
            });
            ("200 OK", tokens)
        };
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    fn log(&self) -> Vec<EntryId> {
        self.model.lock().unwrap().ids(room())
    }
}

fn file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("driver-{name}.db"));
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
    path
}

async fn ids(phone: &Phone) -> Vec<EntryId> {
    phone.entries(room()).await.unwrap().into_iter().map(|entry| entry.id).collect()
}

#[tokio::test]
async fn what_is_said_through_broken_connections_arrives_once_and_in_order() {
    let host = Host::begin().await;
    let phone =
        Phone::enrol_with(Store::in_memory(), &host.base, "t", "Sam's phone").await.unwrap();
    phone.wait_until(DEADLINE, |view| view.is_live()).await.unwrap();
    let mut sent = vec![];
    for n in 0..30 {
        sent.push(phone.send(room(), &format!("number {n}")).await.unwrap());
        if n % 10 == 4 {
            phone.sever().await.unwrap();
            phone.wake().await.unwrap();
        }
    }
    let done = |view: &roost_bridge::View| view.all_sent() && view.cursor(room()).0 == 30;
    phone.wait_until(DEADLINE, done).await.unwrap();
    assert_eq!((host.log(), ids(&phone).await), (sent.clone(), sent));
}

#[tokio::test]
async fn what_is_written_offline_survives_the_app_and_goes_out_later() {
    let (host, path) = (Host::begin().await, file("offline"));
    let phone = Phone::enrol(&host.base, "t", "Sam's phone", &path).await.unwrap();
    phone.wait_until(DEADLINE, |view| view.is_live()).await.unwrap();
    phone.stop().await.unwrap();
    let sent = phone.send(room(), "from the cellar").await.unwrap();
    assert_eq!((phone.outbox().len(), host.log()), (1, vec![]));
    let blank = phone.send(room(), " ").await.unwrap_err();
    assert!(matches!(blank, BridgeError::NotTaken(Refusal::TextEmpty)), "{blank}");
    drop(phone);

    let phone = Phone::open(&path).await.unwrap();
    phone.wait_until(DEADLINE, |view| view.all_sent()).await.unwrap();
    assert_eq!((host.log(), ids(&phone).await), (vec![sent], vec![sent]));
}

#[tokio::test]
async fn a_sign_in_that_is_over_wipes_the_phone() {
    let (host, path) = (Host::begin().await, file("over"));
    let phone = Phone::enrol(&host.base, "t", "Sam's phone", &path).await.unwrap();
    phone.wait_until(DEADLINE, |view| view.is_live()).await.unwrap();
    *host.refuses.lock().unwrap() = Some(Refusal::DeviceEnded);
    phone.sign_out().await.unwrap_err();
    assert_eq!(
        phone.view().state,
        State::Stopped,
        "it could not say goodbye, so nothing is forgotten"
    );
    drop(phone);

    let phone = Phone::open(&path).await.unwrap();
    phone.wait_until(DEADLINE, |view| view.state == State::SignedOut).await.unwrap();
    assert!(phone.rooms().is_empty());
    drop(phone);
    assert!(matches!(Phone::open(&path).await, Err(BridgeError::SignedOut)));
}

#[tokio::test]
async fn a_server_that_does_not_know_the_sign_in_wipes_nothing_and_is_asked_again() {
    let (host, path) = (Host::begin().await, file("unknown"));
    let phone = Phone::enrol(&host.base, "t", "Sam's phone", &path).await.unwrap();
    phone.wait_until(DEADLINE, |view| view.is_live()).await.unwrap();
    let kept = phone.send(room(), "kept here").await.unwrap();
    phone.wait_until(DEADLINE, |view| view.all_sent()).await.unwrap();
    drop(phone);

    *host.refuses.lock().unwrap() = Some(Refusal::SignInAgain);
    let phone = Phone::open(&path).await.unwrap();
    let tried = |view: &roost_bridge::View| matches!(view.state, State::Waiting { attempt: 2, .. });
    phone.wait_until(DEADLINE, tried).await.unwrap();
    let said = phone.send(room(), "written meanwhile").await.unwrap();
    assert_eq!((ids(&phone).await, phone.outbox().len()), (vec![kept], 1));
    *host.refuses.lock().unwrap() = None;
    phone.wake().await.unwrap();
    phone.wait_until(DEADLINE, |view| view.all_sent()).await.unwrap();
    assert_eq!(ids(&phone).await, [kept, said]);
}

#[tokio::test]
async fn waiting_ends() {
    let host = Host::begin().await;
    let phone =
        Phone::enrol_with(Store::in_memory(), &host.base, "t", "Sam's phone").await.unwrap();
    let never = phone.wait_until(Duration::from_millis(50), |_| false).await;
    assert!(matches!(never, Err(BridgeError::TooLate(_))));
}

#[tokio::test]
async fn a_phone_tells_what_is_new_until_it_was_read() {
    let host = Host::begin().await;
    let phone =
        Phone::enrol_with(Store::in_memory(), &host.base, "t", "Sam's phone").await.unwrap();
    phone.wait_until(DEADLINE, |view| view.is_live()).await.unwrap();
    phone.send(room(), "my own words are no news").await.unwrap();
    phone.wait_until(DEADLINE, |view| view.all_sent()).await.unwrap();
    let jo = PersonId::new(2, [2; 10]);
    let say = |n: u8, kind: &str, target, body| {
        let id = EntryId::new(9, [n; 10]);
        let draft = Draft { id, kind: kind.to_owned(), target, body };
        host.model.lock().unwrap().commit(room(), &draft, jo, 5);
        id
    };
    let first = say(1, "message", None, json!({"text": "hello"}));
    say(2, "reaction", Some(first), json!({"emoji": "👍"}));
    say(3, "message", None, json!({"text": "bye"}));
    // Else the instance tells that there is one, and not what it says.
    host.model.lock().unwrap().knows_polls = true;
    let question = json!({"ask": {"question": "Which day?", "options": ["Saturday", "Sunday"]}});
    let asked = say(4, "poll", None, question);
    say(5, "poll", Some(asked), json!({"choose": {"option": 0}}));
    host.model.lock().unwrap().typing(room(), jo);
    // Whatever waits goes out when the phone says something.
    phone.wake().await.unwrap();
    let writing = |view: &roost_bridge::View| view.typing.contains_key(&room());
    phone.wait_until(DEADLINE, writing).await.unwrap();
    assert_eq!(phone.unread(room()).await.unwrap(), 3, "two messages, a question");
    let cards = phone.cards(room()).await.unwrap();
    assert_eq!((cards.len(), cards[0].target, cards[0].card.reactions.len()), (1, first, 1));

    phone.read(room(), Seq(6)).await.unwrap();
    assert_eq!(phone.view().read(room()), Seq(6));
    assert_eq!(phone.unread(room()).await.unwrap(), 0);
}
