use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use deadpool_redis::{
    Connection, Manager, Pool, PoolError, Runtime,
    redis::{
        AsyncConnectionConfig, Cmd, ConnectionInfo, ErrorKind, FromRedisValue, RedisResult,
        ScriptInvocation, ServerErrorKind, aio::MultiplexedConnection, cmd,
    },
};
use tokio::{runtime::Handle, sync::Mutex};

use crate::{OpenRedisError, RedisError};

/// Idle time after which a connection is checked with a `PING` before it is used, so that a restart of
/// Redis during an idle period causes no error. A command itself is not retried, because it may have
/// been executed although its answer was lost.
const IDLE: Duration = Duration::from_secs(1);

/// One connection from the pool, over which all requests are multiplexed.
///
/// A connection that each request takes from a pool for itself carries one request per round trip,
/// which is a third of the throughput. The driver matches answers to requests by their order and
/// keeps the place of a cancelled request, so a late answer does not reach another caller.
pub(crate) struct SharedConnection {
    pool: Pool,
    current: RwLock<Option<Link>>,
    /// Last failure to connect. Locked while connecting, so that one caller connects and the others
    /// wait for its result.
    connecting: Mutex<Option<RedisError>>,
    /// Number of failed attempts to connect.
    failures: AtomicU64,
    /// Runtime of the driver, if it is not that of the call that connects.
    runtime: Option<Handle>,
}

impl SharedConnection {
    pub(crate) fn new(
        info: ConnectionInfo,
        connect_timeout: Duration,
        response_timeout: Duration,
        runtime: Option<Handle>,
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
            runtime,
        })
    }

    pub(crate) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let mut link = self.link().await?;
        let answer = command.query_async(&mut link.connection).await;
        self.settle(&link, answer)
    }

    /// Runs a script by its hash, and loads it first if the server does not have it.
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

    /// Connects, or shares the result of an attempt that is under way. So a Redis that comes back gets
    /// one new connection, and a caller waits for two attempts at most.
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
        match self.open().await {
            Ok(connection) => {
                let link = Link::new(connection);
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(link.clone());
                Ok(link)
            }
            Err(cause) => {
                let error = RedisError::from(cause);
                *last_failure = Some(error.clone());
                self.failures.fetch_add(1, Ordering::Release);
                Err(error)
            }
        }
    }

    /// The driver of a connection is a task of the runtime on which it is opened.
    async fn open(&self) -> Result<MultiplexedConnection, PoolError> {
        let pool = self.pool.clone();
        let opening = async move { pool.get().await.map(Connection::take) };
        let Some(runtime) = &self.runtime else { return opening.await };
        // An error means that the runtime ends, or a panic.
        runtime.spawn(opening).await.unwrap_or(Err(PoolError::Closed))
    }

    fn current(&self) -> Option<Link> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Drops `link` if it is the current one. Requests under way on it are not affected.
    fn forget(&self, link: &Link) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|other| Arc::ptr_eq(&other.last_answer, &link.last_answer))
        {
            *current = None;
        }
    }

    /// Drops the connection after an error that is not an answer.
    fn settle<T>(&self, link: &Link, answer: RedisResult<T>) -> Result<T, RedisError> {
        match answer {
            Ok(value) => {
                link.note_answer();
                Ok(value)
            }
            Err(cause) => {
                // A timeout counts as well, because a connection whose other end is gone would time
                // out for minutes. After a failover the old primary refuses writes.
                let read_only = ErrorKind::Server(ServerErrorKind::ReadOnly);
                if cause.is_io_error()
                    || cause.is_unrecoverable_error()
                    || cause.kind() == read_only
                {
                    self.forget(link);
                }
                Err(RedisError::from(cause))
            }
        }
    }
}

/// Handle of the connection.
#[derive(Clone)]
struct Link {
    connection: MultiplexedConnection,
    since: Instant,
    /// Time of the last answer, in milliseconds after `since`.
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
