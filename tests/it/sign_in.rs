//! T13, T17: signing in: a link works once, a lost answer costs nothing, a stolen token ends the
//! sign-in, twenty refreshes at once lock nobody out, and every act of the operator leaves its
//! trail. Alike on SQLite and on Postgres.

use roost_server::{
    error::{Error, Result},
    people::session::SignIn,
    store::trail,
};
use roost_shared::{DeviceId, Refusal};
use roost_tests::{house::House, ids};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

fn refusal<T>(answer: Result<T>) -> Option<Refusal> {
    answer.err().map(|error: Error| error.refusal())
}

fn token(sign_in: &SignIn) -> String {
    sign_in.refresh.clone().unwrap()
}

async fn signed_in(house: &House, n: usize) -> SignIn {
    let link = house.people.enrol(house.satellites[n]).await.unwrap();
    house.people.accept(&link, ids::device(), "A phone").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_once_and_a_lost_answer_costs_nothing() {
    for house in House::on_each_database(None).await {
        let (people, sam) = (&house.people, house.satellites[0]);
        let (mine, theirs) = (ids::device(), ids::device());
        let unusable = Some(Refusal::EnrolmentUnusable);

        let early = people.enrol(sam).await.unwrap();
        let link = people.enrol(sam).await.unwrap();
        assert_eq!(refusal(people.look(&early).await), unusable, "a new link ends the old one");
        for _ in 0..3 {
            assert_eq!(people.look(&link).await.unwrap().name, "Carer 0", "looking spends nothing");
        }
        let first = people.accept(&link, mine, "Sam's phone").await.unwrap();
        assert_eq!(refusal(people.look(&link).await), unusable);
        assert_eq!(refusal(people.accept(&link, theirs, "A thief").await), unusable);

        house.clock.turn(9 * MINUTE_MS);
        let again = people.accept(&link, mine, "Sam's phone").await.unwrap();
        assert_eq!((again.device, token(&again)), (mine, token(&first)), "the same sign-in again");
        house.refresh(&token(&first)).await.unwrap();
        let late = people.accept(&link, mine, "Sam's phone").await;
        assert_eq!(refusal(late), unusable, "not once the answer was seen to arrive");

        let slow = people.enrol(sam).await.unwrap();
        house.clock.turn(7 * DAY_MS);
        assert_eq!(refusal(people.accept(&slow, ids::device(), "Late").await), unusable);
        assert_eq!(refusal(people.look("no link at all").await), unusable);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_was_signed_out_can_use_a_new_link() {
    for house in House::on_each_database(None).await {
        let people = &house.people;
        let old = signed_in(&house, 0).await;
        people.end_device(old.device).await.unwrap();
        let link = people.enrol(house.satellites[0]).await.unwrap();
        let new = people.accept(&link, old.device, "The same phone").await.unwrap();
        people.authenticate(&new.access).await.unwrap();
        house.refresh(&token(&new)).await.unwrap();
        let theirs = people.enrol(house.satellites[1]).await.unwrap();
        let taken = people.accept(&theirs, old.device, "Somebody else").await;
        assert_eq!(refusal(taken), Some(Refusal::EnrolmentUnusable), "a phone is one person's");
        let reuse = house.refresh(&token(&old)).await;
        assert_eq!(refusal(reuse), Some(Refusal::DeviceEnded), "the old token stays dead");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_may_be_repeated_until_its_successor_is_used() {
    for house in House::on_each_database(None).await {
        let first = token(&signed_in(&house, 0).await);
        let second = token(&house.refresh(&first).await.unwrap());
        house.clock.turn(3 * DAY_MS);
        assert_eq!(token(&house.refresh(&first).await.unwrap()), second, "the answer was lost");
        let third = token(&house.refresh(&second).await.unwrap());
        house.clock.turn(9_000);
        assert_eq!(token(&house.refresh(&first).await.unwrap()), third, "a parallel tab");
        house.clock.turn(2_000);
        assert_eq!(refusal(house.refresh(&first).await), Some(Refusal::SignInCopied), "a thief");
        for token in [&second, &third] {
            assert_eq!(refusal(house.refresh(token).await), Some(Refusal::SignInCopied));
        }
        assert_eq!(refusal(house.refresh("r.1.x").await), Some(Refusal::SignInAgain));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_refreshes_make_one_family_and_lock_nobody_out() {
    for house in House::on_each_database(None).await {
        let first = token(&signed_in(&house, 0).await);
        let tabs = (0..20).map(|_| {
            let (people, first) = (house.people.clone(), first.clone());
            let holder = people.holder(&first).unwrap();
            tokio::spawn(async move {
                loop {
                    match people.refresh(holder).await {
                        Err(Error::Refused(Refusal::Busy)) => {}
                        answer => return token(&answer.unwrap()),
                    }
                }
            })
        });
        let mut successors = Vec::new();
        for tab in tabs.collect::<Vec<_>>() {
            successors.push(tab.await.unwrap());
        }
        assert!(successors.iter().all(|one| *one == successors[0]), "one successor");
        house.refresh(&successors[0]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_ended_is_signed_in_nowhere() {
    for house in House::on_each_database(None).await {
        let people = &house.people;
        let (sam, amara) = (signed_in(&house, 0).await, signed_in(&house, 1).await);
        people.authenticate(&sam.access).await.unwrap();
        people.end_device(sam.device).await.unwrap();
        assert_eq!(refusal(people.authenticate(&sam.access).await), Some(Refusal::DeviceEnded));
        assert_eq!(refusal(people.end_device(sam.device).await), Some(Refusal::NotFound));

        let waiting = people.enrol(house.satellites[1]).await.unwrap();
        people.end_person(house.satellites[1]).await.unwrap();
        assert_eq!(refusal(people.authenticate(&amara.access).await), Some(Refusal::DeviceEnded));
        assert_eq!(refusal(house.refresh(&token(&amara)).await), Some(Refusal::DeviceEnded));
        let accepted = people.accept(&waiting, ids::device(), "Late").await;
        assert_eq!(refusal(accepted), Some(Refusal::EnrolmentUnusable));
        assert_eq!(refusal(people.enrol(house.satellites[1]).await), Some(Refusal::NotFound));
        assert_eq!(refusal(people.end_person(house.satellites[1]).await), Some(Refusal::NotFound));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_leaves_its_trail() {
    for house in House::on_each_database(None).await {
        let (people, person) = (&house.people, house.satellites[0]);
        let sign_in = signed_in(&house, 0).await;
        let me = people.authenticate(&sign_in.access).await.unwrap();
        people.end_own(&me).await.unwrap();
        people.end_person(person).await.unwrap();
        let mut conn = house.db.reader().await.unwrap();
        let trail = trail::of(&mut conn, house.constellation).await.unwrap();
        let count = |action: &str| trail.iter().filter(|(done, _)| done == action).count();
        assert_eq!(count("constellation.add"), 1);
        assert_eq!((count("home.add"), count("person.add")), (9, 8));
        let once: Vec<(&str, String)> = vec![
            ("enrolment.accept", sign_in.device.to_string()),
            ("device.end", sign_in.device.to_string()),
            ("person.end", person.to_string()),
        ];
        for (action, object) in once {
            assert_eq!(count(action), 1, "{action}");
            assert!(trail.contains(&(action.to_owned(), object)), "{action}");
        }
        // What was refused did not happen, and left nothing.
        let before = trail.len();
        let unknown = DeviceId::new(1, [9; 10]);
        assert_eq!(refusal(people.end_device(unknown).await), Some(Refusal::NotFound));
        assert_eq!(trail::of(&mut conn, house.constellation).await.unwrap().len(), before);
    }
}
