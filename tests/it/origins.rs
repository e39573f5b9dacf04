//! T10: no page of another site gets a socket, or anything for the cookie of ours; and whoever gets
//! one and does not say who they are learns nothing.

use reqwest::{Client, StatusCode, header};
use roost_shared::{frame::ServerFrame, room::RoomKind};
use roost_tests::{
    ids, wait,
    wire::{Heard, PATIENCE, Wire},
    world::World,
};
use serde_json::json;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What pages of other sites say they are, and what only looks like ours.
fn foreign(port: u16) -> Vec<String> {
    let next = port.wrapping_add(1);
    let plain = ["null", "", "*", "file://", "data:", "about:blank", "http:", "undefined"];
    let other = [
        "http://127.0.0.1".to_owned(),
        "http://localhost".to_owned(),
        "http://127.0.0.1:80".to_owned(),
        format!("http://127.0.0.1:{next}"),
        format!("http://127.0.0.1:0{port}"),
        format!("http://127.0.0.1:{port}0"),
        format!("https://127.0.0.1:{port}"),
        format!("ws://127.0.0.1:{port}"),
        format!("HTTP://127.0.0.1:{port}"),
        format!("http://LOCALHOST:{port}"),
        format!("http://Localhost:{port}"),
        format!("http://localhost.:{port}"),
        format!("http://127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}/room"),
        format!("http://127.0.0.1:{port}?"),
        format!("http://127.0.0.1:{port}#"),
        format!("http://127.0.0.1:{port}%00"),
        format!("http://127.0.0.1:{port}\u{e9}"),
        format!("http://sam@127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}@example.org"),
        format!("http://127.0.0.1:{port}.example.org"),
        format!("http://127.0.0.1.example.org:{port}"),
        format!("http://localhost.example.org:{port}"),
        format!("http://notlocalhost:{port}"),
        format!("http://example.org/http://127.0.0.1:{port}"),
        format!("http://example.org?http://127.0.0.1:{port}"),
        format!("http://[::1]:{port}"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        format!("http://127.1:{port}"),
        format!("http://2130706433:{port}"),
        format!("http://0.0.0.0:{port}"),
        format!("http://127.0.0.1:{port}, http://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port} http://example.org"),
        format!("\"http://127.0.0.1:{port}\""),
        format!("//127.0.0.1:{port}"),
        format!("127.0.0.1:{port}"),
        "http://example.org".to_owned(),
        "chrome-extension://abcdefghijklmnop".to_owned(),
    ];
    plain.map(str::to_owned).into_iter().chain(other).collect()
}

/// The head of the answer to a handshake with these lines on top.
async fn handshake(world: &World, origins: &[&str]) -> String {
    let mut stream = TcpStream::connect(world.door.address).await.unwrap();
    let lines: String = origins.iter().map(|one| format!("Origin: {one}\r\n")).collect();
    let head = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n",
        world.door.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    while !heard.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 1_024];
        let read = wait::within("it is answered", PATIENCE, stream.read(&mut part)).await;
        let length = read.unwrap();
        assert!(length > 0, "{origins:?} hears nothing");
        heard.extend_from_slice(&part[..length]);
    }
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test]
async fn only_our_own_page_gets_a_socket() {
    let world = World::new().await;
    let port = world.door.address.port();
    let own = [format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")];
    for origin in &own {
        let heard = handshake(&world, &[origin]).await;
        assert!(heard.starts_with("HTTP/1.1 101 "), "{origin}: {heard}");
    }
    let foreign = foreign(port);
    assert!(foreign.len() >= 40, "{}", foreign.len());
    for origin in &foreign {
        let heard = handshake(&world, &[origin]).await;
        assert!(heard.starts_with("HTTP/1.1 403 "), "{origin:?}: {heard}");
        assert!(!heard.to_lowercase().contains("sec-websocket-accept"), "{origin:?}: {heard}");
        for pair in [[origin.as_str(), &own[0]], [&own[0], origin]] {
            let heard = handshake(&world, &pair).await;
            assert!(heard.starts_with("HTTP/1.1 403 "), "{pair:?}: {heard}");
        }
    }
}

#[tokio::test]
async fn behind_a_proxy_only_the_public_address_is_ours() {
    let world = World::with(|config| {
        config.server.public_url = "https://roost.example.org".to_owned();
        config.server.proxies = 1;
    })
    .await;
    let heard = handshake(&world, &["https://roost.example.org"]).await;
    assert!(heard.starts_with("HTTP/1.1 101 "), "{heard}");
    let inner = world.door.base();
    for origin in [
        inner.as_str(),
        "http://roost.example.org",
        "https://roost.example.org:443",
        "https://roost.example.org:8443",
        "https://roost.example.org.",
        "https://ROOST.example.org",
        "https://www.roost.example.org",
        "https://example.org",
    ] {
        let heard = handshake(&world, &[origin]).await;
        assert!(heard.starts_with("HTTP/1.1 403 "), "{origin}: {heard}");
    }
}

#[tokio::test]
async fn another_page_gets_nothing_for_the_cookie() {
    let world = World::new().await;
    let own = world.door.base();
    let link = world.app().people.enrol(world.person("sam")).await.unwrap();
    let browser = Client::builder().cookie_store(true).build().unwrap();
    let post = |path: &str, origin: &str, body: serde_json::Value| {
        let origin = header::HeaderValue::from_bytes(origin.as_bytes()).unwrap();
        let asked = browser.post(format!("{own}{path}")).header(header::ORIGIN, origin);
        asked.json(&body).send()
    };
    let accept = |cookie: bool| {
        json!({ "token": link, "device": ids::device(), "device_name": "A browser",
            "cookie": cookie })
    };
    let foreign = foreign(world.door.address.port());
    for origin in &foreign {
        let heard = post("/api/enrolments/accept", origin, accept(true)).await.unwrap();
        assert_eq!(heard.status(), StatusCode::FORBIDDEN, "{origin:?} accepts");
    }
    let heard = post("/api/enrolments/accept", &own, accept(true)).await.unwrap();
    assert_eq!(heard.status(), StatusCode::OK, "the link is as good as it was");
    let cookie = heard.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    for origin in &foreign {
        let heard = post("/api/session/refresh", origin, json!({})).await.unwrap();
        assert_eq!(heard.status(), StatusCode::FORBIDDEN, "{origin:?} refreshes");
        assert!(heard.headers().get(header::SET_COOKIE).is_none());
        let heard = heard.text().await.unwrap();
        assert!(heard.contains("origin_foreign") && !heard.contains("access"), "{heard}");
    }
    let heard = post("/api/session/refresh", &own, json!({})).await.unwrap();
    assert_eq!(heard.status(), StatusCode::OK);
}

#[tokio::test]
async fn whoever_does_not_say_hello_in_time_has_learnt_nothing() {
    let world = World::with(|config| {
        assert_eq!(config.live.hello_ms, 5_000, "as it is shipped");
        config.live.hello_ms = 300;
    })
    .await;
    let (mut sam, _) = world.wire("sam").await;
    let circle = world.room("sam", RoomKind::Circle).await;
    let mut mute = Wire::dial(world.door.address).await.unwrap();
    let ear = tokio::spawn(async move {
        let mut heard = Vec::new();
        loop {
            match mute.hear().await {
                Heard::Frame(frame, text) => heard.push((frame, text)),
                Heard::Closed(code) => return (heard, code),
            }
        }
    });
    while !ear.is_finished() {
        sam.post(circle, ids::entry(), "the heron flies at midnight").await.unwrap();
        sam.until(|frame| matches!(frame, ServerFrame::Ack { .. }).then_some(())).await;
    }
    let (heard, code) = wait::within("it was closed", Duration::from_secs(5), ear).await.unwrap();
    assert_eq!((heard.len(), code), (1, 4408), "{heard:?}");
    let ServerFrame::Bye { told, .. } = &*heard[0].0 else { panic!("{heard:?}") };
    assert_eq!(told.code, "hello_late");
    for secret in [circle.to_string(), world.person("sam").to_string()] {
        assert!(!heard[0].1.contains(&secret));
    }
}
