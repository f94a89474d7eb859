//! What is particular to SQLite.

mod connection;
mod count;
mod file;
mod migrate;
mod outbox_rows;
mod pool;
mod rows;
mod writer;

pub(crate) mod schema;
pub(crate) mod values;

pub(crate) use outbox_rows::{AttemptRow, MessageRow};
pub(crate) use pool::Pool;
pub(crate) use rows::{SessionRow, UserRow};
pub(crate) use schema::least;
