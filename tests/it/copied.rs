//! T13: a copied refresh token is noticed, also when the thief is quick: two who hold the same one
//! cannot go on in step. And nobody else is taken for a thief: not whose answer was lost, not a
//! browser with many tabs.

use roost_server::{
    error::{Error, Result},
    people::session::SignIn,
};
use roost_shared::Refusal;
use roost_tests::{dice::Dice, house::House, ids};

const ROUNDS: usize = 50;
const SECOND_MS: i64 = 1_000;
const DAY_MS: i64 = 24 * 3_600 * SECOND_MS;

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

/// Renews a sign-in and says hello with what came of it, as every phone does.
async fn renew(house: &House, held: &str) -> Result<String> {
    let sign_in = house.refresh(held).await?;
    house.people.authenticate(&sign_in.access).await?;
    Ok(token(&sign_in))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_hold_one_token_are_noticed_however_quick_the_thief_is() {
    for house in House::on_each_database(None).await {
        let mut dice = Dice::thrown();
        println!("ROOST_SEED={}", dice.seed);
        for round in 0..ROUNDS {
            let sam = signed_in(&house, round % house.satellites.len()).await;
            house.people.authenticate(&sam.access).await.unwrap();
            let (mut sams, mut thiefs) = (token(&sam), token(&sam));
            let mut noticed = false;
            // They take turns, now the one first, now the other; minutes lie between, or moments.
            for turn in 0..20 {
                let sam_first = dice.below(2) == 0;
                for who in [sam_first, !sam_first] {
                    let held = if who { &mut sams } else { &mut thiefs };
                    match renew(&house, held).await {
                        Ok(next) => *held = next,
                        Err(no) => {
                            assert_eq!(no.refusal(), Refusal::SignInCopied, "{round}, {turn}");
                            noticed = true;
                        }
                    }
                    let pause = if turn == 0 { 0 } else { dice.below(540) as i64 };
                    house.clock.turn(pause * SECOND_MS);
                }
                if dice.below(2) == 0 {
                    house.people.write_uses().await.unwrap();
                }
                if noticed {
                    break;
                }
            }
            assert!(noticed, "round {round}: two went on in step");
            for held in [&sams, &thiefs] {
                assert_eq!(refusal(house.refresh(held).await), Some(Refusal::SignInCopied));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_token_is_good_until_ten_seconds_after_the_new_access_was_used() {
    for house in House::on_each_database(None).await {
        for written in [false, true] {
            let first = token(&signed_in(&house, 0).await);
            let answer = house.refresh(&first).await.unwrap();
            house.clock.turn(3 * DAY_MS);
            let again = house.refresh(&first).await.unwrap();
            assert_eq!(token(&again), token(&answer), "the answer was lost");
            house.people.authenticate(&again.access).await.unwrap();
            if written {
                house.people.write_uses().await.unwrap();
            }
            house.clock.turn(10 * SECOND_MS);
            // Used again and again: the first time counts.
            house.people.authenticate(&again.access).await.unwrap();
            let tab = house.refresh(&first).await.unwrap();
            assert_eq!(token(&tab), token(&answer), "a parallel tab");
            house.clock.turn(1);
            let late = house.refresh(&first).await;
            assert_eq!(refusal(late), Some(Refusal::SignInCopied), "written: {written}");
            let newest = house.refresh(&token(&answer)).await;
            assert_eq!(refusal(newest), Some(Refusal::SignInCopied), "and the family is dead");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn access_of_the_old_token_is_no_use_of_the_new_one() {
    for house in House::on_each_database(None).await {
        let first = signed_in(&house, 0).await;
        let answer = house.refresh(&token(&first)).await.unwrap();
        // The answer was lost: the phone goes on with the access it has, and asks again later.
        house.people.authenticate(&first.access).await.unwrap();
        house.people.write_uses().await.unwrap();
        house.clock.turn(DAY_MS);
        let again = house.refresh(&token(&first)).await.unwrap();
        assert_eq!(token(&again), token(&answer));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_with_twenty_tabs_is_no_thief() {
    for house in House::on_each_database(None).await {
        let mut cookie = token(&signed_in(&house, 0).await);
        for _ in 0..5 {
            let tabs = (0..20).map(|_| {
                let (people, holder) = (house.people.clone(), house.people.holder(&cookie));
                let holder = holder.unwrap();
                tokio::spawn(async move {
                    let sign_in = loop {
                        match people.refresh(holder).await {
                            Err(Error::Refused(Refusal::Busy)) => {}
                            answer => break answer.unwrap(),
                        }
                    };
                    people.authenticate(&sign_in.access).await.unwrap();
                    sign_in.refresh.unwrap()
                })
            });
            let mut next = Vec::new();
            for tab in tabs.collect::<Vec<_>>() {
                next.push(tab.await.unwrap());
            }
            assert!(next.iter().all(|one| *one == next[0]), "one family");
            cookie.clone_from(&next[0]);
            house.clock.turn(540 * SECOND_MS);
        }
    }
}
