//! Every HTTP answer has an id that finds its line in the log, and the headers of the house; a
//! request that does not arrive, or is too large, ends by a limit with a name.

use reqwest::{Client, Method, Response};
use roost_server::http::routes;
use roost_tests::{instance::Instance, wait, wire::PATIENCE, world::World};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const HEADERS: [(&str, &str); 7] = [
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("permissions-policy", "geolocation=(), camera=(), microphone=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-robots-tag", "noindex"),
    ("cache-control", "no-store"),
];

#[tokio::test]
async fn every_answer_has_an_id_of_ours_and_the_headers_of_the_house() {
    let world = World::new().await;
    let client = Client::new();
    let mut ids = BTreeSet::new();
    let nowhere = [("GET", "/nowhere"), ("DELETE", "/api/me")];
    for (method, path) in routes().into_iter().chain(nowhere) {
        let url = format!("{}{path}", world.door.base());
        let asked = client.request(method.parse().unwrap(), url).header("x-request-id", "mine");
        let answer = asked.send().await.unwrap();
        if nowhere.contains(&(method, path)) {
            assert_eq!(answer.status(), 404, "{method} {path}");
        }
        assert!(ids.insert(request_id(&answer)), "{method} {path} has the id of another");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        for (name, value) in HEADERS {
            let said = answer.headers()[name].to_str().unwrap();
            // A file may say how long it keeps.
            let fits = said == value || name == "cache-control" && answer.status().is_success();
            assert!(fits, "{method} {path}: {name} is {said}");
        }
        assert!(!answer.headers().contains_key("strict-transport-security"), "this is plain http");
    }
}

#[tokio::test]
async fn under_https_every_answer_says_that_there_is_no_other_way() {
    let world = World::with(|config| {
        config.server.public_url = "https://roost.example.org".to_owned();
        config.server.proxies = 1;
    })
    .await;
    for path in ["/", "/healthz", "/api/me", "/sw.js", "/app.webmanifest", "/nowhere"] {
        let answer = Client::new().get(format!("{}{path}", world.door.base())).send().await;
        let answer = answer.unwrap();
        let said: Vec<_> = answer.headers().get_all("strict-transport-security").iter().collect();
        assert_eq!(said, ["max-age=31536000"], "{path}");
    }
}

/// The status of the answer to a head with these lines.
async fn status_of(address: std::net::SocketAddr, head: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{head}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = String::new();
    wait::within("it is answered", PATIENCE, stream.read_to_string(&mut heard)).await.unwrap();
    heard.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_request_names_one_host() {
    let world = World::with(|config| {
        let free = roost_tests::postgres::free_port();
        config.metrics.listen = format!("127.0.0.1:{free}");
    })
    .await;
    let metrics = world.app().config.metrics.address().unwrap().unwrap();
    let table = [
        ("1.1", "host: roost.example.org\r\n", true),
        ("1.1", "host: 192.0.2.1:8787\r\n", true),
        ("1.1", "Host: another.example.org\r\n", true),
        ("1.0", "host: roost.example.org\r\n", true),
        ("1.0", "", true),
        ("1.1", "", false),
        ("1.1", "host:\r\n", false),
        ("1.1", "host: roost.example.org\r\nhost: roost.example.org\r\n", false),
        ("1.1", "host: roost.example.org\r\nHost: another.example.org\r\n", false),
        ("1.0", "host: roost.example.org\r\nhost: another.example.org\r\n", false),
        ("1.1", "host: roost.example.org/path\r\n", false),
        ("1.1", "host: sam@roost.example.org\r\n", false),
        ("1.1", "host: roost.example.org, another.example.org\r\n", false),
    ];
    for (version, hosts, good) in table {
        for (address, path, answer) in [
            (world.door.address, "/healthz", "200"),
            (world.door.address, "/", "200"),
            (world.door.address, "/nowhere", "404"),
            (world.door.address, "/api/me", "401"),
            (metrics, "/metrics", "200"),
        ] {
            let head = format!("GET {path} HTTP/{version}\r\n{hosts}");
            let expected = if good { answer } else { "400" };
            assert_eq!(status_of(address, &head).await, expected, "{head}");
        }
    }
}

fn request_id(answer: &Response) -> String {
    let all: Vec<_> = answer.headers().get_all("x-request-id").iter().collect();
    assert_eq!(all.len(), 1);
    let id = all[0].to_str().unwrap().to_owned();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    id
}

#[tokio::test]
async fn the_id_of_a_refusal_finds_its_line_in_the_log() {
    let (mut instance, _) = Instance::furnished(&[]).await;
    instance.start_with(&[("ROOST_TELEMETRY__FILTER", "debug")]).await;
    let url = format!("{}/api/me", instance.door.base());
    let answer = Client::new().get(url).send().await.unwrap();
    let id = request_id(&answer);
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(
        (&problem["request"], &problem["code"]),
        (&id.as_str().into(), &"sign_in_again".into())
    );
    let mut lines = Vec::new();
    wait::until("the line is written", PATIENCE, || {
        let log = instance.log();
        lines = log.lines().filter(|line| line.contains(&id)).map(str::to_owned).collect();
        lines.len() >= 2
    });
    let told = |message: &str| -> Value {
        let line = lines.iter().find(|line| line.contains(message));
        serde_json::from_str(line.unwrap_or_else(|| panic!("no {message:?} in {lines:?}"))).unwrap()
    };
    let answered = told("a request was answered");
    assert_eq!(answered["request.id"], id.as_str());
    assert_eq!(answered["http.route"], "/api/me");
    assert_eq!(answered["http.status"], 401);
    assert!(answered["timestamp"].as_str().unwrap().ends_with('Z'), "{answered}");
    let refused = told("a request was refused");
    assert_eq!(refused["span"]["request.id"], id.as_str());
}

#[tokio::test]
async fn a_head_that_does_not_arrive_ends_its_connection() {
    let world = World::with(|config| config.limits.header_ms = 300).await;
    for head in ["", "GET /healthz HTTP/1.1\r\nhost: roost\r\nx-slow: "] {
        let began = Instant::now();
        let mut slow = TcpStream::connect(world.door.address).await.unwrap();
        slow.write_all(head.as_bytes()).await.unwrap();
        let mut heard = Vec::new();
        let read = wait::within("it is closed", PATIENCE, slow.read_to_end(&mut heard)).await;
        let took = began.elapsed();
        assert!(read.is_err() || !heard.starts_with(b"HTTP/1.1 200"), "{head:?} was answered");
        assert!(took >= Duration::from_millis(250) && took < Duration::from_secs(3), "{took:?}");
    }
    assert!(world.door.is_alive().await, "others are served");
}

#[tokio::test]
async fn a_connection_that_asks_nothing_more_is_ended() {
    let world = World::with(|config| config.limits.header_ms = 300).await;
    let mut stream = TcpStream::connect(world.door.address).await.unwrap();
    let ask = b"GET /healthz HTTP/1.1\r\nhost: roost\r\n\r\n";
    for _ in 0..3 {
        stream.write_all(ask).await.unwrap();
        let mut heard = String::new();
        while !heard.ends_with("alive\n") {
            let mut part = [0; 1_024];
            let length = stream.read(&mut part).await.unwrap();
            assert!(length > 0, "it is kept for the next request");
            heard.push_str(&String::from_utf8_lossy(&part[..length]));
        }
    }
    let (mut rest, began) = (Vec::new(), Instant::now());
    wait::within("it is ended", PATIENCE, stream.read_to_end(&mut rest)).await.unwrap();
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(250) && took < Duration::from_secs(3), "{took:?}");
    assert!(rest.is_empty(), "nothing was asked, so nothing is answered");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up_and_a_large_one_refused() {
    let world = World::with(|config| config.limits.request_ms = 300).await;
    let head = "POST /api/session/refresh HTTP/1.1\r\nhost: roost\r\n\
                content-type: application/json\r\n";
    let large = format!("{head}content-length: 65537\r\n\r\n{}", "x".repeat(65_537));
    let table = [
        (format!("{head}content-length: 9\r\n\r\n{{"), "503 Service Unavailable", "busy"),
        (large, "413 Payload Too Large", "frame_too_large"),
    ];
    for (request, status, code) in table {
        let mut stream = TcpStream::connect(world.door.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut heard = String::new();
        let whole = |heard: &str| heard.contains(&format!("\"code\":\"{code}\""));
        while !whole(&heard) {
            let mut part = vec![0; 4_096];
            let read = wait::within("it is answered", PATIENCE, stream.read(&mut part));
            let length = read.await.unwrap_or(0);
            assert!(length > 0, "{code} is not told: {heard}");
            heard.push_str(&String::from_utf8_lossy(&part[..length]));
        }
        assert!(heard.starts_with(&format!("HTTP/1.1 {status}")), "{heard}");
        assert!(heard.contains("x-request-id: ") && heard.contains("nosniff"), "{heard}");
    }
    let heard = world.door.ask(Method::GET, "/healthz", None, None).await.unwrap();
    assert_eq!(heard.status, 200);
}

#[tokio::test]
async fn a_list_is_no_body() {
    let world = World::new().await;
    let path = "/api/enrolments/look";
    for (body, status) in [(json!({"token": "made up"}), 404), (json!(["made up"]), 400)] {
        let heard = world.door.ask(Method::POST, path, None, Some(&body)).await.unwrap();
        assert_eq!(heard.status, status, "{body}");
    }
}
