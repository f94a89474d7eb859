//! How often something is done.

use std::time::{Duration, Instant};

use crate::{
    figures::{count, per},
    outcome::Outcome,
};

/// Repeats `act` for `time`; returns how often a second.
pub(super) fn rate(time: Duration, mut act: impl FnMut() -> Outcome) -> Outcome<f64> {
    let (started, mut done) = (Instant::now(), 0_usize);
    while started.elapsed() < time {
        act()?;
        done += 1;
    }
    Ok(per(count(done), started.elapsed()))
}
