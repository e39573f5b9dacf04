//! The parts of the bench: which server gets which load, in what order, under which name a figure
//! goes.

use crate::{
    Done, MEMBERS, Plan,
    child::{Child, Kind, Order},
    load::{Scene, Shown},
    measure,
    phones::Desk,
    roster::{Roster, Seat},
};
use std::{collections::BTreeMap, sync::atomic::Ordering::Relaxed, time::Duration};

const ROOMS: usize = 100;
const SHORT: usize = 100;
const LONG: usize = 10_000;

/// Messages missed by each phone of the storm, and how often the storm is let loose.
const MISSED: i64 = 20;
const STORMS: usize = 3;

/// Phones that do nothing: the few, the many.
const IDLE_FEW: usize = 1_100;
const IDLE_MANY: usize = 5_005;

/// Files a process holds open besides its connections.
const OTHER_FILES: usize = 100;

/// In flight a room: up to 11 it is one a phone, as the protocol asks; then several.
const DEPTHS: [usize; 7] = [2, 3, 4, 8, 11, 22, 33];

/// The figures of one server, by their names in `report`.
pub type Figures = BTreeMap<&'static str, f64>;

/// Everything that was found: figures by (server, entries a room), and what went wrong.
#[derive(Default)]
pub struct Found {
    pub figures: BTreeMap<(Kind, usize), Figures>,
    pub troubles: Vec<String>,
    /// Whether a part of Roost's own did not come to its end.
    pub broken: bool,
}

impl Found {
    /// One part that fails does not take the others' figures with it.
    fn note(&mut self, kind: Kind, done: Done) {
        if let Err(error) = done {
            self.troubles.push(format!("{}: {error}", kind.as_str()));
            self.broken |= kind == Kind::Roost;
        }
    }

    /// The figure of a server at 100 entries a room.
    pub fn short(&self, kind: Kind, name: &str) -> Option<f64> {
        self.figures.get(&(kind, SHORT))?.get(name).copied()
    }

    /// The figure of a server at 10,000 entries a room.
    pub fn long(&self, kind: Kind, name: &str) -> Option<f64> {
        self.figures.get(&(kind, LONG))?.get(name).copied()
    }
}

/// Runs every part of the plan.
pub async fn all(plan: &Plan) -> Done<Found> {
    let mut found = Found::default();
    let needed = IDLE_MANY + OTHER_FILES;
    if measure::open_files_limit() < needed {
        return Err(
            format!("run `ulimit -n {needed}` first: the phones need that many sockets").into()
        );
    }
    let lively_parts = ["latency", "rate", "storm"].iter().any(|part| plan.has(part));
    let kinds = [Kind::Bare, Kind::Durable, Kind::Roost];
    for kind in kinds.into_iter().filter(|kind| plan.serves(*kind)) {
        if lively_parts {
            let done = lively(plan, kind, SHORT, &mut found).await;
            found.note(kind, done);
        }
        if plan.has("idle") {
            let done = idle(plan, kind, &mut found).await;
            found.note(kind, done);
        }
    }
    if plan.has("history") && plan.serves(Kind::Roost) {
        let done = lively(plan, Kind::Roost, LONG, &mut found).await;
        found.note(Kind::Roost, done);
    }
    Ok(found)
}

async fn open(order: Order) -> Done<(Scene, Roster)> {
    eprintln!(
        "{}: {} rooms of {MEMBERS}, {} entries",
        order.kind.as_str(),
        order.rooms,
        order.entries
    );
    let began = std::time::Instant::now();
    let (child, roster) = Child::start(order).await?;
    let desk = Desk::new(&roster);
    eprintln!("  set up in {:.1} s", began.elapsed().as_secs_f64());
    Ok((Scene { child, desk, phones: Vec::new(), troubles: Vec::new() }, roster))
}

/// Latencies, storm and rates of one server with 1,100 phones.
async fn lively(plan: &Plan, kind: Kind, entries: usize, found: &mut Found) -> Done {
    let (mut scene, roster) = open(Order { kind, rooms: ROOMS, entries }).await?;
    let figures = found.figures.entry((kind, entries)).or_default();
    scene.gather(&roster.seats()?).await?;
    if plan.has("latency") || entries == LONG {
        for rate in [50, 200] {
            let shown = scene.open_loop(rate, plan.load).await?;
            latency(figures, rate, &shown);
        }
        // The bare loop knows neither.
        if kind == Kind::Roost {
            scene.desk.alive.store(true, Relaxed);
            let shown = scene.open_loop(200, plan.load).await?;
            figures.insert("cpu_alive", shown.cpu_per_thousand());
            figures.insert("p99_alive", shown.delivery.quantile_ms(0.99));
            scene.desk.alive.store(false, Relaxed);
        }
    }
    // The bare loop keeps nothing that a phone could have missed.
    if (plan.has("storm") || entries == LONG) && kind != Kind::Bare {
        storms(&mut scene, &roster.seats()?, figures).await?;
    }
    if plan.has("rate") || entries == LONG {
        rates(plan, &mut scene, figures).await?;
        figures.insert("pss_loaded", scene.child.pss_kib()? / 1024.0);
    }
    let mut troubles = std::mem::take(&mut scene.troubles);
    found.troubles.extend(troubles.drain(..).map(|what| format!("{}: {what}", kind.as_str())));
    Ok(())
}

fn latency(figures: &mut Figures, rate: u32, shown: &Shown) {
    let names: [&'static str; 7] = match rate {
        50 => ["p50_50", "p95_50", "p99_50", "ack50_50", "ack95_50", "ack99_50", "cpu_50"],
        _ => ["p50_200", "p95_200", "p99_200", "ack50_200", "ack95_200", "ack99_200", "cpu_200"],
    };
    let quantiles = [0.5, 0.95, 0.99];
    let delivery = quantiles.map(|share| shown.delivery.quantile_ms(share));
    let ack = quantiles.map(|share| shown.ack.quantile_ms(share));
    let values = delivery.into_iter().chain(ack).chain([shown.cpu_per_thousand()]);
    figures.extend(names.into_iter().zip(values));
    eprintln!(
        "  {rate} msg/s: delivery p50 {:.2} p99 {:.2} ms, ack p50 {:.2} ms, {:.4} CPU s / 1,000",
        delivery[0],
        delivery[2],
        ack[0],
        shown.cpu_per_thousand()
    );
}

async fn storms(scene: &mut Scene, back: &[Seat], figures: &mut Figures) -> Done {
    let mut shown = Vec::new();
    for _ in 0..STORMS {
        shown.push(scene.storm(back, MISSED).await?);
    }
    shown.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    let median = &shown[STORMS / 2];
    figures.insert("storm_s", median.seconds);
    figures.insert("storm_cpu", median.cpu_seconds * 1_000.0 / median.messages);
    let all: Vec<String> = shown.iter().map(|one| format!("{:.2}", one.seconds)).collect();
    eprintln!("  storms: {} s, {:.3} CPU ms a phone", all.join(", "), figures["storm_cpu"]);
    Ok(())
}

/// Raises what is in flight; the best rate within each limit counts.
async fn rates(plan: &Plan, scene: &mut Scene, figures: &mut Figures) -> Done {
    for depth in DEPTHS {
        let shown = scene.closed_loop(depth, plan.step).await?;
        let (rate, p99) = (shown.rate(), shown.delivery.quantile_ms(0.99));
        eprintln!(
            "  {depth} a room in flight: {rate:.0} msg/s, delivery p50 {:.1} p99 {p99:.1} ms, \
             {:.5} CPU s / 1,000, {:.2} cores",
            shown.delivery.quantile_ms(0.5),
            shown.cpu_per_thousand(),
            shown.cores()
        );
        match depth {
            2 => drop(figures.insert("rate_two", rate)),
            8 => drop(figures.insert("cpu_eight", shown.cpu_per_thousand())),
            _ => {}
        }
        if p99 <= 100.0 && figures.get("rate_100ms").is_none_or(|best| rate > *best) {
            figures.insert("rate_100ms", rate);
        }
        if p99 <= 1_000.0 && figures.get("rate_1s").is_none_or(|best| rate > *best) {
            figures.insert("rate_1s", rate);
            figures.insert("cpu_saturated", shown.cpu_per_thousand());
            figures.insert("cores_saturated", shown.cores());
        }
        if p99 > 1_000.0 {
            break;
        }
    }
    Ok(())
}

/// What a connected phone costs that says nothing.
async fn idle(plan: &Plan, kind: Kind, found: &mut Found) -> Done {
    let rooms = IDLE_MANY / MEMBERS;
    let (mut scene, roster) = open(Order { kind, rooms, entries: 1 }).await?;
    let seats = roster.seats()?;
    let figures = found.figures.entry((kind, SHORT)).or_default();
    tokio::time::sleep(Duration::from_secs(1)).await;
    figures.insert("base_mib", scene.child.pss_kib()? / 1024.0);
    scene.gather(&seats[..IDLE_FEW]).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let few = scene.child.pss_kib()?;
    let cpu = scene.child.cpu_seconds()?;
    scene.gather(&seats[IDLE_FEW..]).await?;
    let many = (IDLE_MANY - IDLE_FEW) as f64;
    figures.insert("connect_cpu", (scene.child.cpu_seconds()? - cpu) * 1_000.0 / many);
    // The bare loops have no beat, so a short look is enough.
    let watch = if kind == Kind::Roost { plan.watch } else { plan.watch / 5 };
    tokio::time::sleep(Duration::from_secs(1)).await;
    let cpu = scene.child.cpu_seconds()?;
    tokio::time::sleep(watch).await;
    figures.insert("idle_cpu", (scene.child.cpu_seconds()? - cpu) / watch.as_secs_f64());
    figures.insert("idle_kib", (scene.child.pss_kib()? - few) / many);
    eprintln!(
        "  idle: {:.1} KiB a phone, {:.4} cores at {IDLE_MANY}, base {:.1} MiB, connect {:.3} CPU ms",
        figures["idle_kib"], figures["idle_cpu"], figures["base_mib"], figures["connect_cpu"]
    );
    let hung_up = scene.desk.tally().hung_up;
    if hung_up > 0 {
        found.troubles.push(format!("{}: {hung_up} idle phones were hung up on", kind.as_str()));
    }
    Ok(())
}
