//! Connections, rows and migrations of SQLite, and the stores that only SQLite has.

mod charged_codes;
mod codes;
mod count;
mod event_rows;
mod failures;
mod file;
mod hits;
mod migrate;
mod operator_token_rows;
mod outbox_rows;
mod pool;
mod readers;
mod session_rows;
mod signing_key_rows;
mod sweep;
mod throttle;
mod user_rows;
mod writer;

pub(crate) mod schema;
pub(crate) mod values;

pub use charged_codes::ChargedCodes;
pub(crate) use codes::SqliteCodeStore;
pub(crate) use diesel::sqlite::Sqlite as Backend;
pub(crate) use event_rows::EventRow;
pub(crate) use failures::FailureRow;
pub(crate) use operator_token_rows::OperatorTokenRow;
pub(crate) use outbox_rows::{AttemptRow, MessageRow};
pub(crate) use pool::Pool;
pub(crate) use schema::least;
pub(crate) use session_rows::SessionRow;
pub(crate) use signing_key_rows::SigningKeyRow;
pub(crate) use throttle::SqliteThrottleStore;
pub(crate) use user_rows::UserRow;

#[cfg(test)]
mod costs;

#[cfg(test)]
mod searches;
