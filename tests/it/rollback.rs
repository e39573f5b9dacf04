//! I5, F25: history does not shrink or fork unseen. A database that was set back is found out by
//! the first phone that shows what it was told before, also where new entries have overtaken the
//! old ones; its service's phones all read their rooms anew, and nobody else's do. What a phone
//! makes up harms that phone alone. Nobody is signed out by any of it.

use roost_bridge::{Phone, View};
use roost_server::{log::Who, people::register::NewPerson};
use roost_shared::{
    EntryId, Epoch, RoomId, Seq,
    frame::{Anchors, ClientFrame, Cursors, Page, ServerFrame, Side, Welcome},
    policy::{Actor, Role},
    room::{Listed, RoomKind},
};
use roost_tests::{
    dice::Dice,
    door::SignIn,
    folder::Folder,
    ids,
    instance::Instance,
    wire::Wire,
    world::{World, room_of},
};
use serde_json::json;
use std::{fs, path::Path, time::Duration};

const SOON: Duration = Duration::from_secs(20);
/// Random histories, and what happens in each.
const HISTORIES: u64 = 12;
const EVENTS: u64 = 10;

/// A phone that shows on a bare wire what it was told.
struct Shown {
    sign_in: SignIn,
    epoch: Epoch,
    room: RoomId,
    cursor: Seq,
    anchor: Option<String>,
}

impl Shown {
    /// Somebody's new phone, which has read the circle.
    async fn read_by(world: &World, name: &str) -> Shown {
        let sign_in = world.sign_in(name).await;
        let (mut wire, welcome) =
            Wire::enter(world.door.address, &sign_in.access).await.expect("it is let in");
        let (room, epoch) = (room_of(&welcome, RoomKind::Circle), welcome.epoch);
        let Page { to, anchor, .. } = wire.page(room).await;
        Shown { sign_in, epoch, room, cursor: to, anchor }
    }

    /// Comes back, and is welcome: in which epoch, and from where it is sent its room.
    async fn comes_back(&self, world: &World) -> (Epoch, Option<Seq>) {
        let mut wire = Wire::dial(world.door.address).await.unwrap();
        let cursors: Cursors = [(self.room, self.cursor)].into();
        let anchors: Anchors = self.anchor.iter().map(|it| (self.room, it.clone())).collect();
        let shown = (cursors, anchors);
        wire.hello_showing(&self.sign_in.access, Some(self.epoch), shown).await.unwrap();
        let welcome = wire.until(|frame| match frame {
            ServerFrame::Welcome(welcome) => Some(*welcome),
            _ => None,
        });
        let welcome: Welcome = welcome.await;
        let listed = welcome.rooms.iter().find(|listed| listed.room == self.room).unwrap();
        let sent = welcome.epoch != self.epoch || listed.head > self.cursor;
        let from = if sent { Some(wire.page(self.room).await.from) } else { None };
        (welcome.epoch, from)
    }
}

/// Says something in the circle, with nobody's phone.
async fn say(world: &World, name: &str) -> EntryId {
    let sign_in = world.sign_in(name).await;
    let room = world.room(name, RoomKind::Circle).await;
    let id = ids::entry();
    let body =
        json!({"id": id, "kind": "message", "body": {"text": "Is anyone free for a cuppa?"}});
    let path = format!("/api/rooms/{room}/entries");
    let access = Some(sign_in.access.as_str());
    let heard = world.door.ask(reqwest::Method::POST, &path, access, Some(&body)).await.unwrap();
    assert_eq!(heard.status, 201, "{}", heard.text);
    id
}

/// Stops, copies the database here, and starts again.
async fn back_up(world: &mut World, to: &Path) {
    world.stop().await;
    fs::copy(world.database(), to).unwrap();
    world.restart().await;
}

/// Stops, puts a copy in the place of the database, and starts again.
async fn put_back(world: &mut World, from: &Path) {
    world.stop().await;
    for file in ["roost.db-wal", "roost.db-shm"] {
        let _ = fs::remove_file(world.database().with_file_name(file));
    }
    fs::copy(from, world.database()).unwrap();
    world.restart().await;
}

#[tokio::test]
async fn what_a_phone_makes_up_harms_that_phone_alone() {
    let world = World::new().await;
    say(&world, "jo").await;
    let jo = Shown::read_by(&world, "jo").await;
    let honest = jo.anchor.clone().expect("a page with entries has an anchor");
    let (seq, rest) = honest.split_once('.').unwrap();
    let ahead = format!("{}.{rest}", seq.parse::<i64>().unwrap() + 1);
    for (name, cursor, anchor) in [
        ("sam", Seq(1_000), None),
        ("sam", Seq(1_000), Some(ahead.clone())),
        ("amara", Seq(1_000), Some(ahead)),
        ("max", jo.cursor, Some(format!("{seq}.AAAAAAAAAAA.AAAAAAAAAAA"))),
        ("max", jo.cursor, Some(String::new())),
    ] {
        let liar = Shown { cursor, anchor, ..Shown::read_by(&world, name).await };
        let (told, from) = liar.comes_back(&world).await;
        assert!(told != jo.epoch && from == Some(Seq(1)), "{name} forgets and begins anew");
        assert_eq!(jo.comes_back(&world).await, (jo.epoch, None), "nobody else does");
    }
    let other = Shown { anchor: Some(honest), ..Shown::read_by(&world, "sam").await };
    assert_eq!(other.comes_back(&world).await, (jo.epoch, None), "what is true is true for all");
}

#[tokio::test]
async fn a_phone_that_begins_anew_is_in_the_epoch_of_all() {
    let world = World::new().await;
    say(&world, "jo").await;
    let jo = Shown::read_by(&world, "jo").await;
    let (mut wire, welcome) = world.wire("sam").await;
    wire.page(jo.room).await;
    let anchors: Anchors = [(jo.room, "1.AAAAAAAAAAA.AAAAAAAAAAA".to_owned())].into();
    let made_up = ClientFrame::Resume { cursors: [(jo.room, jo.cursor)].into(), anchors };
    wire.say(&made_up).await.unwrap();
    let first = next_epoch(&mut wire).await;
    assert_ne!(first, welcome.epoch, "it forgets");
    assert_eq!(next_epoch(&mut wire).await, welcome.epoch, "and is one of all again");
    let page = wire.page(jo.room).await;
    assert_eq!(page.from, Seq(1), "and is sent everything");
    wire.say(&made_up).await.unwrap();
    assert_eq!(wire.closed().await, 4_429, "once on a connection");
}

async fn next_epoch(wire: &mut Wire) -> Epoch {
    let told = wire.until(|frame| match frame {
        ServerFrame::Welcome(welcome) => Some(welcome.epoch),
        _ => None,
    });
    told.await
}

#[tokio::test]
async fn whoever_comes_while_others_write_is_not_taken_for_one_of_another_history() {
    let world = World::new().await;
    let first = say(&world, "jo").await;
    let early = Shown::read_by(&world, "jo").await;
    let writer = world.phone("amara").await;
    for n in 0..60 {
        // Removing and editing empties what the feed keeps; new entries move its head.
        let text = format!("Is anyone free for a cuppa? {n}");
        writer.send(early.room, &text).await.unwrap();
        let (epoch, _) = early.comes_back(&world).await;
        assert_eq!(epoch, early.epoch, "after {n} of {first}");
        let late = Shown::read_by(&world, "max").await;
        assert_eq!(late.comes_back(&world).await.0, early.epoch);
    }
    world.end().await;
}

#[tokio::test]
async fn a_room_that_the_database_no_longer_has_is_proof_as_well() {
    let mut world = World::new().await;
    let backup = Folder::new("backup");
    let backup = backup.path().join("roost.db");
    let jo = Shown::read_by(&world, "jo").await;
    back_up(&mut world, &backup).await;
    let home = world.app().people.add_home(world.cast.wren, "The Nowaks", false).await.unwrap();
    let (wren, role) = (world.cast.wren, Role::Satellite);
    let ola = NewPerson { constellation: wren, home: Some(home), role, name: "Ola" };
    world.app().people.add_person(ola).await.unwrap();
    let (mut wire, welcome) = Wire::enter(world.door.address, &jo.sign_in.access).await.unwrap();
    let known = |listed: &&Listed| listed.title.contains("Nowaks");
    let line = welcome.rooms.iter().find(known).expect("the hub has a line to them").room;
    let page = wire.page(line).await;
    let lost = Shown { room: line, cursor: page.to, anchor: page.anchor, ..jo };
    put_back(&mut world, &backup).await;
    let mut wire = Wire::dial(world.door.address).await.unwrap();
    let shown = ([(line, lost.cursor)].into(), [(line, lost.anchor.unwrap())].into());
    wire.hello_showing(&lost.sign_in.access, Some(lost.epoch), shown).await.unwrap();
    assert_ne!(next_epoch(&mut wire).await, lost.epoch, "it existed, so history was set back");
}

#[tokio::test]
async fn a_history_that_was_overtaken_is_seen_by_the_first_phone_that_holds_it() {
    let mut world = World::new().await;
    let backup = Folder::new("backup");
    let backup = backup.path().join("roost.db");
    let other = another_service(&world).await;
    say(&world, "jo").await;
    let early = Shown::read_by(&world, "jo").await;
    let (sam, amara) = (world.sign_in("sam").await, world.sign_in("amara").await);
    back_up(&mut world, &backup).await;
    for _ in 0..3 {
        say(&world, "jo").await;
    }
    let late = |sign_in: SignIn, seen: &Shown| Shown {
        sign_in,
        epoch: seen.epoch,
        room: seen.room,
        cursor: seen.cursor,
        anchor: seen.anchor.clone(),
    };
    let seen = Shown::read_by(&world, "max").await;
    let (sam, amara) = (late(sam, &seen), late(amara, &seen));
    put_back(&mut world, &backup).await;
    for _ in 0..5 {
        say(&world, "jo").await;
    }
    assert_eq!(early.comes_back(&world).await.0, early.epoch, "what it holds still stands");
    let (ended, from) = sam.comes_back(&world).await;
    assert!(ended != early.epoch && from == Some(Seq(1)), "one phone that was told it is enough");
    assert_eq!(amara.comes_back(&world).await, (ended, Some(Seq(1))), "everybody reads anew");
    assert_eq!(early.comes_back(&world).await, (ended, Some(Seq(1))));
    assert_eq!(other.comes_back(&world).await.0, other.epoch, "of another service nobody does");

    // What was true in an epoch that has ended proves nothing any more.
    let again = Shown { epoch: ended, ..amara };
    let (told, _) = again.comes_back(&world).await;
    let (_, jo) = world.wire("jo").await;
    assert!(told != ended && jo.epoch == ended, "nobody can end epochs at will");
}

/// A carer of another service in the same house, and what her phone was told.
async fn another_service(world: &World) -> Shown {
    let people = &world.app().people;
    let service = people.add_service("Hillside").await.unwrap();
    let constellation = people.add_constellation(service, "Lark").await.unwrap();
    let home = people.add_home(constellation, "Nia's house", true).await.unwrap();
    let nia = NewPerson { constellation, home: Some(home), role: Role::Hub, name: "Nia" };
    let nia = people.add_person(nia).await.unwrap();
    let token = people.enrol(nia).await.unwrap();
    let sign_in = world.door.accept(&token).await;
    let (mut wire, welcome) = Wire::enter(world.door.address, &sign_in.access).await.unwrap();
    let (room, epoch) = (room_of(&welcome, RoomKind::Circle), welcome.epoch);
    let Page { to, anchor, .. } = wire.page(room).await;
    Shown { sign_in, epoch, room, cursor: to, anchor }
}

#[tokio::test]
async fn a_phone_that_lost_its_place_is_held_against_the_log_too() {
    let world = World::new().await;
    say(&world, "jo").await;
    let jo = Shown::read_by(&world, "jo").await;
    let (mut wire, _) = world.wire("sam").await;
    wire.page(jo.room).await;
    let resume = |anchor: &str| {
        let (cursors, anchors) =
            ([(jo.room, jo.cursor)].into(), [(jo.room, anchor.to_owned())].into());
        ClientFrame::Resume { cursors, anchors }
    };
    wire.say(&resume(jo.anchor.as_deref().unwrap())).await.unwrap();
    say(&world, "jo").await;
    assert_eq!(wire.page(jo.room).await.from, jo.cursor.next(), "it goes on from there");
}

/// What stands in the circle, as the server tells it.
async fn stands(world: &World) -> Vec<(Seq, EntryId)> {
    let (who, room) = (world.person("jo"), world.room("jo", RoomKind::Circle).await);
    let actor = Actor::Person { person: who, role: Role::Hub };
    let who = Who { constellation: world.cast.wren, actor };
    let (mut all, mut after) = (Vec::new(), Seq::ZERO);
    loop {
        let page = world.app().log.range(who, room, Side::After(after), 200).await.unwrap();
        let Ok(ServerFrame::Page(page)) = serde_json::from_slice(&page.text) else {
            panic!("range answers with a page")
        };
        if page.entries.is_empty() {
            return all;
        }
        after = page.to;
        all.extend(page.entries.iter().map(|entry| (entry.seq, entry.id)));
    }
}

/// Puts a copy back, and lets the log overtake what phones hold, which mostly are away meanwhile.
async fn overtake(world: &mut World, dice: &mut Dice, phones: &[Phone], from: &Path) {
    let away = dice.below(4) > 0;
    for phone in phones.iter().filter(|_| away) {
        phone.stop().await.unwrap();
    }
    put_back(world, from).await;
    for _ in 0..dice.below(8) {
        say(world, "max").await;
    }
    for phone in phones.iter().filter(|_| away) {
        phone.start().await.unwrap();
    }
}

/// One history: people say things, phones go and come, and now and then an earlier database is put
/// back. However it went, every phone ends with what stands.
async fn live_through(seed: u64) {
    let mut dice = Dice::of(seed);
    let mut world = World::with(|config| config.live.retry_spread_ms = 1).await;
    let mut phones: Vec<Phone> = Vec::new();
    for name in ["jo", "sam", "amara"] {
        phones.push(world.phone(name).await);
    }
    let room = world.room("jo", RoomKind::Circle).await;
    let folder = Folder::new("backups");
    let copy = |n: u64| folder.path().join(format!("{n}.db"));
    let mut copies = 0;
    for _ in 0..EVENTS {
        let phone = &phones[usize::try_from(dice.below(3)).unwrap()];
        match dice.below(10) {
            0..4 => {
                for _ in 0..=dice.below(3) {
                    phone.send(room, "Is anyone free for a cuppa?").await.unwrap();
                }
            }
            4 => phone.stop().await.unwrap(),
            5 => phone.start().await.unwrap(),
            6..8 if copies > 0 => {
                let from = copy(dice.below(copies));
                overtake(&mut world, &mut dice, &phones, &from).await;
            }
            _ => {
                back_up(&mut world, &copy(copies)).await;
                copies += 1;
            }
        }
        // Mostly what was written has come to those who are there before the next thing happens.
        if dice.below(4) > 0 {
            say(&world, "max").await;
            for phone in &phones {
                let there = |view: &View| view.is_live() && view.is_caught_up();
                let _ = phone.wait_until(Duration::from_millis(300), there).await;
            }
        }
    }
    for phone in &phones {
        phone.start().await.unwrap();
        phone.wake().await.unwrap();
        let whole = |view: &View| view.is_live() && view.all_sent();
        phone.wait_until(SOON, whole).await.expect("everything written is sent");
    }
    let history = stands(&world).await;
    let (head, _) = *history.last().unwrap();
    for phone in &phones {
        let there = |view: &View| view.is_caught_up() && view.cursor(room) == head;
        phone.wait_until(SOON, there).await.expect("it holds everything");
        let held = phone.entries(room).await.unwrap();
        let held: Vec<_> = held.iter().map(|entry| (entry.seq, entry.id)).collect();
        assert_eq!(held, history, "the room's own history, and no mixture: ROOST_SEED={seed}");
    }
    world.end().await;
}

#[tokio::test]
async fn whatever_is_put_back_every_phone_ends_with_the_rooms_own_history() {
    let first = Dice::thrown().seed;
    let histories = if std::env::var_os("ROOST_SEED").is_some() { 1 } else { HISTORIES };
    for n in 0..histories {
        let seed = first.wrapping_add(n);
        println!("ROOST_SEED={seed}");
        live_through(seed).await;
    }
}

#[tokio::test]
async fn a_database_that_was_set_back_signs_nobody_out() {
    let (mut instance, phones) = Instance::furnished(&["sam"]).await;
    let backup = Folder::new("backup");
    fs::copy(instance.data().join("roost.db"), backup.path().join("roost.db")).unwrap();
    instance.start().await;
    let mut refresh = phones[0].refresh.clone();
    for _ in 0..3 {
        let body = json!({ "refresh": refresh });
        let path = "/api/session/refresh";
        let heard = instance.door.ask(reqwest::Method::POST, path, None, Some(&body)).await;
        refresh = heard.unwrap().json()["refresh"].as_str().unwrap().to_owned();
    }
    instance.kill();
    for file in ["roost.db-wal", "roost.db-shm"] {
        let _ = fs::remove_file(instance.data().join(file));
    }
    fs::copy(backup.path().join("roost.db"), instance.data().join("roost.db")).unwrap();
    instance.start().await;
    for _ in 0..2 {
        let body = json!({ "refresh": refresh });
        let path = "/api/session/refresh";
        let heard = instance.door.ask(reqwest::Method::POST, path, None, Some(&body)).await;
        let heard = heard.unwrap();
        assert_eq!(heard.status, 200, "{}", heard.text);
        refresh = heard.json()["refresh"].as_str().unwrap().to_owned();
    }
    assert!(instance.log().contains("ROLLBACK"), "the operator hears of it");
}
