//! F17, F23, T23: every byte has a deadline. Whoever holds connections and reads nothing is ended
//! in time and costs nobody anything, also where the process may open few files; and every frame
//! counts, whatever it carries.

use reqwest::Client;
use roost_shared::{RoomId, frame::ServerFrame, room::RoomKind};
use roost_tests::{
    gate::{self, p99},
    instance::{Instance, limited, run, serve},
    postgres::free_port,
    wait,
    wire::{Heard, PATIENCE, Wire},
    world::room_of,
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

const READERS: usize = 200;
const MESSAGES: usize = 200;
/// What nobody notices.
const FLOOR: Duration = Duration::from_millis(30);
/// Answers that one reader asks for: together more than the system takes on its behalf.
const ANSWERS: usize = 200;
const DESCRIPTORS: usize = 128;
/// In time for whoever watches over the process, on a machine that has hundreds of answers to make.
const SOON: Duration = Duration::from_secs(3);
/// Connections beside those that hold out, one after the other.
const MORE: usize = 200;
/// The shipped bounds, where everything else is ample.
const SHIPPED: [(&str, &str); 2] =
    [("ROOST_LIMITS__CONNECTIONS_AN_ADDRESS", "64"), ("ROOST_LIMITS__CONNECTIONS", "1000")];

const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// Asks for much, and reads nothing of it.
async fn reader_of_nothing(
    from: Ipv4Addr,
    address: SocketAddr,
    path: &str,
) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(8 * 1_024)?;
    socket.bind((from, 0).into())?;
    let mut stream = socket.connect(address).await?;
    let asks = format!("GET {path} HTTP/1.1\r\nhost: roost\r\n\r\n").repeat(ANSWERS);
    stream.write_all(asks.as_bytes()).await?;
    Ok(stream)
}

async fn talk(wire: &mut Wire, circle: RoomId) -> Duration {
    let mut waits = Vec::with_capacity(MESSAGES);
    for _ in 0..MESSAGES {
        waits.push(wire.talk(circle).await);
    }
    p99(waits)
}

#[tokio::test]
async fn two_hundred_readers_of_nothing_are_gone_in_time_and_a_neighbour_does_not_notice() {
    let _alone = gate::alone().await;
    let (mut instance, phones) = Instance::furnished(&["sam"]).await;
    let told = SocketAddr::from((LOOPBACK, free_port()));
    let listen = told.to_string();
    let write = ("ROOST_LIMITS__WRITE_MS", "6000");
    instance.start_with(&[write, ("ROOST_METRICS__LISTEN", &listen)]).await;
    let address = instance.door.address;
    let (mut sam, welcome) = Wire::enter(address, &phones[0].access).await.unwrap();
    let circle = room_of(&welcome, RoomKind::Circle);
    let alone = talk(&mut sam, circle).await;
    let before = instance.descriptors();
    let mut readers = Vec::new();
    for n in 0..READERS {
        let (address, path) =
            if n % 4 == 0 { (told, "/metrics") } else { (address, "/api/openapi.json") };
        readers.push(reader_of_nothing(LOOPBACK, address, path).await.unwrap());
    }
    wait::until("all are here", PATIENCE, || instance.descriptors() >= before + READERS);
    // Making what they asked for costs what it costs; this is about holding it.
    instance.rests();
    let beside = talk(&mut sam, circle).await;
    println!("p99 of an ack: {alone:?} alone, {beside:?} beside {READERS} readers of nothing");
    assert!(beside < (alone * 2).max(FLOOR), "{beside:?} beside them, {alone:?} alone");
    // The database may have opened a file or two more meanwhile.
    wait::until("all are gone", Duration::from_secs(10), || instance.descriptors() < before + 10);
    sam.talk(circle).await;
}

#[tokio::test]
async fn with_few_descriptors_the_greedy_keep_nobody_out() {
    let _timed = gate::timed().await;
    let everybody = |_| LOOPBACK;
    let each = |n: usize| Ipv4Addr::new(127, 0, 1, u8::try_from(n % 250).unwrap() + 1);
    let crowds: [fn(usize) -> Ipv4Addr; 2] = [everybody, each];
    for from in crowds {
        let (mut instance, phones) = Instance::furnished(&["sam", "amara", "jo"]).await;
        instance.start_with_descriptors(DESCRIPTORS, &SHIPPED).await;
        let address = instance.door.address;
        let (mut sam, welcome) = Wire::enter(address, &phones[0].access).await.unwrap();
        let (mut amara, _) = Wire::enter(address, &phones[1].access).await.unwrap();
        let circle = room_of(&welcome, RoomKind::Circle);
        let path = "/api/openapi.json";
        let mut held = Vec::new();
        for n in 0..READERS {
            held.push(reader_of_nothing(from(n), address, path).await);
        }
        let more = tokio::spawn(async move {
            for n in 0..MORE {
                let _ = reader_of_nothing(from(n), address, path).await;
            }
        });
        let mut alive = Duration::ZERO;
        for _ in 0..5 {
            let began = Instant::now();
            let asked = Client::new().get(format!("{}/healthz", instance.door.base())).send();
            let heard = wait::within("it is alive", SOON, asked).await;
            assert_eq!(heard.unwrap().status(), 200);
            alive = alive.max(began.elapsed());
            sam.talk(circle).await;
            amara.talk(circle).await;
        }
        println!("/healthz within {alive:?}");
        let enters = Wire::enter(address, &phones[2].access);
        let jo = wait::within("somebody new gets in", SOON, enters).await;
        jo.expect("jo is welcome").0.talk(circle).await;
        more.await.unwrap();
        assert!(!instance.log().contains("could not be taken"), "{}", instance.log());
    }
}

#[tokio::test]
async fn a_process_that_may_open_too_few_files_says_so() {
    let (instance, _) = Instance::furnished(&[]).await;
    let command = serve(&instance.data(), instance.door.address);
    let (status, said) = run(&mut limited(&command, 60), PATIENCE);
    assert_eq!(status.code(), Some(78), "{said}");
    assert!(said.contains("may open 60 file descriptors; it needs 64 at least"), "{said}");
}

#[tokio::test]
async fn pings_and_empty_frames_are_frames() {
    let (mut instance, phones) = Instance::furnished(&["sam"]).await;
    let frames = [("ROOST_LIMITS__FRAMES_A_MINUTE", "100"), ("ROOST_LIMITS__FRAMES_BURST", "20")];
    instance.start_with(&frames).await;
    let part = |data, last| Message::Frame(Frame::message(Vec::new(), OpCode::Data(data), last));
    let table = [
        ("pings", Message::Ping(Vec::new().into())),
        ("pongs", Message::Pong(vec![0; 125].into())),
        ("empty parts", part(Data::Continue, false)),
    ];
    for (what, message) in table {
        let (mut sam, welcome) =
            Wire::enter(instance.door.address, &phones[0].access).await.unwrap();
        let circle = room_of(&welcome, RoomKind::Circle);
        // What a phone may do in good faith.
        for _ in 0..10 {
            sam.say_raw(Message::Ping(Vec::new().into())).await.unwrap();
        }
        sam.talk(circle).await;
        if what == "empty parts" {
            sam.say_raw(part(Data::Text, false)).await.unwrap();
        }
        let mut said = 0;
        while said < 50_000 && sam.say_raw(message.clone()).await.is_ok() {
            said += 1;
        }
        let (told, code) = last_words(&mut sam).await;
        assert_eq!((told.as_deref(), code), (Some("too_many"), 4429), "{said} {what}");
    }
}

/// The code of the `bye`, if one is heard, and of the close.
async fn last_words(wire: &mut Wire) -> (Option<String>, u16) {
    let mut told = None;
    loop {
        match wire.hear().await {
            Heard::Frame(frame, _) => {
                if let ServerFrame::Bye { told: bye, .. } = *frame {
                    told = Some(bye.code);
                }
            }
            Heard::Closed(code) => return (told, code),
        }
    }
}
