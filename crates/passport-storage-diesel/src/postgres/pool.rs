use std::{fmt, sync::Arc, time::Duration};

use diesel::{
    pg::Pg,
    query_builder::{QueryFragment, QueryId},
};
use diesel_async::{
    AsyncConnection, AsyncConnectionCore, AsyncPgConnection, RunQueryDsl, methods::LoadQuery,
};
use futures::future::BoxFuture;
use tokio::{
    runtime::Handle,
    time::{Instant, timeout_at},
};

use super::{
    both::{Both, Then},
    connection::{Question, SharedQuestion},
    connections::Connections,
    pipelines::Pipelines,
    server::Server,
};
use crate::{
    DatabaseError, DatabaseOptions,
    act::{self, Act, Step, Undone},
    failure::Failure,
    location::PostgresUrl,
    prepared::Prepared,
};

/// Connections to one PostgreSQL database. A query that takes longer than the timeout, waiting for a
/// connection included, fails.
///
/// A query runs on a task of its own, which keeps the connection until the server has answered, even if
/// the caller is gone. The server cancels the query at the same timeout. Therefore no more queries run
/// on the server than the pool has connections, and no connection with an outstanding answer is used, but
/// by [`find`](Self::find), whose queries the server answers or cancels one after the other.
#[derive(Clone)]
pub(crate) struct Pool {
    pub(super) server: Server,
    connections: Arc<Connections>,
    pipelines: Arc<Pipelines>,
    options: DatabaseOptions,
}

impl Pool {
    /// `runtime` must outlive every other one on which queries are made.
    pub(crate) async fn connect(
        runtime: &Handle,
        url: &PostgresUrl,
        options: DatabaseOptions,
    ) -> Result<Self, DatabaseError> {
        let server = Server::new(url, options.answer_timeout)?;
        let most = options.max_connections.max(1);
        let connections = Connections::new(server.clone(), runtime.clone(), most);
        let pipelines = Arc::new(Pipelines::new(Arc::clone(&connections)));
        let pool = Self { server, connections, pipelines, options };
        pool.ping().await?;
        Ok(pool)
    }

    /// Checks `url` without connecting.
    pub(crate) fn check(url: &PostgresUrl) -> Result<(), DatabaseError> {
        Server::new(url, DatabaseOptions::default().answer_timeout).map(drop)
    }

    /// The first other machine that `url` names, if it asks for no TLS.
    pub(crate) fn unencrypted_host(url: &PostgresUrl) -> Option<String> {
        Server::new(url, DatabaseOptions::default().answer_timeout).ok()?.unencrypted_host()
    }

    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        match self.execute(diesel::sql_query("SELECT 1")).await {
            Ok(_) => Ok(()),
            Err(Failure::Database(error)) => Err(error),
            Err(failure) => Err(self.server.unreachable(failure)),
        }
    }

    /// Loads the rows of `query`.
    pub(crate) async fn load<Row, Query>(&self, query: Query) -> Result<Vec<Row>, Failure>
    where
        Row: Send + 'static,
        Query: LoadQuery<'static, AsyncPgConnection, Row> + Send + 'static,
    {
        self.ask(|connection| Box::pin(query.load(connection))).await
    }

    /// The row of `query`, which finds it by a key. Such queries of one runtime share a connection while they
    /// are outstanding, so that neither side waits for the other.
    pub(crate) async fn find<Row, Query>(&self, query: Query) -> Result<Option<Row>, Failure>
    where
        Row: Send + 'static,
        Query: for<'c> LoadQuery<'static, &'c AsyncPgConnection, Row> + Send + 'static,
    {
        let rows: Vec<Row> = self
            .ask_shared(|mut connection| Box::pin(async move { query.load(&mut connection).await }))
            .await?;
        Ok(rows.into_iter().next())
    }

    /// Runs `query`; returns the number of rows that it changed.
    pub(crate) async fn execute<Query>(&self, query: Query) -> Result<usize, Failure>
    where
        Query: QueryFragment<Pg> + QueryId + Send + 'static,
    {
        self.ask(|connection| connection.execute_returning_count(Prepared(query))).await
    }

    /// Runs `first` and `second` as one atomic act; returns the number of rows that `second` changed.
    /// Neither sees the changes of the other.
    pub(crate) async fn execute_both<First, Second>(
        &self,
        first: First,
        second: Second,
    ) -> Result<usize, Failure>
    where
        First: QueryFragment<Pg> + QueryId + Send + 'static,
        Second: QueryFragment<Pg> + QueryId + Send + 'static,
    {
        self.execute(Both { first, second }).await
    }

    /// Runs `first`, and `second` if `first` changed a row, as one atomic act; returns the number of
    /// rows that `second` changed. `second` is an `INSERT` of a `SELECT` without conditions.
    pub(crate) async fn execute_then<First, Second>(
        &self,
        first: First,
        second: Second,
    ) -> Result<usize, Failure>
    where
        First: QueryFragment<Pg> + QueryId + Send + 'static,
        Second: QueryFragment<Pg> + QueryId + Send + 'static,
    {
        self.execute(Then { first, second }).await
    }

    /// Does `act`, in a transaction if it has several steps. The task of the query executes all of it, even
    /// if the caller is gone.
    pub(crate) async fn transact<Refusal: Send + 'static>(
        &self,
        act: Act<Pg, Refusal>,
    ) -> Result<Result<(), Refusal>, Failure> {
        let act = match act.only_step() {
            Ok(Step { statement, refusal }) => {
                let changed =
                    self.ask(|connection| connection.execute_returning_count(Prepared(statement)));
                return Ok(act::only_result(refusal, changed.await?));
            }
            Err(act) => act,
        };
        // `BEGIN` and `COMMIT` count as well.
        let statements = u32::try_from(act.steps.len()).unwrap_or(u32::MAX).saturating_add(2);
        self.ask_statements(statements, |connection| {
            Box::pin(async move {
                let doing = connection.transaction(async move |connection| {
                    for Step { statement, refusal } in act.steps {
                        let changed =
                            connection.execute_returning_count(Prepared(statement)).await?;
                        if let (0, Some(refusal)) = (changed, refusal) {
                            return Err(Undone::Refused(refusal));
                        }
                    }
                    Ok(())
                });
                act::result(doing.await)
            })
        })
        .await
    }

    /// Asks the server `statements` questions in one, each of which it cancels at the timeout.
    pub(super) async fn ask_statements<T: Send + 'static>(
        &self,
        statements: u32,
        question: impl Question<T>,
    ) -> Result<T, Failure> {
        self.ask_within(self.options.answer_timeout.saturating_mul(statements), question).await
    }

    async fn ask<T: Send + 'static>(&self, question: impl Question<T>) -> Result<T, Failure> {
        self.ask_within(self.options.answer_timeout, question).await
    }

    /// Asks the server; `limit` is the time after which it has cancelled the statements of `question`.
    async fn ask_within<T: Send + 'static>(
        &self,
        limit: Duration,
        question: impl Question<T>,
    ) -> Result<T, Failure> {
        let deadline = self.deadline();
        let mut lent = connected(deadline, self.connections.take()).await?;
        let asking = async move { lent.connection_mut().ask(question, limit).await };
        answered(deadline, Box::pin(asking)).await
    }

    async fn ask_shared<T: Send + 'static>(
        &self,
        question: impl SharedQuestion<T>,
    ) -> Result<T, Failure> {
        let (deadline, limit) = (self.deadline(), self.options.answer_timeout);
        let pipeline = self.pipelines.enter();
        connected(deadline, pipeline.connected()).await?;
        answered(deadline, Box::pin(async move { pipeline.ask(question, limit).await })).await
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.options.answer_timeout
    }
}

async fn connected<C>(
    deadline: Instant,
    connecting: impl Future<Output = Result<C, Failure>>,
) -> Result<C, Failure> {
    timeout_at(deadline, connecting).await.unwrap_or(Err(Failure::Busy))
}

/// Waits for an answer on a task of its own, which continues after the deadline. `asking` is on the heap, because a
/// task is moved several times before it runs.
async fn answered<T: Send + 'static>(
    deadline: Instant,
    asking: BoxFuture<'static, Result<T, Failure>>,
) -> Result<T, Failure> {
    match timeout_at(deadline, tokio::spawn(asking)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => Err(Failure::Lost(panic.into())),
        Err(_) => Err(Failure::Timeout),
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("server", &self.server)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use diesel::query_builder::SqlQuery;

    use super::*;

    /// It is moved several times before it runs.
    #[test]
    fn the_future_of_a_query_is_small() {
        fn size<F: Future>(_: impl Fn(&'static Pool, SqlQuery) -> F) -> usize {
            size_of::<F>()
        }
        let size = size(Pool::execute);
        assert!(size < 2_048, "{size} bytes");
    }
}
