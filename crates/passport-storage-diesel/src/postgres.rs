//! Connections, rows and migrations of PostgreSQL.

mod both;
mod connection;
mod migrate;
mod outbox_rows;
mod pool;
mod privileges;
mod rows;
mod server;
mod tls;

pub(crate) mod schema;
pub(crate) mod values;

pub(crate) use diesel::pg::Pg as Backend;
pub(crate) use outbox_rows::{AttemptRow, MessageRow};
pub(crate) use pool::Pool;
pub(crate) use rows::{SessionRow, UserRow};
pub(crate) use schema::least;
