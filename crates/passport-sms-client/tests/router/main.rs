//! The router over gateways in this process that fail as scripted, in paused time.

#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod bills;
mod causes;
mod crowd;
mod dispatch;
mod double;
mod faulty;
mod follow_up;
mod health;
mod load;
mod matrix;
mod passes;
mod patience;
mod rules;
mod scopes;
mod secrecy;
mod slow_record;

use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{
    Clock, InDoubt, Intent, Locale, Message, Purpose, Route, Router, RouterPolicy,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::time::Instant;
use uuid::Uuid;

use crate::double::Double;

const NUMBER: &str = "+8613800138000";
const CODE: &str = "004217";
const START: OffsetDateTime = datetime!(2026-11-22 09:43:30 UTC);

/// A clock that follows the paused time of the runtime.
fn clock() -> Clock {
    let start = Instant::now();
    Clock::new(move || START + start.elapsed())
}

fn message() -> Message {
    Message {
        id: Uuid::new_v4(),
        to: NUMBER.parse().unwrap(),
        intent: Intent::Code {
            purpose: Purpose::Login,
            code: CODE.parse().unwrap(),
            valid_for: Duration::from_mins(5),
        },
        locale: Locale::En,
    }
}

fn policy(in_doubt: InDoubt) -> RouterPolicy {
    let mut policy = RouterPolicy::default();
    policy.in_doubt = in_doubt;
    policy
}

/// A router that prefers the doubles in order.
fn router(doubles: &[&Double], policy: RouterPolicy) -> Router {
    router_at(doubles, policy, clock())
}

fn router_at(doubles: &[&Double], policy: RouterPolicy, clock: Clock) -> Router {
    let routes =
        doubles.iter().map(|&double| Route::new(double.name(), Arc::new(double.clone())).weight(0));
    Router::new(routes.collect(), policy, clock, StdRng::seed_from_u64(1)).unwrap()
}
