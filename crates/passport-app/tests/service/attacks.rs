//! Attacks on the service, one per file. Each one prints its figures and asserts the bounds that the
//! service promises.
//!
//! `./check` runs them in their short form. By hand, for longer and with the figures:
//!
//! ```text
//! cargo build --release -p passport-app
//! PASSPORT_TEST_BINARY=$PWD/target/release/passport PASSPORT_ATTACK_SECONDS=25 cargo attack attacks::
//! ```

mod enumeration;
mod guessed_pictures;
mod log_stream;
mod right_passwords;
mod unread_responses;
mod unsolved_challenges;

use std::{env, time::Duration};

/// Time for which an attack runs: `by_default`, or `PASSPORT_ATTACK_SECONDS`.
fn time_of_attack(by_default: Duration) -> Duration {
    let given = env::var("PASSPORT_ATTACK_SECONDS").ok().filter(|seconds| !seconds.is_empty());
    given.map_or(by_default, |seconds| Duration::from_secs(seconds.parse().unwrap()))
}

/// Median of `times`; zero without any.
fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
