#![doc = include_str!("../README.md")]

mod database;
mod error;
mod failure;
mod idempotency;
mod location;
mod migrations;
mod options;
mod outbox;
mod postgres;
mod prepared;
mod sessions;
mod sqlite;
mod users;

pub use database::Database;
pub use error::DatabaseError;
pub use options::DatabaseOptions;
