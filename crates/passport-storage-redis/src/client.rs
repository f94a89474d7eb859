use std::{fmt, sync::Arc, time::Duration};

use deadpool_redis::redis::{Cmd, FromRedisValue, ScriptInvocation, cmd};

use crate::{OpenRedisError, RedisError, connection::SharedConnection, url};

/// One Redis, shared by the stores that are made from it. Clones share the connection too.
///
/// It connects at the first call and again whenever the connection is lost, so nothing needs to be
/// restarted after Redis was. While Redis is away every call fails, after the time limits of its
/// [`RedisOptions`] at the latest.
#[derive(Clone)]
pub struct RedisClient {
    connection: Arc<SharedConnection>,
    prefix: Arc<str>,
}

/// How to use a Redis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisOptions {
    /// What every key begins with, so that services can share a Redis: `passport`.
    pub prefix: String,
    /// How long a connection may take to stand, TLS and authentication included: 1 s.
    pub connect_timeout: Duration,
    /// How long a command may take: 1 s.
    pub response_timeout: Duration,
}

impl Default for RedisOptions {
    fn default() -> Self {
        Self {
            prefix: "passport".to_owned(),
            connect_timeout: Duration::from_secs(1),
            response_timeout: Duration::from_secs(1),
        }
    }
}

impl RedisClient {
    /// Takes the Redis at `url`, `redis://…` or, over TLS, `rediss://…`.
    ///
    /// Does not connect yet; [`ping`](Self::ping) says whether Redis is there.
    ///
    /// # Errors
    ///
    /// When the URL or the options make no sense. The message does not quote the URL.
    pub fn open(url: &str, options: RedisOptions) -> Result<Self, OpenRedisError> {
        let RedisOptions { prefix, connect_timeout, response_timeout } = options;
        if !is_prefix(&prefix) {
            return Err(OpenRedisError::Prefix);
        }
        if connect_timeout.is_zero() || response_timeout.is_zero() {
            return Err(OpenRedisError::Timeout);
        }
        let info = url::parse(url)?;
        let connection = SharedConnection::new(info, connect_timeout, response_timeout)?;
        Ok(Self { connection: Arc::new(connection), prefix: prefix.into() })
    }

    /// Asks Redis for a sign of life, for a readiness probe.
    ///
    /// # Errors
    ///
    /// When Redis does not give it.
    pub async fn ping(&self) -> Result<(), RedisError> {
        self.query(&cmd("PING")).await
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        self.connection.query(command).await
    }

    pub(crate) async fn invoke<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, RedisError> {
        self.connection.invoke(script).await
    }
}

/// Shows no address and no password.
impl fmt::Debug for RedisClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisClient").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// No braces, which would set the hash tag, and nothing that `SCAN` takes for a pattern.
fn is_prefix(text: &str) -> bool {
    let tame = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(tame)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(options: RedisOptions) -> Result<RedisClient, OpenRedisError> {
        RedisClient::open("redis://:hunter2@localhost", options)
    }

    #[test]
    fn options_have_bounds() {
        assert!(open(RedisOptions::default()).is_ok());
        for prefix in ["", "{a}", "a b", "a*", &"x".repeat(65)] {
            let options = RedisOptions { prefix: prefix.to_owned(), ..RedisOptions::default() };
            assert_eq!(open(options).unwrap_err(), OpenRedisError::Prefix, "{prefix}");
        }
        let options = RedisOptions { response_timeout: Duration::ZERO, ..RedisOptions::default() };
        assert_eq!(open(options).unwrap_err(), OpenRedisError::Timeout);
    }

    #[test]
    fn debug_hides_the_password() {
        let shown = format!("{:?}", open(RedisOptions::default()).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
