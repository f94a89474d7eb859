use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use deadpool_redis::{
    Connection, Pool, PoolError,
    redis::{
        Cmd, ErrorKind, FromRedisValue, Pipeline, RedisResult, ScriptInvocation, ServerErrorKind,
        aio::MultiplexedConnection, cmd,
    },
};
use tokio::sync::Mutex;

use crate::{RedisError, generation::Generation};

/// Idle time after which a connection is checked with a `PING` before it is used, so that a restart of
/// Redis during an idle period causes no error. A command itself is not retried, because it may have
/// been executed although its answer was lost.
const IDLE: Duration = Duration::from_secs(1);

/// One connection from the pool, over which all requests of a runtime are multiplexed.
///
/// A connection that each request takes from a pool for itself carries one request per round trip,
/// which is a third of the throughput. The driver matches answers to requests by their order and
/// keeps the place of a cancelled request, so a late answer does not reach another caller.
pub(crate) struct SharedConnection {
    pool: Pool,
    generation: Arc<Generation>,
    current: RwLock<Option<Link>>,
    /// Last failure to connect. Locked while connecting, so that one caller connects and the others
    /// wait for its result.
    connecting: Mutex<Option<RedisError>>,
    /// Number of failed attempts to connect.
    failures: AtomicU64,
}

impl SharedConnection {
    pub(crate) fn new(pool: Pool, generation: Arc<Generation>) -> Self {
        Self {
            pool,
            generation,
            current: RwLock::new(None),
            connecting: Mutex::new(None),
            failures: AtomicU64::new(0),
        }
    }

    pub(crate) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let mut link = self.link().await?;
        let answer = command.query_async(&mut link.connection).await;
        self.settle(&link, answer)
    }

    /// Sends all commands in one write, which is no transaction.
    pub(crate) async fn query_all<T: FromRedisValue>(
        &self,
        commands: &Pipeline,
    ) -> Result<T, RedisError> {
        let mut link = self.link().await?;
        let answer = commands.query_async(&mut link.connection).await;
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
            let is_recent = link.generation == self.generation.current();
            if is_recent && (!link.is_idle() || link.ping().await.is_ok()) {
                return Ok(link);
            }
            self.forget(&link);
        }
        // On the heap, because a request that finds a connection would move these 7 KB with it.
        Box::pin(self.connect()).await
    }

    /// Connects, or shares the result of an attempt that is under way. So a Redis that comes back gets
    /// one new connection of this runtime, and a caller waits for two attempts at most.
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
        let generation = self.generation.current();
        match self.open().await {
            Ok(connection) => {
                let link = Link::new(connection, generation);
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

    /// The driver of the connection is a task of the runtime on which it is opened.
    async fn open(&self) -> Result<MultiplexedConnection, PoolError> {
        self.pool.get().await.map(Connection::take)
    }

    /// Whether it had no answer for as long as `time`.
    pub(crate) fn is_unused_for(&self, time: Duration) -> bool {
        self.current().is_none_or(|link| link.idle_time() > time)
    }

    fn current(&self) -> Option<Link> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Drops `link` if it is the current one, and ends its generation. Requests under way are not affected.
    fn forget(&self, link: &Link) {
        self.generation.end(link.generation);
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
    generation: u64,
    since: Instant,
    /// Time of the last answer, in milliseconds after `since`.
    last_answer: Arc<AtomicU64>,
}

impl Link {
    fn new(connection: MultiplexedConnection, generation: u64) -> Self {
        Self { connection, generation, since: Instant::now(), last_answer: Arc::default() }
    }

    fn is_idle(&self) -> bool {
        self.idle_time() > IDLE
    }

    fn idle_time(&self) -> Duration {
        let last_answer = Duration::from_millis(self.last_answer.load(Ordering::Relaxed));
        self.since.elapsed().saturating_sub(last_answer)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// It is moved several times before it runs.
    #[test]
    fn the_future_of_a_query_is_small() {
        fn size<F: Future>(_: impl Fn(&'static SharedConnection, &'static Cmd) -> F) -> usize {
            size_of::<F>()
        }
        let size = size(SharedConnection::query::<()>);
        assert!(size < 2_048, "{size} bytes");
    }
}
