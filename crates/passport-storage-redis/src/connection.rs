use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use deadpool_redis::{
    Connection, Manager, Pool, Runtime,
    redis::{
        AsyncConnectionConfig, Cmd, ConnectionInfo, ErrorKind, FromRedisValue, RedisResult,
        ScriptInvocation, ServerErrorKind, aio::MultiplexedConnection, cmd,
    },
};
use tokio::sync::Mutex;

use crate::{OpenRedisError, RedisError};

/// After so long without an answer a connection is asked for a sign of life before it is used, so
/// that a Redis that was restarted in a quiet hour costs nobody an error. A command itself cannot
/// be tried twice: it may have been carried out, and only its answer be lost.
const IDLE: Duration = Duration::from_secs(1);

/// One connection from the pool over which all requests go at once.
///
/// A pooled connection that each request holds for itself makes a round trip per request, and
/// three times fewer of them. The driver matches answers to requests by their order and keeps the
/// place of a request whose caller gave up, so a late answer reaches nobody else.
pub(crate) struct SharedConnection {
    pool: Pool,
    current: RwLock<Option<Link>>,
    /// Held while connecting, so that one caller connects and the others wait for its outcome.
    /// Holds the last failure.
    connecting: Mutex<Option<RedisError>>,
    /// How many attempts to connect have failed.
    failures: AtomicU64,
}

impl SharedConnection {
    pub(crate) fn new(
        info: ConnectionInfo,
        connect_timeout: Duration,
        response_timeout: Duration,
    ) -> Result<Self, OpenRedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(connect_timeout))
            .set_response_timeout(Some(response_timeout));
        let manager = Manager::new_with_config(info, config).map_err(|_| OpenRedisError::Url)?;
        let pool = Pool::builder(manager)
            .max_size(1)
            .create_timeout(Some(connect_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|_| OpenRedisError::Timeout)?;
        Ok(Self {
            pool,
            current: RwLock::new(None),
            connecting: Mutex::new(None),
            failures: AtomicU64::new(0),
        })
    }

    pub(crate) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let mut link = self.link().await?;
        let answer = command.query_async(&mut link.connection).await;
        self.settle(&link, answer)
    }

    /// Runs a script by its hash, and by its text where the server does not know it (any more).
    pub(crate) async fn invoke<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, RedisError> {
        let mut link = self.link().await?;
        let answer = script.invoke_async(&mut link.connection).await;
        self.settle(&link, answer)
    }

    /// The current connection, or a new one.
    async fn link(&self) -> Result<Link, RedisError> {
        if let Some(mut link) = self.current() {
            if !link.is_idle() || link.ping().await.is_ok() {
                return Ok(link);
            }
            self.forget(&link);
        }
        self.connect().await
    }

    /// Connects, or shares the outcome of whoever does so already: a Redis that comes back meets
    /// one newcomer, and no caller waits longer than for one attempt of another and one of its own.
    async fn connect(&self) -> Result<Link, RedisError> {
        let failures = self.failures.load(Ordering::Acquire);
        let mut last_failure = self.connecting.lock().await;
        if let Some(link) = self.current() {
            return Ok(link);
        }
        if self.failures.load(Ordering::Acquire) != failures
            && let Some(error) = &*last_failure
        {
            return Err(error.clone());
        }
        match self.pool.get().await {
            Ok(connection) => {
                let link = Link::new(Connection::take(connection));
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(link.clone());
                Ok(link)
            }
            Err(cause) => {
                let error = RedisError::new(cause);
                *last_failure = Some(error.clone());
                self.failures.fetch_add(1, Ordering::Release);
                Err(error)
            }
        }
    }

    fn current(&self) -> Option<Link> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets go of `link`, unless another has taken its place. Requests under way on it go on.
    fn forget(&self, link: &Link) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|other| Arc::ptr_eq(&other.last_answer, &link.last_answer))
        {
            *current = None;
        }
    }

    /// Keeps the connection as long as it answers what was asked of it.
    fn settle<T>(&self, link: &Link, answer: RedisResult<T>) -> Result<T, RedisError> {
        match answer {
            Ok(value) => {
                link.note_answer();
                Ok(value)
            }
            Err(cause) => {
                // Also after a mere timeout: a connection whose other end is gone without a word
                // would time out for minutes. And after a failover the old primary refuses writes.
                let read_only = ErrorKind::Server(ServerErrorKind::ReadOnly);
                if cause.is_io_error()
                    || cause.is_unrecoverable_error()
                    || cause.kind() == read_only
                {
                    self.forget(link);
                }
                Err(RedisError::new(cause))
            }
        }
    }
}

/// A handle on the connection, and when it last answered.
#[derive(Clone)]
struct Link {
    connection: MultiplexedConnection,
    since: Instant,
    /// Milliseconds after `since`.
    last_answer: Arc<AtomicU64>,
}

impl Link {
    fn new(connection: MultiplexedConnection) -> Self {
        Self { connection, since: Instant::now(), last_answer: Arc::default() }
    }

    fn is_idle(&self) -> bool {
        let last_answer = Duration::from_millis(self.last_answer.load(Ordering::Relaxed));
        self.since.elapsed().saturating_sub(last_answer) > IDLE
    }

    fn note_answer(&self) {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_answer.fetch_max(now, Ordering::Relaxed);
    }

    async fn ping(&mut self) -> RedisResult<()> {
        let answer = cmd("PING").query_async(&mut self.connection).await;
        if answer.is_ok() {
            self.note_answer();
        }
        answer
    }
}
