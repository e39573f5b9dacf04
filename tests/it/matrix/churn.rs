//! T12: the half of the matrix that only reads, again, while people come and go underneath.

use super::{Route, Scene, doors, enlist, frames, matrix, newcomer, people};
use roost_server::people::{By, register::NewPerson};
use roost_shared::policy::Role;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whoever comes and goes does it so often at least.
const ROUNDS: usize = 5;

#[tokio::test]
async fn what_one_may_read_stays_while_others_come_and_go() {
    let scene = Scene::set().await;
    let (matrix, rounds) = (matrix(), AtomicUsize::new(0));
    let reads = |row: &Route| row.ask.starts_with("GET ") && row.ask.contains("{room}");
    let routes: Vec<Route> = matrix.route.into_iter().filter(reads).collect();
    let people: Vec<people::Door> = matrix.door.into_iter().filter(people::Door::reads).collect();
    let frames: Vec<super::Frame> =
        matrix.frame.into_iter().filter(|row| row.say == "range").collect();
    assert!(routes.len() > 15 && people.len() > 3 && frames.len() > 4);
    let reading = async {
        while rounds.load(Ordering::Relaxed) < ROUNDS {
            doors::knock(&routes, &scene).await;
            people::knock(&people, &scene).await;
            frames::say_each(&frames, &scene).await;
        }
    };
    tokio::select! {
        () = reading => {}
        () = come_and_go(&scene, &rounds) => {}
    }
}

/// Ruth joins a home, moves to the other, leaves, returns, and leaves again, for ever.
async fn come_and_go(scene: &Scene, rounds: &AtomicUsize) {
    let (people, wren, by) = (&scene.world.app().people, scene.world.cast.wren, By::Operator);
    let homes = people.members(by, wren).await.unwrap().homes;
    let homes: Vec<_> = homes.iter().filter(|home| !home.hub).map(|home| home.home).collect();
    loop {
        let home = homes.first().copied();
        let new = NewPerson { role: Role::Satellite, home, ..newcomer(&scene.world) };
        let ruth = enlist(&scene.world, new).await.person;
        people.move_home(by, wren, ruth, homes[1]).await.unwrap();
        people.end_member(by, wren, ruth).await.unwrap();
        people.take_back(by, (wren, ruth), home, None).await.unwrap();
        people.suspend(by, wren, ruth).await.unwrap();
        people.end_member(by, wren, ruth).await.unwrap();
        rounds.fetch_add(1, Ordering::Relaxed);
    }
}
