//! Sign-ins by password, which take the cores of both workers, and what they and other requests leave each
//! other.

use crate::{
    bench::{Bench, rate_of, someone},
    driver::Load,
    figures::{Measured, Of},
    outcome::Outcome,
    request::Request,
    row::Row,
    service::Service,
    world::World,
};

const ROWS: [Row; 4] =
    [Row::SignIn, Row::WhoAmIUnderSignIns, Row::ImageUnderSignIns, Row::SignInUnderFlood];

/// Clients that sign in at a time.
const CLIENTS: usize = 8;

/// Clients of a flood of cheap requests.
const FLOOD: usize = 32;

/// How much longer these rows take: there are few sign-ins a second.
const LONGER: u32 = 3;

pub(super) async fn measure(bench: &Bench<'_>, world: &World) -> Outcome {
    if !bench.wants(&ROWS) {
        return Ok(());
    }
    let service = bench.two_workers(&world.places).await?;
    let (column, target) = (world.column, &service.target);
    let time = LONGER * bench.time;
    let hashing = async || Ok(vec![(Of::Machine("bcrypt alone"), bench.hashes().await?)]);
    let alone = async || sign_ins(bench, world, &service).await;
    bench.row(Row::SignIn, column, hashing, alone).await;

    let who_am_i = |n| Request::who_am_i(someone(n, world));
    let images = |_| Request::image_code(bench.next());
    let (eight, one) = (Load::new(CLIENTS, bench.time), Load::new(1, bench.time));
    let limits = async || {
        Ok(vec![(Of::Service("its rate without them"), rate_of(target, eight, who_am_i).await?)])
    };
    let run = async || {
        let beside = target.drive(Load { time, ..eight }, who_am_i);
        let (signed_in, beside) = tokio::join!(sign_ins(bench, world, &service), beside);
        signed_in?;
        beside
    };
    bench.row(Row::WhoAmIUnderSignIns, column, limits, run).await;
    let limits = async || {
        Ok(vec![(Of::Service("its rate without them"), rate_of(target, one, images).await?)])
    };
    let run = async || {
        let beside = target.drive(Load { time, ..one }, images);
        let (signed_in, beside) = tokio::join!(sign_ins(bench, world, &service), beside);
        signed_in?;
        beside
    };
    bench.row(Row::ImageUnderSignIns, column, limits, run).await;
    let run = async || {
        let flood = target.drive(Load::new(FLOOD, time), who_am_i);
        let (signed_in, flood) = tokio::join!(sign_ins(bench, world, &service), flood);
        flood?;
        signed_in
    };
    bench.row(Row::SignInUnderFlood, column, hashing, run).await;
    Ok(())
}

async fn sign_ins(bench: &Bench<'_>, world: &World, service: &Service) -> Outcome<Measured> {
    let sign_in = |_| {
        let n = bench.next();
        Request::sign_in(service.visitor(n), someone(n, world))
    };
    service.target.drive(Load::new(CLIENTS, LONGER * bench.time), sign_in).await
}
