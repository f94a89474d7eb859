#![doc = include_str!("../README.md")]

mod application;
mod bridges;
pub mod cli;
mod http;
mod secrets;
pub mod settings;
mod sms;
mod telemetry;
mod upkeep;
mod wiring;

pub use application::{Application, StartError};
pub use wiring::{WiringError, challenge_renderer};
