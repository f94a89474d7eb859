//! What is particular to PostgreSQL.

mod migrate;
mod pool;
mod rows;
mod server;
mod tls;

pub(crate) mod schema;
pub(crate) mod values;

pub(crate) use pool::Pool;
pub(crate) use rows::{SessionRow, UserRow};
pub(crate) use schema::least;
