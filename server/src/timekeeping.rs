//! Whether the house's time and the database's clock agree: looked at when a process starts and
//! every [`SAMPLE`], with an alarm that says what to do when they part.

use crate::{
    clock::Clock,
    error::Result,
    metrics,
    reckoning::{Change, Sample, Standing},
    store::Db,
};
use std::time::Duration;

/// How often the database's clock is looked at.
pub const SAMPLE: Duration = Duration::from_secs(10);

/// Sets the clock of a process that starts, before it judges anything.
///
/// # Errors
/// Whatever the database said.
pub async fn start(db: &Db, clock: &Clock) -> Result<()> {
    let read = db.time(clock.wall_by_hand()).await?;
    tell(clock.start(read));
    Ok(())
}

/// Looks at the database's clock once.
///
/// # Errors
/// Whatever the database said.
pub async fn sample(db: &Db, clock: &Clock) -> Result<()> {
    let asked = clock.steady();
    let read = db.time(clock.wall_by_hand()).await?;
    tell(clock.sample(asked, read));
    Ok(())
}

/// Looks every [`SAMPLE`], until the database is closed.
pub async fn watch(db: Db, clock: Clock) {
    let mut ticks = tokio::time::interval(SAMPLE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // The first comes at once, and the start has just looked.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        if let Err(error) = sample(&db, &clock).await {
            if db.is_closed() {
                return;
            }
            tracing::warn!(%error, "the database's clock could not be read");
        }
    }
}

fn tell(Sample { skew_ms, change }: Sample) {
    metrics::all().clock_skew(skew_ms);
    match change {
        None => {}
        Some(Change::To(Standing::Agree)) => {
            tracing::info!(skew_ms, "the clocks agree again");
        }
        Some(Change::To(Standing::Jumped)) => {
            metrics::all().clock_alarm();
            tracing::error!(
                skew_ms,
                "CLOCK: the database's clock jumped; Roost does not follow it"
            );
        }
        Some(Change::To(Standing::StartedBefore)) => {
            metrics::all().clock_alarm();
            tracing::error!(skew_ms, "CLOCK: started before this house's last commit");
        }
        Some(Change::Accepted) => {
            tracing::warn!(skew_ms, "the operator accepted the database's clock");
        }
    }
}
