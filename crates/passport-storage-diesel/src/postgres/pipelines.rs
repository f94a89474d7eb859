use std::sync::{
    Arc, Mutex, PoisonError, Weak,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use tokio::{
    runtime::{self, Handle},
    sync::Mutex as AsyncMutex,
};

use super::{
    connection::Connection,
    connections::{Connections, Lent},
};
use crate::failure::Failure;

/// Queries that one connection is asked in a row. Then it goes back to the pool, where others wait for it.
const MOST: usize = 32;

/// Connections that queries share, each of one runtime.
///
/// The server answers the queries of a connection in turn, so only queries belong here of which each is
/// answered at once, or waits for what the others wait for too.
pub(super) struct Pipelines {
    connections: Arc<Connections>,
    latest: Mutex<Vec<(runtime::Id, Arc<Latest>)>>,
}

/// The latest connection of a runtime. The lock is held while the next one is taken from the pool, so that all
/// who ask meanwhile share that one.
type Latest = AsyncMutex<Weak<Pipeline>>;

/// A connection that is asked before it has answered. It is back in the pool with the last answer.
pub(super) struct Pipeline {
    lent: Lent,
    asked: AtomicUsize,
}

impl Pipelines {
    pub(super) fn new(connections: Arc<Connections>) -> Self {
        Self { connections, latest: Mutex::default() }
    }

    /// A connection that has unanswered queries of the caller's runtime, or one of the pool.
    pub(super) async fn join(&self) -> Result<Arc<Pipeline>, Failure> {
        let latest = self.latest(Handle::current().id());
        let mut latest = latest.lock().await;
        if let Some(pipeline) = latest.upgrade().filter(|it| it.enter()) {
            return Ok(pipeline);
        }
        let lent = self.connections.take().await?;
        let pipeline = Arc::new(Pipeline { lent, asked: AtomicUsize::new(1) });
        *latest = Arc::downgrade(&pipeline);
        Ok(pipeline)
    }

    fn latest(&self, runtime: runtime::Id) -> Arc<Latest> {
        let mut all = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, latest)) = all.iter().find(|(owner, _)| *owner == runtime) {
            return Arc::clone(latest);
        }
        // Those for which no query waits, because runtimes end.
        all.retain(|(_, it)| Arc::strong_count(it) > 1);
        let latest = Arc::new(Latest::default());
        all.push((runtime, Arc::clone(&latest)));
        latest
    }
}

impl Pipeline {
    pub(super) fn connection(&self) -> &Connection {
        self.lent.connection()
    }

    fn enter(&self) -> bool {
        !self.connection().has_failed() && self.asked.fetch_add(1, Relaxed) < MOST
    }
}
