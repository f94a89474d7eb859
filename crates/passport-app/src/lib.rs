#![doc = include_str!("../README.md")]

mod application;
mod bridges;
pub mod cli;
mod edge;
mod http;
mod secrets;
pub mod settings;
mod sms_lint;
mod telemetry;
mod upkeep;
mod wiring;

pub use application::{Application, StartError};
pub use wiring::{WiringError, challenge_renderer};
