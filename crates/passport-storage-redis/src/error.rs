use std::{error::Error, sync::Arc};

use deadpool_redis::{PoolError, redis};

/// Code with which a Cluster refuses a script whose keys are in several slots. It has done nothing.
pub(crate) const CROSS_SLOT: &str = "CROSSSLOT";

type Cause = Arc<dyn Error + Send + Sync>;

/// Redis did not answer, or refused. The cause is for the log, not for the caller.
#[derive(Debug, Clone, thiserror::Error)]
#[error("redis is unavailable")]
pub struct RedisError {
    #[source]
    cause: Cause,
    refusal: Option<Arc<str>>,
}

impl RedisError {
    pub(crate) fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: cause.into().into(), refusal: None }
    }

    /// Code with which Redis refused: `NOAUTH` and `WRONGPASS` without the right password, `NOPERM`
    /// without permission, `OOM` if it is full, `READONLY` for a replica. `None` if it did not
    /// answer.
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }
}

impl From<redis::RedisError> for RedisError {
    fn from(error: redis::RedisError) -> Self {
        // The driver drops the code of a refused authentication.
        let is_password_wrong = error.kind() == redis::ErrorKind::AuthenticationFailed;
        let refusal = error.code().or(is_password_wrong.then_some("WRONGPASS")).map(Arc::from);
        Self { refusal, ..Self::new(error) }
    }
}

impl From<PoolError> for RedisError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            other => Self::new(other),
        }
    }
}

/// Why no client can be made from a URL and options. No message quotes the URL, because it may hold
/// a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenRedisError {
    /// The URL has another scheme.
    #[error("a redis url begins with `redis://` or `rediss://`")]
    Scheme,
    /// The URL has the right scheme, but is not valid.
    #[error(
        "a redis url is `redis[s]://[[user]:password@]host[:port][/database]`, \
         where in a password `@`, `/`, `#`, `?` and `%` are percent-encoded"
    )]
    Url,
    /// The URL asks for TLS, and the feature `tls` is off.
    #[error("`rediss://` needs the feature `tls` of passport-storage-redis")]
    Tls,
    /// The prefix is empty or too long, or has a character with a meaning of its own in keys.
    #[error("a redis key prefix is 1 to 64 ASCII letters, digits, `-`, `_`, `.` and `:`")]
    Prefix,
    /// A timeout is zero.
    #[error("a redis timeout must be longer than zero")]
    Timeout,
}
