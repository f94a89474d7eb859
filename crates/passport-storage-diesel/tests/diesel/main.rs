//! Tests of the adapters against real databases: an SQLite file per test, and a schema per test in
//! the PostgreSQL server at `PASSPORT_TEST_POSTGRES_URL`.
//!
//! Tests that need PostgreSQL are ignored by default; `cargo test -- --include-ignored` runs them,
//! and `./check` also starts the server.

#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, reason = "a test panics at what should not be")]

mod account_migration;
mod accounts;
mod cancellation;
mod changes;
mod charged;
mod child;
mod compiled;
mod contract;
mod doubts;
mod durability;
mod embedded;
mod failures;
mod faults;
mod idempotency;
mod interrupted;
mod left_behind;
mod migrations;
mod outage;
mod outbox;
mod plans;
mod proxy;
mod purge;
mod race;
mod room;
mod runtimes;
mod searches;
mod secrets;
mod session_migration;
mod signed_in;
mod sql;
mod stuck;
