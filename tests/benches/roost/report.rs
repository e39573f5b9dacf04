//! The table, and what a release must hold (shared/performance.md § 3, the column "hold").

use crate::{child::Kind, parts::Found};
use std::fmt::Write;

/// What a figure must be.
enum Hold {
    Most(f64),
    Least(f64),
    /// At most so many times what the bare loop that stores needed in the same run: CPU time is a
    /// matter of the machine and of its hour. The goals give it per 1,000 deliveries beside that
    /// loop's own (0.073 to 0.036 at 200 msg/s, 0.020 to 0.0038 saturated), and for the storm
    /// beside the best product (0.55 ms, where the loop needs 0.11).
    Times(f64),
    /// Reported only.
    None,
}

impl Hold {
    /// `None` when there is nothing to compare with.
    fn is_met(&self, figure: f64, durable: Option<f64>) -> Option<bool> {
        match self {
            Hold::Most(most) => Some(figure <= *most),
            Hold::Least(least) => Some(figure >= *least),
            Hold::Times(times) => durable.map(|durable| figure <= times * durable),
            Hold::None => Some(true),
        }
    }

    fn words(&self, figure: Option<f64>, durable: Option<f64>) -> String {
        let limit = match self {
            Hold::Most(most) => format!("≤ {}", digits(*most)),
            Hold::Least(least) => format!("≥ {}", digits(*least)),
            Hold::Times(times) => format!("≤ {} × durable", digits(*times)),
            Hold::None => return String::new(),
        };
        let verdict = match figure.and_then(|figure| self.is_met(figure, durable)) {
            Some(true) => "holds",
            Some(false) => "**missed**",
            None => "not run",
        };
        format!("{limit} {verdict}")
    }
}

struct Row {
    name: &'static str,
    label: &'static str,
    hold: Hold,
    /// CPU and memory travel between machines; wall-clock figures do not, and gate nothing.
    gates: bool,
}

const fn row(name: &'static str, label: &'static str, hold: Hold) -> Row {
    Row { name, label, hold, gates: false }
}

const fn gate(name: &'static str, label: &'static str, hold: Hold) -> Row {
    Row { name, label, hold, gates: true }
}

const ROWS: [Row; 28] = [
    row("rate_1s", "durable msg/s, p99 ≤ 1 s", Hold::Least(6_600.0)),
    row("rate_100ms", "durable msg/s, p99 ≤ 100 ms", Hold::Least(5_000.0)),
    row("rate_two", "durable msg/s, 2 in flight a room", Hold::None),
    row("p50_50", "send→delivered p50 at 50 msg/s, ms", Hold::Most(2.4)),
    row("p95_50", "send→delivered p95 at 50 msg/s, ms", Hold::None),
    row("p99_50", "send→delivered p99 at 50 msg/s, ms", Hold::Most(6.36)),
    row("ack50_50", "send→ack p50 at 50 msg/s, ms", Hold::Most(2.48)),
    row("ack95_50", "send→ack p95 at 50 msg/s, ms", Hold::None),
    row("ack99_50", "send→ack p99 at 50 msg/s, ms", Hold::None),
    row("p50_200", "send→delivered p50 at 200 msg/s, ms", Hold::None),
    row("p95_200", "send→delivered p95 at 200 msg/s, ms", Hold::None),
    row("p99_200", "send→delivered p99 at 200 msg/s, ms", Hold::None),
    row("ack50_200", "send→ack p50 at 200 msg/s, ms", Hold::None),
    row("ack95_200", "send→ack p95 at 200 msg/s, ms", Hold::None),
    row("ack99_200", "send→ack p99 at 200 msg/s, ms", Hold::None),
    row("cpu_50", "CPU s / 1,000 deliveries at 50 msg/s", Hold::None),
    gate("cpu_200", "CPU s / 1,000 deliveries at 200 msg/s", Hold::Times(2.03)),
    row("cpu_alive", "the same with typing and marks", Hold::None),
    row("p99_alive", "and its send→delivered p99, ms", Hold::None),
    gate("cpu_saturated", "CPU s / 1,000 deliveries saturated", Hold::Times(5.26)),
    row("cores_saturated", "server cores used, saturated", Hold::None),
    gate("idle_kib", "KiB an idle signed-in phone at 5,000", Hold::Most(8.0)),
    gate("idle_cpu", "cores used by 5,000 idle phones", Hold::Most(0.03)),
    gate("base_mib", "PSS MiB, no phones", Hold::Most(25.0)),
    row("pss_loaded", "PSS MiB, 1,100 phones after the load", Hold::None),
    row("connect_cpu", "CPU ms to connect and sign in", Hold::None),
    row("storm_s", "storm: 1,000 back × 20 missed, s", Hold::Most(0.65)),
    gate("storm_cpu", "storm: CPU ms a phone", Hold::Times(5.0)),
];

/// Growth with history: figures at 10,000 entries a room over those at 100.
const GROWTH: [Row; 3] = [
    gate("cpu_200", "growth, CPU a delivery at 200 msg/s", Hold::Most(1.15)),
    gate("cpu_eight", "growth, CPU a delivery, 8 in flight a room", Hold::Most(1.15)),
    gate("storm_cpu", "growth, storm CPU a phone", Hold::Most(1.15)),
];

/// The table as Markdown, with what the machine is and what went wrong.
pub fn table(found: &Found, machine: &str) -> String {
    let mut text = format!(
        "\n{machine}; 100 rooms of 11, a message is stored and delivered to 10.\n\n\
         | measure | roost | bare | bare+durable | ratio to bare, durable | hold |\n\
         |---|---|---|---|---|---|\n"
    );
    for row in &ROWS {
        let [roost, bare, durable] =
            [Kind::Roost, Kind::Bare, Kind::Durable].map(|kind| found.short(kind, row.name));
        if [roost, bare, durable].iter().any(Option::is_some) {
            line(&mut text, row, row.label, [roost, bare, durable]);
        }
    }
    for row in &ROWS {
        if let Some(roost) = found.long(Kind::Roost, row.name) {
            let label = format!("10,000 entries a room: {}", row.label);
            let durable = found.long(Kind::Durable, row.name);
            line(&mut text, row, &label, [Some(roost), None, durable]);
        }
    }
    for row in &GROWTH {
        if let Some(growth) = growth(found, row) {
            line(&mut text, row, row.label, [Some(growth), None, None]);
        }
    }
    for trouble in &found.troubles {
        let _ = write!(text, "\n- {trouble}");
    }
    text
}

fn line(text: &mut String, row: &Row, label: &str, [roost, bare, durable]: [Option<f64>; 3]) {
    let cell = |figure: Option<f64>| figure.map_or_else(|| "–".to_owned(), digits);
    let ratio = |to: Option<f64>| match (roost, to) {
        (Some(roost), Some(to)) if to > 0.0 => digits(roost / to),
        _ => "–".to_owned(),
    };
    let ratios = match (bare, durable) {
        (None, None) => String::new(),
        _ => format!("{}, {}", ratio(bare), ratio(durable)),
    };
    let cells = [cell(roost), cell(bare), cell(durable), ratios, row.hold.words(roost, durable)];
    let _ = writeln!(text, "| {label} | {} |", cells.join(" | "));
}

fn growth(found: &Found, row: &Row) -> Option<f64> {
    Some(found.long(Kind::Roost, row.name)? / found.short(Kind::Roost, row.name)?)
}

/// The gated figures that do not hold.
pub fn failures(found: &Found) -> Vec<&'static str> {
    let fails = |row: &Row, figure: Option<f64>, durable: Option<f64>| {
        let met = figure.and_then(|figure| row.hold.is_met(figure, durable));
        row.gates && met == Some(false)
    };
    let [of_roost, of_durable] =
        [Kind::Roost, Kind::Durable].map(|kind| move |row: &Row| found.short(kind, row.name));
    let short = ROWS.iter().filter(|row| fails(row, of_roost(row), of_durable(row)));
    let grown = GROWTH.iter().filter(|row| fails(row, growth(found, row), None));
    let broken = found.broken.then_some("a part did not come to its end");
    short.chain(grown).map(|row| row.label).chain(broken).collect()
}

/// Three significant digits.
fn digits(figure: f64) -> String {
    match figure.abs() {
        1_000.0.. => {
            let whole = format!("{figure:.0}");
            let (thousands, rest) = whole.split_at(whole.len() - 3);
            format!("{thousands},{rest}")
        }
        100.0.. => format!("{figure:.0}"),
        10.0.. => format!("{figure:.1}"),
        1.0.. => format!("{figure:.2}"),
        0.1.. => format!("{figure:.3}"),
        _ => format!("{figure:.4}"),
    }
}
