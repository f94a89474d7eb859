//! Large tables against small ones: two services of one worker, measured in turns.

use super::{
    asked::check,
    codes::{self, Sent},
};
use crate::{
    bench::{Bench, rate_of, someone, warm_up},
    figures::Of,
    gateway::Gateway,
    outcome::Outcome,
    request::Request,
    row::Row,
    service::Places,
    world::World,
};

/// What the shares are of.
const SMALL: &str = "that with small tables";

pub(super) async fn measure(bench: &Bench<'_>, small: &World, large: &World) -> Outcome {
    check(bench, large).await?;
    in_turns(bench, Row::WhoAmILarge, [small, large], [&small.places, &large.places]).await?;
    match (&small.with_redis, &large.with_redis) {
        (Some(one), Some(other)) => {
            in_turns(bench, Row::WhoAmIRedisLarge, [small, large], [one, other]).await?;
        }
        _ => bench.missing(Row::WhoAmIRedisLarge, large.column, "no Redis was started"),
    }
    in_turns(bench, Row::ForwardAuthLarge, [small, large], [&small.places, &large.places]).await?;
    let one = bench.one_worker(&small.places, &Gateway::Inbox).await?;
    let other = bench.one_worker(&large.places, &Gateway::Inbox).await?;
    let limits = async || Ok(vec![(Of::Service(SMALL), codes::send(bench, &one).await?.rate())]);
    let run = async || codes::send(bench, &other).await;
    bench.row(Row::SmsCodeLarge, large.column, limits, run).await;
    let limits = async || {
        let small = codes::sign_in(bench, &one, Sent::ToKnown(small)).await?;
        Ok(vec![(Of::Service(SMALL), small.rate())])
    };
    let run = async || codes::sign_in(bench, &other, Sent::ToKnown(large)).await;
    bench.row(Row::CodeKnownLarge, large.column, limits, run).await;
    Ok(())
}

/// Measures a row of requests with the session of random people.
async fn in_turns(
    bench: &Bench<'_>,
    row: Row,
    [small, large]: [&World; 2],
    [one, other]: [&Places; 2],
) -> Outcome {
    if !bench.wants(&[row]) {
        return Ok(());
    }
    let one = bench.one_worker(one, &Gateway::Inbox).await?;
    let other = bench.one_worker(other, &Gateway::Inbox).await?;
    let request = match row {
        Row::ForwardAuthLarge => Request::forward_auth,
        _ => Request::who_am_i,
    };
    if row == Row::WhoAmIRedisLarge {
        warm_up(&one.target, small).await?;
        warm_up(&other.target, large).await?;
    }
    let limits = async || {
        let rate = rate_of(&one.target, bench.load(), |n| request(someone(n, small))).await?;
        Ok(vec![(Of::Service(SMALL), rate)])
    };
    let run = async || other.target.drive(bench.load(), |n| request(someone(n, large))).await;
    bench.row(row, large.column, limits, run).await;
    Ok(())
}
