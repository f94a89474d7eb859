//! The race clauses fail on stores that read and then write. Each of these stores keeps the other
//! clauses, so the race is the reason.

mod codes;
mod failures;
mod sessions;
mod throttle;

use std::any::Any;

use deadpool_redis::redis::{Cmd, FromRedisValue, aio::MultiplexedConnection, cmd};

use crate::server::{prefix, raw, url};

/// Connection and key prefix of its own, for stores without scripts.
#[derive(Debug, Clone)]
struct Room {
    connection: MultiplexedConnection,
    prefix: String,
}

impl Room {
    async fn new() -> Self {
        Self { connection: raw(&url()).await, prefix: prefix() }
    }

    fn command(&self, name: &str, key: &str) -> Cmd {
        let mut command = cmd(name);
        command.arg(format!("{}:{key}", self.prefix));
        command
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> T {
        command.query_async(&mut self.connection.clone()).await.expect("redis answers")
    }
}

/// Asserts that the clause fails in one of its rounds.
async fn is_caught(clause: impl Future<Output = ()> + Send + 'static) {
    let failure = tokio::spawn(clause).await.expect_err("the race must be caught").into_panic();
    let message = text(&*failure).unwrap_or_default();
    assert!(message.contains("round"), "another fault: {message}");
}

fn text(panic: &(dyn Any + Send)) -> Option<&str> {
    panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied())
}
