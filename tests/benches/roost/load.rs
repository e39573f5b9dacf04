//! The loads: messages at a rate (open loop), messages as fast as answers come (closed loop), a
//! storm of phones that come back, and phones that do nothing.

use crate::{
    Done, MEMBERS,
    child::Child,
    measure::Histogram,
    phones::{Desk, Phone},
    roster::Seat,
};
use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How many phones dial at the same time when nobody is in a hurry.
const DIALLING: usize = 64;
const PATIENCE: Duration = Duration::from_secs(10);

/// What one load showed.
#[derive(Default)]
pub struct Shown {
    pub messages: f64,
    pub seconds: f64,
    pub cpu_seconds: f64,
    pub delivery: Histogram,
    pub ack: Histogram,
}

impl Shown {
    pub fn rate(&self) -> f64 {
        self.messages / self.seconds
    }

    pub fn cores(&self) -> f64 {
        self.cpu_seconds / self.seconds
    }

    /// CPU seconds of the server for a thousand deliveries.
    pub fn cpu_per_thousand(&self) -> f64 {
        self.cpu_seconds * 1_000.0 / (self.messages * (MEMBERS - 1) as f64)
    }
}

/// A server, and the phones that are connected to it.
pub struct Scene {
    pub child: Child,
    pub desk: Arc<Desk>,
    pub phones: Vec<Arc<Phone>>,
    /// What went otherwise than it should.
    pub troubles: Vec<String>,
}

impl Scene {
    /// Brings phones in, some at a time, and waits until each is welcome.
    pub async fn gather(&mut self, seats: &[Seat]) -> Done {
        for some in seats.chunks(DIALLING) {
            self.welcome(some, 0).await?;
        }
        Ok(())
    }

    /// Brings phones in, all at once; each misses so many entries of others.
    async fn welcome(&mut self, seats: &[Seat], missing: i64) -> Done {
        let due = self.desk.welcomed.load(Relaxed) + seats.len() as u32;
        let mut dials = Vec::with_capacity(seats.len());
        for seat in seats.iter().cloned() {
            let (desk, port) = (self.desk.clone(), self.child.port);
            dials.push(tokio::spawn(async move { Phone::dial(&desk, port, seat, missing).await }));
        }
        for dial in dials {
            self.phones.push(dial.await??);
        }
        if !wait(PATIENCE * 3, || self.desk.welcomed.load(Relaxed) >= due).await {
            return Err(format!("not all are welcome: {}", self.desk.tally().words).into());
        }
        Ok(())
    }

    /// So many messages a second, evenly, from everybody in turn. A message is as late as it is
    /// after its moment in this timetable, whoever was to blame.
    pub async fn open_loop(&mut self, rate: u32, length: Duration) -> Done<Shown> {
        self.timetable(rate, Duration::from_secs(1)).await?;
        self.desk.restart();
        let cpu = self.child.cpu_seconds()?;
        let messages = self.timetable(rate, length).await?;
        let cpu_seconds = self.child.cpu_seconds()? - cpu;
        self.settle(&format!("{rate} msg/s")).await;
        let tally = self.desk.restart();
        let (messages, seconds) = (f64::from(messages), length.as_secs_f64());
        Ok(Shown { messages, seconds, cpu_seconds, delivery: tally.delivery, ack: tally.ack })
    }

    /// A thread of its own keeps the time: the runtime's timers are a millisecond coarse.
    async fn timetable(&self, rate: u32, length: Duration) -> Done<u32> {
        let (desk, phones) = (self.desk.clone(), self.phones.clone());
        let runtime = tokio::runtime::Handle::current();
        let keeper = move || {
            let _in_runtime = runtime.enter();
            let rooms = phones.len() / MEMBERS;
            let count = (f64::from(rate) * length.as_secs_f64()) as u32;
            let began = Instant::now();
            for turn in 0..count {
                let due = began + Duration::from_secs(u64::from(turn)) / rate;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let turn = turn as usize;
                let place = turn % rooms * MEMBERS + turn / rooms % MEMBERS;
                phones[place].send(&desk, due);
            }
            std::thread::sleep((began + length).saturating_duration_since(Instant::now()));
            count
        };
        Ok(tokio::task::spawn_blocking(keeper).await?)
    }

    /// `depth` messages of each room under way, each answered one followed by the next.
    pub async fn closed_loop(&mut self, depth: usize, length: Duration) -> Done<Shown> {
        self.desk.endless.store(true, Relaxed);
        for phone in &self.phones {
            // One each while there are phones enough, as the protocol asks, then more.
            for _ in 0..depth / MEMBERS + usize::from(phone.member() < depth % MEMBERS) {
                phone.send(&self.desk, Instant::now());
            }
        }
        sleep(length / 4).await;
        self.desk.restart();
        let (began, cpu) = (Instant::now(), self.child.cpu_seconds()?);
        sleep(length).await;
        let (seconds, tally) = (began.elapsed().as_secs_f64(), self.desk.restart());
        let cpu_seconds = self.child.cpu_seconds()? - cpu;
        self.desk.endless.store(false, Relaxed);
        self.settle(&format!("closed loop, {depth} a room")).await;
        self.desk.restart();
        let messages = tally.delivery.count() as f64 / (MEMBERS - 1) as f64;
        self.complain(&format!("closed loop, {depth} a room"), tally.refused, &tally.words);
        Ok(Shown { messages, seconds, cpu_seconds, delivery: tally.delivery, ack: tally.ack })
    }

    /// All but the first phone of each room are cut, miss so many messages, and come back at once.
    pub async fn storm(&mut self, seats: &[Seat], missed: i64) -> Done<Shown> {
        let files = self.child.open_files()?;
        let (stay, go): (Vec<_>, Vec<_>) = self.phones.drain(..).partition(|p| p.member() == 0);
        go.iter().for_each(|phone| phone.cut());
        let cut = go.len();
        drop(go);
        self.phones = stay;
        if !wait_for(PATIENCE, || Ok(self.child.open_files()? + cut <= files)).await? {
            self.troubles.push("the server kept sockets of phones that were cut".into());
        }
        let acked = self.desk.acked.load(Relaxed);
        for round in 1..=missed as u64 {
            self.phones.iter().for_each(|phone| phone.send(&self.desk, Instant::now()));
            let due = acked + round * self.phones.len() as u64;
            if !wait(PATIENCE, || self.desk.acked.load(Relaxed) >= due).await {
                return Err("the messages before the storm were not all acked".into());
            }
        }
        self.desk.forgive();
        self.desk.caught_up.store(0, Relaxed);
        let back: Vec<Seat> = seats.iter().filter(|seat| seat.member > 0).cloned().collect();
        let (began, cpu) = (Instant::now(), self.child.cpu_seconds()?);
        self.welcome(&back, missed).await?;
        if !wait(PATIENCE * 3, || self.desk.caught_up.load(Relaxed) as usize >= back.len()).await {
            let lacking = back.len() - self.desk.caught_up.load(Relaxed) as usize;
            self.troubles.push(format!("storm: {lacking} phones did not get all they missed"));
        }
        let seconds = began.elapsed().as_secs_f64();
        let cpu_seconds = self.child.cpu_seconds()? - cpu;
        self.phones.sort_by_key(|phone| (phone.room(), phone.member()));
        self.desk.restart();
        Ok(Shown { messages: back.len() as f64, seconds, cpu_seconds, ..Shown::default() })
    }

    async fn settle(&mut self, what: &str) {
        let lacking = self.desk.settle(PATIENCE).await;
        let (hung_up, words) = {
            let tally = self.desk.tally();
            (tally.hung_up, tally.words.clone())
        };
        if lacking > 0 {
            self.troubles.push(format!("{what}: {lacking} deliveries never came"));
            self.desk.forgive();
        }
        self.complain(&format!("{what}: hung up"), hung_up, &words);
    }

    fn complain(&mut self, what: &str, times: u64, words: &str) {
        if times > 0 {
            self.troubles.push(format!("{what}: {times} times, last: {words}"));
        }
    }
}

/// Looks every millisecond or two whether it is so by now.
async fn wait(patience: Duration, so: impl Fn() -> bool) -> bool {
    wait_for(patience, || Ok(so())).await.unwrap_or(false)
}

async fn wait_for(patience: Duration, so: impl Fn() -> Done<bool>) -> Done<bool> {
    let end = Instant::now() + patience;
    while !so()? {
        if Instant::now() > end {
            return Ok(false);
        }
        sleep(Duration::from_millis(1)).await;
    }
    Ok(true)
}
