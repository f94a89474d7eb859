//! One worker on one core, with sessions in the database and messages that go to the inbox of development.

use super::codes::{self, Sent};
use crate::{
    arguments::Work,
    bench::{Bench, Limits, rate_of, someone},
    column::Column,
    figures::Of,
    gateway::Gateway,
    limit::pgbench,
    outcome::Outcome,
    request::Request,
    row::Row,
    service::Service,
    table::Fact,
    world::World,
};

const ROWS: [Row; 10] = [
    Row::Healthz,
    Row::ImageCode,
    Row::Challenge,
    Row::SignedOut,
    Row::WhoAmI,
    Row::ForwardAuth,
    Row::Devices,
    Row::SmsCode,
    Row::CodeKnown,
    Row::CodeNew,
];

pub(super) async fn measure(bench: &Bench<'_>, world: &World) -> Outcome {
    if !bench.wants(&ROWS) {
        return Ok(());
    }
    let service = bench.one_worker(&world.places, &Gateway::Inbox).await?;
    bench.fact(Fact::Idle, world.column, memory(&service));
    reads(bench, world, &service).await;
    let limits = async || messages_alone(bench, world).await;
    bench
        .row(Row::SmsCode, world.column, limits, async || codes::send(bench, &service).await)
        .await;
    let limits =
        async || Ok(vec![(Of::Machine("one commit of a row"), bench.commit(world).await?)]);
    for (row, to) in [(Row::CodeKnown, Sent::ToKnown(world)), (Row::CodeNew, Sent::ToNew)] {
        let run = async || codes::sign_in(bench, &service, to).await;
        bench.row(row, world.column, limits, run).await;
    }
    bench.fact(Fact::Loaded, world.column, memory(&service));
    Ok(())
}

async fn reads(bench: &Bench<'_>, world: &World, service: &Service) {
    let (column, target, load) = (world.column, &service.target, bench.load());
    let bare = async || Ok(vec![(Of::Machine("a bare handler"), bench.bare().await?)]);
    let run = async || target.drive(load, |_| Request::get("/healthz")).await;
    bench.row(Row::Healthz, column, bare, run).await;
    let drawing =
        async || Ok(vec![(Of::Machine("drawing alone"), bench.work(Work::Draw, world).await?)]);
    let run = async || target.drive(load, |_| Request::image_code(bench.next())).await;
    bench.row(Row::ImageCode, column, drawing, run).await;
    let run = async || target.drive(load, |_| Request::issue(bench.next())).await;
    bench.row(Row::Challenge, column, bare, run).await;
    let run = async || target.drive(load, |_| Request::signed_out()).await;
    bench.row(Row::SignedOut, column, bare, run).await;
    let limits = async || {
        let bare = (Of::Machine("a bare handler"), bench.bare().await?);
        Ok(vec![bare, bench.select(world).await?])
    };
    let run = async || target.drive(load, |n| Request::who_am_i(someone(n, world))).await;
    bench.row(Row::WhoAmI, column, limits, run).await;
    let alone = async || {
        let rate = rate_of(target, load, |n| Request::who_am_i(someone(n, world))).await?;
        Ok(vec![(Of::Service("who am I"), rate)])
    };
    let run = async || target.drive(load, |n| Request::forward_auth(someone(n, world))).await;
    bench.row(Row::ForwardAuth, column, alone, run).await;
    let run = async || target.drive(load, |n| Request::devices(someone(n, world))).await;
    bench.row(Row::Devices, column, alone, run).await;
}

/// What a message costs without the service: its statements with their commits, and one commit.
pub(super) async fn messages_alone(bench: &Bench<'_>, world: &World) -> Outcome<Limits> {
    let statements = match world.column {
        Column::Sqlite => {
            let rate = bench.work(Work::SqliteMessages, world).await?;
            (Of::Machine("its statements in SQLite"), rate)
        }
        Column::Servers => {
            let (url, cores) = (&world.places.database, &bench.site.layout.one);
            let rate = pgbench(url, bench.time, cores).await?;
            (Of::Machine("its statements in `pgbench`"), rate)
        }
    };
    Ok(vec![statements, (Of::Machine("one commit of a row"), bench.commit(world).await?)])
}

/// Resident memory, and how much of it is not pages of files, which others share and the kernel can drop.
fn memory(service: &Service) -> String {
    let mebibytes = |kibibytes| kibibytes / 1_024;
    let (all, own) = (mebibytes(service.memory_kib()), mebibytes(service.own_memory_kib()));
    format!("{all} MiB, {own} MiB without pages of files")
}
