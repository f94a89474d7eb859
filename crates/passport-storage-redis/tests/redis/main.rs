//! The stores in Redis, against a real one.
//!
//! `contract`, `races` and `leaks` use the Redis at `PASSPORT_TEST_REDIS_URL`; `outage` and
//! `cluster` start servers of their own from `PASSPORT_TEST_REDIS_SERVER` or the `redis-server` on
//! the path. Without them a test says so and returns, or fails if `PASSPORT_TEST_REQUIRED=1`.

#![expect(clippy::unwrap_used, reason = "what helps tests is a test too")]

mod cluster;
mod contract;
mod leaks;
mod outage;
mod races;
mod server;
#[cfg(feature = "tls")]
mod tls;
