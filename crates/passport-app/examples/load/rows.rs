//! The rows of the table, by the service that they share.

mod asked;
mod codes;
mod facts;
mod gateways;
mod large;
mod one_worker;
mod redis_sessions;
mod sign_ins;
mod two_workers;

pub(crate) use asked::check;

use crate::{bench::Bench, outcome::Outcome, row::Row, table::Fact, world::World};

/// Users of the large tables.
pub(crate) const LARGE: usize = 1_000_000;

/// Measures every row of a column.
pub(crate) async fn measure(bench: &Bench<'_>, small: &World) -> Outcome {
    one_worker::measure(bench, small).await?;
    redis_sessions::measure(bench, small).await?;
    gateways::measure(bench, small).await?;
    sign_ins::measure(bench, small).await?;
    two_workers::measure(bench, small).await?;
    facts::measure(bench, small).await?;
    if !bench.arguments.full || !Row::ALL.iter().any(|row| row.is_large() && bench.wants(&[*row])) {
        return Ok(());
    }
    if !bench.site.has_room_for_two(small.column) {
        for row in Row::ALL.into_iter().filter(|row| row.is_large()) {
            bench.missing(row, small.column, "the given database has room for one size");
        }
        return Ok(());
    }
    let large = bench.site.world(small.column, LARGE).await?;
    let filled_in = format!("{:.0} s", large.filled_in.as_secs_f64());
    bench.fact(Fact::Filling, small.column, filled_in);
    large::measure(bench, small, &large).await
}
