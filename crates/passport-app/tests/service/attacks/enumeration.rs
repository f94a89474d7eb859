//! Times of the answers for known and unknown numbers, at the cost of production (ENU-1 to ENU-4).
//!
//! `PASSPORT_ATTACK_PAIRS=50 cargo attack attacks::enumeration --include-ignored` asserts that the
//! medians differ by less than 20 ms. Without the variable a few pairs are compared, and their times
//! are not asserted.

use std::{env, time::Duration};

use super::median;
use crate::{
    enumeration::{Known, Numbers},
    support::{Api, ROOMY, Service, postgres, redis},
};

/// Largest difference of the medians.
const DIFFERENCE: Duration = Duration::from_millis(20);

async fn times_are_alike(settings: &[(&str, &str)]) {
    let given = env::var("PASSPORT_ATTACK_PAIRS").ok().filter(|it| !it.is_empty());
    let pairs = given.as_ref().map(|number| number.parse().unwrap());
    let production = [("password.cost", "12"), ("log.filter", "info")];
    let service = Service::start(&[&ROOMY[..], &production, settings].concat()).await;
    let api = Api::new(&service);
    let mut told = Vec::new();
    for kind in Known::ALL {
        let numbers = Numbers::new(&api, kind, pairs.unwrap_or(2)).await;
        for flow in kind.flows() {
            let [mut known, mut unknown] = numbers.compare(&api, flow).await;
            let (known, unknown) = (median(&mut known), median(&mut unknown));
            let difference = known.abs_diff(unknown);
            println!(
                "{flow:?} {kind:?}: known {known:.2?}, unknown {unknown:.2?}, apart {difference:.2?}"
            );
            if difference >= DIFFERENCE {
                told.push(format!("{flow:?} {kind:?}: {difference:.2?}"));
            }
        }
    }
    assert!(pairs.is_none() || told.is_empty(), "{told:#?}");
}

#[tokio::test]
async fn enu_times_tell_no_known_number() {
    times_are_alike(&[]).await;
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn enu_times_tell_no_known_number_with_redis_and_postgresql() {
    let (redis, postgres) = (redis(), postgres().await);
    times_are_alike(&[("store.url", &redis), ("database.url", &postgres)]).await;
}
