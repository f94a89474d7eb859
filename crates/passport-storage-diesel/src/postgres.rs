//! Connections, rows and migrations of PostgreSQL.

mod both;
mod connection;
mod connections;
mod event_rows;
mod failures;
mod migrate;
mod operator_token_rows;
mod outbox_rows;
mod pipelines;
mod pool;
mod privileges;
mod server;
mod session_rows;
mod shelf;
mod signing_key_rows;
mod tls;
mod user_rows;

pub(crate) mod schema;
pub(crate) mod values;

pub(crate) use diesel::pg::Pg as Backend;
pub(crate) use event_rows::EventRow;
pub(crate) use failures::FailureRow;
pub(crate) use operator_token_rows::OperatorTokenRow;
pub(crate) use outbox_rows::{AttemptRow, MessageRow};
pub(crate) use pool::Pool;
pub(crate) use schema::least;
pub(crate) use session_rows::SessionRow;
pub(crate) use signing_key_rows::SigningKeyRow;
pub(crate) use user_rows::UserRow;
