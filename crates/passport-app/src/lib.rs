#![doc = include_str!("../README.md")]
// The use cases of accounts are futures in futures.
#![recursion_limit = "256"]

mod application;
pub mod cli;
mod edge;
mod http;
mod metrics;
mod operations;
mod outbound;
mod secrets;
pub mod settings;
mod sms;
mod telemetry;
mod traces;
mod upkeep;
mod wiring;

pub use application::{Application, StartError};
pub use wiring::{URL_CHECKS, WiringError, challenge_renderer};
