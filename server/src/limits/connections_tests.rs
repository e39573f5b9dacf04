//! Who makes way for whom, as tables and stories.

use super::*;
use std::path::Path;

fn house(most: Most) -> (Connections, Clock) {
    let clock = Clock::turned_by_hand(1_000);
    let (leaving, _) = watch::channel(0);
    let (held, clock_of) = (Mutex::default(), clock.clone());
    (Connections(Arc::new(House { clock: clock_of, most, held, leaving })), clock)
}

fn address(n: u32) -> IpAddr {
    IpAddr::V4(n.into())
}

/// Which of these are still here.
fn here(visits: &[(Slot, Arc<Visitor>)]) -> Vec<usize> {
    let ended = |visitor: &Visitor| matches!(*visitor.task(), Task::Ended);
    (0..visits.len()).filter(|n| !ended(&visits[*n].1)).collect()
}

const MOST: Most = Most { an_address: 3, visitors: 5, phones: 4, all: 6 };

#[test]
fn of_an_address_the_stillest_makes_way() {
    let (house, clock) = house(MOST);
    let enter = |n| {
        clock.turn(10);
        house.enter(address(n))
    };
    let mut visits = vec![enter(1), enter(1), enter(2), enter(1)];
    clock.turn(10);
    visits[0].1.moved();
    visits.push(enter(1));
    assert_eq!(here(&visits), [0, 2, 3, 4], "the first spoke since, the second did not");
    assert_eq!(*house.0.leaving.borrow(), 1);
    visits.remove(1);
    assert_eq!(*house.0.leaving.borrow(), 0, "it has hung up");
}

#[test]
fn of_the_house_the_stillest_visitor_makes_way_and_never_a_phone() {
    let (house, clock) = house(MOST);
    let mut visits = Vec::new();
    for n in 0..4 {
        visits.push(house.enter(address(n)));
        clock.turn(10);
        visits[n as usize].0.signed_in().unwrap();
    }
    let mut fifth = house.enter(address(5));
    assert_eq!(fifth.0.signed_in(), Err(Refusal::Busy), "the rest is for visitors");
    visits.push(fifth);
    for n in 5..9 {
        clock.turn(10);
        visits.push(house.enter(address(n)));
    }
    assert_eq!(here(&visits), [0, 1, 2, 3, 7, 8], "phones, and the two that came last");
    visits.truncate(2);
    let held = house.0.held();
    assert_eq!((held.phones, held.visitors.len()), (2, 0));
}

#[test]
fn who_waits_for_an_answer_goes_last_and_a_network_that_takes_the_house_goes_first() {
    let (house, clock) = house(Most { an_address: 3, visitors: 6, phones: 4, all: 20 });
    let enter = |network: u32, host: u32| {
        clock.turn(10);
        house.enter(address(network << 8 | host))
    };
    let mut visits = vec![enter(7, 1), enter(8, 1)];
    (2..6).for_each(|host| visits.push(enter(9, host)));
    let waits = visits[2].1.clone().waits();
    visits.push(enter(10, 1));
    assert_eq!(here(&visits), [0, 1, 2, 4, 5, 6], "of the greedy one, and not who waits");
    drop(waits);
    visits.push(enter(11, 1));
    assert_eq!(here(&visits), [0, 1, 2, 5, 6, 7], "what was answered has moved");
}

#[tokio::test]
async fn one_that_was_told_to_end_before_it_ran_does_not_run() {
    let (house, _) = house(MOST);
    let (slot, visitor) = house.enter(address(1));
    visitor.end();
    let task = tokio::spawn(std::future::pending::<()>());
    visitor.run_by(task.abort_handle());
    assert!(task.await.unwrap_err().is_cancelled());
    drop(slot);
}

#[test]
fn what_a_process_may_open_is_read() {
    let head = "Limit                     Soft Limit           Hard Limit           Units     \n";
    let files = |soft: &str| format!("{head}Max open files {soft} 524288 files\n");
    let table = [
        (files("1024"), Some(1_024)),
        (files("unlimited"), Some(usize::MAX)),
        (files("many"), None),
        (head.to_owned(), None),
    ];
    for (told, expected) in table {
        assert_eq!(descriptors(&told), expected, "{told}");
    }
}

#[test]
fn descriptors_are_kept_back() {
    let mut config = Config::in_folder(Path::new("unused"));
    config.limits.descriptors_kept = 48;
    let table = [(128, Some((60, 80))), (64, Some((12, 16))), (1_024, Some((912, 976)))];
    for (open, expected) in table.into_iter().chain([(63, None), (0, None)]) {
        let most = Most::of(&config, open).ok().map(|most| (most.phones, most.all));
        assert_eq!(most, expected, "{open}");
    }
    let an_address = |config: &Config| Most::of(config, 128).unwrap().an_address;
    assert_eq!(an_address(&config), config.limits.connections_an_address);
    config.server.proxies = 1;
    assert_eq!(an_address(&config), usize::MAX, "all of them are the proxy's");
}
