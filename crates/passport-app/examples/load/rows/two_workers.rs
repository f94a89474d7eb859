//! Two workers on two cores against one on one.

use super::codes;
use crate::{
    bench::{Bench, someone},
    figures::{Measured, Of, Run, Summary},
    gateway::Gateway,
    limit::{self, BareServer},
    outcome::Outcome,
    request::Request,
    row::Row,
    service::Service,
    world::World,
};

pub(super) async fn measure(bench: &Bench<'_>, world: &World) -> Outcome {
    if !bench.wants(&[Row::WhoAmITwo, Row::SmsCodeTwo]) {
        return Ok(());
    }
    let mut one = bench.one_worker(&world.places, &Gateway::Inbox).await?;
    one.target.may_poll = false;
    let two = bench.two_workers(&world.places).await?;
    let bare = BareServer::start(2, &bench.site.layout.two)?;
    let who_am_i = async |service: &Service| {
        service.target.drive(bench.load(), |n| Request::who_am_i(someone(n, world))).await
    };
    let limits = async || {
        let one = alone(bench, world, who_am_i(&one)).await?;
        let bare = limit::bare(&bare.target, bench.time).await?;
        Ok(vec![
            (Of::Service("one worker"), one),
            (Of::Machine("a bare handler, two workers"), bare),
        ])
    };
    let run = async || who_am_i(&two).await;
    bench.row_with_note(Row::WhoAmITwo, world.column, limits, run, cores).await;
    let limits = async || {
        let one = alone(bench, world, codes::send(bench, &one)).await?;
        Ok(vec![(Of::Service("one worker"), one)])
    };
    let run = async || codes::send(bench, &two).await;
    bench.row_with_note(Row::SmsCodeTwo, world.column, limits, run, cores).await;
    bench.site.pin_for_one(&world.places.processes)
}

/// Rate of the service with one worker. Where two workers share their cores with the load, the one shares its
/// core with it too, so that two have twice as much of everything.
async fn alone(
    bench: &Bench<'_>,
    world: &World,
    run: impl Future<Output = Outcome<Measured>>,
) -> Outcome<f64> {
    bench.site.pin_for_half(&world.places.processes)?;
    let measured = run.await;
    bench.site.pin_for_two(&world.places.processes)?;
    Ok(measured?.with_at_most(1)?.rate())
}

/// How many cores were busy, because a rate that the load or a lack of cores limits says less; and the busiest
/// thread, because a process has no use for more cores once a thread of which there is only one needs a whole one.
fn cores(runs: &[Run]) -> Option<String> {
    let Summary { cores: [server, stores, load], busiest: (thread, busy), .. } = Summary::of(runs)?;
    let server = format!("{server:.1} server (`{thread}` {busy:.2})");
    Some(format!("cores: {server}, {stores:.1} stores, {load:.1} load"))
}
