//! Tests of the Redis stores against a real server.
//!
//! `contract`, `races`, `leaks` and `runtime` use the server at `PASSPORT_TEST_REDIS_URL`; `costs`, `outage` and
//! `cluster` start servers of their own from `PASSPORT_TEST_REDIS_SERVER` or the `redis-server` on
//! the path. Such tests are ignored by default; `cargo test -- --include-ignored` runs them, and
//! `./check` also starts the servers.

#![expect(clippy::unwrap_used, reason = "what helps tests is a test too")]

mod charged;
mod cluster;
mod contract;
mod costs;
mod leaks;
mod outage;
mod races;
mod runtime;
mod server;
#[cfg(feature = "tls")]
mod tls;
mod upgrade;
