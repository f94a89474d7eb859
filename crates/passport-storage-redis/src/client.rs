use std::{
    fmt,
    sync::{Arc, LazyLock},
    time::Duration,
};

use deadpool_redis::redis::{Cmd, FromRedisValue, Pipeline, Script, ScriptInvocation};

use crate::{OpenRedisError, RedisError, connections::Connections, url};

static PING: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("client/ping.lua")));

/// One Redis, shared by the stores that are made from it. Clones share the connections too: one for each runtime.
///
/// It connects at the first call, and again after a connection is lost, so a restart of Redis
/// needs no restart of the service. While Redis is not available, every call fails within the
/// timeouts of its [`RedisOptions`].
#[derive(Clone)]
pub struct RedisClient {
    connections: Arc<Connections>,
    prefix: Arc<str>,
}

/// Options of a [`RedisClient`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisOptions {
    /// Prefix of every key, so that services can share a Redis. Default: `passport`.
    pub prefix: String,
    /// Timeout of connecting, TLS and authentication included. Default: 1 s.
    pub connect_timeout: Duration,
    /// Timeout of a command. Default: 1 s.
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
    /// Makes a client of the Redis at `url`: `redis://…` or, with TLS, `rediss://…`.
    ///
    /// Does not connect; call [`ping`](Self::ping) to check that Redis is available.
    ///
    /// # Errors
    ///
    /// If the URL or an option is not valid. The message does not quote the URL.
    pub fn open(url: &str, options: RedisOptions) -> Result<Self, OpenRedisError> {
        let RedisOptions { prefix, connect_timeout, response_timeout } = options;
        if !is_prefix(&prefix) {
            return Err(OpenRedisError::Prefix);
        }
        if connect_timeout.is_zero() || response_timeout.is_zero() {
            return Err(OpenRedisError::Timeout);
        }
        let connections = Connections::new(url::parse(url)?, connect_timeout, response_timeout)?;
        Ok(Self { connections: Arc::new(connections), prefix: prefix.into() })
    }

    /// The other machine that `url` names, if the connection to it would not be encrypted. `None` for
    /// `rediss://`, this machine, and a URL that [`open`](Self::open) refuses.
    pub fn unencrypted_host(url: &str) -> Option<String> {
        url::unencrypted_host(url)
    }

    /// Checks that Redis can be used now, by a script that writes. For readiness probes.
    ///
    /// # Errors
    ///
    /// If Redis does not answer, or refuses to write: it is full, it is a replica, or the user does
    /// not have the permission.
    pub async fn ping(&self) -> Result<(), RedisError> {
        let mut script = PING.key(format!("{}:ping", self.prefix));
        script.arg(1_000);
        self.invoke(&script).await
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        self.connections.own().query(command).await
    }

    /// Asks all at once. Each may be in another slot of a Cluster.
    pub(crate) async fn query_all<T: FromRedisValue>(
        &self,
        commands: &Pipeline,
    ) -> Result<T, RedisError> {
        self.connections.own().query_all(commands).await
    }

    pub(crate) async fn invoke<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, RedisError> {
        self.connections.own().invoke(script).await
    }
}

/// Shows no address and no password.
impl fmt::Debug for RedisClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisClient").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Excludes braces, which would set the hash tag, and the characters of `SCAN` patterns.
fn is_prefix(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
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
