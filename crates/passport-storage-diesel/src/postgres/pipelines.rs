use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use tokio::runtime::{self, Handle};

use super::{
    connection::SharedQuestion,
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
    /// The latest of each runtime, as long as a query has it.
    latest: Mutex<Vec<(runtime::Id, Weak<Pipeline>)>>,
}

/// A connection that is asked before it has answered. It is back in the pool with the last answer.
pub(super) struct Pipeline {
    /// Continues as long as one query waits for it, so none loses its turn in the pool by another that gave up.
    taking: Shared<BoxFuture<'static, Result<Arc<Lent>, Arc<Failure>>>>,
    /// Queries that entered.
    queries: AtomicUsize,
}

impl Pipelines {
    pub(super) fn new(connections: Arc<Connections>) -> Self {
        Self { connections, latest: Mutex::default() }
    }

    /// The pipeline of the caller's runtime, or a new one with the next connection of the pool.
    pub(super) fn enter(&self) -> Arc<Pipeline> {
        let runtime = Handle::current().id();
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let own = latest.iter().find(|(owner, _)| *owner == runtime);
        if let Some(pipeline) = own.and_then(|(_, own)| own.upgrade()).filter(|it| it.enter()) {
            return pipeline;
        }
        let connections = Arc::clone(&self.connections);
        let taking = async move { Ok(Arc::new(connections.take().await?)) }.boxed().shared();
        let pipeline = Arc::new(Pipeline { taking, queries: AtomicUsize::new(1) });
        latest.retain(|(owner, it)| *owner != runtime && it.strong_count() > 0);
        latest.push((runtime, Arc::downgrade(&pipeline)));
        pipeline
    }
}

impl Pipeline {
    /// Waits for the connection.
    pub(super) async fn connected(&self) -> Result<(), Failure> {
        self.lent().await.map(drop)
    }

    /// Asks a question; see [`Connection::ask_shared`](super::connection::Connection::ask_shared).
    pub(super) async fn ask<T>(
        &self,
        question: impl SharedQuestion<T>,
        limit: Duration,
    ) -> Result<T, Failure> {
        self.lent().await?.connection().ask_shared(question, limit).await
    }

    async fn lent(&self) -> Result<Arc<Lent>, Failure> {
        self.taking.clone().await.map_err(Failure::Shared)
    }

    /// Whether one more query may use it.
    fn enter(&self) -> bool {
        let is_usable = match self.taking.peek() {
            None => true,
            Some(Ok(lent)) => !lent.connection().is_doubtful(),
            Some(Err(_)) => false,
        };
        is_usable && self.queries.fetch_add(1, Relaxed) < MOST
    }
}
