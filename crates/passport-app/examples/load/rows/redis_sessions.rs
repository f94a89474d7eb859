//! Sessions in Redis, and users in the database.

use crate::{
    arguments::Work,
    bench::{Bench, someone, warm_up},
    figures::Of,
    gateway::Gateway,
    outcome::Outcome,
    request::Request,
    row::Row,
    world::World,
};

pub(super) async fn measure(bench: &Bench<'_>, world: &World) -> Outcome {
    if !bench.wants(&[Row::WhoAmIRedis]) {
        return Ok(());
    }
    let Some(places) = &world.with_redis else {
        bench.missing(Row::WhoAmIRedis, world.column, "no Redis was started");
        return Ok(());
    };
    let service = bench.one_worker(places, &Gateway::Inbox).await?;
    warm_up(&service.target, world).await?;
    let limits = async || {
        let bare = (Of::Machine("a bare handler"), bench.bare().await?);
        Ok(vec![
            bare,
            (
                Of::Machine("one `GET` of Redis, pipelined"),
                bench.work(Work::RedisGet, world).await?,
            ),
        ])
    };
    let who_am_i = |n| Request::who_am_i(someone(n, world));
    let run = async || service.target.drive(bench.load(), who_am_i).await;
    bench.row(Row::WhoAmIRedis, world.column, limits, run).await;
    Ok(())
}
