//! The vocabulary of the tests: a running [`Service`], and a [`Person`] who uses it.

mod api;
mod calls;
pub(crate) mod document;
mod gate;
mod gateway;
mod html;
mod listening;
pub(crate) mod observed;
mod person;
mod plain;
mod receiver;
mod reply;
mod servers;
mod service;
mod tables;
mod tap;
mod tripwire;
mod visitor;
pub(crate) mod wav;

use std::time::Duration;

use uuid::Uuid;

pub(crate) use api::{Account, Api, Call, ROOMY, sign_in};
pub(crate) use calls::{GoodCall, every_call};
pub(crate) use gate::Gate;
pub(crate) use gateway::{GatewayDouble, Kind};
pub(crate) use person::Person;
pub(crate) use plain::{Filled, Plain, Shown};
pub(crate) use receiver::{Hook, Receiver, Response, WEBHOOK_SECRET};
pub(crate) use reply::Reply;
pub(crate) use servers::{postgres, redis};
#[cfg(target_os = "linux")]
pub(crate) use service::run_at_terminal;
pub(crate) use service::{Said, Service, TEST_ANSWER, binary, passport, run, start};
pub(crate) use tables::{Tables, same_rows};
pub(crate) use tap::Tap;
pub(crate) use tripwire::{Moment, Tripwire};
pub(crate) use visitor::{By, Visitor, with_wrong_code};

/// A password that every policy accepts.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A random mainland number, used by one test only.
pub(crate) fn phone() -> String {
    format!("13{:09}", number_below(1_000_000_000))
}

/// A random address, used by one test only.
pub(crate) fn address() -> String {
    let [_, a, b, c] = number_below(1 << 24).to_be_bytes();
    format!("10.{a}.{b}.{c}")
}

fn number_below(bound: u32) -> u32 {
    let number = Uuid::new_v4().as_u128() % u128::from(bound);
    u32::try_from(number).expect("it is below a u32")
}

/// Repeats `ask` until it returns true; panics after a while.
pub(crate) async fn until(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if ask().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}
