//! T17, T23: guesses never lock out the good. While strangers try made-up links, codes and tokens,
//! 130 a second, from all the addresses of a home line or of a great many networks, everybody who
//! holds a right one is in, as fast as ever, from the very same network too.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use roost_server::people::register::NewPerson;
use roost_shared::{
    frame::{Cursors, ServerFrame},
    policy::Role,
};
use roost_tests::{
    ample,
    desk::Desk,
    door::SignIn,
    gate, ids, wait,
    wire::{Heard, Wire},
    world::World,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Between two guesses: 130 a second.
const PACE: Duration = Duration::from_micros(7_692);
/// Guesses before anybody good comes: more than a house takes at once.
const BEFORE: u32 = 900;
/// How many of each kind are good.
const GOOD: usize = 20;
/// How long they may take.
const SOON: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the n-th guess comes from, as our proxy writes it.
type From = fn(u32) -> String;

/// The 256 networks of one home line, and one of a great many networks each.
const HOME: From = |n| format!("[2001:db8:7:{:x}::1]:443", n % 256);
const MANY_V4: From = |n| format!("10.{}.{}.9:4711", n >> 8 & 255, n & 255);
const MANY_V6: From = |n| format!("2001:db8:{:x}::1", n & 0xffff);

/// Those who ask, through our proxy.
#[derive(Clone)]
struct Caller {
    client: Client,
    base: String,
}

impl Caller {
    fn post(&self, path: &str, from: &str, body: &Value) -> RequestBuilder {
        let asked = self.client.post(format!("{}{path}", self.base));
        asked.header("x-forwarded-for", from).json(body)
    }

    fn me(&self, from: &str, access: &str) -> RequestBuilder {
        let asked = self.client.get(format!("{}/api/me", self.base));
        asked.header("x-forwarded-for", from).bearer_auth(access)
    }

    /// The n-th guess: a link, a refresh token, a code, access.
    async fn guess(&self, n: u32, from: &str) -> reqwest::Result<Response> {
        let made_up = format!("{n:022}");
        let asked = match n % 4 {
            0 => self.post("/api/enrolments/look", from, &json!({ "token": made_up })),
            1 => self.post("/api/session/refresh", from, &json!({ "refresh": made_up })),
            2 => {
                let body = json!({ "code": format!("{n:010}"), "device": ids::device(),
                    "device_name": "A guess" });
                self.post("/api/handover/redeem", from, &body)
            }
            _ => self.me(from, "made.up.token"),
        };
        asked.send().await
    }
}

/// What strangers heard, and the longest that one waited for it.
#[derive(Default)]
struct Told {
    statuses: BTreeSet<u16>,
    longest: Duration,
}

/// Guesses until it is over.
async fn flood(caller: Caller, from: From, over: Arc<AtomicBool>, told: Arc<Mutex<Told>>) {
    let (mut guesses, mut n) = (JoinSet::new(), 0);
    let mut pace = tokio::time::interval(PACE);
    while !over.load(SeqCst) {
        if n >= BEFORE {
            pace.tick().await;
        }
        let (by, heard) = (caller.clone(), told.clone());
        guesses.spawn(async move {
            let began = Instant::now();
            let Ok(answer) = by.guess(n, &from(n)).await else { return };
            let mut heard = heard.lock().unwrap();
            heard.statuses.insert(answer.status().as_u16());
            heard.longest = heard.longest.max(began.elapsed());
        });
        n += 1;
        if n == BEFORE {
            // All but those that are told late.
            while guesses.len() > 100 {
                guesses.join_next().await;
            }
            told.lock().unwrap().statuses.insert(0);
        }
    }
    guesses.join_all().await;
}

/// Somebody good.
struct Good {
    sign_in: SignIn,
    link: String,
    code: String,
}

/// Made behind the doors: nothing of it is counted anywhere.
async fn good(world: &World, n: usize) -> Good {
    let (people, name) = (&world.app().people, format!("Priya {n}"));
    let signed_in = async || {
        let person = world.person(["sam", "amara", "jo", "max"][n % 4]);
        let link = people.enrol(person).await.unwrap();
        people.accept(&link, ids::device(), "A phone").await.unwrap()
    };
    let sign_in = serde_json::from_value(json!(signed_in().await)).unwrap();
    let other = people.authenticate(&signed_in().await.access).await.unwrap();
    let code = people.hand_over(&other).await.unwrap().code;
    // Only the newest link of a person is good, so each is a new person's.
    let (constellation, home, role) = (world.cast.wren, None, Role::Liaison);
    let new = NewPerson { constellation, home, role, name: &name };
    let link = people.enrol(people.add_person(new).await.unwrap()).await.unwrap();
    Good { sign_in, link, code }
}

/// Does everything that takes a proof: what took the longest of it.
async fn prove(caller: &Caller, world: &World, good: &Good, from: &str) -> Duration {
    let mut longest = Duration::ZERO;
    let named = |field: &str, value: &str| -> Value {
        let (device, device_name) = (ids::device(), "A phone");
        json!({ field: value, "device": device, "device_name": device_name })
    };
    let asked = [
        caller.me(from, &good.sign_in.access),
        caller.post("/api/session/refresh", from, &json!({ "refresh": good.sign_in.refresh })),
        caller.post("/api/enrolments/look", from, &json!({ "token": good.link })),
        caller.post("/api/enrolments/accept", from, &named("token", &good.link)),
        caller.post("/api/handover/redeem", from, &named("code", &good.code)),
    ];
    for one in asked {
        let began = Instant::now();
        let answer = one.send().await.unwrap();
        let (status, url) = (answer.status(), answer.url().path().to_owned());
        assert_eq!(status, StatusCode::OK, "{url} from {from}: {}", answer.text().await.unwrap());
        longest = longest.max(began.elapsed());
    }
    let began = Instant::now();
    let said = hello(world, &good.sign_in.access, from).await;
    assert!(matches!(said, ServerFrame::Welcome(_)), "hello from {from}: {said:?}");
    longest.max(began.elapsed())
}

/// The first word to whoever says hello.
async fn hello(world: &World, access: &str, from: &str) -> ServerFrame {
    let mut wire = Wire::dial_from(world.door.address, from).await.unwrap();
    wire.hello(access, None, Cursors::new()).await.unwrap();
    match wire.hear().await {
        Heard::Frame(frame, _) => *frame,
        Heard::Closed(code) => panic!("closed with {code} without a word"),
    }
}

/// The attack, and what everybody else notices of it.
async fn attack(from: From, told_late: bool) {
    let _timed = gate::timed().await;
    let world = World::with(|config| {
        ample::shipped(config);
        config.server.proxies = 1;
        // Four people do here what eighty do elsewhere.
        ample::people(&mut config.limits);
    })
    .await;
    let caller = Caller { client: Client::new(), base: world.door.base() };
    let mut all = Vec::new();
    for n in 0..GOOD {
        all.push(good(&world, n).await);
    }
    let (over, told) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Told::default())));
    let flooding = tokio::spawn(flood(caller.clone(), from, over.clone(), told.clone()));
    wait::until_some("the flood has come", PATIENCE, || async {
        told.lock().unwrap().statuses.contains(&0).then_some(())
    })
    .await;
    let stranger = hello(&world, "made.up.token", &from(3)).await;
    let ServerFrame::Bye { told: no, .. } = stranger else { panic!("a guess is welcome") };
    // Where all are told late, those for whom there is no room to wait are told so.
    let expected = if told_late { &["too_many", "sign_in_again"][..] } else { &["too_many"] };
    assert!(expected.contains(&no.code.as_str()), "{}", no.code);

    let mut longest = Duration::ZERO;
    for (n, good) in all.iter().enumerate() {
        // Every other one sits in the midst of those who guess.
        let from = if n % 2 == 0 { from(n as u32) } else { format!("198.51.100.{n}") };
        longest = longest.max(prove(&caller, &world, good, &from).await);
    }
    over.store(true, SeqCst);
    wait::within("the flood passes", PATIENCE, flooding).await.unwrap();
    let told = told.lock().unwrap();
    println!("T17: {} good ones, the slowest in {longest:?}; guesses {:?}", GOOD, told.statuses);
    assert!(longest < SOON, "{longest:?}");
    assert_eq!(told.statuses, [0, 401, 404, 429].into(), "strangers hear only no");
    assert_eq!(told.longest >= Duration::from_secs(2), told_late, "{:?}", told.longest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_home_line_of_256_networks_keeps_nobody_out() {
    attack(HOME, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_great_many_networks_keep_nobody_out_and_are_told_late() {
    attack(MANY_V4, true).await;
    attack(MANY_V6, true).await;
}

#[tokio::test]
async fn who_does_not_hold_a_link_spends_nobodys_tries() {
    let world = World::new().await;
    let desk = Desk::of(&world, "priya").await;
    let link = desk.act(world.person("sam"), "invite", json!({})).await.with(201);
    let table = desk.act(world.person("amara"), "table", json!({})).await.with(201);
    let ask = async |path: &str, body: Value| {
        let path = format!("/api/enrolments/{path}");
        world.door.ask(Method::POST, &path, None, Some(&body)).await.unwrap()
    };
    for n in 0..50 {
        let (device, token) = (ids::device(), format!("{n:022}"));
        let told = json!({ "token": token, "device": device, "code": link["code"] });
        ask("verify", told).await.with(404);
        let scan = json!({ "token": token, "device": device, "device_name": "A stranger" });
        ask("claim", scan).await.with(404);
    }
    world.door.join(&link).await;
    let scan = json!({ "token": table["token"], "device": ids::device(), "device_name": "Hers" });
    ask("claim", scan).await.with(200);
}

#[tokio::test]
async fn access_that_has_run_out_is_no_guess() {
    let world = World::with(|config| {
        ample::shipped(config);
        config.server.proxies = 1;
    })
    .await;
    let sam = world.sign_in("sam").await;
    let me = world.app().people.authenticate(&sam.access).await.unwrap();
    let old = world.app().people.mint_access(me.bearer(), ids::now_ms() - 120_000);
    let caller = Caller { client: Client::new(), base: world.door.base() };
    for n in 0..200 {
        let answer = caller.me("192.0.2.1", &old).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "number {n}");
    }
}
