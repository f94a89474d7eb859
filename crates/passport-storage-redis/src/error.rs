use std::{error::Error, sync::Arc};

/// Redis could not answer. The cause is for the log, not for the caller.
#[derive(Debug, Clone, thiserror::Error)]
#[error("redis is unavailable")]
pub struct RedisError(#[source] Arc<dyn Error + Send + Sync>);

impl RedisError {
    pub(crate) fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into().into())
    }
}

/// Settings under which no Redis can be used. No message repeats the URL: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenRedisError {
    /// The URL is for something else.
    #[error("a redis url begins with `redis://` or `rediss://`")]
    Scheme,
    /// The URL has the right beginning, but not the form.
    #[error(
        "a redis url is `redis[s]://[[user]:password@]host[:port][/database]`, \
         where in a password `@`, `/`, `#`, `?` and `%` are written as `%` and their code in hex"
    )]
    Url,
    /// The URL wants TLS, and the feature `tls` is off.
    #[error("`rediss://` needs the feature `tls` of passport-storage-redis")]
    Tls,
    /// The prefix has a character with a meaning of its own in keys, or is empty or too long.
    #[error("a redis key prefix is 1 to 64 ASCII letters, digits, `-`, `_`, `.` and `:`")]
    Prefix,
    /// A time limit is zero: nothing would ever be in time.
    #[error("a redis timeout is longer than zero")]
    Timeout,
}
