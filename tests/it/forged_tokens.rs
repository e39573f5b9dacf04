//! T14: a token is ours to the last letter or it is none. Whatever is wrong with it, whoever made
//! it hears the same bytes, at the doors of HTTP and at the socket; T11: also when it is real and
//! too old, or another Roost's.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use hmac::{Hmac, Mac, digest::KeyInit};
use reqwest::Method;
use roost_tests::{
    door::SignIn,
    wire::{Heard, Wire},
    world::World,
};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};
use std::fs;

/// Somebody who has stolen the key, and still cannot make what we would not make.
struct Forge {
    key: Vec<u8>,
    header: Value,
    claims: Value,
}

fn signature<M: Mac + KeyInit>(key: &[u8], text: &str) -> String {
    let mut mac = <M as Mac>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    BASE64URL.encode(mac.finalize().into_bytes())
}

fn signed(key: &[u8], header: &str, claims: &str) -> String {
    let text = format!("{}.{}", BASE64URL.encode(header), BASE64URL.encode(claims));
    let by = match serde_json::from_str::<Value>(header).unwrap()["alg"].as_str() {
        Some("HS384") => signature::<Hmac<Sha384>>(key, &text),
        Some("HS512") => signature::<Hmac<Sha512>>(key, &text),
        _ => signature::<Hmac<Sha256>>(key, &text),
    };
    format!("{text}.{by}")
}

impl Forge {
    fn new(world: &World, real: &str) -> Forge {
        let file = world.app().config.store.data.join("keys/access-a1.key");
        let key = BASE64URL.decode(fs::read_to_string(file).unwrap().trim()).unwrap();
        let part = |n| BASE64URL.decode(real.split('.').nth(n).unwrap()).unwrap();
        let read = |n| serde_json::from_slice(&part(n)).unwrap();
        Forge { key, header: read(0), claims: read(1) }
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        signed(&self.key, &header.to_string(), &claims.to_string())
    }

    fn with_header(&self, name: &str, value: Option<Value>) -> String {
        self.token(&changed(&self.header, name, value), &self.claims)
    }

    fn with_claim(&self, name: &str, value: Option<Value>) -> String {
        self.token(&self.header, &changed(&self.claims, name, value))
    }

    fn wrong_headers(&self) -> Vec<String> {
        let jwk = json!({ "kty": "oct", "k": BASE64URL.encode([7; 32]) });
        let table = [
            ("typ", json!("JWT")),
            ("typ", json!("AT+JWT")),
            ("typ", json!("refresh+jwt")),
            ("typ", json!("")),
            ("alg", json!("none")),
            ("alg", json!("None")),
            ("alg", json!("hs256")),
            ("alg", json!("HS384")),
            ("alg", json!("HS512")),
            ("alg", json!("RS256")),
            ("alg", json!("PS256")),
            ("alg", json!("ES256")),
            ("alg", json!("EdDSA")),
            ("kid", json!("")),
            ("kid", json!("A1")),
            ("kid", json!("a1 ")),
            ("kid", json!("a2")),
            ("kid", json!("a1\u{0}")),
            ("kid", json!("../keys/access-a1")),
            ("kid", json!("/dev/null")),
            ("kid", json!("a1' OR '1'='1")),
            ("kid", json!(["a1"])),
            ("kid", json!(1)),
            ("jku", json!("https://keys.example.org/jwks.json")),
            ("x5u", json!("https://keys.example.org/chain.pem")),
            ("jwk", jwk),
            ("x5c", json!(["MIIB"])),
            ("crit", json!(["exp"])),
        ];
        let none = ["typ", "alg", "kid"].map(|name| self.with_header(name, None));
        let wrong = table.map(|(name, value)| self.with_header(name, Some(value)));
        none.into_iter().chain(wrong).collect()
    }

    fn wrong_claims(&self) -> Vec<String> {
        let now = self.claims["iat"].as_i64().unwrap();
        let table = [
            ("exp", json!((now + 600).to_string())),
            ("exp", json!("never")),
            ("exp", json!(null)),
            ("exp", json!(now - 61)),
            ("exp", json!(-1)),
            ("nbf", json!(now + 3_600)),
            ("nbf", json!(now.to_string())),
            ("jti", json!(1)),
            ("iat", json!("now")),
            ("aud", json!("roost-refresh")),
            ("aud", json!(["roost-access"])),
            ("iss", json!("https://roost.example.org")),
            ("iss", json!(["roost"])),
            ("sub", json!("jo")),
            ("dev", json!("*")),
            ("gen", json!("1")),
            ("role", json!("liaison")),
            ("constellation", json!("*")),
        ];
        let all = ["exp", "nbf", "jti", "aud", "iss", "iat", "sub", "dev", "gen"];
        let none = all.map(|name| self.with_claim(name, None));
        let wrong = table.map(|(name, value)| self.with_claim(name, Some(value)));
        none.into_iter().chain(wrong).collect()
    }

    /// What only those try who have no key.
    fn unsigned(&self, real: &SignIn, other: &SignIn) -> Vec<String> {
        let (header, claims) = (self.header.to_string(), self.claims.to_string());
        let parts: Vec<&str> = real.access.split('.').collect();
        let theirs: Vec<&str> = other.access.split('.').collect();
        let none = changed(&self.header, "alg", Some(json!("none"))).to_string();
        let bare = format!("{}.{}.", BASE64URL.encode(none), parts[1]);
        let text = BASE64URL.encode(&self.key);
        vec![
            signed(&[], &header, &claims),
            signed(&[0; 32], &header, &claims),
            signed(text.as_bytes(), &header, &claims),
            signed(b"a1", &header, &claims),
            bare,
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{}.{}.{}", parts[0], theirs[1], parts[2]),
            format!("{}.{}.{}", parts[0], parts[1], theirs[2]),
            format!("{}.{}.{}", parts[1], parts[0], parts[2]),
            format!("{}x", real.access),
            format!("{}.x", real.access),
            format!("{}=", real.access),
            real.access[..real.access.len() - 2].to_owned(),
            real.access.to_uppercase(),
            real.refresh.clone(),
            "..".to_owned(),
            "null".to_owned(),
        ]
    }
}

fn changed(object: &Value, name: &str, value: Option<Value>) -> Value {
    let mut object = object.clone();
    let fields = object.as_object_mut().unwrap();
    match value {
        Some(value) => drop(fields.insert(name.to_owned(), value)),
        None => drop(fields.remove(name)),
    }
    object
}

#[tokio::test]
async fn sixty_forged_tokens_hear_the_same_at_every_door() {
    let world = World::new().await;
    let (sam, amara) = (world.sign_in("sam").await, world.sign_in("amara").await);
    let ask = async |method: Method, path: &str, access: &str| {
        world.door.ask(method, path, Some(access), None).await.unwrap()
    };
    let forge = Forge::new(&world, &sam.access);
    let good = forge.token(&forge.header, &forge.claims);
    assert_eq!(ask(Method::GET, "/api/me", &good).await.status, 200, "the forge can forge");

    let mut forged = forge.wrong_headers();
    forged.extend(forge.wrong_claims());
    forged.extend(forge.unsigned(&sam, &amara));
    assert!(forged.len() >= 60, "{}", forged.len());
    let nobody = world.door.ask(Method::GET, "/api/me", None, None).await.unwrap();
    assert_eq!((nobody.status.as_u16(), nobody.code()), (401, "sign_in_again".to_owned()));
    for token in &forged {
        for (method, path) in [
            (Method::GET, "/api/me"),
            (Method::GET, "/api/constellations"),
            (Method::POST, "/api/handover"),
            (Method::POST, "/api/session/end"),
        ] {
            assert_eq!(ask(method, path, token).await, nobody, "{path}: {token}");
        }
        assert_eq!(said_to(&world, token).await, ("sign_in_again".to_owned(), 4401), "{token}");
    }
    assert_eq!(ask(Method::GET, "/api/me", &sam.access).await.status, 200, "Sam is here still");
}

#[tokio::test]
async fn a_real_token_that_is_too_old_or_of_another_roost_is_none() {
    let (world, elsewhere) = (World::new().await, World::new().await);
    let sam = world.sign_in("sam").await;
    let people = &world.app().people;
    let bearer = people.authenticate(&sam.access).await.unwrap().bearer();
    let now = world.app().clock.now();
    let nobody = world.door.ask(Method::GET, "/api/me", None, None).await.unwrap();
    let (stale, fresh) = (now - 61_000, now - 30_000);
    for (token, good) in [
        (people.mint_access(bearer, stale), false),
        (people.mint_access(bearer, fresh), true),
        (elsewhere.sign_in("sam").await.access, false),
    ] {
        let heard = world.door.ask(Method::GET, "/api/me", Some(&token), None).await.unwrap();
        assert_eq!(heard.status == 200, good);
        if !good {
            assert_eq!(heard, nobody);
            assert_eq!(said_to(&world, &token).await, ("sign_in_again".to_owned(), 4401));
        }
    }
}

/// The only word that a `hello` with this token hears, and the code of the close.
async fn said_to(world: &World, token: &str) -> (String, u16) {
    let mut wire = Wire::dial(world.door.address).await.unwrap();
    wire.hello(token, None, Default::default()).await.unwrap();
    match wire.hear().await {
        Heard::Frame(frame, text) => match *frame {
            roost_shared::frame::ServerFrame::Bye { told, .. } => (told.code, wire.closed().await),
            _ => panic!("a forged token hears {text}"),
        },
        Heard::Closed(code) => (String::new(), code),
    }
}
