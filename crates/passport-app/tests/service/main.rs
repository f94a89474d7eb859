//! The service as the outside meets it: the binary, over HTTP.
//!
//! Some tests need a Redis at `PASSPORT_TEST_REDIS_URL` or a PostgreSQL at
//! `PASSPORT_TEST_POSTGRES_URL`. Without it they say so and return, or fail if
//! `PASSPORT_TEST_REQUIRED=1`. The binary is the one at `PASSPORT_TEST_BINARY`, or the one that cargo
//! built beside the tests.

#![expect(clippy::unwrap_used, reason = "what helps tests is a test too")]

mod architecture;
mod bodies;
mod browser;
mod challenges;
mod cli;
mod connections;
mod csrf;
mod gateways;
mod health;
mod image_code;
mod limits;
mod log_stream;
mod login;
mod logs;
mod messages;
mod nodes;
mod outages;
mod pages;
mod passwords;
mod receipts;
mod register;
mod session_api;
mod sessions;
mod sms_code;
mod starting;
mod stopping;
mod support;
