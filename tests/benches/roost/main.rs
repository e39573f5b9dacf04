//! `cargo bench -p roost-tests`: how fast and how small Roost is, beside what the machine could do
//! at most.
//!
//! Every server runs in a process of its own (this program again, `--serve=`); one generator drives
//! them all.
//!   cargo bench -p roost-tests                       all parts, some five minutes
//!   cargo bench -p roost-tests -- --long             longer loads
//!   cargo bench -p roost-tests -- --gate             exit 1 when CPU or memory do not hold
//!   ROOST_BENCH=idle,storm cargo bench -p roost-tests   only these of: latency, rate, storm, idle,
//!                                                   history; and of: roost, bare, bare+durable

mod bare;
mod child;
mod ledger;
mod load;
mod measure;
mod parts;
mod phones;
mod report;
mod roost;
mod roster;
mod wire;

use child::Kind;
use std::{error::Error, process::ExitCode, time::Duration};

/// The result of anything that has nothing to say, or of anything.
pub type Done<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// A room's members, each with a phone.
pub const MEMBERS: usize = 11;

/// What the caller asked for.
pub struct Plan {
    /// Those that were named; none: all.
    parts: Vec<String>,
    kinds: Vec<Kind>,
    /// How long a load at a rate lasts, and one step of a closed loop.
    pub load: Duration,
    pub step: Duration,
    /// How long idle phones are watched: more than one beat.
    pub watch: Duration,
    gate: bool,
}

impl Plan {
    fn read(arguments: &[String]) -> Plan {
        let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
        let times = if has("--long") { 4 } else { 1 };
        let named = std::env::var("ROOST_BENCH").unwrap_or_default();
        let named = named.split(',').map(str::trim).filter(|name| !name.is_empty());
        let (mut parts, mut kinds) = (Vec::new(), Vec::new());
        for name in named {
            match Kind::ALL.into_iter().find(|kind| kind.as_str() == name) {
                Some(kind) => kinds.push(kind),
                None => parts.push(name.to_owned()),
            }
        }
        Plan {
            parts,
            kinds,
            load: Duration::from_secs(10) * times,
            step: Duration::from_secs(4) * times,
            watch: Duration::from_secs(22) * times,
            gate: has("--gate"),
        }
    }

    /// Whether a part is to run.
    pub fn has(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|named| named == part)
    }

    /// Whether a server is to be measured.
    pub fn serves(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let order = arguments.iter().find_map(|argument| argument.strip_prefix("--serve="));
    let done = match order {
        Some(order) => order.parse().map_err(Into::into).and_then(child::serve).map(|()| true),
        None => bench(&Plan::read(&arguments)),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("roost bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the plan, prints the table; false when the gate is asked for and does not hold.
fn bench(plan: &Plan) -> Done<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(parts::all(plan))?;
    let place = child::workplace();
    println!("{}", report::table(&found, &measure::machine(&place.to_string_lossy())));
    let failed = report::failures(&found);
    if plan.gate && !failed.is_empty() {
        eprintln!("does not hold: {}", failed.join(", "));
        return Ok(false);
    }
    Ok(true)
}
