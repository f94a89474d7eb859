//! Gateways outside the process: one that accepts messages over HTTPS, and one that hangs.

use super::{codes, one_worker::messages_alone};
use crate::{
    bench::{Bench, rate_of},
    driver::{LANES, Load},
    figures::Of,
    gateway::Gateway,
    outcome::Outcome,
    request::Request,
    row::Row,
    world::World,
};

/// Clients that ask for pictures while the gateway hangs.
const CLIENTS: usize = 4;

pub(super) async fn measure(bench: &Bench<'_>, world: &World) -> Outcome {
    if bench.wants(&[Row::SmsCodeHttps]) {
        accepting(bench, world).await?;
    }
    if bench.wants(&[Row::ImageWhileHanging]) {
        hanging(bench, world).await?;
    }
    Ok(())
}

async fn accepting(bench: &Bench<'_>, world: &World) -> Outcome {
    let gateway = Gateway::accepting()?;
    let service = bench.one_worker(&world.places, &gateway).await?;
    let limits = async || messages_alone(bench, world).await;
    let run = async || codes::send(bench, &service).await;
    bench.row(Row::SmsCodeHttps, world.column, limits, run).await;
    Ok(())
}

async fn hanging(bench: &Bench<'_>, world: &World) -> Outcome {
    let gateway = Gateway::hanging()?;
    let service = bench.one_worker(&world.places, &gateway).await?;
    let target = &service.target;
    let images = |_| Request::image_code(bench.next());
    let load = Load::new(CLIENTS, bench.time);
    let limits = async || {
        Ok(vec![(Of::Service("its rate otherwise"), rate_of(target, load, images).await?)])
    };
    let run = async || {
        let challenges = codes::challenges(bench, &service, Load::all(LANES, 10 * LANES)).await?;
        let send = |n: usize| {
            codes::sms_code(bench, &service, &challenges[n % challenges.len()]).that_fails()
        };
        let messages = Load::new(LANES, bench.time).at_most(challenges.len());
        let (messages, images) =
            tokio::join!(target.drive(messages, send), target.drive(load, images));
        messages?;
        images
    };
    bench.row(Row::ImageWhileHanging, world.column, limits, run).await;
    Ok(())
}
