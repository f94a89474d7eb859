use std::fmt;

use deadpool::{
    Runtime,
    managed::{self, Object, PoolError, QueueMode},
};
use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{QueryFragment, QueryId},
    result::{DatabaseErrorKind, Error},
};
use diesel_async::{
    AsyncConnectionCore, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection, methods::LoadQuery,
};
use tokio::time::{Instant, error::Elapsed, timeout_at};

use super::{both::Both, server::Server};
use crate::{
    DatabaseError, DatabaseOptions, failure::Failure, location::PostgresUrl, prepared::Prepared,
};

/// Connections to one PostgreSQL database. A query that takes longer than the limit, the wait for a
/// connection included, is an error.
#[derive(Clone)]
pub(crate) struct Pool {
    pub(super) server: Server,
    connections: managed::Pool<Server>,
    options: DatabaseOptions,
}

impl Pool {
    pub(crate) async fn connect(
        url: &PostgresUrl,
        options: DatabaseOptions,
    ) -> Result<Self, DatabaseError> {
        let server = Server::new(url, options.answer_timeout)?;
        let connections = managed::Pool::builder(server.clone())
            .max_size(options.max_connections)
            // The connection used last is the one whose statements and caches are warm.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DatabaseError::Failed(error.into()))?;
        let pool = Self { server, connections, options };
        pool.ping().await?;
        Ok(pool)
    }

    /// Says what is wrong with `url`, without connecting.
    pub(crate) fn check(url: &PostgresUrl) -> Result<(), DatabaseError> {
        Server::new(url, DatabaseOptions::default().answer_timeout).map(drop)
    }

    pub(crate) async fn ping(&self) -> Result<(), DatabaseError> {
        match self.execute(diesel::sql_query("SELECT 1")).await {
            Ok(_) => Ok(()),
            Err(Failure::Database(error)) => Err(error),
            Err(failure) => Err(self.server.unreachable(failure)),
        }
    }

    /// The rows that answer `query`.
    pub(crate) async fn load<Row, Query>(&self, query: Query) -> Result<Vec<Row>, Failure>
    where
        Row: Send,
        Query: LoadQuery<'static, AsyncPgConnection, Row> + Send + 'static,
    {
        let deadline = self.deadline();
        let mut connection = self.checkout(deadline).await?;
        let answer = timeout_at(deadline, query.load(&mut *connection)).await;
        settle(connection, answer, deadline).await
    }

    /// Runs `query` and answers how many rows it changed.
    pub(crate) async fn execute<Query>(&self, query: Query) -> Result<usize, Failure>
    where
        Query: QueryFragment<Pg> + QueryId + Send + 'static,
    {
        let deadline = self.deadline();
        let mut connection = self.checkout(deadline).await?;
        let answer =
            timeout_at(deadline, connection.execute_returning_count(Prepared(query))).await;
        settle(connection, answer, deadline).await
    }

    /// Runs `first` and `second` as one, both or neither; answers how many rows `second` changed.
    /// Neither sees what the other does.
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

    fn deadline(&self) -> Instant {
        Instant::now() + self.options.answer_timeout
    }

    async fn checkout(&self, deadline: Instant) -> Result<Object<Server>, Failure> {
        match timeout_at(deadline, self.connections.get()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(PoolError::Backend(error))) => Err(Failure::Database(error)),
            Ok(Err(error)) => Err(Failure::Database(DatabaseError::Failed(error.into()))),
            Err(_) => Err(Failure::Busy),
        }
    }
}

/// Gives the connection back, unless it owes an answer: the next one to use it would wait as well.
async fn settle<T>(
    mut connection: Object<Server>,
    answer: Result<QueryResult<T>, Elapsed>,
    deadline: Instant,
) -> Result<T, Failure> {
    let Ok(answer) = answer else {
        drop(Object::take(connection));
        return Err(Failure::Timeout);
    };
    let Err(error) = answer else { return answer.map_err(Failure::Query) };
    let is_refusal = match &error {
        Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _) => false,
        Error::DatabaseError(DatabaseErrorKind::Unknown, _) => {
            outlives(&mut connection, deadline).await
        }
        _ => true,
    };
    if is_refusal {
        return Err(Failure::Query(error));
    }
    drop(Object::take(connection));
    Err(Failure::Lost(error.into()))
}

/// Whether the connection still answers after an error.
///
/// An error that ends the session (`FATAL`), as when an operator ends it, may come after the commit.
/// Every other one takes back what the query did. Diesel does not tell the two apart.
/// <https://www.postgresql.org/docs/current/protocol-flow.html>
async fn outlives(connection: &mut AsyncPgConnection, deadline: Instant) -> bool {
    let question = connection.batch_execute("SELECT 1");
    matches!(timeout_at(deadline, question).await, Ok(Ok(())))
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("server", &self.server)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
