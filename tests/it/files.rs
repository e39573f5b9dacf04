//! The web app's files come small to who takes them so, whole to who does not, and not at all to
//! who has them.

use reqwest::{Client, Method, Response, header};
use roost_tests::world::World;
use std::collections::BTreeSet;

/// Addresses that texts are found at; what a page names stands beside them.
const TEXTS: [&str; 6] =
    ["/", "/join", "/install", "/sw.js", "/app.webmanifest", "/icons/roost.svg"];
const PICTURE: &str = "/icons/192.png";

/// How a browser asks, and what it is given.
const ASKED: [(Option<&str>, Option<&str>); 5] = [
    (None, None),
    (Some("gzip, deflate, br, zstd"), Some("br")),
    (Some("gzip, deflate"), Some("gzip")),
    (Some("br;q=0, gzip"), Some("gzip")),
    (Some("br;q=0, gzip;q=0, identity"), None),
];

async fn ask(world: &World, method: Method, path: &str, said: &[(&str, &str)]) -> Response {
    let url = format!("{}{path}", world.door.base());
    let request = said.iter().fold(Client::new().request(method, url), |request, (name, value)| {
        request.header(*name, *value)
    });
    request.send().await.unwrap()
}

fn told<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    let mut values = answer.headers().get_all(name).iter();
    let value = values.next().map(|value| value.to_str().unwrap());
    assert_eq!(values.next(), None, "{name} is told twice");
    value
}

/// What stands behind each `/assets/` in a text.
fn named(text: &str) -> BTreeSet<String> {
    let parts = text.split("\"/assets/").skip(1);
    parts.map(|part| format!("/assets/{}", part.split('"').next().unwrap())).collect()
}

async fn every_text(world: &World) -> BTreeSet<String> {
    let mut all = BTreeSet::from(TEXTS.map(str::to_owned));
    for path in ["/", "/sw.js"] {
        let text = ask(world, Method::GET, path, &[]).await.text().await.unwrap();
        all.extend(named(&text));
    }
    assert!(all.len() > TEXTS.len() + 5, "{all:?}");
    all
}

#[tokio::test]
async fn each_text_comes_as_its_asker_takes_it() {
    let world = World::new().await;
    for path in every_text(&world).await {
        let plain = ask(&world, Method::GET, &path, &[]).await.bytes().await.unwrap();
        let (mut tags, mut sizes) = (BTreeSet::new(), BTreeSet::new());
        for (takes, coding) in ASKED {
            let said: Vec<_> = takes.map(|takes| ("accept-encoding", takes)).into_iter().collect();
            let head = ask(&world, Method::HEAD, &path, &said).await;
            let answer = ask(&world, Method::GET, &path, &said).await;
            let place = format!("{path} for {takes:?}");
            assert_eq!(answer.status(), 200, "{place}");
            for name in ["content-encoding", "content-length", "content-type", "etag", "vary"] {
                assert_eq!(told(&answer, name), told(&head, name), "{place}: {name} by HEAD");
            }
            assert_eq!(told(&answer, "content-encoding"), coding, "{place}");
            assert_eq!(told(&answer, "vary"), Some("accept-encoding"), "{place}");
            let kind = told(&answer, "content-type").unwrap();
            assert!(!kind.contains("octet") && !kind.contains("gzip"), "{place} is {kind}");
            tags.insert(told(&answer, "etag").unwrap().to_owned());
            let length: usize = told(&answer, "content-length").unwrap().parse().unwrap();
            let body = answer.bytes().await.unwrap();
            assert_eq!(body.len(), length, "{place}");
            sizes.insert(length);
            match coding {
                None => assert_eq!(body, plain, "{place}"),
                // Its last bytes say how long it is once it is whole again (RFC 1952).
                Some("gzip") => {
                    let whole = u32::from_le_bytes(body[length - 4..].try_into().unwrap());
                    assert!(body.starts_with(&[0x1f, 0x8b]), "{place}");
                    assert_eq!(whole as usize, plain.len(), "{place}");
                }
                Some(_) => assert!(length < plain.len(), "{place}: {length}"),
            }
        }
        assert_eq!((tags.len(), sizes.len()), (3, 3), "{path}: each form is another");
    }
}

#[tokio::test]
async fn a_picture_stays_as_it_is() {
    let world = World::new().await;
    let answer = ask(&world, Method::GET, PICTURE, &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(told(&answer, "content-encoding"), None);
    assert_eq!(told(&answer, "content-type"), Some("image/png"));
    assert!(answer.bytes().await.unwrap().starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again() {
    let world = World::new().await;
    let br = ("accept-encoding", "br");
    for path in ["/", "/sw.js", PICTURE] {
        let first = ask(&world, Method::GET, path, &[br]).await;
        let tag = told(&first, "etag").unwrap();
        let (weak, among) = (format!("W/{tag}"), format!("\"another\", {tag}"));
        for known in [tag, weak.as_str(), among.as_str()] {
            let again = ask(&world, Method::GET, path, &[br, ("if-none-match", known)]).await;
            assert_eq!(again.status(), 304, "{path}: {known}");
            for name in [header::ETAG, header::CACHE_CONTROL, header::VARY] {
                assert_eq!(told(&again, name.as_str()), told(&first, name.as_str()), "{path}");
            }
            assert!(again.bytes().await.unwrap().is_empty());
        }
        let other = ask(&world, Method::GET, path, &[br, ("if-none-match", "\"another\"")]).await;
        assert_eq!(other.status(), 200, "{path}");
    }
    let compressed = ask(&world, Method::GET, "/", &[br]).await;
    let known = ("if-none-match", told(&compressed, "etag").unwrap());
    let plain = ask(&world, Method::GET, "/", &[known]).await;
    assert_eq!(plain.status(), 200, "what is held compressed says nothing of the plain page");
}

/// A phone keeps each file once, whole; the browser makes it whole.
#[tokio::test]
async fn the_worker_keeps_no_compressed_twin() {
    let world = World::new().await;
    let worker = ask(&world, Method::GET, "/sw.js", &[]).await.text().await.unwrap();
    for file in named(&worker) {
        assert!(!file.ends_with(".br") && !file.ends_with(".gz"), "{file} is kept");
    }
}
