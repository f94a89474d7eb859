#![doc = include_str!("../README.md")]

mod application;
mod bridges;
pub mod cli;
mod http;
mod secrets;
pub mod settings;
mod telemetry;
mod wiring;

pub use application::{Application, StartError};
pub use wiring::WiringError;
