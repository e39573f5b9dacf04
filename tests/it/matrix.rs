//! T15, T18: the permission matrix of `tests/matrix.toml`, cell by cell: every route and every
//! frame, as every actor, of what is theirs and of what is not. Where somebody is refused what is
//! none of their business, they hear the same bytes as of what does not exist, also while people
//! come and go.

mod churn;
mod doors;
mod frames;
mod people;
mod rank;
mod subject;

use roost_server::{
    clock,
    http::routes,
    people::{By, register::NewPerson},
};
use roost_shared::{
    EntryId, RoomId, Seq,
    frame::{ClientFrame, ServerFrame},
    policy::Role,
    room::{self, RoomKind},
};
use roost_tests::{
    desk::Desk,
    door::SignIn,
    ids, wait,
    wire::{Heard, Wire},
    world::{World, room_of},
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The names of the actors, in the order of every row.
const ACTORS: [&str; 7] = ["hub", "satellite", "liaison", "young", "admin", "outsider", "revoked"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Matrix {
    actors: Vec<String>,
    route: Vec<Route>,
    frame: Vec<Frame>,
    told: Vec<Told>,
    door: Vec<people::Door>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Route {
    ask: String,
    #[serde(default)]
    of: String,
    hear: [u16; 7],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    say: String,
    #[serde(default)]
    of: String,
    hear: [String; 7],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    frame: String,
    hear: [bool; 7],
}

fn matrix() -> Matrix {
    let matrix: Matrix = toml::from_str(include_str!("../matrix.toml")).unwrap();
    assert_eq!(matrix.actors, ACTORS);
    matrix
}

/// The name of a frame. A new one does not compile until it has a name here, and a row.
fn said(frame: &ClientFrame) -> &'static str {
    match frame {
        ClientFrame::Hello { .. } => "hello",
        ClientFrame::Append { .. } => "append",
        ClientFrame::Range { .. } => "range",
        ClientFrame::Resume { .. } => "resume",
        ClientFrame::Beat { .. } => "beat",
        ClientFrame::Mark { .. } => "mark",
        ClientFrame::Typing { .. } => "typing",
    }
}

/// As [`said`], for the server's.
fn heard(frame: &ServerFrame) -> &'static str {
    match frame {
        ServerFrame::Welcome(_) => "welcome",
        ServerFrame::Page(_) => "page",
        ServerFrame::Ack { .. } => "ack",
        ServerFrame::Refused { .. } => "refused",
        ServerFrame::Beat { .. } => "beat",
        ServerFrame::Marks { .. } => "marks",
        ServerFrame::Typing { .. } => "typing",
        ServerFrame::Bye { .. } => "bye",
    }
}

const SAID: [&str; 7] = ["hello", "append", "range", "resume", "beat", "mark", "typing"];
const HEARD: [&str; 8] = ["welcome", "page", "ack", "refused", "beat", "marks", "typing", "bye"];

/// The rooms of the scene, by what the rows call them.
const ROOMS: [&str; 9] = [
    "the circle",
    "the Okafors' line to the hub",
    "the Brennans' line to the hub",
    "the Okafors' line to the liaison worker",
    "the hub's line to the liaison worker",
    PEERS,
    "the circle of another constellation",
    "the circle of another service",
    NO_SUCH_ROOM,
];
const PEERS: &str = "the young people's room";
const NO_SUCH_ROOM: &str = "no such room";

/// A world with everything the rows name.
struct Scene {
    world: World,
    /// By what the rows call them.
    rooms: BTreeMap<&'static str, RoomId>,
    /// The last entry of each room.
    lasts: BTreeMap<RoomId, EntryId>,
    /// One sign-in for each actor; none for the outsider.
    sign_ins: Vec<Option<SignIn>>,
    /// Sign-ins of somebody who has ended and of somebody who is suspended.
    gone: Vec<SignIn>,
}

impl Scene {
    async fn set() -> Scene {
        let world = World::with(|config| {
            config.live.beat_ms = 100;
            config.live.silence_ms = 60_000;
        })
        .await;
        tour(&world).await;
        let open = world.app().people.open_peers(By::Operator, world.cast.wren, true);
        open.await.unwrap();
        let (_, jo) = world.wire("jo").await;
        let (_, sam) = world.wire("sam").await;
        let (_, amara) = world.wire("amara").await;
        let (_, noor) = world.wire("noor").await;
        let (_, mina) = world.wire("mina").await;
        let (_, kit) = world.wire("kit").await;
        let rooms = ROOMS.into_iter().zip([
            room_of(&jo, RoomKind::Circle),
            room_of(&sam, RoomKind::HubLine),
            room_of(&amara, RoomKind::HubLine),
            room_of(&sam, RoomKind::LiaisonLine),
            room_of(&jo, RoomKind::LiaisonLine),
            room_of(&kit, RoomKind::Peers),
            room_of(&noor, RoomKind::Circle),
            room_of(&mina, RoomKind::Circle),
            ids::room(),
        ]);
        let rooms = rooms.collect();
        let ana = NewPerson { role: Role::Admin, name: "Ana", ..newcomer(&world) };
        let ana = enlist(&world, ana).await;
        let mut sign_ins = Vec::new();
        for actor in ACTORS {
            sign_ins.push(match actor {
                "outsider" => None,
                "admin" => Some(ana.clone()),
                _ => Some(sign_in(&world, actor).await),
            });
        }
        let (gone, lasts) = (gone(&world).await, lasts(&world).await);
        Scene { world, rooms, lasts, sign_ins, gone }
    }

    /// Signs the same person in on a further phone.
    async fn again(&self, own: &SignIn) -> SignIn {
        let link = self.world.app().people.enrol(own.person).await.unwrap();
        self.world.door.accept(&link).await
    }

    fn room(&self, name: &str) -> RoomId {
        *self.rooms.get(name).unwrap_or_else(|| panic!("{name:?} is no room of the matrix"))
    }

    /// The last entry of a room; of one that does not exist, one that does not either.
    fn last(&self, room: RoomId) -> EntryId {
        self.lasts.get(&room).copied().unwrap_or_else(ids::entry)
    }
}

/// The last entry of each room, as one of its members finds it.
async fn lasts(world: &World) -> BTreeMap<RoomId, EntryId> {
    let mut lasts = BTreeMap::new();
    for name in ["jo", "sam", "amara", "kit", "noor", "mina"] {
        let (desk, (_, welcome)) = (Desk::of(world, name).await, world.wire(name).await);
        for room in welcome.rooms.iter().map(|listed| listed.room) {
            let path = format!("/api/rooms/{room}/entries?after=0");
            let page = desk.ask(reqwest::Method::GET, &path, None).await.with(200);
            let last = page["entries"].as_array().unwrap().last().unwrap();
            lasts.insert(room, last["id"].as_str().unwrap().parse().unwrap());
        }
    }
    lasts
}

/// Whether this actor, who may write there, hears now that the room is closed.
fn is_closed_to(actor: &str, of: &str) -> bool {
    let now = clock::local(ids::now_ms());
    let closed = room::open(RoomKind::Peers, Some(Role::Young), now).is_err();
    actor == "young" && of == PEERS && closed
}

/// Sam lives with the Brennans for a while, and Priya is Heron's liaison worker for a while.
async fn tour(world: &World) {
    let (people, wren) = (&world.app().people, world.cast.wren);
    let (sam, priya) = (world.person("sam"), world.person("priya"));
    let homes = people.members(By::Operator, wren).await.unwrap().homes;
    for name in ["The Brennans", "The Okafors"] {
        let home = homes.iter().find(|home| home.name == name).unwrap().home;
        people.move_home(By::Operator, wren, sam, home).await.unwrap();
    }
    people.add_liaison(world.cast.heron, priya).await.unwrap();
    people.end_member(By::Operator, world.cast.heron, priya).await.unwrap();
}

/// Somebody of Wren, without a home.
fn newcomer(world: &World) -> NewPerson<'static> {
    let constellation = world.cast.wren;
    NewPerson { constellation, home: None, role: Role::Liaison, name: "Newcomer" }
}

/// Adds somebody and signs them in.
async fn enlist(world: &World, new: NewPerson<'_>) -> SignIn {
    let people = &world.app().people;
    let person = people.add_person(new).await.unwrap();
    world.door.accept(&people.enrol(person).await.unwrap()).await
}

async fn gone(world: &World) -> Vec<SignIn> {
    let (people, wren) = (&world.app().people, world.cast.wren);
    let ended = enlist(world, newcomer(world)).await;
    people.end_member(By::Operator, wren, ended.person).await.unwrap();
    let suspended = enlist(world, newcomer(world)).await;
    people.suspend(By::Operator, wren, suspended.person).await.unwrap();
    vec![ended, suspended]
}

/// Signs an actor in on a phone of its own; the revoked one is signed out again.
async fn sign_in(world: &World, actor: &str) -> SignIn {
    let name = match actor {
        "hub" | "revoked" => "jo",
        "satellite" => "sam",
        "liaison" => "priya",
        "young" => "kit",
        other => panic!("{other} is nobody"),
    };
    let sign_in = world.sign_in(name).await;
    if actor == "revoked" {
        let end = "/api/session/end";
        let access = Some(sign_in.access.as_str());
        let heard = world.door.ask(reqwest::Method::POST, end, access, None).await.unwrap();
        assert_eq!(heard.status, 204);
    }
    sign_in
}

#[test]
fn every_route_and_frame_has_a_row_and_every_row_names_one() {
    let matrix = matrix();
    let routes: BTreeSet<String> =
        routes().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
    let doors = matrix.door.iter().map(|door| &door.ask);
    let rows: BTreeSet<String> =
        matrix.route.iter().map(|row| &row.ask).chain(doors).cloned().collect();
    assert_eq!(rows, routes);
    let rows: BTreeSet<&str> = matrix.frame.iter().map(|row| row.say.as_str()).collect();
    assert_eq!(rows, SAID.into());
    let rows: BTreeSet<&str> = matrix.told.iter().map(|row| row.frame.as_str()).collect();
    assert_eq!(rows, HEARD.into());
}

#[test]
fn every_route_and_frame_of_a_room_has_a_row_for_each_room() {
    let matrix = matrix();
    for (method, path) in routes() {
        let ask = format!("{method} {path}");
        if path.contains("{room}") {
            let rows = matrix.route.iter().filter(|row| row.ask == ask);
            assert_eq!(rows.map(|row| &*row.of).collect::<Vec<_>>(), ROOMS, "{ask}");
        }
    }
    let room = ids::room();
    for say in SAID {
        let named = frames::frame(say, "nobody", room).encode().contains(&room.to_string());
        let rows = matrix.frame.iter().filter(|row| row.say == say);
        let expected = if named { &ROOMS[..] } else { &[""] };
        assert_eq!(rows.map(|row| &*row.of).collect::<Vec<_>>(), expected, "{say}");
    }
}

#[tokio::test]
async fn doors() {
    doors::knock(&matrix().route, &Scene::set().await).await;
}

#[tokio::test]
async fn doors_of_people() {
    people::knock(&matrix().door, &Scene::set().await).await;
}

#[tokio::test]
async fn frames() {
    frames::say_each(&matrix().frame, &Scene::set().await).await;
}

#[tokio::test]
async fn what_is_told_to_whom() {
    let mut scene = Scene::set().await;
    let mut ears = Vec::new();
    for (actor, sign_in) in ACTORS.iter().zip(&scene.sign_ins) {
        let access = sign_in.as_ref().map_or("nobody", |sign_in| &sign_in.access);
        let mut wire = Wire::dial(scene.world.door.address).await.unwrap();
        wire.hello(access, None, Default::default()).await.unwrap();
        // Their own room, and one of somebody else's: something to hear of each kind.
        for room in ["the circle", NO_SUCH_ROOM] {
            let draft = roost_tests::wire::draft(scene.room(room), ids::entry(), "good morning");
            let _ = wire.say(&draft).await;
        }
        let room = scene.room("the circle");
        let _ = wire.say(&ClientFrame::Mark { room, read: Seq(1) }).await;
        ears.push((actor, tokio::spawn(listen_to_the_end(wire))));
    }
    // Everybody signed in must have heard a beat before the house closes.
    let presence = scene.world.app().presence.clone();
    let limit = Duration::from_secs(10);
    wait::until_some("five are connected", limit, || async {
        (presence.count() == 5).then_some(())
    })
    .await;
    let (mut watch, _) = scene.world.wire("amara").await;
    let room = scene.room("the circle");
    watch.say(&ClientFrame::Typing { room }).await.unwrap();
    // Her own mark comes when everybody's have been told.
    watch.say(&ClientFrame::Mark { room, read: Seq(1) }).await.unwrap();
    watch.until(|frame| matches!(frame, ServerFrame::Marks { .. }).then_some(())).await;
    for _ in 0..3 {
        watch.until(|frame| matches!(frame, ServerFrame::Beat { .. }).then_some(())).await;
    }
    scene.world.stop().await;
    let mut names = Vec::new();
    for (actor, ear) in ears {
        names.push((actor, ear.await.unwrap()));
    }
    for Told { frame, hear } in matrix().told {
        for ((actor, heard), expected) in names.iter().zip(hear) {
            assert_eq!(heard.contains(frame.as_str()), expected, "{actor} hears {frame}");
        }
    }
}

async fn listen_to_the_end(mut wire: Wire) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    while let Heard::Frame(frame, _) = wire.hear().await {
        names.insert(heard(&frame));
    }
    names
}
