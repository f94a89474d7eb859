#![doc = include_str!("../README.md")]

mod act;
mod database;
mod error;
mod failure;
mod failures;
mod idempotency;
mod journal;
mod known;
mod location;
mod migrations;
mod operator_tokens;
mod options;
mod outbox;
mod postgres;
mod prepared;
mod sessions;
mod signed_in;
mod signing_keys;
mod sqlite;
mod users;
mod webhooks;

pub use database::Database;
pub use error::DatabaseError;
pub use options::DatabaseOptions;
pub use signed_in::SignedInUsers;
pub use sqlite::ChargedCodes;
