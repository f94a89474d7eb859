//! The adapters against real databases: SQLite in a file of its own for each test, PostgreSQL in a
//! schema of its own, at `PASSPORT_TEST_POSTGRES_URL`.

#![expect(clippy::unwrap_used, reason = "a test panics at what should not be")]

mod cancellation;
mod child;
mod contract;
mod doubts;
mod durability;
mod faults;
mod migrations;
mod outage;
mod outbox;
mod proxy;
mod purge;
mod race;
mod room;
mod secrets;
mod stuck;
