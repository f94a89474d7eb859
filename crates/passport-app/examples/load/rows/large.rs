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
    service::{Places, Service},
    world::World,
};

/// What the shares are of.
const SMALL: &str = "that with small tables";

pub(super) async fn measure(bench: &Bench<'_>, small: &World, large: &World) -> Outcome {
    check(bench, large).await?;
    let pair = Pair::start(bench, small, large, [&small.places, &large.places]).await?;
    // The pages of the tables are in the memory of the process that reads them.
    if bench.wants(&[Row::WhoAmILarge, Row::ForwardAuthLarge]) {
        warm_up(&pair.other.target, large).await?;
    }
    pair.people(Row::WhoAmILarge, Request::who_am_i).await;
    pair.people(Row::ForwardAuthLarge, Request::forward_auth).await;
    match (&small.with_redis, &large.with_redis) {
        (Some(one), Some(other)) if bench.wants(&[Row::WhoAmIRedisLarge]) => {
            let pair = Pair::start(bench, small, large, [one, other]).await?;
            pair.people(Row::WhoAmIRedisLarge, Request::who_am_i).await;
        }
        (Some(_), Some(_)) => {}
        _ => bench.missing(Row::WhoAmIRedisLarge, large.column, "no Redis was started"),
    }
    pair.messages().await;
    Ok(())
}

/// A service on small tables, and one on large ones.
struct Pair<'a> {
    bench: &'a Bench<'a>,
    small: &'a World,
    large: &'a World,
    one: Service,
    other: Service,
}

impl<'a> Pair<'a> {
    async fn start(
        bench: &'a Bench<'a>,
        small: &'a World,
        large: &'a World,
        [one, other]: [&Places; 2],
    ) -> Outcome<Self> {
        let one = bench.one_worker(one, &Gateway::Inbox).await?;
        let other = bench.one_worker(other, &Gateway::Inbox).await?;
        Ok(Self { bench, small, large, one, other })
    }

    /// Measures requests with the session of random people.
    async fn people(&self, row: Row, request: fn(usize) -> Request) {
        let Self { bench, small, large, one, other } = self;
        let limits = async || {
            let rate = rate_of(&one.target, bench.load(), |n| request(someone(n, small))).await?;
            Ok(vec![(Of::Service(SMALL), rate)])
        };
        let run = async || other.target.drive(bench.load(), |n| request(someone(n, large))).await;
        bench.row(row, large.column, limits, run).await;
    }

    /// Measures messages, and sign-ins by their codes.
    async fn messages(&self) {
        let Self { bench, small, large, one, other } = self;
        let limits = async || Ok(vec![(Of::Service(SMALL), codes::send(bench, one).await?.rate())]);
        let run = async || codes::send(bench, other).await;
        bench.row(Row::SmsCodeLarge, large.column, limits, run).await;
        let limits = async || {
            let small = codes::sign_in(bench, one, Sent::ToKnown(small)).await?;
            Ok(vec![(Of::Service(SMALL), small.rate())])
        };
        let run = async || codes::sign_in(bench, other, Sent::ToKnown(large)).await;
        bench.row(Row::CodeKnownLarge, large.column, limits, run).await;
    }
}
