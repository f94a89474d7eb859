//! Whether the service knows the filled people.

use crate::{bench::Bench, check::knows, gateway::Gateway, outcome::Outcome, world::World};

/// Asks who some of the filled people are: the rows are worth nothing if the service does not know them.
pub(crate) async fn check(bench: &Bench<'_>, world: &World) -> Outcome {
    for places in [Some(&world.places), world.with_redis.as_ref()].into_iter().flatten() {
        let service = bench.one_worker(places, &Gateway::Inbox).await?;
        for n in (0..world.people).step_by((world.people / 10).max(1)) {
            knows(&service.target, n).await?;
        }
    }
    Ok(())
}
