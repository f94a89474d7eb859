//! What is particular to SQLite.

mod connection;
mod file;
mod migrate;
mod pool;
mod rows;

pub(crate) mod schema;
pub(crate) mod values;

pub(crate) use pool::Pool;
pub(crate) use rows::{SessionRow, UserRow};
pub(crate) use schema::least;
