//! Database servers that the command starts for itself, on free ports, with data in a temporary folder.

mod daemon;
mod postgres;
mod programs;
mod redis;

pub(crate) use daemon::Daemon;
pub(crate) use postgres::Postgres;
pub(crate) use programs::postgres_program;
pub(crate) use redis::Redis;
