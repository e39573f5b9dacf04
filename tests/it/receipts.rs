//! What people are told of each other's reading: of everyone who sits in the room, of nobody who
//! has left it, and nothing that somebody does not show; and what could not be written at once, or
//! found no room to wait for it, is not lost.

use reqwest::Method;
use roost_bridge::{Phone, View};
use roost_server::{
    marks::{Marks, Place, WAITING_MAX},
    outlet::{Inlet, Push},
    people::register::NewPerson,
    presence::Presence,
    store::{Commit, Db, homes, people},
};
use roost_shared::{
    PersonId, RoomId, Seq,
    frame::{ServerFrame, Welcome},
    policy::Role,
    room::{Mark, RoomKind},
};
use roost_tests::{desk::Desk, house::House, ids, wait, world::World};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

const SOON: Duration = Duration::from_secs(10);

/// The first line to the hub on this phone.
fn hub_line(phone: &Phone) -> RoomId {
    let rooms = phone.rooms();
    rooms.into_iter().find(|listed| listed.kind == RoomKind::HubLine).unwrap().room
}

/// Says something that is on disk when this returns, and tells where it stands.
async fn says(phone: &Phone, room: RoomId, text: &str) -> Seq {
    phone.send(room, text).await.unwrap();
    phone.wait_until(SOON, View::all_sent).await.unwrap();
    phone.view().cursor(room)
}

#[tokio::test]
async fn who_sits_in_a_line_and_never_came_has_not_read_it() {
    let world = World::new().await;
    let (sam, jo) = (world.phone("sam").await, world.phone("jo").await);
    let line = hub_line(&sam);
    let said = says(&sam, line, "Could Kit stay over on the 12th?").await;
    jo.wait_until(SOON, |view| view.cursor(line) >= said).await.unwrap();
    jo.read(line, said).await.unwrap();
    let read = |mark: Mark| mark.read >= said;
    let jos = world.person("jo");
    sam.wait_until(SOON, |view| view.mark(line, jos).is_some_and(read)).await.unwrap();
    let max = sam.view().mark(line, world.person("max"));
    assert_eq!(max.map(|mark| (mark.delivered, mark.read)), Some((Seq::ZERO, Seq::ZERO)));
    world.end().await;
}

/// The line of a home of a house to its hub, where Jo reads along.
struct Line {
    house: House,
    room: RoomId,
    sam: PersonId,
    jo: PersonId,
}

impl Line {
    async fn on_each_database() -> Vec<Line> {
        let mut lines = Vec::new();
        for house in House::on_each_database(None).await {
            let mut conn = house.db.reader().await.unwrap();
            let homes = homes::of_constellation(&mut conn, house.constellation).await.unwrap();
            drop(conn);
            let home = homes.iter().find(|home| home.hub).map(|home| home.home);
            let constellation = house.constellation;
            let new = NewPerson { constellation, home, role: Role::Hub, name: "Jo" };
            let jo = house.people.add_person(new).await.unwrap();
            let (room, sam) = (house.lines[0], house.satellites[0]);
            lines.push(Line { house, room, sam, jo });
        }
        lines
    }

    fn place(&self, person: PersonId) -> Place {
        let (constellation, room) = (self.house.constellation, self.room);
        Place { constellation, room, kind: RoomKind::HubLine, person }
    }

    /// Marks over this database, of phones that are told through the house's feeds.
    fn marks(&self, db: Db) -> Marks {
        Marks::new(db, self.house.feeds[0].clone(), Presence::new(usize::MAX, 0), WAITING_MAX)
    }

    /// A phone that listens to the line.
    fn phone_of(&self, person: PersonId) -> Inlet {
        let inlet = Inlet::new(person, 64, 1 << 20);
        let place = (self.room, Seq(1));
        let of = (self.house.constellation, self.house.epoch());
        self.house.feeds[0].listen(of, place, &inlet.outlet);
        inlet
    }
}

/// The marks that a phone is told next.
async fn told(phone: &mut Inlet) -> Vec<Mark> {
    let next = async {
        loop {
            if let Push::Note(text) = phone.next().await {
                return marks_of(&text);
            }
        }
    };
    wait::within("marks are told", SOON, next).await
}

fn marks_of(text: &[u8]) -> Vec<Mark> {
    match serde_json::from_slice(text).unwrap() {
        ServerFrame::Marks { marks, .. } => marks,
        other => panic!("no marks: {other:?}"),
    }
}

fn mark(person: PersonId, delivered: i64, read: i64) -> Mark {
    Mark { person, delivered: Seq(delivered), read: Seq(read) }
}

#[tokio::test]
async fn whoever_left_while_their_mark_was_under_way_is_not_told_of_again() {
    for line in Line::on_each_database().await {
        let mut jos = line.phone_of(line.jo);
        let marks = line.marks(line.house.db.clone());
        marks.read(line.place(line.sam), Seq(1));
        line.house.people.end_person(line.sam).await.unwrap();
        marks.read(line.place(line.jo), Seq(1));
        let run = tokio::spawn(marks.run());
        assert_eq!(told(&mut jos).await, [mark(line.jo, 1, 1)]);
        run.abort();
    }
}

#[tokio::test]
async fn a_mark_that_could_not_be_written_is_written_when_it_can_be() {
    for line in Line::on_each_database().await {
        let mut jos = line.phone_of(line.jo);
        let asked = AtomicUsize::new(0);
        let fault = move || {
            if asked.fetch_add(1, Ordering::Relaxed) < 2 { Commit::Fail } else { Commit::Now }
        };
        let db = line.house.db.clone().with_fault(fault);
        let marks = line.marks(db);
        marks.read(line.place(line.sam), Seq(2));
        let run = tokio::spawn(marks.clone().run());
        marks.delivered(line.place(line.sam), Seq(3));
        assert_eq!(told(&mut jos).await, [mark(line.sam, 3, 2)]);
        run.abort();
    }
}

#[tokio::test]
async fn a_mark_that_found_no_room_is_asked_for_once_there_is_room_again() {
    for line in Line::on_each_database().await {
        let (mut sams, mut jos) = (line.phone_of(line.sam), line.phone_of(line.jo));
        let presence = Presence::new(usize::MAX, 0);
        let place = people::Place { constellation: line.house.constellation, role: Role::Hub };
        presence.enter(&[place], &jos.outlet).unwrap();
        let asked = AtomicUsize::new(0);
        let fault = move || {
            if asked.fetch_add(1, Ordering::Relaxed) < 1 { Commit::Fail } else { Commit::Now }
        };
        let db = line.house.db.clone().with_fault(fault);
        let marks = Marks::new(db, line.house.feeds[0].clone(), presence, 1);
        marks.read(line.place(line.sam), Seq(2));
        marks.read(line.place(line.jo), Seq(2));
        let run = tokio::spawn(marks.clone().run());
        assert_eq!(told(&mut sams).await, [mark(line.sam, 2, 2)], "there was room for one");
        let looks = async { while !matches!(jos.next().await, Push::Reload) {} };
        wait::within("Jo's phone is asked to look again", SOON, looks).await;
        marks.read(line.place(line.jo), Seq(2));
        assert_eq!(told(&mut sams).await, [mark(line.jo, 2, 2)]);
        run.abort();
    }
}

/// Sets whether others are told how far somebody has read.
async fn shows_receipts(desk: &Desk, on: bool) -> Value {
    let body = json!({ "on": on });
    desk.ask(Method::POST, "/api/settings/receipts", Some(&body)).await.with(200)
}

#[tokio::test]
async fn what_sam_reads_is_his_own_to_show() {
    let world = World::new().await;
    let (sam, tablet) = (world.phone("sam").await, world.phone("sam").await);
    let (jo, max) = (world.phone("jo").await, world.phone("max").await);
    let desk = Desk::of(&world, "sam").await;
    let before = desk.ask(Method::GET, "/api/settings", None).await.with(200);
    assert_eq!(before["receipts"], true, "to begin with");
    assert_eq!(shows_receipts(&desk, false).await["receipts"], false);
    let line = hub_line(&sam);
    let person = |name| world.person(name);
    let asked = says(&jo, line, "Is everything all right?").await;
    for phone in [&sam, &tablet, &max] {
        phone.wait_until(SOON, |view| view.cursor(line) >= asked).await.unwrap();
    }
    sam.read(line, asked).await.unwrap();
    tablet.wait_until(SOON, |view| view.read(line) >= asked).await.unwrap();
    // What is told of Max now is told after whatever was told of Sam.
    max.read(line, asked).await.unwrap();
    let has_read = |mark: Mark| mark.read >= asked;
    jo.wait_until(SOON, |view| view.mark(line, person("max")).is_some_and(has_read)).await.unwrap();
    let arrived = |mark: Mark| mark.delivered >= asked && mark.read == Seq::ZERO;
    for (phone, whose) in [(&jo, "sam"), (&max, "sam"), (&sam, "max"), (&tablet, "max")] {
        let told = |view: &View| view.mark(line, person(whose)).is_some_and(arrived);
        phone.wait_until(SOON, told).await.unwrap_or_else(|error| panic!("{whose}: {error}"));
    }
    let marks = |welcome: &Welcome| {
        let listed = welcome.rooms.iter().find(|listed| listed.room == line).unwrap();
        (listed.read, listed.marks.clone())
    };
    let read_by = |marks: &[Mark]| {
        let read = marks.iter().filter(|mark| has_read(**mark)).map(|mark| mark.person);
        read.collect::<Vec<PersonId>>()
    };
    let (_, welcome) = world.wire("sam").await;
    let (own, others) = marks(&welcome);
    assert_eq!((own >= asked, read_by(&others)), (true, vec![]), "he knows of himself alone");
    let (_, welcome) = world.wire("jo").await;
    assert_eq!(read_by(&marks(&welcome).1), [person("max")]);

    // He shows it again: nobody has to come anew to see it, and he sees the others.
    assert_eq!(shows_receipts(&desk, true).await["receipts"], true);
    for (phone, whose) in [(&jo, "sam"), (&sam, "max")] {
        let told = |view: &View| view.mark(line, person(whose)).is_some_and(has_read);
        phone.wait_until(SOON, told).await.unwrap_or_else(|error| panic!("{whose}: {error}"));
    }
    world.end().await;
}

#[tokio::test]
async fn reading_that_is_not_shown_is_not_told_of_by_an_empty_word() {
    for line in Line::on_each_database().await {
        let house = &line.house;
        let link = house.people.enrol(line.sam).await.unwrap();
        let phone = house.people.accept(&link, ids::device(), "Sam's phone").await.unwrap();
        let me = house.people.authenticate(&phone.access).await.unwrap();
        house.people.set_receipts(&me, false).await.unwrap();
        let (mut jos, mut sams) = (line.phone_of(line.jo), line.phone_of(line.sam));
        let marks = line.marks(house.db.clone());
        let run = tokio::spawn(marks.clone().run());
        marks.read(line.place(line.sam), Seq(2));
        assert_eq!(told(&mut jos).await, [mark(line.sam, 2, 0)], "it has come to his phone");
        assert_eq!(told(&mut sams).await, [mark(line.sam, 2, 2)], "his own phones know");
        marks.delivered(line.place(line.sam), Seq(3));
        assert_eq!(told(&mut jos).await, [mark(line.sam, 3, 0)]);
        assert_eq!(told(&mut sams).await, [mark(line.sam, 3, 2)]);
        marks.read(line.place(line.sam), Seq(3));
        assert_eq!(told(&mut sams).await, [mark(line.sam, 3, 3)]);
        marks.read(line.place(line.jo), Seq(3));
        assert_eq!(told(&mut jos).await, [mark(line.jo, 3, 3)], "nothing came between");
        assert_eq!(told(&mut sams).await, [mark(line.jo, 3, 0)], "nor does he see hers");
        run.abort();
    }
}
