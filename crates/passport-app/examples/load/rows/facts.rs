//! Time of the start, and memory of challenges.

use crate::{
    bench::Bench,
    driver::{LANES, Load},
    figures::{count, median, milliseconds},
    gateway::Gateway,
    outcome::Outcome,
    request::Request,
    table::Fact,
    world::World,
};

/// Starts, of which the median counts.
const STARTS: usize = 5;

/// Challenges that live at a time.
const CHALLENGES: usize = 60_000;

/// Challenges that warm up the server before.
const FIRST: usize = 2_000;

pub(super) async fn measure(bench: &Bench<'_>, world: &World) -> Outcome {
    if bench.arguments.only.is_some() {
        return Ok(());
    }
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let service = bench.one_worker(&world.places, &Gateway::Inbox).await?;
        starts.push(milliseconds(service.started_in));
    }
    bench.fact(Fact::Start, world.column, format!("{:.0} ms", median(starts)));
    for (fact, request) in [
        (Fact::Challenge, Request::issue as fn(usize) -> Request),
        (Fact::Picture, Request::image_code),
    ] {
        let bytes = memory_of_each(bench, world, request).await?;
        bench.fact(fact, world.column, format!("{bytes:.0} bytes"));
    }
    Ok(())
}

/// Memory that the server keeps for each of many requests, in bytes.
async fn memory_of_each(
    bench: &Bench<'_>,
    world: &World,
    request: fn(usize) -> Request,
) -> Outcome<f64> {
    let service = bench.one_worker(&world.places, &Gateway::Inbox).await?;
    let mut memory = Vec::new();
    for count in [FIRST, CHALLENGES] {
        let all = Load::all(LANES, count);
        let sent = service.target.drive(all, |_| request(bench.next())).await?;
        sent.with_at_most(0)?;
        memory.push(service.own_memory_kib());
    }
    let grown = memory[1].saturating_sub(memory[0]) * 1_024;
    Ok(count(usize::try_from(grown)?) / count(CHALLENGES))
}
