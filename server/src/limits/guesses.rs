//! Failures to prove oneself: made-up tokens, links and codes. Only they are counted, by the
//! networks they come from and in all: whatever proves itself passes, whatever strangers do.
//!
//! The proof is looked at first. A failure is then charged to its networks and to the house. In a
//! network whose failures are spent it is told `too_many`; in a house whose failures are spent it
//! is told late. A look-up in the database that comes from a network whose failures are spent waits
//! for its turn, so that a flood of guesses cannot take the readers from everybody else.

use super::{Bucket, Limit, Steady, few::Keyed, quota};
use crate::{config, error::Result};
use governor::RateLimiter;
use roost_shared::Refusal;
use std::{
    future::Future,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// What is known of the failures of the last minute.
pub(super) struct Guesses {
    tiers: Vec<Tier>,
    of_all: Bucket,
    late: Duration,
    /// Answers that are told late, at the same time.
    late_answers: Semaphore,
    /// Whose turn it is to look something up.
    lookups: Semaphore,
    /// Those who wait for their turn.
    queue: Semaphore,
}

/// Networks of one size.
struct Tier {
    is_v6: bool,
    prefix: u32,
    failures: Keyed<IpAddr>,
}

/// What a failure comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charge {
    /// It is told what it is.
    Told,
    /// It is told what it is, but late.
    Late,
    /// It is one too many of its network.
    TooMany,
}

impl Guesses {
    pub(super) fn new(limits: &config::Limits, clock: &Steady) -> Guesses {
        let tier = |is_v6, prefix, a_minute: NonZeroU32| {
            let failures = Keyed::new(quota(a_minute, a_minute), limits.remembered, clock);
            Tier { is_v6, prefix, failures }
        };
        let of_all = quota(limits.guesses_of_all, limits.guesses_of_all);
        Guesses {
            tiers: vec![
                tier(true, 48, limits.guesses_ipv6_48),
                tier(true, 56, limits.guesses_ipv6_56),
                tier(true, 64, limits.guesses_ipv6_64),
                tier(false, 24, limits.guesses_ipv4_24),
                tier(false, 32, limits.guesses_ipv4_32),
            ],
            of_all: RateLimiter::direct_with_clock(of_all, clock.clone()),
            late: Duration::from_millis(limits.guess_late_ms),
            late_answers: places(limits.guesses_late),
            lookups: places(limits.lookups_at_once),
            queue: places(limits.lookups_waiting),
        }
    }

    /// What a caller hears whose proof was none.
    pub(super) async fn failed(&self, from: Option<IpAddr>, guess: Refusal) -> Refusal {
        match self.charge(from) {
            Charge::Told => guess,
            Charge::TooMany => Limit::Guesses.hit(),
            Charge::Late => {
                let Ok(_place) = self.late_answers.try_acquire() else {
                    return Limit::GuessesOfAll.hit();
                };
                tokio::time::sleep(self.late).await;
                guess
            }
        }
    }

    /// Looks a proof up: at once, or in its turn where it comes from a network whose failures are
    /// spent. Where `guess` comes of it, that is a failure.
    pub(super) async fn look_up<T>(
        &self,
        from: Option<IpAddr>,
        guess: Refusal,
        look: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let turn = if self.is_spent(from) { Some(self.turn().await?) } else { None };
        let found = look.await;
        drop(turn);
        match found {
            Err(error) if error.refusal() == guess => Err(self.failed(from, guess).await.into()),
            found => found,
        }
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        let _waiting = self.queue.try_acquire().map_err(|_| Limit::Lookups.hit())?;
        self.lookups.acquire().await.map_err(|_| Refusal::Draining)
    }

    /// What is one too many of one of its networks is charged to none: who guesses at one address
    /// does not spend what the network around it has, and who has a whole network to choose
    /// addresses from does not fill the memory with them.
    fn charge(&self, from: Option<IpAddr>) -> Charge {
        if self.is_spent(from) {
            return Charge::TooMany;
        }
        for (tier, network) in self.networks(from) {
            tier.failures.take(&network);
        }
        if self.of_all.check().is_ok() { Charge::Told } else { Charge::Late }
    }

    fn is_spent(&self, from: Option<IpAddr>) -> bool {
        self.networks(from).any(|(tier, network)| tier.failures.is_spent(&network))
    }

    fn networks(&self, from: Option<IpAddr>) -> impl Iterator<Item = (&Tier, IpAddr)> {
        from.map(|address| address.to_canonical()).into_iter().flat_map(|address| {
            let fit = self.tiers.iter().filter(move |tier| tier.is_v6 == address.is_ipv6());
            fit.map(move |tier| (tier, network(address, tier.prefix)))
        })
    }

    pub(super) fn prune(&self) {
        self.tiers.iter().for_each(|tier| tier.failures.prune());
    }
}

fn places(count: usize) -> Semaphore {
    Semaphore::new(count.min(Semaphore::MAX_PERMITS))
}

/// The network of an address: its first `prefix` bits.
fn network(address: IpAddr, prefix: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, clock::Clock};
    use std::path::Path;

    fn guesses(change: impl FnOnce(&mut config::Limits)) -> (Guesses, Clock) {
        let mut limits = Config::in_folder(Path::new("unused")).limits;
        change(&mut limits);
        let clock = Clock::turned_by_hand(1_795_310_400_000);
        (Guesses::new(&limits, &Steady(clock.clone())), clock)
    }

    fn count(n: u32) -> NonZeroU32 {
        NonZeroU32::new(n).unwrap()
    }

    fn at(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn neighbours_share_their_networks() {
        let table = [
            ("192.0.2.1", 32, "192.0.2.1"),
            ("192.0.2.1", 24, "192.0.2.0"),
            ("2001:db8:1:2ff:3::4", 64, "2001:db8:1:2ff::"),
            ("2001:db8:1:2ff:3::4", 56, "2001:db8:1:200::"),
            ("2001:db8:1:2ff:3::4", 48, "2001:db8:1::"),
        ];
        for (address, prefix, expected) in table {
            let found = network(address.parse().unwrap(), prefix);
            assert_eq!(found.to_string(), expected, "{address}/{prefix}");
        }
    }

    #[test]
    fn failures_are_counted_by_each_network_and_in_all() {
        let (guesses, clock) = guesses(|limits| {
            limits.guesses_ipv6_64 = count(2);
            limits.guesses_ipv6_56 = count(3);
            limits.guesses_ipv6_48 = count(4);
            limits.guesses_ipv4_32 = count(2);
            limits.guesses_ipv4_24 = count(3);
            limits.guesses_of_all = count(9);
        });
        let table = [
            ("2001:db8:1:100::1", Charge::Told),
            ("2001:db8:1:100::2", Charge::Told),
            // The /64 is spent, then the /56, then the /48.
            ("2001:db8:1:100::3", Charge::TooMany),
            ("2001:db8:1:101::1", Charge::Told),
            ("2001:db8:1:102::1", Charge::TooMany),
            ("2001:db8:1:200::1", Charge::Told),
            ("2001:db8:1:300::1", Charge::TooMany),
            ("2001:db8:2::1", Charge::Told),
            ("192.0.2.1", Charge::Told),
            ("::ffff:192.0.2.1", Charge::Told),
            ("192.0.2.1", Charge::TooMany),
            ("192.0.2.2", Charge::Told),
            ("192.0.2.3", Charge::TooMany),
            ("203.0.113.1", Charge::Told),
            ("203.0.113.2", Charge::Late),
        ];
        for (address, expected) in table {
            assert_eq!(guesses.charge(at(address)), expected, "{address}");
        }
        assert!(guesses.is_spent(at("192.0.2.77")) && !guesses.is_spent(at("203.0.113.1")));
        assert_eq!(guesses.charge(None), Charge::Late, "an address that is not known");
        clock.turn(60_000);
        assert_eq!(guesses.charge(at("192.0.2.1")), Charge::Told);
        assert!(!guesses.is_spent(at("192.0.2.77")));
    }

    #[test]
    fn a_hundred_thousand_guessers_take_no_more_room_than_a_few() {
        let (guesses, clock) = guesses(|limits| limits.remembered = 1_000);
        for n in 0..100_000_u32 {
            guesses.charge(Some(IpAddr::V4((n << 8).into())));
            let home = (0x2001_0db8_u128 << 96) + (u128::from(n) << 64);
            guesses.charge(Some(IpAddr::V6(home.into())));
        }
        let remembered = |guesses: &Guesses| -> Vec<usize> {
            guesses.tiers.iter().map(|tier| tier.failures.len()).collect()
        };
        assert_eq!(remembered(&guesses), [2, 8, 960, 1_000, 1_000]);
        clock.turn(600_000);
        guesses.prune();
        assert_eq!(remembered(&guesses), [0; 5], "whoever was quiet is forgotten");
    }

    #[tokio::test]
    async fn what_proves_itself_passes_whatever_failed_before() {
        let (guesses, _) = guesses(|limits| {
            limits.guesses_of_all = count(100);
            limits.guess_late_ms = 1;
        });
        let guess = Refusal::EnrolmentUnusable;
        let mut heard = Vec::new();
        for n in 0..200_u32 {
            let from = Some(IpAddr::V4(((n % 50) << 8).into()));
            let failed = guesses.look_up::<()>(from, guess, async { Err(guess.into()) }).await;
            heard.push(failed.unwrap_err().refusal());
            let good = guesses.look_up(from, guess, async { Ok(n) }).await;
            assert_eq!(good.ok(), Some(n));
        }
        assert!(heard.iter().all(|refusal| *refusal == guess), "told late, but told");
        for _ in 0..500 {
            guesses.charge(at("192.0.2.1"));
        }
        let spent = guesses.look_up::<()>(at("192.0.2.1"), guess, async { Err(guess.into()) });
        assert_eq!(spent.await.unwrap_err().refusal(), Refusal::TooMany);
        let good = guesses.look_up(at("192.0.2.1"), guess, async { Ok(7) });
        assert_eq!(good.await.ok(), Some(7), "in its turn");
    }
}
